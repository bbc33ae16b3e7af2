"""What of integration users is taken away: our exclusion, our group, the accounts that we made. Nobody else's."""

from collections.abc import Iterator

from provision.apply.users import apply_account, apply_exclusion, apply_group, apply_stored_password
from provision.model.actual import Actual
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.plan.users.accounts import take_away
from provision.plan.users.exclusions import take_off
from provision.plan.users.group import is_ours, strangers, take_away_group
from provision.plan.users.slots import known, ours
from provision.rights import LOCAL

STEPS = {
    "conditionalAccessPolicy": apply_exclusion,
    "exclusionGroup": apply_group,
    "integrationUser": apply_account,
    "storedPassword": apply_stored_password,
}
"""In the order in which things are taken away: no policy is left with a group that is gone."""


def users_away(desired: Desired, actual: Actual) -> Iterator[Change]:
    """The changes; people of other makers, and their passwords, stay."""
    wanted, users = desired.users, known(actual)
    if wanted is None:
        return
    group = users.group
    if group is not None and is_ours(wanted, group) and not strangers(wanted, group):
        for policy in users.policies or ():
            if group.id in policy.exclude_groups:
                yield take_off(group, policy, "the group goes; whatever else the policy excludes stays")
        yield take_away_group(wanted, group, "nobody is to be let off any more")
    for upn, account in sorted(users.accounts.items()):
        if ours(wanted, account) and account is not None:
            reason = "it was made for this integration; for 30 days it can be restored"
            yield from take_away(wanted, actual, upn, account, reason)
        elif account is None and users.passwords.get(upn) is not None and wanted.store.kind != "environment":
            reason = "there is no such account (any more)"
            yield change("delete", "storedPassword", upn, right=LOCAL, reason=reason, risk="medium")


def users_left(desired: Desired, actual: Actual) -> Iterator[Drift]:
    """What stays, with the reason."""
    wanted, users = desired.users, known(actual)
    if wanted is None:
        return
    if users.group is not None and not is_ours(wanted, users.group):
        fact = "holds our key but not our description, so it stays"
        yield Drift(object="exclusionGroup", name=f"{users.group.name} ({users.group.id})", fact=fact)
    elif users.group is not None and (others := strangers(wanted, users.group)):
        fact = (
            f"has members that others put there ({', '.join(others)}), so it stays, and the policies go on excluding it"
        )
        yield Drift(object="exclusionGroup", name=f"{users.group.name} ({users.group.id})", fact=fact)
    elif users.group is not None and users.policies is None:
        fact = f"could not be read, so they may go on naming our group, which is gone: {users.no_policies}"
        yield Drift(object="conditionalAccessPolicy", name="all policies", fact=fact)
    for upn, account in sorted(users.accounts.items()):
        if account is not None and not ours(wanted, account):
            fact = "is not ours to delete"
            if users.passwords.get(upn) is not None:
                fact += "; its password stays in the store, take it out when nobody needs it"
            yield Drift(object="integrationUser", name=upn, fact=fact)
