"""Granted delegated permissions: merged into what is there; forbidden ones (default User.Read) leave every grant.

The profile says for whom: everybody (`AllPrincipals`), each integration user (`Principal`), or nobody (`user`: people
consent themselves).
"""

from collections.abc import Iterator

from provision.model.actual import Actual, DelegatedGrant
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.plan.users.slots import known, slots_of
from provision.rights import DELEGATED

EVERYBODY = ""
"""Whom a grant is for, where it is for all."""


def plan_delegated(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """One change a grant: scopes added, scopes taken away, or the grant gone when none is left."""
    whom = principals(desired, actual)
    for grant in actual.delegated:
        yield from _mend(desired, actual, grant, whom)
    granted = {(grant.resource_id, grant.principal_id or EVERYBODY) for grant in actual.delegated}
    for name, resource in actual.resources.items():
        wanted = _scopes(desired, name)
        for user, principal in whom.items() if wanted else ():
            if (resource.id, principal) not in granted:
                yield _grant(desired, name, resource.id, wanted, user)


def principals(desired: Desired, actual: Actual) -> dict[str, str]:
    """Whom consent is given for, by name, with ids; a user who is not made yet has a word in place of one."""
    if desired.consent == "AllPrincipals":
        return {EVERYBODY: EVERYBODY}
    if desired.consent == "user" or desired.users is None:
        return {}
    users = known(actual)
    accounts = {slot.upn: users.accounts.get(slot.upn) for slot in slots_of(desired.users, users)}
    return {upn: account.id if account else f"? {upn}" for upn, account in accounts.items()}


def _grant(desired: Desired, name: str, resource: str, scopes: tuple[str, ...], user: str) -> Change:
    after: dict[str, object] = {"resourceId": resource, "scopes": list(scopes)}
    if user:
        after["user"] = user
    return change(
        "grant",
        "oauth2PermissionGrant",
        f"{name} for {f'user {user}' if user else 'everybody'}",
        right=DELEGATED,
        after=after,
        reason=f"{desired.profile} works with these delegated permissions",
        risk="medium",
    )


def _mend(desired: Desired, actual: Actual, grant: DelegatedGrant, whom: dict[str, str]) -> Iterator[Change | Drift]:
    resource = actual.resource_of(grant.resource_id)
    name = resource.name if resource else grant.resource_id
    wanted = _scopes(desired, name)
    asked = (grant.principal_id or EVERYBODY) in whom.values()
    tolerated = wanted if asked or grant.principal_id is not None else ()
    forbidden = {p.name for p in desired.forbidden if p.type == "delegated" and p.resource == name}
    kept = [s for s in grant.scopes if s in tolerated or not (desired.prune or s in forbidden)]
    added = [s for s in wanted if s not in kept] if asked else []
    title = f"{name} for {_named(grant, whom)}"
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
    for scope in sorted(set(kept) - set(tolerated)):
        fact = f"is granted ({title}), and the profile does not ask for it"
        yield Drift(object="oauth2PermissionGrant", name=scope, fact=fact)


def _named(grant: DelegatedGrant, whom: dict[str, str]) -> str:
    """Whom the grant is for, in words: everybody, one of ours by name, another by id."""
    if grant.principal_id is None:
        return "everybody"
    return f"user {next((user for user, key in whom.items() if key == grant.principal_id), grant.principal_id)}"


def _scopes(desired: Desired, resource: str) -> tuple[str, ...]:
    return tuple(p.name for p in desired.permissions("delegated") if p.resource == resource)


def _reason(desired: Desired, added: list[str], removed: list[str]) -> str:
    reasons = []
    if added:
        reasons.append(f"{desired.profile} needs {', '.join(added)}")
    if removed:
        reasons.append(f"the profile does not ask for {', '.join(removed)}")
    return "; ".join(reasons)
