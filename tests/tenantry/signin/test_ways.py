"""The other ways to sign in, and doors made from an integration file."""

import os
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
from azure.identity import CredentialUnavailableError

from tenantry import signin
from tenantry.clock import DoorClock
from tenantry.errors import SignInError, UsageError
from tenantry.graph import Graph
from tenantry.graph.tokens import claims
from tenantry.integration import CredentialRef, StoreRef
from tenantry.redact import Secret
from tenantry.signin.ways import WAYS
from tenantry.stores import StoredCredential, open_store
from tests.simulator.front.test_azure_identity import Person
from tests.tenant import SimulatedTenant, start
from tests.tenantry.signin.test_simulated import file, tenant, token


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedTenant]:
    with start(users=5) as running:
        yield running


@pytest.fixture
def here(simulated: SimulatedTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace folder and a home of its own; nobody in the environment."""
    (tmp_path / "ca.pem").write_bytes(Path(simulated.ready["ca"]).read_bytes())
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


async def test_a_person_at_a_browser(simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda _=None: Person(simulated))
    monkeypatch.setattr(webbrowser, "open", Person(simulated).open)
    where = tenant(simulated, "browser")
    said = claims(await token(signin.operator(where, here), where.cloud))
    assert said["upn"] == simulated.ready["operator"]["userPrincipalName"]
    assert "AppRoleAssignment.ReadWrite.All" in said["scp"]
    auditor = signin.operator(where, here, permissions=signin.AUDITOR)
    assert "Policy.Read.All" in claims(await token(auditor, where.cloud))["scp"]


async def test_the_azure_cli(simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(here))
    where = tenant(simulated, "azure-cli")
    with pytest.raises(SignInError) as caught:
        await token(signin.operator(where, here), where.cloud)
    assert "Azure CLI not found" in caught.value.what
    assert not caught.value.transient
    script = here / "az"
    answer = '{"accessToken": "x.e30.y", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800}'
    script.write_text(f"#!/bin/sh\necho '{answer}'\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{here}:/bin:/usr/bin")
    if os.name == "posix":
        assert await token(signin.operator(where, here), where.cloud) == "x.e30.y"


async def test_a_workload_identity_and_a_managed_one(
    simulated: SimulatedTenant, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = tenant(simulated, "workload-identity")
    with pytest.raises(UsageError, match="AZURE_FEDERATED_TOKEN_FILE"):
        signin.operator(where, here)
    (here / "assertion").write_text("x.y.z")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(here / "assertion"))
    monkeypatch.setenv("AZURE_CLIENT_ID", simulated.ready["operator"]["clientId"])
    with pytest.raises(SignInError) as caught:
        await token(signin.operator(where, here), where.cloud)
    assert caught.value.code.startswith("AADSTS")
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/")
    monkeypatch.setenv("IDENTITY_HEADER", "x")
    managed = tenant(simulated, "managed-identity")
    with pytest.raises(SignInError):
        await token(signin.operator(managed, here), managed.cloud)


def test_every_way_of_the_workspace_has_its_function() -> None:
    from typing import get_args

    from tenantry.workspace.model import SignIn

    assert set(WAYS) == set(get_args(SignIn))


async def test_a_door_from_an_integration_file(simulated: SimulatedTenant, here: Path) -> None:
    operator = simulated.ready["operator"]
    where = tenant(simulated)
    ref = StoreRef(kind="file", path="secrets/telia")
    bare = file(where, operator["clientId"])
    whole = msgspec.structs.replace(bare, credential=CredentialRef(kind="secret", id="k", expires=None, store=ref))
    clock = DoorClock(simulated.door)
    with pytest.raises(UsageError, match="contoso/telia has no credential"):
        Graph.for_integration(bare, here, clock)
    with pytest.raises(UsageError, match="not in the file secrets/telia"):
        Graph.for_integration(whole, here, clock)
    store = open_store(ref, here)
    store.write(StoredCredential("secret", "k", None, secret=Secret(operator["clientSecret"])))
    async with Graph.for_integration(whole, here, clock) as graph:
        assert (await graph.claims())["appid"] == operator["clientId"]
        assert (await graph.get("/organization"))["value"]
    with pytest.raises(UsageError, match="neither a secret nor a certificate"):
        signin.application(whole, here, StoredCredential("federated", "", None))


def http(status: int, **headers: str) -> HttpResponseError:
    """An error with an answer, as azure-core raises it."""
    answer = SimpleNamespace(status_code=status, reason="x", headers=headers)
    return HttpResponseError("x", response=cast("Any", answer))


@pytest.mark.parametrize(
    ("error", "code", "transient", "words"),
    [
        (ClientAuthenticationError("AADSTS50126: no. Trace ID: x"), "AADSTS50126", False, "user name"),
        (ClientAuthenticationError("AADSTS90033: passing"), "AADSTS90033", True, "passing fault"),
        (ClientAuthenticationError("AADSTS1234567: new thing. Trace ID: y"), "AADSTS1234567", False, "new thing."),
        (ServiceRequestError("no route"), "", True, "no answer: no route"),
        (ServiceRequestError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), "", False, "certificate"),
        (CredentialUnavailableError("Please run 'az login'\nmore"), "", False, "Please run 'az login'"),
        (http(503, **{"Retry-After": "7"}), "", True, "HTTP 503"),
        (http(404), "", False, "HTTP 404"),
        (ValueError(""), "", True, "ValueError"),
    ],
)  # fmt: skip
def test_what_libraries_raise_becomes_one_sentence(error: Exception, code: str, transient: bool, words: str) -> None:
    told = signin.explained(error)
    assert (told.code, told.transient) == (code, transient)
    assert words in told.what
    assert "\n" not in told.what
    assert told.retry_after == (7.0 if "503" in words else None)
