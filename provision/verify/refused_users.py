"""Why an integration user's sign-in was refused, in words: which link of its chain is broken, and its fix."""

from collections.abc import Mapping
from typing import Any

from provision.plan.users.slots import known, ours
from provision.verify.link import Seen
from provision.verify.place import Place
from tenantry.errors import GraphError, SignInError
from tenantry.graph import Graph

EVALUATE = "/identity/conditionalAccess/evaluate"
_GRAPH = "00000003-0000-0000-c000-000000000000"
_TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
SECOND_FACTOR = ("AADSTS50076", "AADSTS50079", "AADSTS50072", "AADSTS50074")
POLICY = ("AADSTS53003", "AADSTS53000", "AADSTS53001", "AADSTS53002", "AADSTS530003", "AADSTS50005", "AADSTS53004")


async def advice(seen: Seen, place: Place, name: str, error: SignInError) -> tuple[str, str]:
    """The fact and the fix."""
    if error.code in (*SECOND_FACTOR, *POLICY):
        return await _asked_for_more(seen, place, name, error)
    fix = _by_code(seen, name).get(error.code, error.fix or seen.apply)
    return f"{name} cannot sign in: {error.what}", fix


def _by_code(seen: Seen, name: str) -> Mapping[str, str]:
    """What to do about each refusal that has nothing to do with policies."""
    wanted, actual = seen.desired.users, seen.actual
    account = known(actual).accounts.get(name.lower()) if actual else None
    mine = wanted is not None and ours(wanted, account)
    again = f"Take its password out of the store, then: {seen.apply} It sets a new one."
    put = "Put its right password into the store."
    return {
        "AADSTS50126": again if mine else put,
        "AADSTS50034": f"{seen.apply} It makes the account anew." if mine or account is None else "Correct the name.",
        "AADSTS50053": "Wait until the lock ends, or have an administrator unlock it; see who tries wrong passwords.",
        "AADSTS50055": f"Set a password that need not be changed at the next sign-in. {again if mine else put}",
        "AADSTS50057": "Enable the account in the tenant.",
        "AADSTS50105": "Assign the account to the app under enterprise applications, or turn off its assignment.",
        "AADSTS65001": f"{seen.apply} It consents to the delegated permissions.",
    }


async def _asked_for_more(seen: Seen, place: Place, name: str, error: SignInError) -> tuple[str, str]:
    """A second factor, a device or a place was asked for: by which policy, else by what stands beside policies."""
    account = known(seen.actual).accounts.get(name.lower()) if seen.actual else None
    fact = f"{name} cannot sign in: {error.what}"
    applied = await _policies(place.operator, account.id) if account and place.operator else None
    if applied:
        names = ", ".join(f'"{policy}"' for policy in applied)
        fix = f"Name {names} in options.exclude_from and run apply; or read presence app-only (options.app_only)."
        return f"{fact} What-If names the policies that apply: {names}.", fix
    if seen.actual is not None and known(seen.actual).security_defaults:
        fix = "Turn security defaults off in favour of Conditional Access policies, or set options.app_only = true."
        return f"{fact} Security defaults are on.", fix
    if applied == [] and error.code in SECOND_FACTOR:
        fix = "Turn it off for this account (Entra admin center, Users, Per-user MFA)."
        return f"{fact} No policy asks for it and security defaults are off, so per-user MFA does.", fix
    fix = "Exclude the account from the policy that asks (options.exclude_from), and see that its per-user MFA is off."
    return fact, fix


async def _policies(graph: Graph, account: str) -> list[str] | None:
    """Names of the enforced policies that apply to such a sign-in, by What-If; None where it cannot be asked."""
    try:
        answer = await graph.post(EVALUATE, _question(account), safe=True) or {}
    except GraphError:
        return None
    return sorted(
        {
            str(policy.get("displayName"))
            for policy in answer.get("value") or ()
            if policy.get("policyApplies") and policy.get("state") == "enabled" and policy.get("grantControls")
        }
    )


def _question(account: str) -> dict[str, Any]:
    return {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": account},
        "signInContext": {
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": [_GRAPH, _TEAMS],
        },
        "signInConditions": {"clientAppType": "mobileAppsAndDesktopClients"},
        "appliedPoliciesOnly": True,
    }
