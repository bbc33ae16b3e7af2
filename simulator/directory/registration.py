"""Which second factors a person has registered, and per-user MFA.

The population's people have one, most of them; accounts made over Graph have none; what a rehearsal seeds in
`userRegistrationDetails` wins. Per-user MFA is kept in the door's collection `perUserMfaStates`
({"id": user id, "perUserMfaState": disabled | enabled | enforced}): Graph v1.0 does not show it.
"""

from typing import TYPE_CHECKING, Any

from simulator.population.ids import mix

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

PHONE, PUSH, PASSWORD = "mobilePhone", "microsoftAuthenticatorPush", "password"
NONE = "none"
_SHARE = 85  # percent of people with a second factor


def details(tenant: "Tenant", user: JSON) -> JSON:
    """What Graph's userRegistrationDetails tell of a user."""
    methods = _methods(tenant, user)
    given = tenant.collection("userRegistrationDetails").get(user["id"]) or {}
    methods = list(given.get("methodsRegistered", methods))
    has = bool(given.get("isMfaRegistered", bool(methods)))
    roles = list(tenant.collection("roleAssignments").find("principalId", user["id"]))
    return {
        "id": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user.get("displayName") or "",
        "userType": "guest" if user.get("userType") == "Guest" else "member",
        "isAdmin": bool(roles),
        "isSsprRegistered": has,
        "isSsprEnabled": bool(roles),
        "isSsprCapable": has and bool(roles),
        "isMfaRegistered": has,
        "isMfaCapable": has,
        "isPasswordlessCapable": False,
        "methodsRegistered": methods,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "systemPreferredAuthenticationMethods": ["Push"] if PUSH in methods else [],
        "userPreferredMethodForSecondaryAuthentication": "push" if PUSH in methods else NONE,
        "lastUpdatedDateTime": tenant.stamp(),
    } | {key: value for key, value in given.items() if key[0] != "@"}


def registered(tenant: "Tenant", user: JSON) -> bool:
    """Whether the person has a second factor."""
    return bool(details(tenant, user)["isMfaRegistered"])


def begin_without(tenant: "Tenant", user_id: str) -> None:
    """A new account: nobody has registered anything for it."""
    tenant.collection("userRegistrationDetails").put({"id": user_id, "isMfaRegistered": False, "methodsRegistered": []})


def per_user_mfa(tenant: "Tenant", user_id: str) -> str:
    """disabled, enabled or enforced."""
    found = tenant.collection("perUserMfaStates").get(user_id) or {}
    return str(found.get("perUserMfaState") or "disabled")


def _methods(tenant: "Tenant", user: JSON) -> list[str]:
    people = tenant.population
    number = people.index(user["id"]) if people is not None else None
    if user.get("userType") == "Guest" or user.get("accountEnabled") is False:
        return []
    if people is None or number is None:
        return [PUSH, PHONE]
    return [PUSH, PHONE] if mix(people.seed, 47, number) % 100 < _SHARE else []
