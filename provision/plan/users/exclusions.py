"""The exclusion in Conditional Access: our group joins the lists of the named policies, and nothing else moves."""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.model.users import ExclusionGroup, Policy, UsersWanted
from provision.plan.users.slots import known
from provision.rights import EXCLUSION
from tenantry.errors import Problem
from tenantry.toml import closest

_FIELD = "options.exclude_from"


def plan_exclusions(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """One update a policy that does not exclude our group yet; where it is excluded unasked is drift."""
    wanted, users = desired.users, known(actual)
    if wanted is None:
        return
    found = named(wanted, users.policies or ()) if wanted.wanted else {}
    if found and users.policies is None:
        what = f"the Conditional Access policies could not be read: {users.no_policies}"
        fix = "Give the operator Policy.Read.All; no policy is written without having been read."
        yield Problem(what, where=desired.target, field=_FIELD, fix=fix)
        return
    for name, policies in found.items():
        if len(policies) != 1:
            yield _unclear(desired, users.policies or (), name, policies)
    asked = {policies[0].id for policies in found.values() if len(policies) == 1}
    for policy in users.policies or ():
        inside = users.group is not None and users.group.id in policy.exclude_groups
        if policy.id in asked and not inside:
            yield _exclude(desired, wanted, users.group, policy)
        elif users.group is not None and inside and policy.id not in asked:
            yield _unasked(desired, users.group, policy)


def named(wanted: UsersWanted, policies: tuple[Policy, ...]) -> dict[str, list[Policy]]:
    """The policies that each entry of exclude_from means: by id, by exact name, else by name without case."""
    return {name: _meant(name, policies) for name in wanted.exclude_from}


def title(policy: Policy) -> str:
    """The policy by name and id: names need not be unique."""
    return f"{policy.name} ({policy.id})"


def take_off(group: ExclusionGroup, policy: Policy, reason: str) -> Change:
    """The change that takes our group, and only it, off a policy's list."""
    return change(
        "revoke",
        "conditionalAccessPolicy",
        title(policy),
        right=EXCLUSION,
        before={"id": policy.id, "excludeGroups": list(policy.exclude_groups), "group": group.id},
        after={"excludeGroups": [key for key in policy.exclude_groups if key != group.id]},
        reason=reason,
        risk="medium",
    )


def _meant(name: str, policies: tuple[Policy, ...]) -> list[Policy]:
    wished = name.strip()
    return (
        [policy for policy in policies if policy.id.lower() == wished.lower()]
        or [policy for policy in policies if policy.name.strip() == wished]
        or [policy for policy in policies if policy.name.strip().casefold() == wished.casefold()]
    )


def _unclear(desired: Desired, every: tuple[Policy, ...], name: str, policies: list[Policy]) -> Problem:
    if policies:
        what = f'several Conditional Access policies are called "{name}": {", ".join(sorted(p.id for p in policies))}.'
        return Problem(what, where=desired.target, field=_FIELD, fix="Write the id of the one that is meant.")
    known_names = sorted(policy.name for policy in every)
    fix = closest(name, known_names) or f"The tenant has: {', '.join(known_names) or 'none'}."
    return Problem(
        f'the tenant has no Conditional Access policy "{name}".', where=desired.target, field=_FIELD, fix=fix
    )


def _exclude(desired: Desired, wanted: UsersWanted, group: ExclusionGroup | None, policy: Policy) -> Change:
    strangers = [member.name or member.id for member in group.members if not member.marker] if group else []
    strangers = [name for name in strangers if name.lower() not in wanted.existing]
    reason = f"the integration users of {desired.target} have a password and nothing else to answer this policy with"
    if strangers:
        reason += f"; it lets off {', '.join(sorted(strangers))} as well, who are in the group and not ours"
    return change(
        "update",
        "conditionalAccessPolicy",
        title(policy),
        right=EXCLUSION,
        before={"id": policy.id, "excludeGroups": list(policy.exclude_groups)},
        after={"excludeGroups": [*policy.exclude_groups, group.id if group else wanted.group]},
        reason=reason,
        risk="high",
    )


def _unasked(desired: Desired, group: ExclusionGroup, policy: Policy) -> Change | Drift:
    if desired.prune:
        return take_off(group, policy, "options.exclude_from does not name this policy (any more)")
    fact = f"excludes our group {group.name}, and options.exclude_from does not name it"
    return Drift(object="conditionalAccessPolicy", name=title(policy), fact=fact)
