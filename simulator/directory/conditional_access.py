"""Reading Conditional Access: learn.microsoft.com/graph/api/resources/conditionalaccesspolicy and namedlocation"""

from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import seen
from simulator.directory.things import entity_of
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

NEWER = frozenset({"riskRemediation"})
"""Members that came after `unknownFutureValue`: hidden from who does not ask for them."""
POLICIES = Shape("conditionalAccessPolicy")
LOCATIONS = Shape("namedLocation", kind=lambda row: entity_of({"@odata.type": "#microsoft.graph.namedLocation", **row}))


def list_policies(call: Call) -> Reply:
    """All policies, whatever their state."""
    rows = (shown_policy(call, row) for row in call.tenant.collection("conditionalAccessPolicies").iterate(call.stale))
    return respond(call, rows, shape=POLICIES, context="identity/conditionalAccess/policies")


def get_policy(call: Call) -> Reply:
    """One."""
    found = seen(call, "conditionalAccessPolicies", call.params["conditionalAccessPolicy-id"])
    return one(call, shown_policy(call, found), shape=POLICIES, context="identity/conditionalAccess/policies")


def list_locations(call: Call) -> Reply:
    """All named locations: ranges of addresses and lists of countries."""
    rows = call.tenant.collection("namedLocations")
    return respond(call, rows, shape=LOCATIONS, context="identity/conditionalAccess/namedLocations")


def get_location(call: Call) -> Reply:
    """One."""
    found = seen(call, "namedLocations", call.params["namedLocation-id"])
    return one(call, found, shape=LOCATIONS, context="identity/conditionalAccess/namedLocations")


def shown_policy(call: Call, row: JSON) -> JSON:
    """The policy with newer enum members as `unknownFutureValue`, unless the caller said it knows them."""
    controls = row.get("grantControls")
    if not controls or "include-unknown-enum-members" in call.headers.get("prefer", "").lower():
        return row
    known = ["unknownFutureValue" if name in NEWER else name for name in controls.get("builtInControls") or ()]
    return {**row, "grantControls": {**controls, "builtInControls": known}}


ROUTES = [
    Route("GET", "/identity/conditionalAccess/policies", list_policies),
    Route("GET", "/identity/conditionalAccess/policies/{conditionalAccessPolicy-id}", get_policy),
    Route("GET", "/identity/conditionalAccess/namedLocations", list_locations),
    Route("GET", "/identity/conditionalAccess/namedLocations/{namedLocation-id}", get_location),
]
