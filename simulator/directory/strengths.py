"""Authentication strengths: learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy"""

from collections.abc import Iterable
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import body_of, checked, latest, needs, refused, seen
from simulator.directory.conditional_access import shown_policy
from simulator.odata import Shape, one, respond, types

JSON = dict[str, Any]

PATH = "/policies/authenticationStrengthPolicies"
ITEM = f"{PATH}/{{authenticationStrengthPolicy-id}}"
LISTS = (PATH, "/identity/conditionalAccess/authenticationStrength/policies")
CONTEXT = "policies/authenticationStrengthPolicies"
SHAPE = Shape("authenticationStrengthPolicy")
CONFIGURATION = Shape("authenticationCombinationConfiguration", kind=lambda row: row["@odata.type"].rpartition(".")[2])
READ_ONLY = ("id", "createdDateTime", "modifiedDateTime", "policyType", "requirementsSatisfied")
MOST = 15
KINDS = ("fido2CombinationConfiguration", "x509CertificateCombinationConfiguration")
SINGLE = frozenset({"password", "sms", "email", "qrCodePin", "federatedSingleFactor", "x509CertificateSingleFactor"})


def list_all(call: Call) -> Reply:
    """All, the built-in ones first."""
    return respond(call, call.tenant.collection("authenticationStrengthPolicies"), shape=SHAPE, context=CONTEXT)


def get(call: Call) -> Reply:
    """One of them."""
    return one(call, _found(call), shape=SHAPE, context=CONTEXT)


def create(call: Call) -> Reply:
    """A custom one; what it satisfies follows from its combinations."""
    body = _body(call)
    needs(body, "authenticationStrengthPolicy", "displayName", "allowedCombinations")
    rows = call.tenant.collection("authenticationStrengthPolicies")
    if sum(row["policyType"] == "custom" for row in rows.iterate()) >= MOST:
        raise refused(f"A tenant has at most {MOST} custom authentication strengths.")
    if any(row["displayName"] == body["displayName"] for row in rows.iterate()):
        raise refused("An authentication strength with this displayName already exists.")
    made = complete({"id": call.tenant.new_id(), **body}, call.tenant.stamp())
    rows.put(made)
    return one(call, made, shape=SHAPE, context=CONTEXT, status=201)


def update(call: Call) -> Reply:
    """PATCH of name and description; combinations have an action of their own."""
    known, body = _custom(call), _body(call)
    if "allowedCombinations" in body:
        raise refused("Property 'allowedCombinations' is changed by updateAllowedCombinations.")
    call.tenant.collection("authenticationStrengthPolicies").put({**known, **body, **_now(call)})
    return Reply(204)


def delete(call: Call) -> Reply:
    """DELETE; refused while a policy uses it."""
    known = _custom(call)
    if any(_users(call, known["id"])):
        raise refused("The authentication strength is used by a Conditional Access policy.")
    call.tenant.collection("authenticationStrengthPolicies").remove(known["id"])
    return Reply(204)


def update_combinations(call: Call) -> Reply:
    """Replaces the combinations, and tells the policies that this concerns."""
    known = _custom(call)
    wanted = _checked_combinations(body_of(call).get("allowedCombinations"))
    made = complete({**known, "allowedCombinations": wanted}, call.tenant.stamp())
    call.tenant.collection("authenticationStrengthPolicies").put({**made, **_now(call)})
    context = f"{call.origin}/v1.0/$metadata#microsoft.graph.updateAllowedCombinationsResult"
    told = {
        "previousCombinations": known["allowedCombinations"],
        "currentCombinations": wanted,
        "conditionalAccessReferences": [row["id"] for row in _users(call, known["id"])],
        "additionalInformation": "",
    }
    return Reply(200, {"@odata.context": context, **told})


def usage(call: Call) -> Reply:
    """The policies that use it, by what they get out of it."""
    known = _found(call)
    rows = [_plain(call, row) for row in _users(call, known["id"])]
    kind = "mfa" if known["requirementsSatisfied"] == "mfa" else "none"
    context = f"{call.origin}/v1.0/$metadata#microsoft.graph.authenticationStrengthUsage"
    return Reply(200, {"@odata.context": context, "mfa": [], "none": [], kind: rows})


