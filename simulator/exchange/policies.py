"""Application access policies: whether Exchange lets an app into a mailbox.

Order of evaluation (learn.microsoft.com, "Application Access Policies (legacy)"): a matching DenyAccess denies; else a
matching RestrictAccess grants; else any RestrictAccess for this app denies; with no policy everything is open.
Objects have the shape of Get-ApplicationAccessPolicy. One with `@created` (RFC 3339, simulated time) takes PROPAGATION
to come into force, as it does in the service; without it the policy has been there for long.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
PROPAGATION = timedelta(hours=1)


def allows(tenant: "Tenant", app_id: str, user: JSON, *, at_once: bool = False) -> bool:
    """Whether the policies now in force let the app (its client id) into the user's mailbox (a raw user).

    `at_once`: as Test-ApplicationAccessPolicy tells it, which does not wait for a policy to come into force.
    """
    policies = list(_in_force(tenant, app_id, at_once=at_once))
    if not policies:
        return True
    names = _principals(tenant, user)
    restricted = granted = False
    for policy in policies:
        matches = bool(_scopes(policy) & names)
        if policy.get("AccessRight") == "DenyAccess":
            if matches:
                return False
        else:
            restricted = True
            granted = granted or matches
    return granted or not restricted


def _in_force(tenant: "Tenant", app_id: str, *, at_once: bool) -> Iterator[JSON]:
    for policy in tenant.collection("applicationAccessPolicies").iterate():
        apps = policy.get("AppId")
        named = {str(app).lower() for app in (apps if isinstance(apps, list) else [apps])}
        created = policy.get("@created")
        late = not at_once and created is not None and tenant.now() < datetime.fromisoformat(created) + PROPAGATION
        if named & {app_id.lower(), "*"} and not late:
            yield policy


def _scopes(policy: JSON) -> set[str]:
    """What a policy calls the group or mailbox that it is about, in lower case: ids, or where it has none, names."""
    raw = str(policy.get("ScopeIdentityRaw") or str(policy.get("Identity") or "").rpartition(":")[2]).lower()
    ids = {part for part in raw.split(";") if part}
    return ids or {
        str(policy[key]).lower() for key in ("PolicyScopeGroupId", "ScopeIdentity", "ScopeName") if policy.get(key)
    }


def _principals(tenant: "Tenant", user: JSON) -> set[str]:
    """Names of the user and of all groups that hold the user, nested ones too, in lower case."""
    memberships, groups = tenant.collection("groupMembers"), tenant.collection("groups")
    names, waiting, seen = _names(user), [user["id"]], set()
    while waiting:
        member = waiting.pop()
        for row in memberships.find("memberId", member):
            if row["groupId"] not in seen:
                seen.add(row["groupId"])
                waiting.append(row["groupId"])
                names |= _names(groups.get(row["groupId"]) or {"id": row["groupId"]})
    return names


def _names(principal: JSON) -> set[str]:
    keys = ("id", "mail", "userPrincipalName", "securityIdentifier", "mailNickname", "displayName")
    return {str(principal[key]).lower() for key in keys if principal.get(key)}
