"""What a password sign-in meets beside its password: policies, per-user MFA, security defaults; and the log of it."""

from typing import Any

import pytest

from simulator.conditional.what import EXCHANGE
from simulator.directory.first_party import GRAPH
from simulator.signin.errors import SignInError
from tests.openapi.check import check_reply
from tests.openapi.sdk import leftovers
from tests.simulator.client import Got, Served
from tests.simulator.front.cast import PASSWORD, add_person, policy, public_app

CALENDARS = "Calendars.Read"


async def sign_in(served: Served, scope: str = "User.Read offline_access", **more: Any) -> Got:
    """Olle signs in by password to an application that has `scope`."""
    headers = more.pop("headers", {})
    names = " ".join(one for one in scope.split() if one != "offline_access")
    app = public_app(served.tenant, names)
    form = {
        "grant_type": "password",
        "client_id": app.app_id,
        "username": f"olle@{served.tenant.domain}",
        "password": PASSWORD,
        "scope": scope,
        **more,
    }
    path = f"/{served.ready['tenantId']}/oauth2/v2.0/token"
    return await served.call("POST", served.ready["login"] + path, data=form, headers=headers)


def rule(served: Served, control: str = "mfa", **conditions: Any) -> None:
    made = policy(served.tenant, control)
    made["conditions"] |= conditions
    served.tenant.seed({"conditionalAccessPolicies": [made]})


def code_of(got: Got) -> int:
    return 0 if got.status == 200 else int(got.body["error_codes"][0])


@pytest.mark.parametrize("state", ["enabled", "enforced"])
async def test_per_user_mfa_challenges_whom_no_policy_names(served: Served, state: str) -> None:
    person = add_person(served.tenant)
    assert code_of(await sign_in(served)) == 0
    served.tenant.seed({"perUserMfaStates": [{"id": person["id"], "perUserMfaState": state}]})
    assert code_of(await sign_in(served)) == 50076


async def test_a_seeded_state_may_name_its_person(served: Served) -> None:
    person = add_person(served.tenant)
    named = {"@owner": person["userPrincipalName"], "perUserMfaState": "enforced"}
    served.tenant.seed({"perUserMfaStates": [named]})
    assert code_of(await sign_in(served)) == 50076


async def test_security_defaults_know_no_exclusion(served: Served) -> None:
    add_person(served.tenant)
    (defaults,) = served.tenant.collection("identitySecurityDefaultsEnforcementPolicy").iterate()
    served.tenant.seed({"identitySecurityDefaultsEnforcementPolicy": [{"id": defaults["id"], "isEnabled": True}]})
    assert code_of(await sign_in(served)) == 50076


async def test_somebody_made_over_graph_has_no_second_factor(served: Served) -> None:
    name = f"olle@{served.tenant.domain}"
    profile = {"password": PASSWORD, "forceChangePasswordNextSignIn": False}
    body = {"accountEnabled": True, "displayName": "Olle", "mailNickname": "olle", "userPrincipalName": name}
    made = await served.graph("POST", "/users", json=body | {"passwordProfile": profile})
    assert made.status == 201, made.body
    assert code_of(await sign_in(served)) == 0
    rule(served)
    assert code_of(await sign_in(served)) == 50079


async def test_a_password_that_must_be_changed_opens_nothing(served: Served) -> None:
    add_person(served.tenant, passwordProfile={"password": PASSWORD, "forceChangePasswordNextSignIn": True})
    assert code_of(await sign_in(served)) == 50055


@pytest.mark.parametrize(
    ("scope", "excluded", "code"),
    [
        (CALENDARS, EXCHANGE, 0),
        (CALENDARS, GRAPH, 50076),  # Graph stands for the services behind it
        ("Presence.Read.All", EXCHANGE, 50076),
        ("User.Read", EXCHANGE, 50076),  # a baseline scope is judged as the directory
    ],
)
async def test_the_service_behind_graph_is_judged(served: Served, scope: str, excluded: str, code: int) -> None:
    add_person(served.tenant)
    rule(served, applications={"includeApplications": ["All"], "excludeApplications": [excluded]})
    assert code_of(await sign_in(served, scope)) == code


