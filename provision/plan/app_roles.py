"""Granted application permissions: each of the profile's once; what is granted besides is drift."""

from collections.abc import Iterator

from provision.model.actual import Actual, RoleGrant
from provision.model.change import Change, Drift, Risk, change
from provision.model.desired import Desired
from provision.plan.withheld import entra_grants, waiting, withheld
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
    yield from _in_exchange(desired, actual)
    exchange = withheld(desired, actual)
    for grant in actual.grants:
        key = (grant.resource_id, grant.role_id)
        if key not in required and key not in exchange:
            yield _unasked(grant, actual, remove=desired.prune or key in forbidden)


def _in_exchange(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """Entra's grants of what Exchange gives: withdrawn when Exchange's right is proven, told of until then."""
    why = waiting(desired, actual)
    for grant in entra_grants(desired, actual):
        name, where = _named(grant, actual)
        if why:
            fact = f"is granted on {where} beside Exchange's right, which voids its scope; it stays for now: {why}"
            yield Drift(object="appRoleAssignment", name=name, fact=fact)
            continue
        reason = (
            f"Exchange gives {name} in its scope now, by its export; granted on {where} too it reaches every mailbox"
        )
        yield _revoke(grant, name, reason, "high")


def _key(permission: Permission, actual: Actual) -> tuple[str, str] | None:
    resource = actual.resources.get(permission.resource)
    role = resource.permission_id(permission.name, permission.type) if resource else None
    return (resource.id, role) if resource and role else None


def _named(grant: RoleGrant, actual: Actual) -> tuple[str, str]:
    """The permission's name and its API's, or their ids."""
    resource = actual.resource_of(grant.resource_id)
    name = (resource.permission_name(grant.role_id, "Role") if resource else None) or grant.role_id
    return name, resource.name if resource else grant.resource_name or grant.resource_id


def _unasked(grant: RoleGrant, actual: Actual, *, remove: bool) -> Change | Drift:
    name, where = _named(grant, actual)
    if not remove:
        fact = f"is granted on {where}, and the profile does not ask for it"
        return Drift(object="appRoleAssignment", name=name, fact=fact)
    return _revoke(grant, name, f"granted on {where} though the profile does not ask for it", "medium")


def _revoke(grant: RoleGrant, name: str, reason: str, risk: Risk) -> Change:
    before = {"id": grant.id, "resourceId": grant.resource_id, "appRoleId": grant.role_id}
    return change("revoke", "appRoleAssignment", name, right=APP_ROLE, before=before, reason=reason, risk=risk)
