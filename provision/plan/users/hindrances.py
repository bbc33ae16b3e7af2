"""What is still in the way of the integration users, told and never changed: policies, security defaults, MFA.

A user who has a password and nothing else fails at every grant control. Judged here by the policies as they will be
after the plan; `verify` proves it by signing in.
"""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Drift
from provision.model.desired import Desired
from provision.model.users import Policy, UsersActual, UsersWanted
from provision.plan.users.exclusions import named, title
from provision.plan.users.slots import known, ours, slots_of

APPS = frozenset(("all", "office365", "00000003-0000-0000-c000-000000000000", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"))
"""Targets of a policy that presence read over Graph comes under: Graph itself, Teams, and what holds them."""
_CLIENTS = frozenset(("all", "mobileAppsAndDesktopClients"))


def plan_hindrances(desired: Desired, actual: Actual) -> Iterator[Drift]:
    """A sentence for each thing to know: nothing of it is changed."""
    wanted, users = desired.users, known(actual)
    if wanted is None or not wanted.wanted:
        return
    for text in desired.better:
        yield Drift(object="profile", name=desired.profile, fact=text)
    yield from _beside(users)
    asked = {policy.id for policies in named(wanted, users.policies or ()).values() for policy in policies}
    for policy in users.policies or ():
        if policy.id not in asked and hits(policy, wanted, users):
            yield Drift(object="conditionalAccessPolicy", name=title(policy), fact=_fact(policy))
    if users.policies is None and users.no_policies:
        fact = f"could not be read, so what is in the way of the integration users is not known: {users.no_policies}"
        yield Drift(object="conditionalAccessPolicy", name="all policies", fact=fact)
    yield from _by_hand(wanted, users)


def hits(policy: Policy, wanted: UsersWanted, users: UsersActual) -> bool:
    """Whether an enforced policy may stop a sign-in of at least one of the users."""
    if policy.state != "enabled" or not policy.demands or not (_CLIENTS & set(policy.clients) or not policy.clients):
        return False
    if not APPS & {app.lower() for app in policy.include_apps}:
        return False
    if {"00000003-0000-0000-c000-000000000000", "Office365"} & set(policy.exclude_apps):
        return False
    group = users.group.id if users.group else ""
    if group and group in policy.exclude_groups:
        return False
    return any(_meets(policy, key, reaches | ({group} if group else set())) for key, reaches in _who(wanted, users))


def _who(wanted: UsersWanted, users: UsersActual) -> Iterator[tuple[str, frozenset[str]]]:
    """Id and groups of each user; one not made yet has neither."""
    for slot in slots_of(wanted, users):
        account = users.accounts.get(slot.upn)
        yield (account.id, frozenset(account.reaches)) if account else ("", frozenset())


def _meets(policy: Policy, user: str, reaches: frozenset[str]) -> bool:
    """Whether the policy's users hold this one, in exclusions and inclusions; ids of groups and roles in `reaches`."""
    if user in policy.exclude_users or reaches & {*policy.exclude_groups, *policy.exclude_roles}:
        return False
    everyone = "All" in policy.include_users
    return everyone or user in policy.include_users or bool(reaches & {*policy.include_groups, *policy.include_roles})


def _fact(policy: Policy) -> str:
    often = f", depending on {' and '.join(policy.narrowed)}" if policy.narrowed else ""
    return (
        f"meets the integration users{often} and asks for {' or '.join(policy.demands)}, which a password alone cannot "
        "answer; name it in options.exclude_from if they shall be let off"
    )


def _beside(users: UsersActual) -> Iterator[Drift]:
    if users.security_defaults:
        fact = (
            "are on and ask everybody for a second factor, with no exceptions; integration users cannot work beside "
            "them: turn them off in favour of Conditional Access policies, or set options.app_only"
        )
        yield Drift(object="securityDefaults", name="security defaults", fact=fact)


def _by_hand(wanted: UsersWanted, users: UsersActual) -> Iterator[Drift]:
    """What of existing accounts only their owner knows: the password, and per-user MFA, which Graph v1.0 hides."""
    for slot in slots_of(wanted, users):
        account = users.accounts.get(slot.upn)
        if account is None or ours(wanted, account):
            continue
        fact = "Graph v1.0 does not tell its per-user MFA: see that it is off (Entra admin center, Users, Per-user MFA)"
        yield Drift(object="perUserMfa", name=slot.upn, fact=fact)
        if users.passwords.get(slot.upn) is None and not wanted.reset:
            yield Drift(object="integrationPassword", name=slot.upn, fact=how_to_bring(wanted, slot.upn))


def how_to_bring(wanted: UsersWanted, upn: str) -> str:
    """How an admin puts the password of an existing account where the runner finds it."""
    from provision.plan.credential import describe_store
    from tenantry.stores.beside import beside

    place = beside(wanted.store, upn)
    ways = {
        "file": f"write it, alone, into the file {place.path}, readable for its owner only",
        "keyring": f"run `keyring set tenantry '{place.name}'` and type it",
        "environment": f"set the variable {place.name}",
        "keyvault": f"store it as the secret {place.name} of {place.vault}",
    }
    way = ways.get(place.kind, f"put it into {describe_store(place)}")
    return f"its password is not in the store and is never reset unasked: {way}, or set options.reset_passwords = true"