async def test_excluding_the_client_exempts_nothing(served: Served) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant)
    rule(served, applications={"includeApplications": ["All"], "excludeApplications": [app.app_id]})
    assert code_of(await sign_in(served, client_id=app.app_id)) == 50076


async def test_a_trusted_place_exempts_only_itself(served: Served) -> None:
    add_person(served.tenant)
    ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24"}]
    office = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "ipRanges": ranges}
    served.tenant.seed({"namedLocations": [office | {"isTrusted": True}]})
    rule(served, "block", locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})
    assert code_of(await sign_in(served)) == 53003
    assert code_of(await sign_in(served, headers={"X-Forwarded-For": "198.51.100.7"})) == 0


async def test_platforms_follow_the_user_agent(served: Served) -> None:
    add_person(served.tenant)
    rule(served, "block", platforms={"includePlatforms": ["windows"]})
    windows = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}
    assert code_of(await sign_in(served, headers=windows)) == 53003
    assert code_of(await sign_in(served, headers={"User-Agent": "switchboard/1.0"})) == 0


@pytest.mark.parametrize(("control", "code"), [("compliantDevice", 53000), ("domainJoinedDevice", 53001)])
async def test_a_device_that_nobody_has_is_asked_for(served: Served, control: str, code: int) -> None:
    add_person(served.tenant)
    rule(served, control)
    assert code_of(await sign_in(served)) == code


async def test_a_strength_that_allows_a_password_is_none(served: Served) -> None:
    add_person(served.tenant)
    weak = {"id": "11111111-0000-4000-8000-000000000000", "displayName": "Weak", "allowedCombinations": ["password"]}
    made = policy(served.tenant, "mfa")
    made["grantControls"] = {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": weak["id"]}}
    served.tenant.seed({"authenticationStrengthPolicies": [weak], "conditionalAccessPolicies": [made]})
    assert code_of(await sign_in(served)) == 0


async def test_a_session_without_a_second_factor_ends_with_a_new_policy(served: Served) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant, "User.Read")
    begun = await sign_in(served, client_id=app.app_id)
    form = {"grant_type": "refresh_token", "client_id": app.app_id, "refresh_token": begun.body["refresh_token"]}
    assert (await served.token(**form)).status == 200
    rule(served)
    assert code_of(await served.token(**form)) == 50076


@pytest.mark.shared
async def test_every_attempt_is_in_the_log(served: Served) -> None:
    person = add_person(served.tenant)
    rule(served)
    report = policy(served.tenant, "block") | {"state": "enabledForReportingButNotEnforced"}
    served.tenant.seed({"conditionalAccessPolicies": [report]})
    await sign_in(served, password="wrong")
    await served.door("POST", "/clock", {"advance": "1s"})
    await sign_in(served)
    got = await served.graph("GET", "/auditLogs/signIns")
    operation = "GET /auditLogs/signIns"
    assert not [*check_reply(operation, 200, got.body), *leftovers(operation, 200, got.body)]
    newest, oldest = got.body["value"]
    assert (oldest["status"]["errorCode"], oldest["conditionalAccessStatus"]) == (50126, "notApplied")
    assert (newest["status"]["errorCode"], newest["conditionalAccessStatus"]) == (50076, "failure")
    assert newest["userId"] == person["id"]
    results = {one["displayName"]: one["result"] for one in newest["appliedConditionalAccessPolicies"]}
    assert results["mfa"] == "failure"
    assert results["block"] == "reportOnlyFailure"
    assert "notEnabled" in results.values()
    again = await served.graph("GET", "/auditLogs/signIns?$filter=status/errorCode eq 50126")
    assert [row["id"] for row in again.body["value"]] == [oldest["id"]]


def test_errors_of_controls_are_known() -> None:
    from simulator.signin.access import CODES

    assert all(SignInError(code).kind.status == 400 for code in CODES.values())
