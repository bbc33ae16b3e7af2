"""What policies ask for and what a sign-in can answer. Every policy must be met by itself; block wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.conditional.judge import Verdict

JSON = dict[str, Any]

STRENGTH = "authenticationStrength"
_DEVICE = ("compliantDevice", "domainJoinedDevice", "approvedApplication", "compliantApplication")


@dataclass(frozen=True)
class Answer:
    """What whoever signs in can present. `combinations` as in authentication strengths: `password`, `password,sms`."""

    mfa: bool = False
    combinations: frozenset[str] = frozenset()
    interactive: bool = False  # can accept terms and change a password
    controls: frozenset[str] = frozenset()  # device and application controls that hold


@dataclass
class Outcome:
    """What enforced policies say together: ids of those that block, and (policy id, control) of what is missing."""

    blocked_by: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    asked_mfa: bool = False  # some policy wanted a second factor, met or not


def combine(verdicts: Iterable[Verdict], answer: Answer, strengths: Mapping[str, JSON]) -> Outcome:
    """The outcome of all verdicts. `strengths`: authentication strength policies by id."""
    outcome = Outcome()
    for verdict in verdicts:
        if not verdict.enforced:
            continue
        key = str(verdict.policy.get("id"))
        controls = _controls(verdict.policy)
        outcome.asked_mfa = outcome.asked_mfa or bool({"mfa", STRENGTH} & set(controls))
        left = unmet(verdict.policy, answer, strengths)
        if "block" in left:
            outcome.blocked_by.append(key)
        else:
            outcome.missing += [(key, control) for control in left]
    return outcome


def unmet(policy: JSON, answer: Answer, strengths: Mapping[str, JSON]) -> tuple[str, ...]:
    """The grant controls of a policy that keep this answer out; AND and OR are inside one policy only."""
    controls = _controls(policy)
    left = tuple(control for control in controls if not _met(control, policy, answer, strengths))
    if "block" in left:
        return ("block",)
    grant = policy.get("grantControls") or {}
    if str(grant.get("operator") or "OR").upper() == "OR" and len(left) < len(controls):
        return ()
    return left


def _controls(policy: JSON) -> list[str]:
    grant = policy.get("grantControls") or {}
    made = [str(one) for one in grant.get("builtInControls") or ()]
    made += [STRENGTH] if grant.get("authenticationStrength") else []
    made += ["termsOfUse"] if grant.get("termsOfUse") else []
    return made + (["customFactor"] if grant.get("customAuthenticationFactors") else [])


def _met(control: str, policy: JSON, answer: Answer, strengths: Mapping[str, JSON]) -> bool:
    if control == "mfa":
        return answer.mfa
    if control == STRENGTH:
        given = policy["grantControls"]["authenticationStrength"]
        strength = strengths.get(str(given.get("id")), given)
        allowed = {str(one).replace(" ", "") for one in strength.get("allowedCombinations") or ()}
        return bool(allowed & answer.combinations)
    if control in _DEVICE:
        return control in answer.controls
    if control in ("termsOfUse", "passwordChange", "riskRemediation", "customFactor"):
        return answer.interactive
    return False
