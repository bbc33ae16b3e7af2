"""People who sign in: password, device code, browser, refresh, consent and Conditional Access."""

import base64
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulator.client import Got, Served
from tests.simulator.front.cast import (
    PASSWORD,
    REDIRECT,
    App,
    add_app,
    add_person,
    claims_of,
    grant_scope,
)

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
PUBLIC: dict[str, Any] = {"isFallbackPublicClient": True, "publicClient": {"redirectUris": [REDIRECT]}}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


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


def _public_app(served: Served, scope: str = "User.Read Calendars.Read") -> App:
    app = add_app(served.tenant, **PUBLIC)
    grant_scope(served.tenant, app.principal_id, scope)
    return app


async def test_a_password_gives_a_persons_token(served: Served) -> None:
    person = add_person(served.tenant)
    got = await _by_password(served, _public_app(served))
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
    got = await _by_password(served, _public_app(served), tenant="organizations")
    assert claims_of(got.body["access_token"])["tid"] == served.tenant.id


async def test_a_refresh_token_gives_more_tokens(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
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
    return await _by_password(served, _public_app(served), password="Vinter-2026!")


async def _nobody(served: Served) -> Got:
    return await _by_password(served, _public_app(served), "nobody")


async def _disabled(served: Served) -> Got:
    add_person(served.tenant, accountEnabled=False)
    return await _by_password(served, _public_app(served))


async def _not_consented(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, _public_app(served), scope="Mail.Read")


async def _nothing_consented(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, add_app(served.tenant, **PUBLIC), scope=served.scope)


async def _unknown_scope(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, _public_app(served), scope="Calender.Read")


async def _two_resources(served: Served) -> Got:
    add_person(served.tenant)
    scope = "https://graph.microsoft.com/User.Read https://outlook.office365.com/EWS.AccessAsUser.All"
    return await _by_password(served, _public_app(served), scope=scope)


async def _not_public(served: Served) -> Got:
    add_person(served.tenant)
    return await _by_password(served, add_app(served.tenant))


async def _common(served: Served) -> Got:
    return await _by_password(served, _public_app(served), tenant="common")


async def _second_factor(served: Served) -> Got:
    add_person(served.tenant)
    served.tenant.seed({"conditionalAccessPolicies": [_policy(served, "mfa")]})
    return await _by_password(served, _public_app(served))


async def _no_second_factor_registered(served: Served) -> Got:
    person = add_person(served.tenant)
    details = {"id": person["id"], "isMfaRegistered": False}
    served.tenant.seed({"conditionalAccessPolicies": [_policy(served, "mfa")], "userRegistrationDetails": [details]})
    return await _by_password(served, _public_app(served))


async def _blocked(served: Served) -> Got:
    add_person(served.tenant)
    served.tenant.seed({"conditionalAccessPolicies": [_policy(served, "block")]})
    return await _by_password(served, _public_app(served))


async def _unknown_refresh_token(served: Served) -> Got:
    app = _public_app(served)
    return await served.token(grant_type="refresh_token", client_id=app.app_id, refresh_token="made up")


async def _unknown_code(served: Served) -> Got:
    app = _public_app(served)
    return await served.token(grant_type="authorization_code", client_id=app.app_id, code="made up")


async def _unknown_device_code(served: Served) -> Got:
    app = _public_app(served)
    return await served.token(grant_type=DEVICE, client_id=app.app_id, device_code="made up")


async def _missing_name(served: Served) -> Got:
    return await _by_password(served, _public_app(served), username="")


REFUSALS: list[tuple[Refusal, int, int, str, str | None]] = [
    (_wrong_password, 50126, 400, "invalid_grant", None),
    (_nobody, 50034, 400, "invalid_grant", None),
    (_disabled, 50057, 400, "invalid_grant", None),
    (_not_consented, 65001, 400, "invalid_grant", "consent_required"),
    (_nothing_consented, 65001, 400, "invalid_grant", "consent_required"),
    (_unknown_scope, 70011, 400, "invalid_scope", None),
    (_two_resources, 70011, 400, "invalid_scope", None),
    (_not_public, 7000218, 401, "invalid_client", None),
    (_common, 9001023, 400, "invalid_request", None),
    (_second_factor, 50076, 400, "invalid_grant", "basic_action"),
    (_no_second_factor_registered, 50079, 400, "invalid_grant", "basic_action"),
    (_blocked, 53003, 400, "invalid_grant", "message_only"),
    (_unknown_refresh_token, 9002313, 400, "invalid_grant", None),
    (_unknown_code, 9002313, 400, "invalid_grant", None),
    (_unknown_device_code, 70018, 400, "bad_verification_code", None),
    (_missing_name, 900144, 400, "invalid_request", None),
]


@pytest.mark.parametrize(
    ("ask", "code", "status", "error", "suberror"), REFUSALS, ids=[r[0].__name__[1:] for r in REFUSALS]
)
async def test_a_refusal_is_told_as_microsoft_does(
    served: Served, ask: Refusal, code: int, status: int, error: str, suberror: str | None
) -> None:
    got = await ask(served)
    assert (got.status, got.error, got.body["error_codes"]) == (status, error, [code])
    assert got.body.get("suberror") == suberror


async def test_an_excluded_person_is_not_asked_for_a_second_factor(served: Served) -> None:
    person = add_person(served.tenant)
    inner, outer = served.tenant.new_id(), served.tenant.new_id()
    members = [{"groupId": outer, "memberId": inner}, {"groupId": inner, "memberId": person["id"]}]
    policy = _policy(served, "mfa", excludeGroups=[outer])
    served.tenant.seed({"conditionalAccessPolicies": [policy], "groupMembers": members})
    assert (await _by_password(served, _public_app(served))).status == 200


async def test_a_policy_in_report_only_does_nothing(served: Served) -> None:
    add_person(served.tenant)
    policy = _policy(served, "block") | {"state": "enabledForReportingButNotEnforced"}
    served.tenant.seed({"conditionalAccessPolicies": [policy]})
    assert (await _by_password(served, _public_app(served))).status == 200


async def test_a_device_waits_for_a_person(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    begun = await _begin_device(served, app)
    form = {"grant_type": DEVICE, "client_id": app.app_id, "device_code": begun["device_code"]}
    assert (await served.token(**form)).error == "authorization_pending"
    (waiting,) = (await served.door("GET", "/devices")).body
    assert waiting["user_code"] == begun["user_code"]
    approved = await served.door("POST", "/devices", _at_device(served, begun["user_code"]))
    assert approved.status == 204
    got = await served.token(**form)
    assert "Calendars.Read" in claims_of(got.body["access_token"])["scp"]
    assert (await served.token(**form)).error == "expired_token"


async def test_a_device_is_approved_on_its_page_too(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    begun = await _begin_device(served, app)
    page = begun["verification_uri"]
    assert 'name="user_code"' in (await served.call("GET", page)).body
    assert "did not work" in (await served.call("GET", f"{page}?user_code=WRONG")).body
    assert 'name="password"' in (await served.call("GET", f"{page}?user_code={begun['user_code']}")).body
    wrong = await served.call("POST", page, data=_at_device(served, begun["user_code"]) | {"password": "no"})
    assert "AADSTS50126" in wrong.body
    done = await served.call("POST", page, data=_at_device(served, begun["user_code"]))
    assert "close this window" in done.body


async def test_a_declined_device_and_a_late_one_are_told(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    declined, late = await _begin_device(served, app), await _begin_device(served, app)
    await served.door("POST", "/devices", {"user_code": declined["user_code"], "decision": "decline"})
    form = {"grant_type": DEVICE, "client_id": app.app_id}
    assert (await served.token(**form, device_code=declined["device_code"])).error == "authorization_declined"
    await served.door("POST", "/clock", {"advance": "16m"})
    assert (await served.token(**form, device_code=late["device_code"])).error == "expired_token"


async def test_device_code_can_be_blocked(served: Served) -> None:
    add_person(served.tenant)
    policy = _policy(served, "block")
    policy["conditions"]["authenticationFlows"] = {"transferMethods": "deviceCodeFlow"}
    served.tenant.seed({"conditionalAccessPolicies": [policy]})
    app = _public_app(served)
    assert (await _by_password(served, app)).status == 200
    begun = await _begin_device(served, app)
    refused = await served.door("POST", "/devices", _at_device(served, begun["user_code"]))
    assert "AADSTS53003" in refused.body["error"]


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_a_browser_brings_a_code_that_buys_tokens_once(served: Served, mode: str) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    answer = await _at_browser(served, app, response_mode=mode)
    code = _code_of(answer, mode)
    form = {
        "grant_type": "authorization_code",
        "client_id": app.app_id,
        "code": code,
        "redirect_uri": f"{REDIRECT}:8400",
    }
    wrong = await served.token(**form, code_verifier="w" * 43)
    assert wrong.body["error_codes"] == [501481]
    elsewhere = await served.token(**{**form, "redirect_uri": "http://localhost:9"}, code_verifier=VERIFIER)
    assert elsewhere.body["error_codes"] == [50011]
    got = await served.token(**form, code_verifier=VERIFIER)
    assert got.status == 200, got.body
    assert claims_of(got.body["id_token"])["nonce"] == "n-1"
    assert (await served.token(**form, code_verifier=VERIFIER)).body["error_codes"] == [54005]


async def test_a_code_dies_after_ten_minutes(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    code = _code_of(await _at_browser(served, app), "query")
    await served.door("POST", "/clock", {"advance": "11m"})
    form = {"grant_type": "authorization_code", "client_id": app.app_id, "code": code, "code_verifier": VERIFIER}
    assert (await served.token(**form)).body["error_codes"] == [70008]


async def test_a_person_may_try_the_password_again_or_decline(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    wrong = await _at_browser(served, app, password="no")
    assert (wrong.status, "AADSTS50126" in wrong.body) == (200, True)
    declined = await _at_browser(served, app, decision="decline")
    assert parse_qs(urlsplit(declined.headers["Location"]).query)["error"] == ["access_denied"]


async def test_an_unregistered_redirect_uri_is_never_redirected_to(served: Served) -> None:
    add_person(served.tenant)
    app = _public_app(served)
    for step in (
        _at_browser(served, app, redirect_uri="https://evil.example"),
        _form(served, app, redirect_uri="https://evil.example"),
    ):
        got = await step
        assert (got.status, "AADSTS50011" in got.body, "Location" in got.headers) == (400, True, False)


async def test_consent_given_at_the_browser_becomes_a_grant(served: Served) -> None:
    person = add_person(served.tenant)
    app = add_app(served.tenant, **PUBLIC)
    await _at_browser(served, app, scope="User.Read openid")
    (grant,) = served.tenant.collection("oauth2PermissionGrants").find("clientId", app.principal_id)
    assert (grant["consentType"], grant["principalId"], grant["scope"]) == ("Principal", person["id"], "User.Read")


async def test_only_an_administrator_consents_for_all_and_to_what_needs_one(served: Served) -> None:
    add_person(served.tenant)
    app = add_app(served.tenant, **PUBLIC)
    refused = await _at_browser(served, app, scope="User.Read.All")
    assert "AADSTS90094" in parse_qs(urlsplit(refused.headers["Location"]).query)["error_description"][0]
    operator = served.ready["operator"]
    admin = {"username": operator["userPrincipalName"], "password": operator["password"], "everybody": "yes"}
    await _at_browser(served, app, scope="User.Read.All", **admin)
    (grant,) = served.tenant.collection("oauth2PermissionGrants").find("clientId", app.principal_id)
    assert (grant["consentType"], grant["principalId"], grant["scope"]) == ("AllPrincipals", None, "User.Read.All")


def _policy(served: Served, control: str, **users: Any) -> dict[str, Any]:
    return {
        "id": served.tenant.new_id(),
        "displayName": control,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "users": {"includeUsers": ["All"], **users},
            "applications": {"includeApplications": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": [control]},
    }


async def _begin_device(served: Served, app: App) -> dict[str, Any]:
    url = f"{served.ready['login']}/{served.tenant.id}/oauth2/v2.0/devicecode"
    got = await served.call("POST", url, data={"client_id": app.app_id, "scope": "Calendars.Read offline_access"})
    found: dict[str, Any] = got.body
    assert (found["expires_in"], got.status) == (900, 200)
    return found


def _at_device(served: Served, code: str) -> dict[str, str]:
    return {"user_code": code, "username": f"olle@{served.tenant.domain}", "password": PASSWORD}


def _asked(app: App, **more: str) -> dict[str, str]:
    return {
        "client_id": app.app_id,
        "response_type": "code",
        "redirect_uri": f"{REDIRECT}:8400",
        "scope": "User.Read openid profile offline_access",
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }


async def _form(served: Served, app: App, **more: str) -> Got:
    url = f"{served.ready['login']}/{served.tenant.id}/oauth2/v2.0/authorize"
    return await served.call("GET", url, params=_asked(app, **more))


async def _at_browser(served: Served, app: App, **more: str) -> Got:
    """Types name and password into the form."""
    url = f"{served.ready['login']}/{served.tenant.id}/oauth2/v2.0/authorize"
    person = {"username": f"olle@{served.tenant.domain}", "password": PASSWORD, "decision": "accept"}
    return await served.call("POST", url, data={**_asked(app), **person, **more})


def _code_of(answer: Got, mode: str) -> str:
    if mode == "form_post":
        return str(answer.body.split('name="code" value="')[1].split('"')[0])
    assert answer.status == 302
    target = urlsplit(answer.headers["Location"])
    fields = parse_qs(target.query if mode == "query" else target.fragment)
    assert fields["state"] == ["s-1"]
    return fields["code"][0]
