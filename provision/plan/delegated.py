"""Granted delegated permissions: merged into what is there; forbidden ones (default User.Read) leave every grant."""

from collections.abc import Iterator

from provision.model.actual import Actual, DelegatedGrant
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.rights import DELEGATED


def plan_delegated(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """One change a grant: scopes added, scopes taken away, or the grant gone when none is left."""
    for grant in actual.delegated:
        yield from _mend(desired, actual, grant)
    granted = {grant.resource_id for grant in actual.delegated if grant.principal_id is None}
    for name, resource in actual.resources.items():
        wanted = _scopes(desired, name)
        if wanted and resource.id not in granted:
            yield change(
                "grant",
                "oauth2PermissionGrant",
                f"{name} for everybody",
                right=DELEGATED,
                after={"resourceId": resource.id, "scopes": list(wanted)},
                reason=f"{desired.profile} works with these delegated permissions",
                risk="medium",
            )


def _mend(desired: Desired, actual: Actual, grant: DelegatedGrant) -> Iterator[Change | Drift]:
    resource = actual.resource_of(grant.resource_id)
    name = resource.name if resource else grant.resource_id
    wanted = _scopes(desired, name)
    forbidden = {p.name for p in desired.forbidden if p.type == "delegated" and p.resource == name}
    kept = [s for s in grant.scopes if s in wanted or not (desired.prune or s in forbidden)]
    added = [s for s in wanted if s not in kept] if grant.principal_id is None else []
    title = f"{name} for {'everybody' if grant.principal_id is None else f'user {grant.principal_id}'}"
    after = [*kept, *added]
    if set(after) != set(grant.scopes):
        yield change(
            "grant" if added else "revoke",
            "oauth2PermissionGrant",
            title,
            right=DELEGATED,
            before={
                "id": grant.id,
                "resourceId": grant.resource_id,
                "principalId": grant.principal_id,
                "scopes": list(grant.scopes),
            },
            after={"scopes": after} if after else None,
            reason=_reason(desired, added, sorted(set(grant.scopes) - set(after))),
            risk="medium" if added else "low",
        )
    for scope in sorted(set(kept) - set(wanted)):
        fact = f"is granted ({title}), and the profile does not ask for it"
        yield Drift(object="oauth2PermissionGrant", name=scope, fact=fact)


def _scopes(desired: Desired, resource: str) -> tuple[str, ...]:
    return tuple(p.name for p in desired.permissions("delegated") if p.resource == resource)


def _reason(desired: Desired, added: list[str], removed: list[str]) -> str:
    reasons = []
    if added:
        reasons.append(f"{desired.profile} needs {', '.join(added)}")
    if removed:
        reasons.append(f"the profile does not ask for {', '.join(removed)}")
    return "; ".join(reasons)
