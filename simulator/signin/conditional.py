"""Conditional Access at sign-in: which enabled policies are in scope, and whether they block or want a second factor.

Conditions that a rehearsal has no facts for (location, platform, device, risk) count as met when a policy names
any of them only to include everything, and as not met otherwise. Report-only policies do nothing.
Source: learn.microsoft.com/graph/api/resources/conditionalaccessconditionset.
"""

from dataclasses import dataclass, field
from typing import Any

from simulator.signin.clients import Client
from simulator.signin.consent import role_ids
from simulator.tenant import JSON, Tenant

_MODERN = {"all", "mobileAppsAndDesktopClients"}
_CLIENT_TYPES = {"browser": {"all", "browser"}, "device-code": _MODERN, "password": _MODERN}
_EVERYWHERE = {"All", "all"}


@dataclass(frozen=True)
class Asked:
    """One sign-in: who (user or service principal id), by which client, for which resource, in which way."""

    principal_id: str
    client: Client
    resource_app_id: str
    flow: str  # browser | device-code | password | app


@dataclass
class Outcome:
    """What the policies say together."""

    blocked_by: list[str] = field(default_factory=list)
    mfa: bool = False


def judge(tenant: Tenant, asked: Asked) -> Outcome:
    """Applies every enabled policy."""
    outcome = Outcome()
    for policy in tenant.collection("conditionalAccessPolicies").iterate():
        if policy.get("state") == "enabled" and _in_scope(tenant, policy.get("conditions") or {}, asked):
            _apply(policy, outcome)
    return outcome


def _apply(policy: JSON, outcome: Outcome) -> None:
    controls = policy.get("grantControls") or {}
    built_in = set(controls.get("builtInControls") or [])
    if "block" in built_in:
        outcome.blocked_by.append(str(policy.get("id")))
    others = built_in - {"mfa"}
    if "mfa" in built_in or controls.get("authenticationStrength"):
        outcome.mfa = outcome.mfa or controls.get("operator") == "AND" or not others


def _in_scope(tenant: Tenant, conditions: JSON, asked: Asked) -> bool:
    if asked.flow == "app":
        who = _principal_in_scope(conditions.get("clientApplications") or {}, asked.principal_id)
    else:
        who = _user_in_scope(tenant, conditions.get("users") or {}, asked.principal_id)
        who = who and _client_in_scope(conditions, asked.flow)
    return who and _resource_in_scope(conditions.get("applications") or {}, asked) and _no_unknown_facts(conditions)


def _principal_in_scope(applications: JSON, principal_id: str) -> bool:
    include = set(applications.get("includeServicePrincipals") or [])
    exclude = set(applications.get("excludeServicePrincipals") or [])
    return bool(include & {principal_id, "ServicePrincipalsInMyTenant"}) and principal_id not in exclude


def _user_in_scope(tenant: Tenant, users: JSON, user_id: str) -> bool:
    person = tenant.collection("users").get(user_id) or {}
    facts = {
        "Users": {user_id, "All"} | ({"GuestsOrExternalUsers"} if person.get("userType") == "Guest" else set()),
        "Groups": _groups(tenant, user_id),
        "Roles": role_ids(tenant, user_id),
    }
    if any(set(users.get(f"exclude{kind}") or []) & (known - {"All"}) for kind, known in facts.items()):
        return False
    return any(set(users.get(f"include{kind}") or []) & known for kind, known in facts.items())


def _groups(tenant: Tenant, member: str) -> set[str]:
    """Groups of a member, through nested ones too."""
    found: set[str] = set()
    left = [member]
    while left:
        for row in tenant.collection("groupMembers").find("memberId", left.pop()):
            if row["groupId"] not in found:
                found.add(row["groupId"])
                left.append(row["groupId"])
    return found


def _client_in_scope(conditions: JSON, flow: str) -> bool:
    kinds = set(conditions.get("clientAppTypes") or ["all"])
    transfers = str((conditions.get("authenticationFlows") or {}).get("transferMethods") or "")
    if transfers and (flow != "device-code" or "deviceCodeFlow" not in transfers):
        return False
    return bool(kinds & _CLIENT_TYPES[flow])


def _resource_in_scope(applications: JSON, asked: Asked) -> bool:
    known = {asked.resource_app_id, asked.client.app_id}
    if set(applications.get("excludeApplications") or []) & known:
        return False
    return bool(set(applications.get("includeApplications") or []) & (known | {"All"}))


def _no_unknown_facts(conditions: JSON) -> bool:
    lists: list[Any] = [
        conditions.get(name) for name in ("userRiskLevels", "signInRiskLevels", "servicePrincipalRiskLevels")
    ]
    devices = (conditions.get("devices") or {}).get("deviceFilter")
    places = conditions.get("locations") or {}
    platforms = conditions.get("platforms") or {}
    named = [places.get("includeLocations"), platforms.get("includePlatforms")]
    return not any(lists) and not devices and all(not names or set(names) & _EVERYWHERE for names in named)
