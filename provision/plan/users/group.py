"""The group that Conditional Access policies exclude: ours by its key, with the integration users in it."""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.model.users import ExclusionGroup, UsersWanted
from provision.plan.users.slots import known, ours, slots_of
from provision.rights import GROUP, MEMBER
from tenantry.errors import GuardRefused

MARK = "Made by Tenantry for "
"""How the notes of everything of ours begin."""


def is_ours(wanted: UsersWanted, group: ExclusionGroup) -> bool:
    """True where the group's description is the one that we wrote."""
    return group.notes == wanted.notes


def strangers(wanted: UsersWanted, group: ExclusionGroup) -> list[str]:
    """Members that others put there, by name: the group does not go while it lets them off."""
    return [
        member.name or member.id
        for member in group.members
        if member.marker != wanted.marker and member.name not in wanted.existing
    ]


def refuse_foreign_group(desired: Desired, actual: Actual) -> None:
    """Raises GuardRefused where the group under our key is not ours: whoever is in it would be let off MFA."""
    group = known(actual).group
    if desired.users is None or group is None or is_ours(desired.users, group):
        return
    raise GuardRefused(
        f"{desired.target}: the group {group.name!r} ({group.id}) holds the key {desired.users.key} but not our "
        "description, so it is not ours to change.",
        fix=f"Write {desired.users.notes!r} as its description if it is, or name the integration differently.",
    )


def plan_group(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """Makes the group and adds the users; tells of owners, of members that are not ours, and of namesakes."""
    wanted, users = desired.users, known(actual)
    if wanted is None:
        return
    group, wished = users.group, slots_of(wanted, users)
    if wanted.wanted:
        yield from _made(desired, wanted, group)
        inside = {member.id for member in group.members} if group else set()
        for slot in wished:
            account = users.accounts.get(slot.upn)
            if account is None or account.id not in inside:
                yield change(
                    "create",
                    "exclusionGroupMember",
                    slot.upn,
                    right=MEMBER,
                    after={"group": group.name if group else wanted.group},
                    reason="it subscribes unattended and can answer no second factor",
                    risk="medium",
                )
        for other in users.namesakes:
            fact = "has the name of our group; it is not ours and is left alone"
            yield Drift(object="exclusionGroup", name=f"{other.name} ({other.id})", fact=fact)
    if group is not None:
        yield from _others(desired, actual, group)


def _made(desired: Desired, wanted: UsersWanted, group: ExclusionGroup | None) -> Iterator[Change | Drift]:
    if group is None:
        yield change(
            "create",
            "exclusionGroup",
            wanted.key,
            right=GROUP,
            after={"displayName": wanted.group, "description": wanted.notes, "securityEnabled": True},
            reason=f"Conditional Access policies let the integration users of {desired.target} off by this group",
            risk="medium",
        )
    elif group.name != wanted.group:
        fact = f"is called {group.name!r}, tenantry.toml and profile say {wanted.group!r}; left as it is"
        yield Drift(object="exclusionGroup", name=wanted.key, fact=fact)


def _others(desired: Desired, actual: Actual, group: ExclusionGroup) -> Iterator[Change | Drift]:
    """Members and owners that we did not put there; the whole group where nobody asks for it any more."""
    wanted, users = desired.users, known(actual)
    assert wanted is not None
    asked = {account.id for slot in slots_of(wanted, users) if (account := users.accounts.get(slot.upn))}
    for owner in group.owners:
        fact = f"owns the group {group.name} and may let anybody off the policies that exclude it; take the owner off"
        yield Drift(object="exclusionGroupOwner", name=owner.name or owner.id, fact=fact)
    if not wanted.wanted:
        yield _left_over(desired, wanted, group)
        return
    for member in group.members:
        if member.id in asked:
            continue
        mine = any(ours(wanted, account) and account and account.id == member.id for account in users.accounts.values())
        if desired.prune and not mine:  # one of ours leaves with its account
            yield change(
                "delete",
                "exclusionGroupMember",
                member.name or member.id,
                right=MEMBER,
                before={"id": member.id},
                reason="it is not one of the integration users, and would be let off MFA",
                risk="high",
            )
        elif not mine:
            fact = f"is in the group {group.name}, so it is let off the policies that exclude it"
            yield Drift(object="exclusionGroupMember", name=member.name or member.id, fact=fact)


def _left_over(desired: Desired, wanted: UsersWanted, group: ExclusionGroup) -> Change | Drift:
    if not desired.prune:
        fact = "was made for integration users, which the options do not ask for any more"
        return Drift(object="exclusionGroup", name=wanted.key, fact=fact)
    return take_away_group(wanted, group, "the options do not ask for integration users any more")


def take_away_group(wanted: UsersWanted, group: ExclusionGroup, reason: str) -> Change:
    """The change that deletes our group."""
    before = {"id": group.id, "displayName": group.name}
    return change("delete", "exclusionGroup", wanted.key, right=GROUP, before=before, reason=reason, risk="high")
