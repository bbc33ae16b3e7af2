"""Conditional Access at sign-in: the facts of a sign-in gathered, every policy judged, what is missing told.

Beside the policies stand per-user MFA and security defaults, which challenge people whom every policy excludes.
Risk is always `none` here; the country is the organisation's; the address is `X-Forwarded-For`, else one of the
ranges reserved for documentation.
"""

from dataclasses import dataclass, field
from typing import Any

from simulator.conditional import Answer, Conditions, Outcome, SignIn, Target, Verdict, combine, gather, judge
from simulator.directory.registration import per_user_mfa, registered
from simulator.signin.clients import Client
from simulator.tenant import Tenant
from simulator.visitor import Visitor

JSON = dict[str, Any]

PASSWORD_ONLY = Answer(combinations=frozenset({"password"}))
WITH_SECOND_FACTOR = Answer(
    mfa=True,
    combinations=frozenset({"password", "password,microsoftAuthenticatorPush", "password,sms", "deviceBasedPush"}),
    interactive=True,
)
"""Whoever sits at a browser can answer; phishing-resistant methods nobody has."""
_CLIENT = {
    "browser": "browser",
    "device-code": "mobileAppsAndDesktopClients",
    "password": "mobileAppsAndDesktopClients",
}


@dataclass(frozen=True)
class Asked:
    """One sign-in: who (the user or service principal), by which client, for what, in which way, from where."""

    who: JSON
    client: Client
    resource_app_id: str
    scopes: frozenset[str]
    flow: str  # browser | device-code | password | app
    visitor: Visitor = field(default_factory=Visitor)
    methods: tuple[str, ...] | None = None  # of the sign-in that a refresh token or code stands for


@dataclass(frozen=True)
class Judged:
    """The outcome with the verdicts behind it, and whether something beside the policies asks for a second factor."""

    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    beside: str = ""  # per-user-mfa | security-defaults

    @property
    def second_factor(self) -> bool:
        """Whether a second factor was asked for, answered or not."""
        return self.outcome.asked_mfa or bool(self.beside)


def judge_all(tenant: Tenant, asked: Asked) -> Judged:
    """Every policy's verdict, and what they say together."""
    sign_in = _facts(tenant, asked)
    verdicts = tuple(judge(policy, sign_in) for policy in tenant.collection("conditionalAccessPolicies").iterate())
    outcome = combine(verdicts, answer_of(asked.flow, asked.methods), gather.strengths(tenant))
    return Judged(outcome, verdicts, "" if asked.flow == "app" else _beside(tenant, asked.who["id"]))


def has_registered(tenant: Tenant, person: JSON) -> bool:
    """Whether a person has a second factor to be asked for."""
    return registered(tenant, person)


def answer_of(flow: str, methods: tuple[str, ...] | None = None) -> Answer:
    """What whoever signs in this way can present; `methods`: what they presented when they did."""
    if methods is not None:
        return WITH_SECOND_FACTOR if "mfa" in methods else PASSWORD_ONLY
    return WITH_SECOND_FACTOR if flow in ("browser", "device-code") else PASSWORD_ONLY


def _facts(tenant: Tenant, asked: Asked) -> SignIn:
    target = Target(gather.reached(asked.resource_app_id, asked.scopes))
    app_only = asked.flow == "app"
    who = gather.workload(tenant, asked.who) if app_only else gather.person(tenant, asked.who)
    conditions = Conditions(
        client_app=_CLIENT.get(asked.flow),
        platform=asked.visitor.platform,
        address=asked.visitor.address,
        country=str(tenant.organization.get("countryLetterCode") or ""),
        sign_in_risk="none",
        user_risk="none",
        principal_risk="none",
        insider_risk="none",
        device={},
        flow="deviceCodeFlow" if asked.flow == "device-code" else "none",
    )
    return SignIn(who, target, conditions, gather.places(tenant))


def _beside(tenant: Tenant, user_id: str) -> str:
    if per_user_mfa(tenant, user_id) != "disabled":
        return "per-user-mfa"
    defaults = next(tenant.collection("identitySecurityDefaultsEnforcementPolicy").iterate(), {})
    return "security-defaults" if defaults.get("isEnabled") else ""
