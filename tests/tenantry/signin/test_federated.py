"""An app that signs in with an issuer's token: from a file, from a variable, renewed by the issuer, refused."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tenantry import signin
from tenantry.clock import DoorClock
from tenantry.errors import SignInError, UsageError
from tenantry.graph import Graph
from tenantry.graph.tokens import claims
from tenantry.integration import CredentialRef, IntegrationFile, StoreRef
from tenantry.redact import redact
from tests.tenant import SimulatedTenant, start
from tests.tenantry.signin.test_simulated import file as plain
from tests.tenantry.signin.test_simulated import here, tenant

__all__ = ["here"]  # the fixture

ISSUER = "https://issuer.example/one"
AUDIENCE = "api://AzureADTokenExchange"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedTenant]:
    with start(users=3) as running:
        yield running


def issued(**changed: Any) -> str:
    """A token of the issuer."""
    now = int(time.time())
    said = {"iss": ISSUER, "sub": "runner", "aud": AUDIENCE, "nbf": now - 5, "exp": now + 600, "jti": str(now)}
    return jwt.encode(said | changed, KEY, algorithm="RS256", headers={"kid": "k1"})


async def trusted(simulated: SimulatedTenant, here: Path) -> str:
    """The operator's app, which trusts the issuer; its client id."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1"}
    simulated.seed(federatedIssuers=[{"id": ISSUER, "issuer": ISSUER, "jwks": {"keys": [public]}}])
    app_id: str = simulated.ready["operator"]["clientId"]
    async with Graph.for_operator(tenant(simulated), here, DoorClock(simulated.door)) as graph:
        found = await graph.get(f"/applications(appId='{app_id}')")
        path = f"/applications/{found['id']}/federatedIdentityCredentials"
        if not (await graph.get(path))["value"]:
            body = {"name": "runner", "issuer": ISSUER, "subject": "runner", "audiences": [AUDIENCE]}
            await graph.post(path, body)
    return app_id


def federated(simulated: SimulatedTenant, app_id: str, place: StoreRef) -> IntegrationFile:
    ref = CredentialRef(kind="federated", id="runner", expires=None, store=place)
    return msgspec.structs.replace(plain(tenant(simulated), app_id), credential=ref)


async def test_tokens_in_a_file_or_a_variable(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_id = await trusted(simulated, here)
    (here / "token").write_text(issued() + "\n", encoding="utf-8")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(here / "token"))
    monkeypatch.setenv("ISSUED", issued())
    for place in (
        StoreRef(kind="file", path="token"),
        StoreRef(kind="file", path=str(here / "token")),
        StoreRef(kind="environment", name="AZURE_FEDERATED_TOKEN_FILE"),
        StoreRef(kind="environment", name="ISSUED"),
    ):
        file = federated(simulated, app_id, place)
        async with Graph.for_integration(file, here, DoorClock(simulated.door)) as graph:
            assert (await graph.claims())["appid"] == app_id


async def test_a_token_that_the_issuer_renewed_is_read_anew(simulated: SimulatedTenant, here: Path) -> None:
    file = federated(simulated, await trusted(simulated, here), StoreRef(kind="file", path="token"))
    (here / "token").write_text(issued(exp=1_000, nbf=900), encoding="utf-8")
    credential = signin.application(file, here)
    with pytest.raises(SignInError) as caught:
        await credential.get_token(file.tenant.cloud.scope)
    assert caught.value.code == "AADSTS700024"
    (here / "token").write_text(issued(), encoding="utf-8")
    token = (await credential.get_token(file.tenant.cloud.scope)).token
    assert claims(token)["appid"] == file.app.app_id
    await credential.close()


async def test_refusals(simulated: SimulatedTenant, here: Path) -> None:
    file = federated(simulated, await trusted(simulated, here), StoreRef(kind="file", path="token"))
    for changed in ({"sub": "somebody"}, {"iss": "https://other.example"}, {"aud": "api://other"}):
        (here / "token").write_text(issued(**changed), encoding="utf-8")
        credential = signin.application(file, here)
        with pytest.raises(SignInError) as caught:
            await credential.get_token(file.tenant.cloud.scope)
        assert caught.value.code == "AADSTS70021"
        await credential.close()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (StoreRef(kind="file", path="none"), "cannot be read"),
        (StoreRef(kind="file", path="other"), "The file other holds no token of an issuer"),
        (StoreRef(kind="environment", name="NOT_SET"), "NOT_SET is not set"),
        (StoreRef(kind="environment", name="NO_TOKEN"), "NO_TOKEN holds no token of an issuer"),
        (StoreRef(kind="environment", name="WRONG_FILE"), "cannot be read"),
        (StoreRef(kind="keyring", name="x"), "not kept in a keyring"),
    ],
)
async def test_where_no_token_is(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch, place: StoreRef, said: str
) -> None:
    monkeypatch.setenv("NO_TOKEN", "a.b c.d")
    monkeypatch.setenv("WRONG_FILE", str(here / "nowhere"))
    (here / "other").write_text("Zm~S3cret", encoding="utf-8")
    credential = signin.application(federated(simulated, "8f0c", place), here)
    with pytest.raises(UsageError, match=said) as caught:
        await credential.get_token("x/.default")
    assert "S3cret" not in str(caught.value)
    await credential.close()


async def test_the_token_is_masked_wherever_it_would_be_said(here: Path) -> None:
    text = issued()
    (here / "token").write_text(text, encoding="utf-8")
    assert signin.assertion.from_place(StoreRef(kind="file", path="token"), here)() == text
    assert text not in redact(f"failed with {text}")


def test_nothing_stored_is_one_sentence(simulated: SimulatedTenant, here: Path) -> None:
    with pytest.raises(UsageError, match="Nothing is stored"):
        signin.application(plain(tenant(simulated), "x"), here)
