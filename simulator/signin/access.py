"""What a sign-in must pass once the password is right: Conditional Access, per-user MFA, security defaults."""

from dataclasses import dataclass

from simulator.signin import conditional, consent
from simulator.signin.clients import Client
from simulator.signin.conditional import Asked, Judged
from simulator.signin.errors import SignInError
from simulator.signin.scopes import Wanted
from simulator.tenant import JSON, Tenant
from simulator.visitor import Visitor

SECOND_FACTOR = ("mfa", "authenticationStrength", "customFactor")
CODES = {
    "compliantDevice": 53000,
    "domainJoinedDevice": 53001,
    "approvedApplication": 53002,
    "compliantApplication": 53009,
    "passwordChange": 50142,
    "riskRemediation": 50142,
    "termsOfUse": 50158,
}
"""The AADSTS number for each grant control that is not met, but for a second factor."""


@dataclass(frozen=True)
class Attempt:
    """A person's sign-in: `flow` browser | device-code | password; `methods` those of an earlier sign-in, if any."""

    tenant: Tenant
    client: Client
    wanted: Wanted
    flow: str
    visitor: Visitor
    methods: tuple[str, ...] | None = None


def judged(attempt: Attempt, person: JSON) -> Judged:
    """What the tenant's rules say to this sign-in."""
    names = attempt.wanted.names or consent.consented(attempt.tenant, attempt.client, attempt.wanted, person["id"])
    resource = attempt.wanted.resource["appId"]
    asked = Asked(person, attempt.client, resource, frozenset(names), attempt.flow, attempt.visitor, attempt.methods)
    return conditional.judge_all(attempt.tenant, asked)


def pass_rules(attempt: Attempt, person: JSON, found: Judged) -> tuple[str, ...]:
    """The methods used (`amr`), or the refusal: AADSTS53003 blocked; 50076 a second factor is wanted, 50079 and none
    is registered; else the number of the control that is not met.
    """
    if found.outcome.blocked_by:
        raise blocked(found.outcome.blocked_by)
    missing = [control for _, control in found.outcome.missing]
    answered = "mfa" in attempt.methods if attempt.methods is not None else attempt.flow != "password"
    if any(control in SECOND_FACTOR for control in missing) or (found.beside and not answered):
        has = conditional.has_registered(attempt.tenant, person)
        raise SignInError(50076 if has else 50079, name=attempt.wanted.resource["appId"])
    if missing:
        raise SignInError(CODES[missing[0]])
    return ("pwd", "mfa") if found.second_factor and answered else ("pwd",)


def blocked(policies: list[str]) -> SignInError:
    """AADSTS53003 with the ids of the policies that blocked, as the service tells them in `claims`."""
    listed = ",".join(f'"{policy}"' for policy in policies)
    return SignInError(53003, claims=f'{{"access_token":{{"capolids":{{"essential":true,"values":[{listed}]}}}}}}')
