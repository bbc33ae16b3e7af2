"""Reading presence: learn.microsoft.com/graph/api/presence-get, cloudcommunications-getpresencesbyuserid"""

from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory.common import is_guid
from simulator.odata import Shape, one, respond
from simulator.presence.store import PresenceStore

JSON = dict[str, Any]

MOST_IDS = 650
SHAPE = Shape("presence")
OF_ALL = frozenset({"Presence.Read.All", "Presence.ReadWrite.All"})


def store_of(call: Call) -> PresenceStore:
    """The tenant's presences."""
    found = call.tenant.collection("presences")
    assert isinstance(found, PresenceStore)
    return found


def person_of(call: Call) -> JSON:
    """The user that the path names by id or user principal name; 404 of this service."""
    name = call.params.get("user-id") or call.params["presence-id"]
    users = call.tenant.collection("users")
    found = users.get(name) if is_guid(name) else users.first("userPrincipalName", name)
    if found is None:
        raise missing(f"User {name} is not found.")
    return found


def missing(text: str) -> GraphFault:
    """404."""
    return GraphFault(404, "NotFound", text)


def wrong(text: str) -> GraphFault:
    """400."""
    return GraphFault(400, "BadRequest", text)


def get(call: Call) -> Reply:
    """The presence of one user."""
    row = store_of(call).of(person_of(call)["id"])
    assert row is not None
    if not _may_see(call, row["id"]):
        raise GraphFault(403, "Forbidden", "Access is forbidden.")
    context = "communications/presences" if "presence-id" in call.params else f"users('{row['id']}')/presence"
    return one(call, row, shape=SHAPE, context=context)


def list_all(call: Call) -> Reply:
    """The presences of the tenant; with a person's narrow permission only their own."""
    store = store_of(call)
    rows = (row for row in store.iterate() if _may_see(call, row["id"]))
    return respond(call, rows, shape=SHAPE, context="communications/presences")


def by_ids(call: Call) -> Reply:
    """Presences of up to 650 users by id; ids of nobody are left out."""
    ids = call.body.get("ids") if isinstance(call.body, dict) else None
    if not isinstance(ids, list) or not ids:
        raise wrong("The request must contain at least one user id.")
    if len(ids) > MOST_IDS:
        raise wrong(f"The number of user ids exceeds the maximum of {MOST_IDS}.")
    for key in ids:
        if not is_guid(key):
            raise wrong(f"'{key}' is not a valid user id.")
    store = store_of(call)
    rows = [row for row in (store.of(key.lower()) for key in dict.fromkeys(ids)) if row is not None]
    return respond(call, rows, shape=SHAPE, context="Collection(microsoft.graph.presence)", default_top=None)


def _may_see(call: Call, user_id: str) -> bool:
    held = call.token.roles if call.token.app_only else call.token.scopes
    return bool(held & OF_ALL) or user_id == call.token.object_id


ROUTES = [
    Route("GET", "/users/{user-id}/presence", get),
    Route("GET", "/communications/presences", list_all),
    Route("GET", "/communications/presences/{presence-id}", get),
    Route("POST", "/communications/getPresencesByUserId", by_ids),
]
