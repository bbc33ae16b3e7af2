"""Granted application permissions: each of the profile's once; what is granted besides is drift."""

from collections.abc import Iterator

from provision.model.actual import Actual, RoleGrant
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.rights import APP_ROLE
from tenantry.integration import Permission


def plan_app_roles(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """Grants what is missing, revokes what is forbidden (and, pruning, what nobody asked for)."""
    held = {(grant.resource_id, grant.role_id) for grant in actual.grants}
    required = {key: p for p in desired.permissions("application") if (key := _key(p, actual))}
    forbidden = {_key(p, actual) for p in desired.forbidden if p.type == "application"}
    for key, permission in required.items():
        if key not in held:
            yield change(
                "grant",
                "appRoleAssignment",
                permission.name,
                right=APP_ROLE,
                after={"resource": permission.resource, "resourceId": key[0], "appRoleId": key[1]},
                reason=f"{desired.profile} works with this application permission",
                risk="high",
            )
    for grant in actual.grants:
        key = (grant.resource_id, grant.role_id)
        if key not in required:
            yield _unasked(grant, actual, remove=desired.prune or key in forbidden)


def _key(permission: Permission, actual: Actual) -> tuple[str, str] | None:
    resource = actual.resources.get(permission.resource)
    role = resource.permission_id(permission.name, permission.type) if resource else None
    return (resource.id, role) if resource and role else None


def _unasked(grant: RoleGrant, actual: Actual, *, remove: bool) -> Change | Drift:
    resource = actual.resource_of(grant.resource_id)
    name = (resource.permission_name(grant.role_id, "Role") if resource else None) or grant.role_id
    where = resource.name if resource else grant.resource_name or grant.resource_id
    if not remove:
        fact = f"is granted on {where}, and the profile does not ask for it"
        return Drift(object="appRoleAssignment", name=name, fact=fact)
    return change(
        "revoke",
        "appRoleAssignment",
        name,
        right=APP_ROLE,
        before={"id": grant.id, "resourceId": grant.resource_id, "appRoleId": grant.role_id},
        reason=f"granted on {where} though the profile does not ask for it",
        risk="medium",
    )
