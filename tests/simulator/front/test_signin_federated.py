"""Assertions of an outside issuer at the token endpoint."""

import base64
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.simulator.client import Got, Served
from tests.simulator.front.cast import App, Refused, add_app, claims_of

ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:telia/switchboard:ref:refs/heads/main"
AUDIENCE = "api://AzureADTokenExchange"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwks(kid: str = "k1") -> dict[str, Any]:
    numbers = KEY.public_key().public_numbers()
    return {"keys": [{"kty": "RSA", "kid": kid, "use": "sig", "n": number(numbers.n), "e": number(numbers.e)}]}


def assertion(*, key: rsa.RSAPrivateKey = KEY, kid: str = "k1", algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    given = {"iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 300}
    return jwt.encode(given | claims, key, algorithm=algorithm, headers={"kid": kid})


async def trusting(served: Served) -> App:
    """An application that trusts the issuer, whose keys the door knows."""
    app = add_app(served.tenant, roles=("User.Read.All",))
    credential = {"name": "github", "issuer": ISSUER, "subject": SUBJECT, "audiences": [AUDIENCE]}
    made = await served.graph("POST", f"/applications/{app.object_id}/federatedIdentityCredentials", json=credential)
    assert made.status == 201, made.body
    told = await served.door("POST", "/seed", {"federatedIssuers": [{"issuer": ISSUER, "jwks": jwks()}]})
    assert told.status == 200, told.body
    return app


async def ask(served: Served, app: App, token: str) -> Got:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {"grant_type": "client_credentials", "client_id": app.app_id, "scope": served.scope}
    return await served.token(**form, client_assertion_type=kind, client_assertion=token)


async def test_a_trusted_assertion_gives_a_token(served: Served) -> None:
    got = await ask(served, await trusting(served), assertion())
    assert got.status == 200, got.body
    claims = claims_of(got.body["access_token"])
    assert (claims["roles"], claims["appidacr"]) == (["User.Read.All"], "2")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": f"{ISSUER}/"},
        {"sub": SUBJECT.upper()},
        {"aud": "api://somebody"},
        {"sub": "repo:telia/switchboard:pull_request"},
    ],
)
async def test_what_matches_no_credential_is_told_with_its_claims(served: Served, claims: dict[str, Any]) -> None:
    got = await ask(served, await trusting(served), assertion(**claims))
    Refused(70021, 400, "invalid_request").is_told_by(got)
    assert next(iter(claims.values())) in got.body["error_description"]


async def test_another_key_is_refused(served: Served) -> None:
    app = await trusting(served)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for token in (assertion(key=other), assertion(kid="k2")):
        Refused(5000811, 401, "invalid_client").is_told_by(await ask(served, app, token))


async def test_a_late_assertion_is_refused(served: Served) -> None:
    got = await ask(served, await trusting(served), assertion(exp=int(time.time()) - 3600))
    Refused(700024, 401, "invalid_client").is_told_by(got)


async def test_an_issuer_without_known_keys_is_refused(served: Served) -> None:
    app = await trusting(served)
    await served.door("DELETE", "/state/federatedIssuers")
    Refused(5000811, 401, "invalid_client").is_told_by(await ask(served, app, assertion()))


async def test_a_credential_that_was_deleted_trusts_no_more(served: Served) -> None:
    app = await trusting(served)
    await served.graph("DELETE", f"/applications/{app.object_id}/federatedIdentityCredentials/github")
    assert (await ask(served, app, assertion())).body["error_codes"] == [70021]
