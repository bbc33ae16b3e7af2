"""What the manifest declares (requiredResourceAccess): merged, since Graph replaces the list whole."""

from collections.abc import Iterator

from provision.model.actual import Actual, Declared, Resource
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.rights import APPLICATION
from tenantry.errors import Problem
from tenantry.integration import Permission

MANIFEST_TYPE = {"application": "Role", "delegated": "Scope"}


def declare(permission: Permission, actual: Actual) -> Declared | None:
    """The manifest entry of a permission in this tenant's cloud, None where it is not offered."""
    resource = actual.resources.get(permission.resource)
    found = resource.permission_id(permission.name, permission.type) if resource else None
    if resource is None or found is None:
        return None
    return Declared(resource_app_id=resource.app_id, id=found, type=MANIFEST_TYPE[permission.type])


def wanted(desired: Desired, actual: Actual) -> tuple[Declared, ...]:
    """The whole list as it shall be: what is there, less the forbidden (pruning: the unasked), plus the required."""
    required = [entry for p in desired.required if (entry := declare(p, actual))]
    forbidden = [entry for p in desired.forbidden if (entry := declare(p, actual))]
    present = actual.application.declared if actual.application else ()
    kept = [e for e in present if e in required or not (desired.prune or e in forbidden)]
    return (*kept, *(entry for entry in required if entry not in kept))


def plan_manifest(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """One update where the list differs; entries nobody asked for are drift."""
    yield from _not_offered(desired, actual)
    if actual.application is None:
        return
    before, after = actual.application.declared, wanted(desired, actual)
    if set(before) != set(after):
        yield change(
            "update",
            "requiredResourceAccess",
            desired.unique_name,
            right=APPLICATION,
            before=sorted(describe(entry, actual) for entry in before),
            after=sorted(describe(entry, actual) for entry in after),
            reason=_reason(desired, before, after),
        )
    required = {declare(p, actual) for p in desired.required}
    for entry in sorted(set(after) - required):
        fact = "is declared in the manifest, and the profile does not ask for it"
        yield Drift(object="requiredResourceAccess", name=describe(entry, actual), fact=fact)


def describe(entry: Declared, actual: Actual) -> str:
    """The entry by name where the tenant's own catalogue knows it, else by ids."""
    resource: Resource | None = actual.resource_by_app(entry.resource_app_id)
    kind = "application" if entry.type == "Role" else "delegated"
    name = resource.permission_name(entry.id, entry.type) if resource else None
    return f"{name} ({kind})" if name else f"{entry.id} ({kind}, of API {entry.resource_app_id})"


def _not_offered(desired: Desired, actual: Actual) -> Iterator[Problem]:
    for permission in desired.required:
        if declare(permission, actual) is None:
            what = f"{permission.resource} in the cloud {desired.cloud.name!r} does not offer {permission}."
            yield Problem(what, where=desired.target, field="permissions", fix="Use a profile without it.")


def _reason(desired: Desired, before: tuple[Declared, ...], after: tuple[Declared, ...]) -> str:
    reasons = []
    if set(after) - set(before):
        reasons.append(f"{desired.profile} needs what is missing")
    if set(before) - set(after):
        reasons.append("what is taken away is not asked for (a default User.Read among it is the portal's)")
    return "; ".join(reasons)
