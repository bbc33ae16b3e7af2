"""Service principals: learn.microsoft.com/graph/api/resources/serviceprincipal"""

from collections.abc import Iterable
from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory import bin as recycle
from simulator.directory import blanks, foreign, owners, things
from simulator.directory.application_rules import kept_passwords, merged
from simulator.directory.common import checked, denied, needs, not_found, odd_luck, refused
from simulator.directory.credentials_view import shown_credentials, shown_with_keys
from simulator.directory.first_party import services
from simulator.directory.followers import copied
from simulator.directory.holders import PRINCIPAL
from simulator.directory.keys import replaced
from simulator.directory.links import link
from simulator.directory.quota import mark_creator
from simulator.odata import Expansion, Shape, number, one, respond

JSON = dict[str, Any]

READ_ONLY = ("id", "appId", "deletedDateTime", "appDisplayName", "appOwnerOrganizationId", "signInAudience")


def _owners(call: Call, row: JSON) -> Iterable[JSON]:
    return owners.owners_of("owners", call, row)


def _roles(key: str) -> Any:
    def run(call: Call, row: JSON) -> Iterable[JSON]:
        return call.tenant.collection("appRoleAssignments").find(key, row["id"], call.stale)

    return run


ROLE = Shape("appRoleAssignment")
EXPAND = {
    "owners": Expansion(_owners, things.MIXED),
    "appRoleAssignments": Expansion(_roles("principalId"), ROLE),
    "appRoleAssignedTo": Expansion(_roles("resourceId"), ROLE),
}
SHAPE = Shape("servicePrincipal", prepare=shown_credentials, expand=EXPAND)
WITH_KEYS = Shape("servicePrincipal", prepare=shown_with_keys, expand=EXPAND)


def list_all(call: Call) -> Reply:
    """The tenant's service principals, Microsoft's among them."""
    return respond(call, call.tenant.collection("servicePrincipals"), shape=SHAPE, context="servicePrincipals")


def count(call: Call) -> Reply:
    """How many."""
    return number(call, call.tenant.collection("servicePrincipals"), entity="servicePrincipal")


def get(call: Call) -> Reply:
    """One, by id or appId."""
    selects_keys = "keycredentials" in call.query.get("$select", "").lower()
    return one(call, PRINCIPAL.seen(call), shape=WITH_KEYS if selects_keys else SHAPE, context="servicePrincipals")


def create(call: Call) -> Reply:
    """POST {appId}: the tenant's instance of an application, its own, one of Microsoft's or of a vendor."""
    body = _changes(call, None)
    return _created(call, str(body["appId"]).lower(), body)


def update(call: Call) -> Reply:
    """PATCH of a service principal that is there."""
    known = PRINCIPAL.latest(call)
    call.tenant.collection("servicePrincipals").put(merged(known, _changes(call, known)))
    return Reply(204)


def upsert(call: Call) -> Reply:
    """PATCH by appId; with `Prefer: create-if-missing` a missing one is made. The key is never read late."""
    app_id = call.params["appId"].lower()
    known = call.tenant.collection("servicePrincipals").first("appId", app_id)
    if known is not None:
        call.tenant.collection("servicePrincipals").put(merged(known, _changes(call, known)))
        return Reply(204)
    if "create-if-missing" not in call.headers.get("prefer", "").lower():
        raise not_found(app_id)
    body = _changes(call, {"id": "", "keyCredentials": [], "passwordCredentials": []})
    return _created(call, app_id, body)


def delete(call: Call) -> Reply:
    """Into the bin, with its grants."""
    recycle.throw(call.tenant, "servicePrincipal", PRINCIPAL.latest(call))
    return Reply(204)


def _changes(call: Call, known: JSON | None) -> JSON:
    body = checked(call, "servicePrincipal", actions=("owners@odata.bind",))
    body.pop("owners@odata.bind", None)
    if known is None:
        needs(body, "servicePrincipal", "appId")
    for name in READ_ONLY:
        if name in body and (known is not None or name != "appId"):
            raise refused(f"Property '{name}' is read-only and cannot be set.")
    before = known or {"id": "", "keyCredentials": [], "passwordCredentials": []}
    if "passwordCredentials" in body:
        body["passwordCredentials"] = kept_passwords(before, body["passwordCredentials"] or [])
    if "keyCredentials" in body:
        body["keyCredentials"] = replaced(call, PRINCIPAL, before, body["keyCredentials"] or [])
    return body


def _created(call: Call, app_id: str, body: JSON) -> Reply:
    who = owners.at_creation(call, call.body)
    if call.tenant.collection("servicePrincipals").first("appId", app_id) is not None:
        message = (
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{app_id} is already in use."
        )
        raise GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", message)
    given = _backing(call, app_id) | body | {"appId": app_id}
    made = mark_creator(call, blanks.service_principal(call.tenant, given))
    call.tenant.collection("servicePrincipals").put(made)
    for owner in who:
        link(call.tenant, "owners", made["id"], owner)
    reply = one(call, made, shape=SHAPE, context="servicePrincipals", status=201)
    reply.headers["Location"] = f"{call.origin}/v1.0/servicePrincipals/{made['id']}"
    return reply


def _backing(call: Call, app_id: str) -> JSON:
    """What the application behind gives; a replica that has not heard of it says so, or denies."""
    applications = call.tenant.collection("applications")
    app = applications.first("appId", app_id, call.stale)
    if app is not None:
        return copied(app)
    for service in services(call.tenant.cloud):
        if service["appId"] == app_id:
            return service
    elsewhere = foreign.find(call.tenant, app_id)
    if elsewhere is not None:
        return foreign.offered(elsewhere)
    if call.token.app_only and applications.first("appId", app_id) is not None and odd_luck(call):
        raise denied(
            "When using this permission, the backing application of the service principal being created must in the "
            "local tenant"
        )
    message = f"The appId '{app_id}' of the service principal does not reference a valid application object."
    raise refused(message, "NoBackingApplicationObject")


ROUTES = [
    Route("GET", "/servicePrincipals", list_all),
    Route("POST", "/servicePrincipals", create),
    Route("GET", "/servicePrincipals/$count", count),
    Route("GET", PRINCIPAL.item, get),
    Route("PATCH", PRINCIPAL.item, update),
    Route("DELETE", PRINCIPAL.item, delete),
    Route("GET", "/servicePrincipals(appId='{appId}')", get),
    Route("PATCH", "/servicePrincipals(appId='{appId}')", upsert),
    Route("DELETE", "/servicePrincipals(appId='{appId}')", delete),
]
