"""Writing Conditional Access policies: learn.microsoft.com/graph/api/conditionalaccesspolicy-update

Properties inside `conditions` keep what a PATCH does not name; a list is replaced whole.
"""

from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import policy_blanks
from simulator.directory.common import checked, latest, needs, refused, seen
from simulator.directory.conditional_access import POLICIES
from simulator.directory.conditional_rules import check
from simulator.directory.pace import take_turn
from simulator.odata import one

JSON = dict[str, Any]

PATH = "/identity/conditionalAccess/policies"
ITEM = f"{PATH}/{{conditionalAccessPolicy-id}}"
READ_ONLY = ("id", "createdDateTime", "modifiedDateTime", "deletedDateTime")
CONTEXT = "identity/conditionalAccess/policies"


def create(call: Call) -> Reply:
    """A new policy, in the state that it says."""
    take_turn(call)
    body = _body(call)
    needs(body, "conditionalAccessPolicy", "displayName", "state", "conditions")
    if "clientAppTypes" not in body["conditions"]:
        body["conditions"] = {"clientAppTypes": [], **body["conditions"]}
    made = policy_blanks.conditional_access(call.tenant, _with_strength(call, body))
    check(call, made)
    call.tenant.collection("conditionalAccessPolicies").put(made)
    reply = one(call, made, shape=POLICIES, context=CONTEXT, status=201)
    reply.headers["Location"] = f"{call.origin}/v1.0{PATH}/{made['id']}"
    return reply


def update(call: Call) -> Reply:
    """PATCH."""
    take_turn(call)
    known = latest(call, "conditionalAccessPolicies", seen(call, "conditionalAccessPolicies", _key(call)))
    body = _body(call)
    made = _deep(known, _with_strength(call, body)) | {"modifiedDateTime": call.tenant.stamp()}
    if body.get("grantControls"):  # one set of controls gives way to the other
        made["grantControls"] = _controls(made["grantControls"], body["grantControls"])
    made = policy_blanks.conditional_access(call.tenant, made)
    check(call, made, known)
    call.tenant.collection("conditionalAccessPolicies").put(made)
    return Reply(204)


def delete(call: Call) -> Reply:
    """DELETE."""
    take_turn(call)
    known = latest(call, "conditionalAccessPolicies", seen(call, "conditionalAccessPolicies", _key(call)))
    call.tenant.collection("conditionalAccessPolicies").remove(known["id"])
    return Reply(204)


def _key(call: Call) -> str:
    return call.params["conditionalAccessPolicy-id"]


def _body(call: Call) -> JSON:
    body = checked(call, "conditionalAccessPolicy")
    for name in READ_ONLY:
        if name in body:
            raise refused(f"Property '{name}' is read-only and cannot be set.", "BadRequest")
    return body


def _with_strength(call: Call, body: JSON) -> JSON:
    """The policy with the whole strength where the body names one by id."""
    grant = body.get("grantControls") or {}
    given = grant.get("authenticationStrength")
    found = call.tenant.collection("authenticationStrengthPolicies").get(str((given or {}).get("id")))
    if found is None:
        return body
    return {**body, "grantControls": {**grant, "authenticationStrength": found}}


def _controls(merged: JSON, body: JSON) -> JSON:
    if body.get("authenticationStrength") and "builtInControls" not in body:
        return {**merged, "builtInControls": [one for one in merged["builtInControls"] if one != "mfa"]}
    if "mfa" in (body.get("builtInControls") or ()) and "authenticationStrength" not in body:
        return {**merged, "authenticationStrength": None}
    return merged


def _deep(known: Any, body: Any) -> Any:
    """What is there with what is given laid over it; null clears."""
    if not isinstance(known, dict) or not isinstance(body, dict):
        return body
    return {**known, **{name: _deep(known.get(name), value) for name, value in body.items()}}


ROUTES = [Route("POST", PATH, create), Route("PATCH", ITEM, update), Route("DELETE", ITEM, delete)]
