"""The federated credential, the lock and the public client's platform, from an empty tenant and under drift."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.openapi.log import check_log, report
from tests.provision import planted
from tests.provision.lab import Lab

ISSUER = "https://token.actions.example.com/contoso"
SUBJECT = "repo:contoso/växel:ref:refs/heads/main"
AUDIENCE = "api://AzureADTokenExchange"
CREDENTIAL = 'kind = "secret"\nlifetime = "180d"\nstore = { kind = "file", path = "secrets/telia" }'
FEDERATED = (
    f'kind = "federated"\nissuer = "{ISSUER}"\nsubject = "{SUBJECT}"\nstore = {{ kind = "file", path = "token.jwt" }}'
)
LOCKED = {"isEnabled": True, "allProperties": True}


def token(key: Any, **more: Any) -> str:
    """What the issuer gives its subject."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 3600, **more}
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})


@pytest.fixture
def trusted(lab: Lab) -> Lab:
    """A workspace that wishes for trust in an issuer that the tenant can verify; its token lies in token.jwt."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    public |= {"kid": "k1", "use": "sig"}
    lab.tenant.seed(federatedIssuers=[{"id": ISSUER, "issuer": ISSUER, "jwks": {"keys": [public]}}])
    planted.workspace(lab, CREDENTIAL, FEDERATED)
    planted.workspace(lab, 'profile = "telia-calendar"', 'profile = "calendar"')
    (lab.root / "token.jwt").write_text(token(key), encoding="ascii")
    return lab


def held(lab: Lab) -> list[dict[str, Any]]:
    """The app's federated credentials."""
    return lab.tenant.state("federatedIdentityCredentials")


def in_short(plans: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(c["action"], c["object"]) for c in plans[0]["changes"]]


