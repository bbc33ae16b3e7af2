"""Entra's grants of permissions that Exchange gives (RBAC for Applications): kept away, or withdrawn at the right time.

A grant that is there already is withdrawn only once Exchange's own right is proven and has had the time to act:
otherwise the app would stand without its calendars. Until then nothing widens, since policies narrow it as before.
"""

from datetime import timedelta

from provision.model.actual import Actual, Declared, RoleGrant
from provision.model.desired import Desired
from provision.model.narrowing import BY_POLICY
from provision.plan.manifest_entry import declare

ACTS_AFTER = timedelta(hours=2)
"""How long Exchange may take until a new role assignment acts (learn.microsoft.com, application-rbac)."""


def withheld(desired: Desired, actual: Actual) -> frozenset[tuple[str, str]]:
    """Resource's service principal and role id of each permission that Entra must not grant."""
    keys = set()
    for permission in desired.narrowing.in_exchange:
        resource = actual.resources.get(permission.resource)
        role = resource.permission_id(permission.name, permission.type) if resource else None
        if resource and role:
            keys.add((resource.id, role))
    return frozenset(keys)


def entra_grants(desired: Desired, actual: Actual) -> list[RoleGrant]:
    """Entra's grants of them that are there all the same."""
    keys = withheld(desired, actual)
    return [grant for grant in actual.grants if (grant.resource_id, grant.role_id) in keys]


def also_narrowed(desired: Desired, actual: Actual) -> list[str]:
    """Other rights to mailboxes in Entra, which policies narrow now: they reach everything once those go."""
    keys = withheld(desired, actual)
    names = []
    for grant in actual.grants:
        resource = actual.resource_of(grant.resource_id)
        name = resource.permission_name(grant.role_id, "Role") if resource else None
        if name in BY_POLICY and (grant.resource_id, grant.role_id) not in keys:
            names.append(str(name))
    return sorted(names)


def waiting(desired: Desired, actual: Actual) -> str:
    """Why Entra's grant has to stay for now, in words; empty where it may go."""
    given = actual.exchange
    if given.lacking:
        return f"{given.lacking}; render and run `tenantry scripts render evidence {desired.tenant}` to show it"
    if given.since is None:
        return "Exchange's export does not say when it was collected"
    acts = given.since + ACTS_AFTER
    if desired.now < acts:
        return f"Exchange's right may take two hours to act, until {acts:%Y-%m-%d %H:%M} UTC"
    return ""


def unwanted(desired: Desired, actual: Actual) -> set[Declared]:
    """Manifest entries of withheld permissions that are to go: all, but while Entra's grant has to stay."""
    if entra_grants(desired, actual) and waiting(desired, actual):
        return set()
    return {entry for p in desired.narrowing.in_exchange if (entry := declare(p, actual))}
