"""People who sign in at a browser or with a device code: forms, codes, consent."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator.directory.first_party import GRAPH, graph_permissions
from tests.simulator.client import Got, Served
from tests.simulator.front.cast import (
    PASSWORD,
    PUBLIC,
    REDIRECT,
    App,
    add_app,
    add_person,
    claims_of,
    policy,
    public_app,
)

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def test_a_device_waits_for_a_person(served: Served) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant)
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
    app = public_app(served.tenant)
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
    app = public_app(served.tenant)
    declined, late = await _begin_device(served, app), await _begin_device(served, app)
    await served.door("POST", "/devices", {"user_code": declined["user_code"], "decision": "decline"})
    form = {"grant_type": DEVICE, "client_id": app.app_id}
    assert (await served.token(**form, device_code=declined["device_code"])).error == "authorization_declined"
    await served.door("POST", "/clock", {"advance": "16m"})
    assert (await served.token(**form, device_code=late["device_code"])).error == "expired_token"


async def test_device_code_can_be_blocked(served: Served) -> None:
    add_person(served.tenant)
    rule = policy(served.tenant, "block")
    rule["conditions"]["authenticationFlows"] = {"transferMethods": "deviceCodeFlow"}
    served.tenant.seed({"conditionalAccessPolicies": [rule]})
    app = public_app(served.tenant)
    begun = await _begin_device(served, app)
    refused = await served.door("POST", "/devices", _at_device(served, begun["user_code"]))
    assert "AADSTS53003" in refused.body["error"]


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_a_browser_brings_a_code_that_buys_tokens_once(served: Served, mode: str) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant)
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
    app = public_app(served.tenant)
    code = _code_of(await _at_browser(served, app), "query")
    await served.door("POST", "/clock", {"advance": "11m"})
    form = {"grant_type": "authorization_code", "client_id": app.app_id, "code": code, "code_verifier": VERIFIER}
    assert (await served.token(**form)).body["error_codes"] == [70008]


async def test_a_person_may_try_the_password_again_or_decline(served: Served) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant)
    wrong = await _at_browser(served, app, password="no")
    assert (wrong.status, "AADSTS50126" in wrong.body) == (200, True)
    declined = await _at_browser(served, app, decision="decline")
    assert parse_qs(urlsplit(declined.headers["Location"]).query)["error"] == ["access_denied"]


async def test_an_unregistered_redirect_uri_is_never_redirected_to(served: Served) -> None:
    add_person(served.tenant)
    app = public_app(served.tenant)
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


async def test_what_is_agreed_later_joins_the_grant_that_is_there(served: Served) -> None:
    add_person(served.tenant)
    app = add_app(served.tenant, **PUBLIC)
    for scope in ("User.Read", "Calendars.Read", "User.Read"):
        assert (await _at_browser(served, app, scope=scope)).status == 302
    (grant,) = served.tenant.collection("oauth2PermissionGrants").find("clientId", app.principal_id)
    assert grant["scope"] == "Calendars.Read User.Read"


async def test_the_default_scope_asks_for_what_the_manifest_declares(served: Served) -> None:
    add_person(served.tenant)
    table = graph_permissions()
    access = [{"id": table[name]["delegated"], "type": "Scope"} for name in ("Calendars.Read", "User.Read")]
    resource = {"resourceAppId": GRAPH, "resourceAccess": access}
    app = add_app(served.tenant, requiredResourceAccess=[resource], **PUBLIC)
    await _at_browser(served, app, scope=served.scope)
    (grant,) = served.tenant.collection("oauth2PermissionGrants").find("clientId", app.principal_id)
    assert grant["scope"] == "Calendars.Read User.Read"