def list_configurations(call: Call) -> Reply:
    """What narrows single methods: allowed keys and issuers."""
    rows = _found(call).get("@configurations") or []
    return respond(call, rows, shape=CONFIGURATION, context=f"{CONTEXT}/combinationConfigurations")


def create_configuration(call: Call) -> Reply:
    """A new one for combinations that the strength allows."""
    known = _custom(call)
    body: JSON = dict(call.body) if isinstance(call.body, dict) else {}
    kind = str(body.get("@odata.type")).rpartition(".")[2]
    applies = body.get("appliesToCombinations") or []
    if kind not in KINDS or not applies or not set(applies) <= set(known["allowedCombinations"]):
        raise refused("The configuration must name its @odata.type and combinations that the strength allows.")
    made = {"id": call.tenant.new_id(), **body}
    rows = [*(known.get("@configurations") or ()), made]
    call.tenant.collection("authenticationStrengthPolicies").put({**known, "@configurations": rows})
    return one(call, made, shape=CONFIGURATION, context=f"{CONTEXT}/combinationConfigurations", status=201)


def complete(given: JSON, moment: str) -> JSON:
    """A custom strength with every property."""
    combinations = list(given.get("allowedCombinations") or ())
    weak = not combinations or any(one in SINGLE for one in combinations)
    blank = {"description": "", "displayName": "", "policyType": "custom", "createdDateTime": moment}
    made = {**blank, "modifiedDateTime": moment, **given, "allowedCombinations": combinations}
    if made["policyType"] == "custom":
        made["requirementsSatisfied"] = "none" if weak else "mfa"
    return made


def _body(call: Call) -> JSON:
    body = checked(call, "authenticationStrengthPolicy")
    for name in READ_ONLY:
        if name in body and not (name == "policyType" and body[name] == "custom") and name != "requirementsSatisfied":
            raise refused(f"Property '{name}' is read-only and cannot be set.")
    if "allowedCombinations" in body:
        body["allowedCombinations"] = _checked_combinations(body["allowedCombinations"])
    body.pop("requirementsSatisfied", None)
    return body


def _checked_combinations(given: Any) -> list[str]:
    known = types.enums()["authenticationMethodModes"]
    if not isinstance(given, list) or not given:
        raise refused("A value is required for property 'allowedCombinations'.")
    for text in given:
        if not isinstance(text, str) or not {part.strip().lower() for part in text.split(",")} <= known:
            raise refused(f"'{text}' is no combination of authentication methods.")
    return [text.replace(" ", "") for text in given]


def _found(call: Call) -> JSON:
    return seen(call, "authenticationStrengthPolicies", call.params["authenticationStrengthPolicy-id"])


def _custom(call: Call) -> JSON:
    known = latest(call, "authenticationStrengthPolicies", _found(call))
    if known["policyType"] != "custom":
        raise refused("A built-in authentication strength cannot be changed.")
    return known


def _users(call: Call, strength_id: str) -> Iterable[JSON]:
    for row in call.tenant.collection("conditionalAccessPolicies").iterate():
        strength = (row.get("grantControls") or {}).get("authenticationStrength") or {}
        if strength.get("id") == strength_id:
            yield row


def _plain(call: Call, row: JSON) -> JSON:
    return {key: value for key, value in shown_policy(call, row).items() if key[0] != "@"}


def _now(call: Call) -> JSON:
    return {"modifiedDateTime": call.tenant.stamp()}


ROUTES = [
    *(Route("GET", path, list_all) for path in LISTS),
    Route("POST", PATH, create),
    Route("GET", ITEM, get),
    Route("PATCH", ITEM, update),
    Route("DELETE", ITEM, delete),
    Route("POST", f"{ITEM}/updateAllowedCombinations", update_combinations),
    Route("GET", f"{ITEM}/usage", usage),
    Route("GET", f"{ITEM}/combinationConfigurations", list_configurations),
    Route("POST", f"{ITEM}/combinationConfigurations", create_configuration),
]
