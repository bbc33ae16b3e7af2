"""Signing in for real, at a simulated tenant: secret, certificate, device code; the errors in our words."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tenantry import signin
from tenantry.clock import DoorClock
from tenantry.cloud import Cloud
from tenantry.errors import SignInError, UsageError
from tenantry.graph import Graph
from tenantry.graph.tokens import claims
from tenantry.integration import AppRef, IntegrationFile, Mailboxes, People, Permissions, Rules, TenantRef
from tenantry.redact import Secret
from tenantry.signin.ways import variable
from tenantry.stores import StoredCredential
from tenantry.workspace.model import Tenant
from tests.tenant import SimulatedTenant, start


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedTenant]:
    with start(users=5) as tenant:
        yield tenant


@pytest.fixture
def here(simulated: SimulatedTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace folder with the simulator's authority, the operator in the environment, and a home of its own."""
    simulated.end_faults()
    (tmp_path / "ca.pem").write_bytes(Path(simulated.ready["ca"]).read_bytes())
    for name, value in simulated.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # loopback is never proxied
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    return tmp_path


def tenant(simulated: SimulatedTenant, sign_in: str = "environment", **changed: Any) -> Tenant:
    ready = simulated.ready
    cloud = Cloud(name="rehearsal", login=ready["login"], graph=ready["graph"], ca="ca.pem", clock=ready["door"])
    return Tenant(name="contoso", cloud=cloud, **{"id": ready["tenantId"], "sign_in": sign_in, **changed})


async def token(credential: Any, cloud: Cloud) -> str:
    try:
        return str((await credential.get_token(cloud.scope)).token)
    finally:
        await credential.close()


async def test_an_app_with_its_secret(simulated: SimulatedTenant, here: Path) -> None:
    where = tenant(simulated)
    said = claims(await token(signin.operator(where, here), where.cloud))
    assert said["tid"] == simulated.ready["tenantId"]
    assert "Application.ReadWrite.All" in said["roles"]


async def test_the_door_opens_and_a_renewed_token_is_another(simulated: SimulatedTenant, here: Path) -> None:
    where = tenant(simulated, domain=simulated.ready["domain"], id=None)
    async with Graph.for_operator(where, here, DoorClock(simulated.door)) as graph:
        first = (await graph.claims())["uti"]
        organization = await graph.get("/organization")
        await graph.renew()
        assert (await graph.claims())["uti"] != first
        assert organization["value"][0]["id"] == simulated.ready["tenantId"]


async def test_a_token_that_ended_in_the_tenants_time_is_renewed(simulated: SimulatedTenant, here: Path) -> None:
    async with Graph.for_operator(tenant(simulated), here, DoorClock(simulated.door)) as graph:
        await graph.get("/organization")
        simulated.advance("3h")
        assert len([user async for user in graph.items("/users")]) >= 5


GUID = "7f4af836-6c19-4096-8603-2dd2a4414fc8"


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("AZURE_CLIENT_SECRET=wrong-secret-value", "AADSTS7000215", "secret is wrong"),
        (f"AZURE_CLIENT_SECRET={GUID}", "AADSTS7000215", "the secret's id"),
        (f"AZURE_CLIENT_ID={GUID[::-1]}", "AADSTS700016", "does not exist in this tenant"),
    ],
)
@pytest.mark.usefixtures("here")
async def test_refusals_are_explained(
    simulated: SimulatedTenant, monkeypatch: pytest.MonkeyPatch, given: str, code: str, words: str
) -> None:
    name, _, value = given.partition("=")
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("SSL_CERT_FILE", simulated.ready["ca"])
    where = tenant(simulated)
    where = msgspec.structs.replace(where, cloud=msgspec.structs.replace(where.cloud, ca=None))
    with pytest.raises(SignInError) as caught:
        await token(signin.operator(where, Path()), where.cloud)
    assert caught.value.code == code
    assert words in caught.value.what
    assert re.fullmatch(r"[0-9a-f-]{36}", caught.value.trace_id)
    assert value not in str(caught.value) + caught.value.fix
    assert not caught.value.transient


