"""What applying policies demand together, and whether a sign-in can answer it."""

from typing import Any

import pytest

from simulator.conditional import Answer, combine, judge, unmet
from tests.simulator.conditional.making import SIGN_IN, policy

JSON = dict[str, Any]
PASSWORD = Answer(combinations=frozenset({"password"}))
BROWSER = Answer(
    mfa=True, combinations=frozenset({"password", "password,microsoftAuthenticatorPush"}), interactive=True
)
STRENGTHS = {
    "mfa": {"allowedCombinations": ["fido2", "password,microsoftAuthenticatorPush"]},
    "weak": {"allowedCombinations": ["fido2", "password"]},
    "strong": {"allowedCombinations": ["fido2", "x509CertificateMultiFactor"]},
}


def strength(name: str) -> JSON:
    made = policy()
    made["grantControls"] = {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": name}}
    return made


@pytest.mark.parametrize(
    ("given", "answer", "left"),
    [
        (policy("mfa"), PASSWORD, ("mfa",)),
        (policy("mfa"), BROWSER, ()),
        (policy("block"), BROWSER, ("block",)),
        (policy("mfa", "compliantDevice"), PASSWORD, ("mfa", "compliantDevice")),
        (policy("mfa", "compliantDevice"), BROWSER, ()),
        (policy("mfa", "compliantDevice", operator="AND"), BROWSER, ("compliantDevice",)),
        (policy("mfa", "compliantDevice"), Answer(controls=frozenset({"compliantDevice"})), ()),
        (policy("mfa", "passwordChange", operator="AND"), BROWSER, ()),
        (policy("mfa", "passwordChange", operator="AND"), PASSWORD, ("mfa", "passwordChange")),
        (strength("mfa"), PASSWORD, ("authenticationStrength",)),
        (strength("mfa"), BROWSER, ()),
        (strength("weak"), PASSWORD, ()),
        (strength("strong"), BROWSER, ("authenticationStrength",)),
    ],
)
def test_grant_controls(given: JSON, answer: Answer, left: tuple[str, ...]) -> None:
    assert unmet(given, answer, STRENGTHS) == left


def outcome(*policies: JSON, answer: Answer = PASSWORD) -> Any:
    numbered = [{**one, "id": str(number)} for number, one in enumerate(policies)]
    return combine([judge(one, SIGN_IN) for one in numbered], answer, STRENGTHS)


def test_every_policy_must_be_met_by_itself() -> None:
    device = Answer(controls=frozenset({"compliantDevice"}))
    either, mfa = policy("mfa", "compliantDevice"), policy("mfa")
    assert outcome(either, answer=device).missing == []
    assert outcome(either, mfa, answer=device).missing == [("1", "mfa")]


def test_block_wins_and_is_told_with_its_policies() -> None:
    found = outcome(policy("mfa"), policy("block"), policy("block", state="disabled"))
    assert found.blocked_by == ["1"]


def test_report_only_neither_satisfies_nor_harms() -> None:
    found = outcome(policy("block", state="enabledForReportingButNotEnforced"), policy("mfa"), answer=BROWSER)
    assert (found.blocked_by, found.missing, found.asked_mfa) == ([], [], True)


def test_an_exclusion_from_one_policy_is_no_exemption() -> None:
    excluded = policy("mfa", users={"includeUsers": ["All"], "excludeUsers": ["me"]})
    assert outcome(excluded).missing == []
    assert outcome(excluded, policy("mfa")).missing == [("1", "mfa")]
