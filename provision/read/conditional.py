"""Conditional Access policies and security defaults, as far as they decide about a user who has a password only."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from provision.model.users import Policy
from tenantry.errors import GraphError
from tenantry.graph import Graph

POLICIES = "/identity/conditionalAccess/policies"
_DEFAULTS = "/policies/identitySecurityDefaultsEnforcementPolicy"
_NOT_TOLD = (403, 501)
_NARROW = {
    "locations": "the place",
    "platforms": "the platform",
    "signInRiskLevels": "the risk of the sign-in",
    "userRiskLevels": "the risk of the user",
    "insiderRiskLevels": "the insider risk",
    "devices": "the device",
    "authenticationFlows": "the way of signing in",
}


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the tenant asks of people who sign in; `policies` is None where it could not be read, `why` says why."""

    policies: tuple[Policy, ...] | None = None
    why: str = ""
    security_defaults: bool | None = None


async def read_rules(graph: Graph) -> Rules:
    """All policies, whatever their state, and whether security defaults are on; why not, where nobody may tell."""
    defaults = await _security_defaults(graph)
    try:
        found = [as_policy(item) async for item in graph.items(POLICIES, type=dict)]
    except GraphError as error:
        if error.status not in _NOT_TOLD:
            raise
        return Rules(why=error.what, security_defaults=defaults)
    return Rules(policies=tuple(sorted(found, key=lambda policy: policy.id)), security_defaults=defaults)


def as_policy(found: Mapping[str, Any]) -> Policy:
    """One policy as a value."""
    conditions = found.get("conditions") or {}
    users, apps = conditions.get("users") or {}, conditions.get("applications") or {}
    return Policy(
        id=found["id"],
        name=found.get("displayName") or "",
        state=found.get("state") or "",
        modified=found.get("modifiedDateTime") or "",
        include_users=_texts(users.get("includeUsers")),
        include_groups=_texts(users.get("includeGroups")),
        include_roles=_texts(users.get("includeRoles")),
        exclude_users=_texts(users.get("excludeUsers")),
        exclude_groups=_texts(users.get("excludeGroups")),
        exclude_roles=_texts(users.get("excludeRoles")),
        include_apps=_texts(apps.get("includeApplications")),
        exclude_apps=_texts(apps.get("excludeApplications")),
        clients=_texts(conditions.get("clientAppTypes")),
        demands=tuple(_demands(found.get("grantControls") or {})),
        narrowed=tuple(_NARROW[name] for name in _NARROW if _says(conditions.get(name))),
    )


def _demands(grant: Mapping[str, Any]) -> Iterator[str]:
    """What the policy asks for, in Microsoft's words; empty for one that only limits sessions."""
    yield from (str(control) for control in grant.get("builtInControls") or ())
    strength = grant.get("authenticationStrength")
    if strength:
        yield f"the strength {strength.get('displayName') or strength.get('id')}"
    yield from ("a custom factor" for _ in grant.get("customAuthenticationFactors") or ())
    yield from ("terms of use" for _ in grant.get("termsOfUse") or ())


def _says(condition: Any) -> bool:
    """Whether a condition narrows: an empty or missing one holds always."""
    if isinstance(condition, Mapping):
        return any(_says(value) for name, value in condition.items() if not name.startswith("@"))
    return bool(condition) and condition not in ("all", "All", ["all"], ["All"], "none")


def _texts(values: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())


async def _security_defaults(graph: Graph) -> bool | None:
    try:
        found = await graph.find(_DEFAULTS)
    except GraphError as error:
        if error.status in _NOT_TOLD:
            return None
        raise
    return None if found is None else found.get("isEnabled") is True