def test_trust_is_made_proven_and_emitted_without_a_secret(trusted: Lab) -> None:
    trusted.json("apply", "--yes")
    (made,) = held(trusted)
    assert (made["name"], made["issuer"], made["subject"]) == ("tenantry-telia", ISSUER, SUBJECT)
    assert made["audiences"] == [AUDIENCE]
    ours = planted.app(trusted)
    assert ours["passwordCredentials"] == ours["keyCredentials"] == []
    assert ours["servicePrincipalLockConfiguration"] == LOCKED
    file = json.loads((trusted.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    store = {"kind": "file", "path": "token.jwt"}
    assert file["credential"] == {"kind": "federated", "id": made["id"], "expires": None, "store": store}
    trusted.tenant.forget()
    assert trusted.json("plan", "--exit-code")[0]["changes"] == []
    assert trusted.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert trusted.writes() == []
    planted.restrict(trusted, "switchboard@" + trusted.tenant.ready["domain"])
    links = {link["link"]: link for link in trusted.json("verify")[0]["links"]}
    assert links["credential"]["ok"] is True
    assert "issuer's token" in links["credential"]["fact"]
    problems, _ = check_log(trusted.tenant.requests(bodies=True))
    assert not problems, report(problems)


def test_from_a_secret_to_trust_and_back(trusted: Lab) -> None:
    planted.workspace(trusted, FEDERATED, CREDENTIAL)
    trusted.json("apply", "--yes")
    secret = trusted.stored()["id"]
    planted.workspace(trusted, CREDENTIAL, FEDERATED)
    trusted.json("apply", "--yes")
    assert trusted.json("plan", "--exit-code")[0]["changes"] == []
    file = json.loads((trusted.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    assert file["credential"]["kind"] == "federated"
    assert [c["keyId"] for c in planted.app(trusted)["passwordCredentials"]] == [secret]  # until pruned
    planted.workspace(trusted, FEDERATED, CREDENTIAL)
    trusted.json("apply", "--yes")
    assert trusted.json("plan", "--exit-code")[0]["drift"][0]["object"] == "federatedIdentityCredential"
    assert trusted.stored()["id"] == secret


def test_a_changed_subject_is_one_update_and_undone(trusted: Lab) -> None:
    trusted.json("apply", "--yes")
    planted.workspace(trusted, "refs/heads/main", "refs/heads/other")
    (planned,) = trusted.json("plan")
    assert in_short([planned]) == [("update", "federatedIdentityCredential")]
    assert planned["changes"][0]["risk"] == "high"
    assert planned["changes"][0]["before"]["subject"] == SUBJECT
    done = trusted.run("apply", "--yes")
    assert done.returncode == 0, done.stderr
    assert "compare its issuer, subject and audience" in done.stderr  # the token here is the other branch's
    assert held(trusted)[0]["subject"].endswith("other")
    trusted.json("undo", "--yes")
    assert held(trusted)[0]["subject"] == SUBJECT


def test_the_trust_of_others_is_drift_and_survives_until_pruned(trusted: Lab) -> None:
    trusted.json("apply", "--yes")
    foreign: dict[str, Any] = {
        "id": "11111111-1111-4111-8111-111111111111",
        "name": "theirs",
        "issuer": "https://evil.example",
    }
    foreign |= {"subject": "anybody", "audiences": [AUDIENCE], "applicationId": planted.app(trusted)["id"]}
    trusted.tenant.seed(federatedIdentityCredentials=[foreign])
    (planned,) = trusted.json("plan")
    assert planned["changes"] == []
    assert planned["drift"][0]["object"] == "federatedIdentityCredential"
    assert "lets anybody of https://evil.example sign in as the app" in planned["drift"][0]["fact"]
    trusted.json("apply", "--yes")
    assert len(held(trusted)) == 2
    trusted.json("apply", "--yes", "--prune")
    assert [one["name"] for one in held(trusted)] == ["tenantry-telia"]
    trusted.json("undo", "--yes")
    assert {one["name"] for one in held(trusted)} == {"theirs", "tenantry-telia"}


def test_the_same_trust_under_another_name_is_one_clear_problem(trusted: Lab) -> None:
    trusted.json("apply", "--yes")
    (made,) = held(trusted)
    trusted.tenant.seed(federatedIdentityCredentials=[{**made, "name": "by-hand"}])
    done = trusted.run("apply", "--yes")
    assert done.returncode == 2
    assert "the app trusts these tokens already, by the federated credential by-hand" in done.stderr


def test_the_issuers_token_is_never_opened_as_a_store_nor_deleted(trusted: Lab) -> None:
    trusted.json("apply", "--yes")
    before = (trusted.root / "token.jwt").read_bytes()
    for args in (
        ["emit"],
        ["rotate", "--yes"],
        ["handover", "--out", str(trusted.root / "sheets")],
        ["destroy", "--yes", "--purge"],
    ):
        done = trusted.run(*args)
        assert done.returncode == 0, f"{args}: {done.stderr}"
        assert before.decode() not in done.stdout + done.stderr
    assert (trusted.root / "token.jwt").read_bytes() == before
    assert trusted.apps() == []


def test_a_token_where_nothing_may_be_written_is_no_hindrance(trusted: Lab) -> None:
    planted.workspace(trusted, 'path = "token.jwt"', 'path = "/proc/self/token.jwt"')
    trusted.json("apply", "--yes")
    assert len(held(trusted)) == 1


def test_without_the_token_here_apply_says_where_it_is_proven(trusted: Lab) -> None:
    (trusted.root / "token.jwt").unlink()
    done = trusted.run("apply", "--yes")
    assert done.returncode == 0, done.stderr
    assert "the issuer's token is not on this machine" in done.stderr
    links = {link["link"]: link for link in trusted.json("verify", expect=3)[0]["links"]}
    assert links["credential"]["ok"] is False
    assert "token.jwt cannot be read" in links["credential"]["fact"]


@pytest.mark.parametrize(
    "claims", [{"sub": "somebody else"}, {"aud": "api://elsewhere"}, {"iss": "https://other.example"}]
)
def test_a_token_that_is_not_trusted_is_told_with_its_code(trusted: Lab, claims: dict[str, str]) -> None:
    trusted.json("apply", "--yes")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (trusted.root / "token.jwt").write_text(token(key, **claims), encoding="ascii")
    links = {link["link"]: link for link in trusted.json("verify", expect=3)[0]["links"]}
    assert links["credential"]["ok"] is False
    assert "AADSTS70021" in links["credential"]["fact"]
    assert "brings the app's trust to what tenantry.toml says" in links["credential"]["fix"]


def unlocked(app: dict[str, Any]) -> dict[str, Any]:
    return {**app, "servicePrincipalLockConfiguration": None}


def half_locked(app: dict[str, Any]) -> dict[str, Any]:
    return {**app, "servicePrincipalLockConfiguration": {"isEnabled": True, "allProperties": False}}


@pytest.mark.parametrize("change", [unlocked, half_locked])
def test_the_lock_is_brought_back_and_undone(lab: Lab, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    lab.json("apply", "--yes")
    assert planted.app(lab)["servicePrincipalLockConfiguration"] == LOCKED
    lab.tenant.seed(applications=[change(planted.app(lab))])
    before = planted.app(lab)["servicePrincipalLockConfiguration"]
    (planned,) = lab.json("plan")
    assert [(c["action"], c["name"]) for c in planned["changes"]] == [("update", "tenantry-telia lock")]
    lab.json("apply", "--yes")
    assert planted.app(lab)["servicePrincipalLockConfiguration"] == LOCKED
    lab.json("undo", "--yes")
    assert planted.app(lab)["servicePrincipalLockConfiguration"] == before


def test_a_public_client_gets_its_redirect_and_nobody_elses_is_lost(lab: Lab) -> None:
    planted.workspace(lab, f"[tenant.integration.credential]\n{CREDENTIAL}", "")
    planted.workspace(lab, 'profile = "telia-calendar"', 'profile = "xphone-calendar"')
    lab.json("apply", "--yes")
    redirect = f"{lab.tenant.ready['login']}/common/oauth2/nativeclient"
    assert planted.app(lab)["publicClient"]["redirectUris"] == [redirect]
    lab.tenant.seed(applications=[{**planted.app(lab), "publicClient": {"redirectUris": ["https://theirs.example"]}}])
    (planned,) = lab.json("plan")
    assert [c["name"] for c in planned["changes"]] == ["tenantry-telia publicClient"]
    assert planned["drift"][-1]["name"] == "https://theirs.example"
    lab.json("apply", "--yes")
    assert planted.app(lab)["publicClient"]["redirectUris"] == ["https://theirs.example", redirect]
    lab.json("apply", "--yes", "--prune")
    assert planted.app(lab)["publicClient"]["redirectUris"] == [redirect]
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    problems, _ = check_log(lab.tenant.requests(bodies=True))
    assert not problems, report(problems)
