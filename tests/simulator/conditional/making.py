"""Policies and sign-ins for the evaluator's tests, with nothing in them that a case does not name."""

from dataclasses import replace
from typing import Any

from simulator.conditional import Conditions, Person, Place, SignIn, Target
from simulator.conditional.what import EXCHANGE

JSON = dict[str, Any]

ME = Person("me", groups=frozenset({"inner", "outer"}), roles=frozenset({"role"}))
GUEST = Person("guest", kinds=frozenset({"b2bCollaborationGuest"}), home="fabrikam")
TOLD = Conditions(
    client_app="browser",
    platform="windows",
    address="203.0.113.10",
    country="SE",
    sign_in_risk="none",
    user_risk="none",
    principal_risk="none",
    insider_risk="none",
    device={},
    flow="none",
)
OFFICE = Place("office", trusted=True, ranges=("203.0.113.0/24",))
NORWAY = Place("norway", countries=frozenset({"NO"}))
SIGN_IN = SignIn(ME, Target(frozenset({EXCHANGE})), TOLD, {"office": OFFICE, "norway": NORWAY})


def told(**facts: Any) -> SignIn:
    """The usual sign-in with some conditions changed."""
    return replace(SIGN_IN, conditions=replace(TOLD, **facts))


def policy(*controls: str, state: str = "enabled", operator: str = "OR", **conditions: Any) -> JSON:
    """A policy for everybody and everything that asks for these controls; conditions by their Graph names."""
    given = {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, **conditions}
    grant = {"operator": operator, "builtInControls": list(controls or ("mfa",))}
    return {"id": "policy", "state": state, "conditions": given, "grantControls": grant}
