"""Entries of the manifest's requiredResourceAccess and what they stand for, by the tenant's own catalogue."""

from provision.model.actual import Actual, Declared, Resource
from tenantry.integration import Permission

MANIFEST_TYPE = {"application": "Role", "delegated": "Scope"}


def declare(permission: Permission, actual: Actual) -> Declared | None:
    """The manifest entry of a permission in this tenant's cloud, None where it is not offered."""
    resource = actual.resources.get(permission.resource)
    found = resource.permission_id(permission.name, permission.type) if resource else None
    if resource is None or found is None:
        return None
    return Declared(resource_app_id=resource.app_id, id=found, type=MANIFEST_TYPE[permission.type])


def describe(entry: Declared, actual: Actual) -> str:
    """The entry by name where the tenant's own catalogue knows it, else by ids."""
    resource: Resource | None = actual.resource_by_app(entry.resource_app_id)
    kind = "application" if entry.type == "Role" else "delegated"
    name = resource.permission_name(entry.id, entry.type) if resource else None
    return f"{name} ({kind})" if name else f"{entry.id} ({kind}, of API {entry.resource_app_id})"
