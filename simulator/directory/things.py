"""Any directory object by its id, whatever it is, and how each kind is shown."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from simulator.core import Call
from simulator.directory.common import USER_DEFAULTS, not_found
from simulator.directory.credentials_view import shown_credentials
from simulator.odata import Shape

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

KINDS = {
    "users": "user",
    "groups": "group",
    "servicePrincipals": "servicePrincipal",
    "applications": "application",
    "directoryRoles": "directoryRole",
}
"""Collections that hold directory objects, most often asked first, and the type of what they hold."""

DEFAULTS = {"user": USER_DEFAULTS}


def find(tenant: "Tenant", object_id: str, stale: bool = False, among: Iterable[str] = KINDS) -> JSON | None:
    """An object of any kind, marked with its `@odata.type`; None where there is none."""
    for collection in among:
        found = tenant.collection(collection).get(object_id, stale)
        if found is not None:
            return typed(found, KINDS[collection])
    return None


def must_find(call: Call, object_id: str) -> JSON:
    """An object of any kind as the answering replica has it, or 404."""
    found = find(call.tenant, object_id, call.stale)
    if found is None:
        raise not_found(object_id)
    return found


def find_all(call: Call, ids: Iterable[str], among: Iterable[str] = KINDS) -> Iterator[JSON]:
    """The objects with these ids that the answering replica has, marked with their type."""
    for object_id in ids:
        found = find(call.tenant, object_id, call.stale, among)
        if found is not None:
            yield found


def typed(row: JSON, entity: str) -> JSON:
    """The object with its `@odata.type`."""
    return {"@odata.type": f"#microsoft.graph.{entity}", **row}


def entity_of(row: JSON) -> str:
    """The type of a marked object."""
    return str(row["@odata.type"]).removeprefix("#microsoft.graph.")


def prepared(row: JSON) -> JSON:
    """What may be shown of an object of any kind."""
    return shown_user(row) if "userPrincipalName" in row else shown_credentials(row)


def shown(row: JSON) -> JSON:
    """A marked object with the properties that are sent without `$select`."""
    entity = entity_of(row)
    names = DEFAULTS.get(entity)
    ready = prepared(row)
    if names is None:
        return {key: value for key, value in ready.items() if key[0] != "@" or key.startswith("@odata.")}
    return {"@odata.type": row["@odata.type"], **{name: ready.get(name) for name in names}}


def shown_user(row: JSON) -> JSON:
    """A user without its password."""
    return {**row, "passwordProfile": None} if row.get("passwordProfile") else row


MIXED = Shape("directoryObject", defaults=DEFAULTS, kind=entity_of, prepare=prepared)
"""Lists that hold objects of several kinds."""
USERS = Shape("user", defaults=DEFAULTS, prepare=shown_user)
GROUPS = Shape("group")
