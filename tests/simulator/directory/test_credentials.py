"""Secrets and certificates: told once, kept by id, held to the tenant's policies."""

import base64
import time
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.simulator.directory.asking import CREATE, START, Asker, told

JSON = dict[str, Any]
HOLDERS = ("applications", "servicePrincipals")


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(days: int = 180, start: datetime = START - timedelta(minutes=15)) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "runner")])
    made = (
        x509.CertificateBuilder(name, name, key().public_key(), days + 1, start, start + timedelta(days=days))
        .sign(key(), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    return base64.b64encode(made).decode()


def entry(**more: Any) -> JSON:
    return {"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate(), **more}


def made(ask: Asker, kind: str) -> str:
    app, principal = ask.app_with_principal(signInAudience="AzureADMyOrg")
    return f"/{kind}/{(app if kind == 'applications' else principal)['id']}"


@pytest.mark.parametrize("kind", HOLDERS)
def test_a_secret_is_told_once(ask: Asker, kind: str) -> None:
    path = made(ask, kind)
    body = {"passwordCredential": {"displayName": "run 7", "endDateTime": "2027-05-20T08:00:00Z"}}
    reply = ask.reply("POST", f"{path}/addPassword", body)
    assert reply.status == 200
    secret = reply.body["secretText"]
    assert len(secret) == 40
    assert reply.body["hint"] == secret[:3]
    assert reply.body["endDateTime"] == "2027-05-20T08:00:00Z"
    assert reply.body["@odata.context"].endswith("#microsoft.graph.passwordCredential")
    shown = ask.get(path)["passwordCredentials"]
    assert [(one["keyId"], one["secretText"], one["hint"]) for one in shown] == [
        (reply.body["keyId"], None, secret[:3])
    ]
    assert secret not in str(ask.tenant.save())
    assert not any(name.startswith("@") for name in shown[0])


def test_a_secret_lives_two_years_where_nobody_says(ask: Asker) -> None:
    got = ask.post(f"{made(ask, 'applications')}/addPassword", {})
    assert (got["startDateTime"], got["endDateTime"]) == ("2026-11-21T08:00:00Z", "2028-11-21T08:00:00Z")


def test_secrets_differ_and_are_removed_by_id(ask: Asker) -> None:
    path = made(ask, "applications")
    one, two = (ask.post(f"{path}/addPassword", {}) for _ in range(2))
    assert one["secretText"] != two["secretText"]
    assert ask.reply("POST", f"{path}/removePassword", {"keyId": one["keyId"].upper()}).status == 204
    assert [row["keyId"] for row in ask.get(path)["passwordCredentials"]] == [two["keyId"]]
    fault = ask.refusal("POST", f"{path}/removePassword", {"keyId": one["keyId"]})
    assert (fault.status, fault.message) == (400, "No credentials found to be removed.")


@pytest.mark.parametrize(
    "wish",
    [
        {"endDateTime": "2026-11-20T08:00:00Z"},
        {"endDateTime": "soon"},
        {"displayName": 7},
        {"colour": "red"},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(ask: Asker, wish: JSON) -> None:
    assert ask.refusal("POST", f"{made(ask, 'applications')}/addPassword", {"passwordCredential": wish}).status == 400


def test_writes_may_only_keep_secrets(ask: Asker) -> None:
    path = made(ask, "applications")
    secret = ask.post(f"{path}/addPassword", {})
    ask.reply("PATCH", path, {"passwordCredentials": [{"keyId": secret["keyId"]}]})
    assert len(ask.get(path)["passwordCredentials"]) == 1
    fault = ask.refusal("PATCH", path, {"passwordCredentials": [{"keyId": secret["keyId"], "secretText": "mine"}]})
    assert "service actions" in fault.message
    ask.reply("PATCH", path, {"passwordCredentials": []})
    assert ask.get(path)["passwordCredentials"] == []


def test_a_new_application_may_ask_for_its_first_secret(ask: Asker) -> None:
    app = ask.app(passwordCredentials=[{"displayName": "first"}])
    told_once = app["passwordCredentials"][0]
    assert told_once["secretText"].startswith(told_once["hint"])
    kept = ask.get(f"/applications/{app['id']}")["passwordCredentials"]
    assert [(one["keyId"], one["secretText"]) for one in kept] == [(told_once["keyId"], None)]
    body = {"displayName": "x", "passwordCredentials": [{"displayName": "first"}]}
    fault = ask.refusal("PATCH", "/applications(uniqueName='u')", body, headers=CREATE)
    assert "service actions" in fault.message


def test_personal_accounts_allow_two_secrets(ask: Asker) -> None:
    path = f"/applications/{ask.app()['id']}"
    for _ in range(2):
        ask.post(f"{path}/addPassword", {})
    fault = ask.refusal("POST", f"{path}/addPassword", {})
    assert fault.message == "The credential limit has been reached for this application."


@pytest.mark.parametrize("kind", HOLDERS)
def test_certificates_are_replaced_whole_and_kept_by_id(ask: Asker, kind: str) -> None:
    path = made(ask, kind)
    ask.reply("PATCH", path, {"keyCredentials": [entry(displayName="old")]})
    old = ask.get(path)["keyCredentials"][0]
    assert old["key"] is None
    assert ask.get(f"{path}?$select=id,keyCredentials")["keyCredentials"][0]["key"] == certificate()
    listed = ask.values(f"/{kind}?$select=id,keyCredentials&$filter=id eq '{path.rpartition('/')[2]}'")
    assert listed[0]["keyCredentials"][0]["key"] is None
    ask.reply("PATCH", path, {"keyCredentials": [old, entry(displayName="new", key=certificate(90))]})
    found = ask.get(f"{path}?$select=keyCredentials")["keyCredentials"]
    assert [one["displayName"] for one in found] == ["old", "new"]
    assert found[0]["key"] == certificate()
    assert found[1]["endDateTime"] == "2027-02-19T07:45:00Z"
    ask.reply("PATCH", path, {"keyCredentials": []})
    assert ask.get(path)["keyCredentials"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"key": "bm8="}, "KeyCredentialsInvalidValue"),
        ({"usage": "Dance"}, "Request_BadRequest"),
        ({"endDateTime": "2030-01-01T00:00:00Z"}, "KeyCredentialsInvalidEndDate"),
        ({"startDateTime": "2020-01-01T00:00:00Z"}, "KeyCredentialsInvalidStartDate"),
        ({"endDateTime": "never"}, "Request_BadRequest"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(ask: Asker, more: JSON, code: str) -> None:
    fault = ask.refusal("PATCH", made(ask, "applications"), {"keyCredentials": [entry(**more)]})
    assert told(fault) == (400, code)


def proof(issuer: str, seconds: int = 600) -> str:
    now = int(time.time())
    claims = {"aud": "00000002-0000-0000-c000-000000000000", "iss": issuer, "nbf": now, "exp": now + seconds}
    return jwt.encode(claims, key(), algorithm="RS256")


def test_add_key_and_remove_key_want_proof(ask: Asker) -> None:
    path = made(ask, "applications")
    app_id = path.rpartition("/")[2]
    body = {"keyCredential": entry(key=certificate(60)), "passwordCredential": None, "proof": proof(app_id)}
    assert told(ask.refusal("POST", f"{path}/addKey", body)) == (403, "Authorization_RequestDenied")
    ask.reply("PATCH", path, {"keyCredentials": [entry()]})
    for wrong in ("", proof("somebody"), proof(app_id, 4000)):
        assert ask.refusal("POST", f"{path}/addKey", body | {"proof": wrong}).status == 403
    added = ask.reply("POST", f"{path}/addKey", body)
    assert (added.status, added.body["key"]) == (200, None)
    assert len(ask.get(path)["keyCredentials"]) == 2
    gone = {"keyId": added.body["keyId"], "proof": proof(app_id)}
    assert ask.reply("POST", f"{path}/removeKey", gone).status == 204
    assert ask.refusal("POST", f"{path}/removeKey", gone).message == "No credentials found to be removed."


def forbid(ask: Asker, *rules: JSON, since: str | None = None) -> None:
    filled = [
        {"state": "enabled", "maxLifetime": None, "restrictForAppsCreatedAfterDateTime": since, **r} for r in rules
    ]
    passwords = [rule for rule in filled if "asymmetric" not in rule["restrictionType"]]
    keys = [rule for rule in filled if "asymmetric" in rule["restrictionType"]]
    block = {"passwordCredentials": passwords, "keyCredentials": keys}
    body = {"isEnabled": True, "applicationRestrictions": block, "servicePrincipalRestrictions": block}
    assert ask.reply("PATCH", "/policies/defaultAppManagementPolicy", body).status == 204


@pytest.mark.parametrize("kind", HOLDERS)
def test_the_tenant_can_forbid_secrets(ask: Asker, kind: str) -> None:
    forbid(ask, {"restrictionType": "passwordAddition"})
    fault = ask.refusal("POST", f"{made(ask, kind)}/addPassword", {})
    assert told(fault) == (400, "CredentialTypeNotAllowedAsPerAppPolicy")


def test_the_tenant_can_limit_how_long_they_live(ask: Asker) -> None:
    forbid(
        ask,
        {"restrictionType": "passwordLifetime", "maxLifetime": "P6M"},
        {"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P4DT12H30M5S"},
    )
    path = made(ask, "applications")
    wish = {"passwordCredential": {"endDateTime": "2027-05-20T07:00:00Z"}}
    assert ask.reply("POST", f"{path}/addPassword", wish).status == 200
    assert ask.refusal("POST", f"{path}/addPassword", {}).code == "CredentialInvalidLifetimeAsPerAppPolicy"
    fault = ask.refusal("PATCH", path, {"keyCredentials": [entry()]})
    assert fault.code == "CredentialInvalidLifetimeAsPerAppPolicy"
    ask.reply("PATCH", path, {"keyCredentials": [entry(key=certificate(4))]})


def test_a_rule_may_spare_older_apps_or_be_off(ask: Asker) -> None:
    forbid(ask, {"restrictionType": "passwordAddition"}, since="2026-12-01T00:00:00Z")
    ask.post(f"{made(ask, 'applications')}/addPassword", {})
    forbid(ask, {"restrictionType": "passwordAddition", "state": "disabled"})
    ask.post(f"{made(ask, 'applications')}/addPassword", {})


def test_a_policy_of_its_own_replaces_the_tenants(ask: Asker) -> None:
    forbid(ask, {"restrictionType": "passwordAddition"})
    path = made(ask, "applications")
    rule = {"restrictionType": "passwordLifetime", "state": "enabled", "maxLifetime": "P365D"}
    body = {"displayName": "exempt", "isEnabled": True, "restrictions": {"passwordCredentials": [rule]}}
    policy = ask.post("/policies/appManagementPolicies", body)
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/policies/appManagementPolicies/{policy['id']}"}
    assert ask.reply("POST", f"{path}/appManagementPolicies/$ref", link).status == 204
    assert ask.refusal("POST", f"{path}/appManagementPolicies/$ref", link).status == 400
    assert [row["id"] for row in ask.values(f"{path}/appManagementPolicies")] == [policy["id"]]
    applied = ask.values(f"/policies/appManagementPolicies/{policy['id']}/appliesTo")
    assert applied[0]["@odata.type"] == "#microsoft.graph.application"
    fault = ask.refusal("POST", f"{path}/addPassword", {})
    assert fault.code == "CredentialInvalidLifetimeAsPerAppPolicy"
    assert policy["id"] in fault.message
    assert ask.refusal("DELETE", f"/policies/appManagementPolicies/{policy['id']}").status == 400
    assert ask.reply("DELETE", f"{path}/appManagementPolicies/{policy['id']}/$ref").status == 204
    assert ask.refusal("POST", f"{path}/addPassword", {}).code == "CredentialTypeNotAllowedAsPerAppPolicy"
