"""What-if over Graph: the evaluator's verdicts for users, guests and service principals."""

from typing import Any

import pytest

from simulator.conditional.what import EXCHANGE
from tests.simulator.directory.asking import Asker

JSON = dict[str, Any]
URL = "/identity/conditionalAccess/evaluate"


def user(ask: Asker, **more: Any) -> JSON:
    given = {"@odata.type": "#microsoft.graph.userSignIn", "userId": ask.values("/users")[0]["id"]}
    return given | more


def context(*apps: str) -> JSON:
    return {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": list(apps or (EXCHANGE,))}


def policy(name: str, state: str = "enabled", **conditions: Any) -> JSON:
    users, apps = {"includeUsers": ["All"]}, {"includeApplications": ["All"]}
    grant = {"operator": "OR", "builtInControls": ["mfa"]}
    given = {"users": users, "applications": apps, **conditions}
    return {"displayName": name, "state": state, "conditions": given, "grantControls": grant}


def verdicts(ask: Asker, identity: JSON, *, to: JSON | None = None, how: JSON | None = None, **more: Any) -> JSON:
    body = {"signInIdentity": identity, "signInContext": to or context(), "signInConditions": how or {}, **more}
    rows = ask.post(URL, body)["value"]
    return {row["displayName"]: (row["policyApplies"], row["analysisReasons"]) for row in rows}


@pytest.fixture
def rules(ask: Asker) -> Asker:
    """A tenant with four policies of its own."""
    admin = ask.values("/users")[0]["id"]
    mine = {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}
    block = policy("workloads", users={"includeUsers": ["None"]}, clientApplications=mine)
    block["grantControls"]["builtInControls"] = ["block"]
    given = [
        policy("all"),
        policy("without me", users={"includeUsers": ["All"], "excludeUsers": [admin]}),
        policy("at home", locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
        policy("report", state="enabledForReportingButNotEnforced", clientAppTypes=["browser"]),
        block,
    ]
    ip = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "isTrusted": True}
    ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24"}]
    ask.tenant.seed({"conditionalAccessPolicies": given, "namedLocations": [ip | {"ipRanges": ranges}]})
    return ask


def test_every_policy_is_told_with_its_reason(rules: Asker) -> None:
    told = verdicts(rules, user(rules), how={"ipAddress": "198.51.100.9", "clientAppType": "browser"})
    assert told["all"] == (True, "notSet")
    assert told["without me"] == (False, "users")
    assert told["at home"] == (False, "location")
    assert told["report"] == (True, "notSet")
    assert told["workloads"] == (False, "users")
    assert told["Remediate risky users"] == (False, "policyNotEnabled")


def test_what_is_not_told_cannot_be_judged(rules: Asker) -> None:
    told = verdicts(rules, user(rules))
    assert told["at home"] == (False, "notEnoughInformation")
    assert told["report"] == (False, "notEnoughInformation")


def test_only_what_applies(rules: Asker) -> None:
    told = verdicts(rules, user(rules), how={"ipAddress": "203.0.113.1"}, appliedPoliciesOnly=True)
    assert set(told) == {"all", "at home", "Require MFA for all users"}


def test_a_guest_that_is_not_here_yet(rules: Asker) -> None:
    guest = {"@odata.type": "#microsoft.graph.userSignIn", "externalUserType": "b2bCollaborationGuest"}
    assert verdicts(rules, guest)["without me"] == (True, "notSet")


def test_a_service_principal(rules: Asker) -> None:
    mine = {"@odata.type": "#microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": rules.principal["id"]}
    told = verdicts(rules, mine)
    assert told["workloads"] == (True, "notSet")
    assert told["all"] == (False, "workloadIdentities")


def test_actions_and_contexts(rules: Asker) -> None:
    action = {"@odata.type": "#microsoft.graph.userActionContext", "userAction": "registerSecurityInformation"}
    assert verdicts(rules, user(rules), to=action)["all"] == (False, "userActions")
    named = {"@odata.type": "#microsoft.graph.authContext", "authenticationContextValue": "c1"}
    assert verdicts(rules, user(rules), to=named)["all"] == (False, "authenticationContext")


@pytest.mark.parametrize(
    "change",
    [
        {"signInIdentity": None},
        {"signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": "nobody"}},
        {"signInIdentity": {"@odata.type": "#microsoft.graph.applicationContext"}},
        {"signInIdentity": {"@odata.type": "#microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": "x"}},
        {"signInContext": {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": []}},
        {"signInContext": {"@odata.type": "#microsoft.graph.made.up"}},
        {"signInConditions": {"clientAppType": "telephone"}},
        {"signInConditions": {"weather": "fine"}},
        {"policy": "all"},
    ],
)
def test_a_question_that_cannot_be_read(rules: Asker, change: JSON) -> None:
    body = {"signInIdentity": user(rules), "signInContext": context(), "signInConditions": {}, **change}
    assert rules.refusal("POST", URL, body).status == 400
