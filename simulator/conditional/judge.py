"""Whether one policy applies to one sign-in, and if not, why: conditions are ANDed, the values of each are ORed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.conditional import how
from simulator.conditional.facts import Person, SignIn
from simulator.conditional.what import is_empty, wrong_target
from simulator.conditional.who import includes_person, includes_workload

JSON = dict[str, Any]

REPORT_ONLY = "enabledForReportingButNotEnforced"


@dataclass(frozen=True)
class Verdict:
    """`reasons` are Graph's `whatIfAnalysisReasons`, empty where the policy applies."""

    policy: JSON
    reasons: tuple[str, ...] = ()

    @property
    def applies(self) -> bool:
        """True where the sign-in is in the policy's scope."""
        return not self.reasons

    @property
    def enforced(self) -> bool:
        """True where it applies and is not for reporting only."""
        return self.applies and self.policy.get("state") == "enabled"


def judge(policy: JSON, sign_in: SignIn) -> Verdict:
    """The verdict of one policy. Report-only ones are judged like enforced ones, but not for user actions."""
    state = policy.get("state")
    if state not in ("enabled", REPORT_ONLY) or (state == REPORT_ONLY and sign_in.target.user_action):
        return Verdict(policy, ("policyNotEnabled",))
    if not policy.get("grantControls") and not policy.get("sessionControls"):
        return Verdict(policy, ("invalidPolicy",))
    return Verdict(policy, tuple(dict.fromkeys(_reasons(policy.get("conditions") or {}, sign_in))))


def _reasons(conditions: JSON, sign_in: SignIn) -> Iterator[str]:
    applications = conditions.get("applications") or {}
    if is_empty(applications):
        yield "emptyPolicy"
        return
    if isinstance(sign_in.who, Person):
        if not includes_person(conditions, sign_in.who):
            yield "users"
    elif not includes_workload(conditions, sign_in.who):
        yield "workloadIdentities"
    wrong = wrong_target(applications, sign_in.target)
    if wrong:
        yield wrong
    for reason, met in _conditions(conditions, sign_in):
        if met is None:
            yield "notEnoughInformation"
        elif not met:
            yield reason


def _conditions(conditions: JSON, sign_in: SignIn) -> Iterator[tuple[str, bool | None]]:
    told = sign_in.conditions
    yield "location", how.place(conditions, sign_in)
    if isinstance(sign_in.who, Person):
        yield "clientApps", how.client(conditions, told)
        yield "devicePlatform", how.platform(conditions, told)
        yield "signInRisk", how.level(conditions.get("signInRiskLevels"), told.sign_in_risk)
        yield "userRisk", how.level(conditions.get("userRiskLevels"), told.user_risk)
        yield "insiderRisk", how.level(conditions.get("insiderRiskLevels"), told.insider_risk)
        yield "devices", how.device(conditions, told)
        yield "authenticationFlow", how.flow(conditions, told)
    else:
        yield "workloadIdentities", how.level(conditions.get("servicePrincipalRiskLevels"), told.principal_risk)
