"""What Conditional Access demands of a policy before it is written.

The number 1054 for a group is known from public issue threads; the other refusals have the right status and a text
of our own.
"""

from collections.abc import Iterator
from typing import Any

from simulator.conditional.device import check as readable
from simulator.conditional.what import BUNDLES
from simulator.core import Call, GraphFault
from simulator.directory.roles import ROLES

JSON = dict[str, Any]

SECURITY_DEFAULTS = (
    "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional "
    "Access policy."
)
_USERS = {"All", "None", "GuestsOrExternalUsers"}
_APPS = {"All", "None", "Office365", "MicrosoftAdminPortals"}
_ACTIONS = {"urn:user:registersecurityinfo", "urn:user:registerdevice"}
_PLACES = {"All", "AllTrusted", "00000000-0000-0000-0000-000000000000"}


def wrong(text: str) -> GraphFault:
    """400 of this service."""
    return GraphFault(400, "BadRequest", text)


def check(call: Call, policy: JSON, known: JSON | None = None) -> None:
    """Refuses a whole policy, as it would be after the write, with the first thing that is wrong.

    `known` is the policy before the write: people and groups that it names already may be gone meanwhile.
    """
    for problem in _problems(call, policy, known or {}):
        raise wrong(problem)


def _problems(call: Call, policy: JSON, known: JSON) -> Iterator[str]:
    conditions = policy["conditions"]
    if not policy.get("displayName"):
        yield "The policy must have a displayName."
    if not policy.get("grantControls") and not policy.get("sessionControls"):
        yield "The policy must have grant controls or session controls."
    yield from _about_people(call, conditions, (known.get("conditions") or {}).get("users") or {})
    yield from _about_targets(call, conditions.get("applications") or {})
    yield from _about_ways(call, conditions)
    yield from _about_controls(call, policy.get("grantControls") or {}, conditions)
    if policy.get("state") == "enabled" and _security_defaults(call):
        yield SECURITY_DEFAULTS


def _about_people(call: Call, conditions: JSON, before: JSON) -> Iterator[str]:
    users, clients = conditions.get("users") or {}, conditions.get("clientApplications") or {}
    included = [users.get(f"include{kind}") for kind in ("Users", "Groups", "Roles", "GuestsOrExternalUsers")]
    if not any(included) and not clients.get("includeServicePrincipals"):
        yield "The policy must include users or service principals."
    for way in ("include", "exclude"):
        yield from _names(call, users, way, before)
    if len(users.get("includeUsers") or ()) > 1 and {"All", "None"} & set(users["includeUsers"]):
        yield "'All' and 'None' stand alone in includeUsers."
    named = [*(clients.get("includeServicePrincipals") or ()), *(clients.get("excludeServicePrincipals") or ())]
    for key in named:
        if key != "ServicePrincipalsInMyTenant" and call.tenant.collection("servicePrincipals").get(key) is None:
            yield f"Invalid service principal value: {key}."


def _names(call: Call, users: JSON, way: str, before: JSON) -> Iterator[str]:
    known = {*(_USERS if way == "include" else {"GuestsOrExternalUsers"}), *(before.get(f"{way}Users") or ())}
    named = set(before.get(f"{way}Groups") or ())
    for key in users.get(f"{way}Users") or ():
        if key not in known and call.tenant.collection("users").get(key, call.stale) is None:
            yield f"Invalid user value: {key}."
    for key in users.get(f"{way}Groups") or ():
        if key not in named and call.tenant.collection("groups").get(key, call.stale) is None:
            yield f"1054: Invalid group value: {key}."
    for key in users.get(f"{way}Roles") or ():
        if key.lower() not in ROLES.values():
            yield f"Invalid role value: {key}."


def _about_targets(call: Call, apps: JSON) -> Iterator[str]:
    named = apps.get("includeApplications") or []
    actions = apps.get("includeUserActions") or []
    contexts = apps.get("includeAuthenticationContextClassReferences") or []
    if not (named or actions or contexts or apps.get("applicationFilter")):
        yield "The policy must include applications, user actions or authentication contexts."
    if sum(map(bool, (named, actions, contexts))) > 1:
        yield "Applications, user actions and authentication contexts do not go together in one policy."
    if len(named) > 1 and {"All", "None"} & set(named):
        yield "'All' and 'None' stand alone in includeApplications."
    for key in (*named, *(apps.get("excludeApplications") or ())):
        if key not in _APPS and not _is_application(call, key):
            yield f"Invalid application value: {key}."
    if set(actions) - _ACTIONS:
        yield "Invalid value in includeUserActions."


def _is_application(call: Call, app_id: str) -> bool:
    bundled = any(app_id.lower() in apps for apps in BUNDLES.values())
    return bundled or call.tenant.collection("servicePrincipals").first("appId", app_id, call.stale) is not None


def _about_ways(call: Call, conditions: JSON) -> Iterator[str]:
    clients = conditions.get("clientAppTypes") or []
    if not clients and not (conditions.get("clientApplications") or {}).get("includeServicePrincipals"):
        yield "clientAppTypes is required."
    if len(clients) > 1 and "all" in clients:
        yield "'all' stands alone in clientAppTypes."
    places = conditions.get("locations") or {}
    for key in (*(places.get("includeLocations") or ()), *(places.get("excludeLocations") or ())):
        if key not in _PLACES and call.tenant.collection("namedLocations").get(key, call.stale) is None:
            yield f"Invalid location value: {key}."
    if places and not places.get("includeLocations"):
        yield "includeLocations is required."
    rule = ((conditions.get("devices") or {}).get("deviceFilter") or {}).get("rule")
    if rule is not None and not readable(rule):
        yield "The rule of the device filter is not valid."


def _about_controls(call: Call, grant: JSON, conditions: JSON) -> Iterator[str]:
    built_in, strength = set(grant.get("builtInControls") or ()), grant.get("authenticationStrength")
    if grant and grant.get("operator") not in ("AND", "OR"):
        yield "The operator of the grant controls must be AND or OR."
    if grant and not (built_in or strength or grant.get("termsOfUse") or grant.get("customAuthenticationFactors")):
        yield "The grant controls are empty."
    if "block" in built_in and (len(built_in) > 1 or strength):
        yield "'block' does not go together with other grant controls."
    if "mfa" in built_in and strength:
        yield "'mfa' and an authentication strength do not go together in one policy."
    if strength and call.tenant.collection("authenticationStrengthPolicies").get(str(strength.get("id"))) is None:
        yield f"Invalid authentication strength value: {strength.get('id')}."
    if "passwordChange" in built_in:
        everything = (conditions.get("applications") or {}).get("includeApplications") == ["All"]
        second = "mfa" in built_in or bool(strength)
        if not (second and grant.get("operator") == "AND" and conditions.get("userRiskLevels") and everything):
            yield "'passwordChange' needs 'mfa' with AND, user risk levels, and all applications."
    if (conditions.get("clientApplications") or {}).get("includeServicePrincipals") and built_in != {"block"}:
        yield "A policy for service principals can only block."


def _security_defaults(call: Call) -> bool:
    return any(one.get("isEnabled") for one in _defaults(call))


def _defaults(call: Call) -> Iterator[JSON]:
    return call.tenant.collection("identitySecurityDefaultsEnforcementPolicy").iterate()