async def test_an_unknown_tenant_and_a_dead_address(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_TENANT_ID")
    where = tenant(simulated, id="00000000-1111-2222-3333-444444444444")
    with pytest.raises(SignInError) as caught:
        await token(signin.operator(where, here), where.cloud)
    assert caught.value.code == "AADSTS90002"
    dead = Tenant(name="x", id="y", cloud=Cloud(name="d", login="https://localhost:9", graph="https://localhost:9"))
    with pytest.raises(SignInError) as caught:
        await token(
            signin.operator(Tenant(name="x", id="y", cloud=dead.cloud, sign_in="client-secret"), here), dead.cloud
        )
    assert caught.value.transient
    assert "no answer" in caught.value.what


async def test_an_authority_that_is_not_trusted(simulated: SimulatedTenant, here: Path) -> None:
    ready = simulated.ready
    cloud = Cloud(name="rehearsal", login=ready["login"], graph=ready["graph"])
    where = Tenant(name="contoso", cloud=cloud, id=ready["tenantId"], sign_in="environment")
    with pytest.raises(SignInError) as caught:
        await token(signin.operator(where, here), cloud)
    assert "SSL_CERT_FILE" in caught.value.fix
    assert not caught.value.transient


async def test_ssl_cert_file_is_trusted(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", simulated.ready["ca"])
    ready = simulated.ready
    cloud = Cloud(name="rehearsal", login=ready["login"], graph=ready["graph"], clock=ready["door"])
    where = Tenant(name="contoso", cloud=cloud, id=ready["tenantId"], sign_in="environment")
    async with Graph.for_operator(where, here, DoorClock(simulated.door)) as graph:
        assert await graph.find("/organization") is not None


async def test_faults_of_the_token_endpoint_are_waited_out(simulated: SimulatedTenant, here: Path) -> None:
    for kind in ("429", "500", "503", "cut"):
        simulated.fault(kind, rate=1.0, match="/oauth2/v2.0/token", limit=2)
    async with Graph.for_operator(tenant(simulated), here, DoorClock(simulated.door)) as graph:
        assert "Application.ReadWrite.All" in (await graph.claims())["roles"]
    simulated.end_faults()


def certificate() -> tuple[bytes, bytes]:
    """A self-signed certificate: PEM with its key, and the bare DER."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tenantry test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM), made.public_bytes(serialization.Encoding.DER)


async def test_a_certificate_of_operator_and_integration(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, der = certificate()
    where = tenant(simulated)
    app_id = simulated.ready["operator"]["clientId"]
    async with Graph.for_operator(where, here, DoorClock(simulated.door)) as graph:
        key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(der).decode()}
        await graph.patch(f"/applications(appId='{app_id}')", {"keyCredentials": [key]})
    (here / "operator.pem").write_bytes(pem)
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", str(here / "operator.pem"))
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    for sign_in in ("certificate", "environment"):
        way = tenant(simulated, sign_in)
        assert claims(await token(signin.operator(way, here), way.cloud))["appid"] == app_id
    stored = StoredCredential("certificate", "", None, certificate_pem=Secret(pem.decode()))
    assert claims(await token(signin.application(file(where, app_id), here, stored), where.cloud))["appid"] == app_id
    other, _ = certificate()
    stored = StoredCredential("certificate", "", None, certificate_pem=Secret(other.decode()))
    with pytest.raises(SignInError) as caught:
        await token(signin.application(file(where, app_id), here, stored), where.cloud)
    assert caught.value.code == "AADSTS700027"


def file(where: Tenant, app_id: str) -> IntegrationFile:
    return IntegrationFile(
        version=1,
        tool="test",
        emitted="2026-01-01T00:00:00Z",
        tenant=TenantRef(name="contoso", id=where.id or "", cloud=where.cloud),
        integration="telia",
        profile="telia-calendar",
        app=AppRef(app_id=app_id, object_id="", service_principal_id="", unique_name=""),
        permissions=Permissions(),
        credential=None,
        mailboxes=Mailboxes(all=True),
        time_zone="Europe/Stockholm",
        people=People(all=True),
        rules=Rules(),
    )


async def test_a_person_with_a_device_code_and_silently_in_the_next_run(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_CLIENT_ID")
    told: list[str] = []
    operator = simulated.ready["operator"]
    person = {"username": operator["userPrincipalName"], "password": operator["password"]}

    def approve(text: str) -> None:
        told.append(text)
        code = text.rstrip(".").split()[-1]
        simulated.post("/devices", {"user_code": code, **person})

    where = tenant(simulated, "device-code")
    said = claims(await token(signin.operator(where, here, tell=approve), where.cloud))
    assert "Application.ReadWrite.All" in said["scp"]
    assert len(told) == 1
    assert "enter the code" in told[0]
    assert (here / ".tenantry" / "accounts" / "contoso.json").stat().st_mode & 0o077 == 0
    credential = signin.operator(where, here, tell=approve)
    again = (await credential.get_token(where.cloud.scope)).token
    assert len(told) == 1
    await credential.forget()
    fresh = (await credential.get_token(where.cloud.scope)).token
    await credential.close()
    assert claims(fresh)["uti"] != claims(again)["uti"]
    assert len(told) == 1
    assert json.loads((here / ".tenantry" / "accounts" / "contoso.json").read_text())["username"] == person["username"]
    for kept in (here / "home").rglob("*"):
        assert kept.is_dir() or kept.stat().st_mode & 0o077 == 0


async def test_a_person_who_declines(simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_CLIENT_ID")

    def decline(text: str) -> None:
        simulated.post("/devices", {"user_code": text.rstrip(".").split()[-1], "decision": "decline"})

    where = tenant(simulated, "device-code")
    with pytest.raises(SignInError):
        await token(signin.operator(where, here, tell=decline), where.cloud)


async def test_an_interrupted_wait_for_a_person_leaves_nobody_waiting(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_CLIENT_ID")
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    where = tenant(simulated, "device-code")

    def tell(_: str) -> None:
        loop.call_soon_threadsafe(asked.set)

    credential = signin.operator(where, here, tell=tell)
    waiting = asyncio.create_task(token(credential, where.cloud))
    await asyncio.wait_for(asked.wait(), 20)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_missing_variables_are_named(simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    with pytest.raises(UsageError) as caught:
        signin.operator(tenant(simulated), here)
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"):
        assert name in caught.value.what + caught.value.fix
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", str(here / "none.pem"))
    with pytest.raises(UsageError, match="not there"):
        signin.operator(tenant(simulated), here)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "x")
    monkeypatch.setenv("AZURE_TENANT_ID", "00000000-1111-2222-3333-444444444444")
    with pytest.raises(UsageError, match="AZURE_TENANT_ID is 00000000"):
        signin.operator(tenant(simulated), here)


def test_a_tenants_own_variables_come_first(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = tenant(simulated, id=GUID)
    with pytest.raises(UsageError, match="AZURE_TENANT_ID is"):
        signin.operator(where, here)
    monkeypatch.setenv("AZURE_CLIENT_ID_CONTOSO", "another")
    monkeypatch.setenv("AZURE_CLIENT_SECRET_CONTOSO", "other-secret")
    assert variable(where, "AZURE_CLIENT_SECRET") == "other-secret"
    signin.operator(where, here)
