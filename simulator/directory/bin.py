"""The recycle bin: deleted applications, service principals, users and groups stay restorable for 30 days.

An object goes together with its grants, ownerships and memberships, and comes back with them.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.directory.links import ENDS
from simulator.odata.syntax import moment

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

KEPT = timedelta(days=30)
COLLECTIONS = {
    "application": "applications",
    "servicePrincipal": "servicePrincipals",
    "user": "users",
    "group": "groups",
}
RELATED = {
    "appRoleAssignments": ("principalId", "resourceId"),
    "oauth2PermissionGrants": ("clientId", "resourceId", "principalId"),
    "roleAssignments": ("principalId",),
    **ENDS,
}
"""Collections whose objects go with one of their ends, and the properties that name the ends."""


def throw(tenant: "Tenant", entity: str, value: JSON) -> None:
    """Deletes an object softly, and what hangs on it."""
    related = list(_related(tenant, value["id"]))
    for collection, row in related:
        tenant.collection(collection).remove(row["id"])
    tenant.collection(COLLECTIONS[entity]).remove(value["id"])
    deleted = {
        **value,
        "@odata.type": f"#microsoft.graph.{entity}",
        "deletedDateTime": tenant.stamp(),
        "@related": [[collection, row] for collection, row in related],
    }
    tenant.collection("deletedItems").put(deleted)


def take_back(tenant: "Tenant", deleted: JSON) -> JSON:
    """Restores an object out of the bin; what hung on it comes back where its other end is still there."""
    entity = deleted["@odata.type"].removeprefix("#microsoft.graph.")
    value = {name: part for name, part in deleted.items() if name not in ("@odata.type", "@related")}
    value["deletedDateTime"] = None
    tenant.collection("deletedItems").remove(deleted["id"])
    tenant.collection(COLLECTIONS[entity]).put(value)
    for collection, row in deleted.get("@related") or ():
        ends = [row[key] for key in RELATED[collection] if row.get(key) and key != "roleDefinitionId"]
        if all(_alive(tenant, end) for end in ends):
            tenant.collection(collection).put(row)
    return value


def empty_old(tenant: "Tenant") -> None:
    """Purges what has lain in the bin for 30 days."""
    limit = tenant.now() - KEPT
    bin_ = tenant.collection("deletedItems")
    for row in [row for row in bin_.iterate() if moment(row["deletedDateTime"]) <= limit]:
        bin_.remove(row["id"])


def _related(tenant: "Tenant", object_id: str) -> Iterator[tuple[str, JSON]]:
    for collection, keys in RELATED.items():
        found = {row["id"]: row for key in keys for row in tenant.collection(collection).find(key, object_id)}
        yield from ((collection, row) for row in found.values())


def _alive(tenant: "Tenant", object_id: str) -> bool:
    names = (*COLLECTIONS.values(), "directoryRoles", "appManagementPolicies")
    return any(tenant.collection(name).get(object_id) is not None for name in names)
