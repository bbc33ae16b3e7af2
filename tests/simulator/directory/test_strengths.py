"""Authentication strengths: the built-in ones stay, custom ones are made, used, changed and deleted; contexts."""

from typing import Any

import pytest

from tests.simulator.directory.asking import Asker

JSON = dict[str, Any]
URL = "/policies/authenticationStrengthPolicies"
BUILT_IN = "00000000-0000-0000-0000-000000000002"


def made(ask: Asker, *combinations: str, name: str = "Ours") -> JSON:
    found: JSON = ask.post(URL, {"displayName": name, "allowedCombinations": list(combinations or ("fido2",))})
    return found


def use(ask: Asker, strength: JSON) -> str:
    policy = {
        "id": ask.tenant.new_id(),
        "displayName": "uses it",
        "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
        "grantControls": {"operator": "OR", "authenticationStrength": {"id": strength["id"]}},
    }
    ask.tenant.seed({"conditionalAccessPolicies": [policy]})
    return str(policy["id"])


def test_three_are_built_in_and_stay(ask: Asker) -> None:
    assert [row["policyType"] for row in ask.values(URL)] == ["builtIn"] * 3
    url = f"{URL}/{BUILT_IN}"
    assert ask.refusal("PATCH", url, {"displayName": "Mine"}).status == 400
    assert ask.refusal("DELETE", url).status == 400
    assert ask.refusal("POST", f"{url}/updateAllowedCombinations", {"allowedCombinations": ["fido2"]}).status == 400


@pytest.mark.parametrize(
    ("combinations", "satisfied"),
    [(("fido2", "password, sms"), "mfa"), (("fido2", "password"), "none"), (("x509CertificateSingleFactor",), "none")],
)
def test_what_is_satisfied_follows_from_the_combinations(
    ask: Asker, combinations: tuple[str, ...], satisfied: str
) -> None:
    assert made(ask, *combinations)["requirementsSatisfied"] == satisfied


def test_combinations_are_replaced_by_an_action_that_tells_whom_it_concerns(ask: Asker) -> None:
    ours = made(ask)
    policy = use(ask, ours)
    url = f"{URL}/{ours['id']}"
    told = ask.post(f"{url}/updateAllowedCombinations", {"allowedCombinations": ["password"]})
    assert (told["previousCombinations"], told["currentCombinations"]) == (["fido2"], ["password"])
    assert told["conditionalAccessReferences"] == [policy]
    assert ask.get(url)["requirementsSatisfied"] == "none"
    assert [row["id"] for row in ask.get(f"{url}/usage")["none"]] == [policy]
    assert ask.refusal("DELETE", url).status == 400


def test_names_change_and_unused_ones_go(ask: Asker) -> None:
    url = f"{URL}/{made(ask)['id']}"
    assert ask.reply("PATCH", url, {"displayName": "New"}).status == 204
    assert ask.get(url)["displayName"] == "New"
    assert ask.refusal("PATCH", url, {"allowedCombinations": ["fido2"]}).status == 400
    assert ask.reply("DELETE", url).status == 204


@pytest.mark.parametrize(
    "given",
    [
        {"displayName": "x"},
        {"displayName": "x", "allowedCombinations": []},
        {"displayName": "x", "allowedCombinations": ["telepathy"]},
        {"displayName": "x", "allowedCombinations": ["fido2"], "policyType": "builtIn"},
        {"displayName": "Passwordless MFA", "allowedCombinations": ["fido2"]},
    ],
)
def test_what_is_no_strength_is_refused(ask: Asker, given: JSON) -> None:
    assert ask.refusal("POST", URL, given).status == 400


def test_fifteen_at_most(ask: Asker) -> None:
    for number in range(15):
        made(ask, name=f"number {number}")
    assert ask.refusal("POST", URL, {"displayName": "one more", "allowedCombinations": ["fido2"]}).status == 400


def test_a_method_can_be_narrowed(ask: Asker) -> None:
    url = f"{URL}/{made(ask)['id']}/combinationConfigurations"
    given = {"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "appliesToCombinations": ["fido2"]}
    key = "de1e552d-db1d-4423-a619-566b625cdc84"
    assert ask.post(url, {**given, "allowedAAGUIDs": [key]})["allowedAAGUIDs"] == [key]
    assert len(ask.values(url)) == 1
    assert ask.refusal("POST", url, {**given, "appliesToCombinations": ["sms"]}).status == 400


def test_contexts(ask: Asker) -> None:
    url = "/identity/conditionalAccess/authenticationContextClassReferences"
    ask.post(url, {"id": "c1", "displayName": "Trusted places", "isAvailable": True})
    ask.clock.advance(1)
    assert ask.refusal("POST", url, {"id": "d1"}).status == 400
    assert [row["id"] for row in ask.values(url)] == ["c1"]
