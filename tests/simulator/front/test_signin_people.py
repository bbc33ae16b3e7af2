"""People who sign in by password and go on by refresh token, and what Conditional Access says to it."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.simulator.client import Got, Served
from tests.simulator.front.cast import (
    PASSWORD,
    PUBLIC,
    App,
    Refused,
    add_app,
    add_person,
    claims_of,
    policy,
    public_app,
)

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


async def _by_password(
    served: Served, app: App | str, name: str = "olle", password: str = PASSWORD, **more: str
) -> Got:
    given = {
        "grant_type": "password",
        "client_id": app if isinstance(app, str) else app.app_id,
        "username": name if "@" in name else f"{name}@{served.tenant.domain}",
        "password": password,
        "scope": "User.Read openid profile offline_access",
    }
    return await served.token(**{**given, **more})


async def test_a_password_gives_a_persons_token(served: Served) -> None:
    person = add_person(served.tenant)
    got = await _by_password(served, public_app(served.tenant))
    assert got.status == 200, got.body
    claims = claims_of(got.body["access_token"])
    assert claims["scp"] == "Calendars.Read User.Read"  # all that was consented, as Microsoft's tokens have it
    assert (claims["oid"], claims["upn"], claims["idtyp"]) == (person["id"], person["userPrincipalName"], "user")
    assert "roles" not in claims
    identity = claims_of(got.body["id_token"])
    assert identity["preferred_username"] == person["userPrincipalName"]
    assert got.body["refresh_token"]


async def test_everybody_without_an_own_password_has_the_operators(served: Served) -> None:
    operator = served.ready["operator"]
    got = await _by_password(served, CLI, operator["userPrincipalName"], operator["password"], scope=served.scope)
    claims = claims_of(got.body["access_token"])
    assert "62e90394-69f5-4237-9190-012177145e10" in claims["wids"]
    assert "Application.ReadWrite.All" in claims["scp"].split()


async def test_the_tenant_is_found_by_the_user_name(served: Served) -> None:
    add_person(served.tenant)
    got = await _by_password(served, public_app(served.tenant), tenant="organizations")
    assert claims_of(got.body["access_token"])["tid"] == served.tenant.id


async def test_a_refresh_token_gives_more_tokens(served: Served) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant)
    first = await _by_password(served, app)
    form = {"grant_type": "refresh_token", "client_id": app.app_id, "refresh_token": first.body["refresh_token"]}
    again = await served.token(**form, scope="Calendars.Read offline_access")
    assert again.status == 200, again.body
    assert again.body["refresh_token"] != first.body["refresh_token"]
    assert "id_token" not in again.body
    await served.door("POST", "/clock", {"advance": "91d"})
    late = await served.token(**form)
    assert late.body["error_codes"] == [70008]
    other = await served.token(**{**form, "client_id": CLI})
    assert other.body["error_codes"] == [70000]


Refusal = Callable[[Served], Coroutine[Any, Any, Got]]


async def _wrong_password(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, public_app(served.tenant), password="Vinter-2026!")


async def _nobody(served: Served) -> Got:
    return await _by_password(served, public_app(served.tenant), "nobody")


async def _disabled(served: Served) -> Got:
    add_person(served.tenant, accountEnabled=False)
    return await _by_password(served, public_app(served.tenant))


async def _not_consented(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, public_app(served.tenant), scope="Mail.Read")


async def _nothing_consented(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, add_app(served.tenant, **PUBLIC), scope=served.scope)


async def _unknown_scope(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, public_app(served.tenant), scope="Calender.Read")


async def _two_resources(served: Served) -> Got:
    add_person(served.tenant)
    scope = "https://graph.microsoft.com/User.Read https://outlook.office365.com/EWS.AccessAsUser.All"
    return await _by_password(served, public_app(served.tenant), scope=scope)


async def _not_public(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, add_app(served.tenant))


async def _common(served: Served) -> Got:
    return await _by_password(served, public_app(served.tenant), tenant="common")


async def _second_factor(served: Served) -> Got:
    add_person(served.tenant)
    served.tenant.seed({"conditionalAccessPolicies": [policy(served.tenant, "mfa")]})
    return await _by_password(served, public_app(served.tenant))


async def _no_second_factor_registered(served: Served) -> Got:
    person = add_person(served.tenant)
    details = {"id": person["id"], "isMfaRegistered": False}
    served.tenant.seed(
        {"conditionalAccessPolicies": [policy(served.tenant, "mfa")], "userRegistrationDetails": [details]}
    )
    return await _by_password(served, public_app(served.tenant))


async def _blocked(served: Served) -> Got:
    add_person(served.tenant)
    served.tenant.seed({"conditionalAccessPolicies": [policy(served.tenant, "block")]})
    return await _by_password(served, public_app(served.tenant))


async def _unknown_refresh_token(served: Served) -> Got:
    app = public_app(served.tenant)
    return await served.token(grant_type="refresh_token", client_id=app.app_id, refresh_token="made up")


async def _unknown_code(served: Served) -> Got:
    app = public_app(served.tenant)
    return await served.token(grant_type="authorization_code", client_id=app.app_id, code="made up")


async def _unknown_device_code(served: Served) -> Got:
    app = public_app(served.tenant)
    return await served.token(grant_type=DEVICE, client_id=app.app_id, device_code="made up")


async def _missing_name(served: Served) -> Got:
    return await _by_password(served, public_app(served.tenant), username="")


REFUSALS: list[tuple[Refusal, Refused]] = [
    (_wrong_password, Refused(50126, 400, "invalid_grant")),
    (_nobody, Refused(50034, 400, "invalid_grant")),
    (_disabled, Refused(50057, 400, "invalid_grant")),
    (_not_consented, Refused(65001, 400, "invalid_grant", "consent_required")),
    (_nothing_consented, Refused(65001, 400, "invalid_grant", "consent_required")),
    (_unknown_scope, Refused(70011, 400, "invalid_scope")),
    (_two_resources, Refused(70011, 400, "invalid_scope")),
    (_not_public, Refused(7000218, 401, "invalid_client")),
    (_common, Refused(9001023, 400, "invalid_request")),
    (_second_factor, Refused(50076, 400, "invalid_grant", "basic_action")),
    (_no_second_factor_registered, Refused(50079, 400, "invalid_grant", "basic_action")),
    (_blocked, Refused(53003, 400, "invalid_grant", "message_only")),
    (_unknown_refresh_token, Refused(9002313, 400, "invalid_grant")),
    (_unknown_code, Refused(9002313, 400, "invalid_grant")),
    (_unknown_device_code, Refused(70018, 400, "bad_verification_code")),
    (_missing_name, Refused(900144, 400, "invalid_request")),
]


@pytest.mark.parametrize(("ask", "refused"), REFUSALS, ids=[ask.__name__[1:] for ask, _ in REFUSALS])
async def test_a_refusal_is_told_as_microsoft_does(served: Served, ask: Refusal, refused: Refused) -> None:
    refused.is_told_by(await ask(served))


async def test_an_excluded_person_is_not_asked_for_a_second_factor(served: Served) -> None:
    person = add_person(served.tenant)
    inner, outer = served.tenant.new_id(), served.tenant.new_id()
    members = [{"groupId": outer, "memberId": inner}, {"groupId": inner, "memberId": person["id"]}]
    rule = policy(served.tenant, "mfa", excludeGroups=[outer])
    groups = [{"id": inner, "displayName": "Inner"}, {"id": outer, "displayName": "Outer"}]
    served.tenant.seed({"conditionalAccessPolicies": [rule], "groups": groups, "groupMembers": members})
    assert (await _by_password(served, public_app(served.tenant))).status == 200


async def test_a_policy_in_report_only_does_nothing(served: Served) -> None:
    add_person(served.tenant)
    rule = policy(served.tenant, "block") | {"state": "enabledForReportingButNotEnforced"}
    served.tenant.seed({"conditionalAccessPolicies": [rule]})
    assert (await _by_password(served, public_app(served.tenant))).status == 200
