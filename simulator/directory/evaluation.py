"""What-if: which policies would apply to a sign-in. learn.microsoft.com/graph/api/conditionalaccessroot-evaluate"""

from typing import Any

from simulator.conditional import Conditions, Person, SignIn, Target, Verdict, Workload, gather, judge
from simulator.core import Call, Reply, Route
from simulator.directory.common import body_of, fits
from simulator.directory.conditional_access import shown_policy
from simulator.directory.conditional_rules import wrong
from simulator.odata import types

JSON = dict[str, Any]

ACTIONS = {
    "registerSecurityInformation": "urn:user:registersecurityinfo",
    "registerOrJoinDevices": "urn:user:registerdevice",
}
CONDITIONS = {
    "client_app": "clientAppType",
    "platform": "devicePlatform",
    "address": "ipAddress",
    "country": "country",
    "sign_in_risk": "signInRiskLevel",
    "user_risk": "userRiskLevel",
    "principal_risk": "servicePrincipalRiskLevel",
    "insider_risk": "insiderRiskLevel",
    "device": "deviceInfo",
}


def evaluate(call: Call) -> Reply:
    """Every policy with whether it applies and, if not, why; `appliedPoliciesOnly` leaves the others out."""
    body = body_of(call)
    unknown = set(body) - {"signInIdentity", "signInContext", "signInConditions", "appliedPoliciesOnly"}
    if unknown:
        raise wrong(f"Invalid property '{unknown.pop()}'.")
    who, target = _identity(call, _typed(body, "signInIdentity")), _target(_typed(body, "signInContext"))
    sign_in = SignIn(who, target, _conditions(body.get("signInConditions") or {}), gather.places(call.tenant))
    rows = call.tenant.collection("conditionalAccessPolicies").iterate(call.stale)
    verdicts = [judge(policy, sign_in) for policy in rows]
    if body.get("appliedPoliciesOnly"):
        verdicts = [one for one in verdicts if one.applies]
    context = f"{call.origin}/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)"
    return Reply(200, {"@odata.context": context, "value": [_told(call, one) for one in verdicts]})


def _told(call: Call, verdict: Verdict) -> JSON:
    policy = {key: value for key, value in shown_policy(call, verdict.policy).items() if key[0] != "@"}
    reasons = ",".join(verdict.reasons) or "notSet"
    return {**policy, "policyApplies": verdict.applies, "analysisReasons": reasons}


def _typed(body: JSON, name: str) -> JSON:
    given = body.get(name)
    if not isinstance(given, dict) or not isinstance(given.get("@odata.type"), str):
        raise wrong(f"{name} must be an object with its @odata.type.")
    kind = given["@odata.type"].rpartition(".")[2]
    if types.properties(kind).keys() != types.table().get(kind, {}).get("props", {}).keys() or not fits(given, kind):
        raise wrong(f"The {name} is not valid.")
    return given


def _identity(call: Call, given: JSON) -> Person | Workload:
    kind = given["@odata.type"].rpartition(".")[2]
    if kind == "servicePrincipalSignIn":
        principal = call.tenant.collection("servicePrincipals").get(str(given.get("servicePrincipalId")), call.stale)
        if principal is None:
            raise wrong(f"There is no service principal '{given.get('servicePrincipalId')}'.")
        return gather.workload(call.tenant, principal)
    if kind != "userSignIn":
        raise wrong("The signInIdentity is a userSignIn or a servicePrincipalSignIn.")
    external = str(given.get("externalUserType") or "none")
    if external != "none":
        return Person("", kinds=frozenset({external}), home=str(given.get("externalTenantId") or ""))
    user = call.tenant.collection("users").get(str(given.get("userId")), call.stale)
    if user is None:
        raise wrong(f"There is no user '{given.get('userId')}'.")
    return gather.person(call.tenant, user)


def _target(given: JSON) -> Target:
    kind = given["@odata.type"].rpartition(".")[2]
    if kind == "applicationContext" and given.get("includeApplications"):
        return Target(frozenset(str(one).lower() for one in given["includeApplications"]))
    if kind == "userActionContext" and given.get("userAction") in ACTIONS:
        return Target(user_action=ACTIONS[given["userAction"]])
    if kind == "authContext" and given.get("authenticationContextValue"):
        return Target(context=str(given["authenticationContextValue"]))
    raise wrong("The signInContext is not valid.")


def _conditions(given: JSON) -> Conditions:
    if not fits(given, "signInConditions"):
        raise wrong("The signInConditions are not valid.")
    told = {name: given.get(key) for name, key in CONDITIONS.items()}
    flow = (given.get("authenticationFlow") or {}).get("transferMethod")
    try:
        return Conditions(**told, flow=flow)
    except ValueError:
        raise wrong("The signInConditions are not valid.") from None


ROUTES = [Route("POST", "/identity/conditionalAccess/evaluate", evaluate)]
