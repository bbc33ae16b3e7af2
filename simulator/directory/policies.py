"""Tenant-wide policies: credentials of apps, ordinary users' rights, security defaults."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import things
from simulator.directory.application_rules import merged
from simulator.directory.common import checked, latest, needs, not_found, referenced, refused, seen
from simulator.directory.holders import HOLDERS, Holder
from simulator.directory.links import link, linked, parts, unlink, wholes
from simulator.directory.owners import references
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

MANAGEMENT = Shape("appManagementPolicy")
SINGLES = {
    "defaultAppManagementPolicy": "tenantAppManagementPolicy",
    "authorizationPolicy": "authorizationPolicy",
    "identitySecurityDefaultsEnforcementPolicy": "identitySecurityDefaultsEnforcementPolicy",
}
"""Policies of which a tenant has exactly one: collection and path -> type."""
ITEM = "/policies/appManagementPolicies/{appManagementPolicy-id}"


def get_single(name: str, call: Call) -> Reply:
    """The tenant's one policy of a kind."""
    return one(call, _single(name, call), shape=Shape(SINGLES[name]), context=f"policies/{name}")


def update_single(name: str, call: Call) -> Reply:
    """PATCH of it."""
    known = _single(name, call)
    body = checked(call, SINGLES[name])
    if name == "identitySecurityDefaultsEnforcementPolicy" and body.get("isEnabled"):
        _check_no_policy(call)
    call.tenant.collection(name).put(merged(known, body))
    return Reply(204)


def _check_no_policy(call: Call) -> None:
    """Security defaults and enabled Conditional Access policies exclude each other."""
    if any(one.get("state") == "enabled" for one in call.tenant.collection("conditionalAccessPolicies").iterate()):
        raise refused("Security defaults cannot be enabled while Conditional Access policies are enabled.")


def list_management(call: Call) -> Reply:
    """Custom policies for credentials of apps."""
    rows = call.tenant.collection("appManagementPolicies")
    return respond(call, rows, shape=MANAGEMENT, context="policies/appManagementPolicies")


def get_management(call: Call) -> Reply:
    """One of them."""
    return one(call, _management(call), shape=MANAGEMENT, context="policies/appManagementPolicies")


def create_management(call: Call) -> Reply:
    """A new custom policy; it does nothing until it is assigned."""
    body = checked(call, "appManagementPolicy")
    needs(body, "appManagementPolicy", "displayName", "restrictions")
    blank = {"deletedDateTime": None, "description": None, "isEnabled": False}
    made = {"id": call.tenant.new_id(), **blank, **body}
    call.tenant.collection("appManagementPolicies").put(made)
    return one(call, made, shape=MANAGEMENT, context="policies/appManagementPolicies", status=201)


def update_management(call: Call) -> Reply:
    """PATCH."""
    known = latest(call, "appManagementPolicies", _management(call))
    call.tenant.collection("appManagementPolicies").put({**known, **checked(call, "appManagementPolicy")})
    return Reply(204)


def delete_management(call: Call) -> Reply:
    """DELETE, refused while the policy is assigned."""
    known = latest(call, "appManagementPolicies", _management(call))
    if next(wholes(call.tenant, "appManagementPolicyAssignments", known["id"]), None) is not None:
        raise refused("The policy cannot be deleted because it is assigned to an object.")
    call.tenant.collection("appManagementPolicies").remove(known["id"])
    return Reply(204)


def applies_to(call: Call) -> Reply:
    """The applications and service principals that a policy is assigned to."""
    ids = wholes(call.tenant, "appManagementPolicyAssignments", _management(call)["id"], call.stale)
    return respond(call, things.find_all(call, ids), shape=things.MIXED, context="directoryObjects")


def _assigned(holder: Holder, call: Call) -> Iterable[JSON]:
    for policy_id in parts(call.tenant, "appManagementPolicyAssignments", holder.seen(call)["id"], call.stale):
        found = call.tenant.collection("appManagementPolicies").get(policy_id, call.stale)
        if found is not None:
            yield found


def list_assigned(holder: Holder, call: Call) -> Reply:
    """The policy assigned to an application: none, or one."""
    return respond(call, _assigned(holder, call), shape=MANAGEMENT, context="policies/appManagementPolicies")


def list_assigned_links(holder: Holder, call: Call) -> Reply:
    """The same as references."""
    return references(call, (row["id"] for row in _assigned(holder, call)))


def assign(holder: Holder, call: Call) -> Reply:
    """Assigns a policy; an object has one at most."""
    owner, policy_id = holder.latest(call), referenced(call)
    if call.tenant.collection("appManagementPolicies").get(policy_id, call.stale) is None:
        raise not_found(policy_id)
    if next(parts(call.tenant, "appManagementPolicyAssignments", owner["id"]), None) is not None:
        raise refused("A policy is already assigned to the object. Only one policy can be assigned.")
    link(call.tenant, "appManagementPolicyAssignments", owner["id"], policy_id)
    return Reply(204)


def unassign(holder: Holder, call: Call) -> Reply:
    """Takes it off again."""
    owner, policy_id = holder.latest(call), call.params["appManagementPolicy-id"].lower()
    if not linked(call.tenant, "appManagementPolicyAssignments", owner["id"], policy_id):
        raise not_found(policy_id)
    unlink(call.tenant, "appManagementPolicyAssignments", owner["id"], policy_id)
    return Reply(204)


def _single(name: str, call: Call) -> JSON:
    found = next(call.tenant.collection(name).iterate(call.stale), None)
    if found is None:
        raise not_found(name)
    return found


def _management(call: Call) -> JSON:
    return seen(call, "appManagementPolicies", call.params["appManagementPolicy-id"])


def _assignment_routes(holder: Holder) -> list[Route]:
    base = f"{holder.item}/appManagementPolicies"
    return [
        Route("GET", base, partial(list_assigned, holder)),
        Route("GET", f"{base}/$ref", partial(list_assigned_links, holder)),
        Route("POST", f"{base}/$ref", partial(assign, holder)),
        Route("DELETE", f"{base}/{{appManagementPolicy-id}}/$ref", partial(unassign, holder)),
    ]


ROUTES = [
    *(Route("GET", f"/policies/{name}", partial(get_single, name)) for name in SINGLES),
    *(Route("PATCH", f"/policies/{name}", partial(update_single, name)) for name in SINGLES),
    Route("GET", "/policies/appManagementPolicies", list_management),
    Route("POST", "/policies/appManagementPolicies", create_management),
    Route("GET", ITEM, get_management),
    Route("PATCH", ITEM, update_management),
    Route("DELETE", ITEM, delete_management),
    Route("GET", f"{ITEM}/appliesTo", applies_to),
    *(route for holder in HOLDERS for route in _assignment_routes(holder)),
]
