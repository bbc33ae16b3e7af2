"""Azure Key Vault as a store: what is kept, what comes back, and every refusal in a sentence."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from tenantry.errors import UsageError
from tenantry.stores.keyvault import KeyVaultStore, domain, machine, scope
from tests.tenantry.stores.fake_vault import TOKEN, Vault, error, serving
from tests.tenantry.stores.test_stores import CERTIFICATE, SECRET, VALUE


class Machine:
    """Who the machine is: a token for the right scope only."""

    def __init__(self, vault: str) -> None:
        self.vault = vault

    def get_token(self, *scopes: str) -> Any:
        assert scopes == ("https://vault.azure.net/.default",)
        return SimpleNamespace(token=TOKEN)


@pytest.fixture
def vault() -> Iterator[Vault]:
    with serving() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def store(vault: Vault, waits: list[float]) -> KeyVaultStore:
    return KeyVaultStore(vault.url, "tenantry-contoso-telia", Machine, waits.append)


def test_what_is_kept(vault: Vault, store: KeyVaultStore) -> None:
    assert store.read() is None
    store.delete()
    store.write(SECRET)
    store.write(CERTIFICATE)
    store.write(SECRET)
    assert store.read() == SECRET
    versions = vault.secrets["tenantry-contoso-telia"]
    assert len(versions) == 3
    assert versions[-1]["attributes"] == {"exp": 1798761600}  # 2027-01-01
    assert "attributes" not in versions[1]
    assert json.loads(versions[-1]["value"])["secret"] == VALUE
    store.delete()
    assert store.read() is None


def test_a_deleted_secret_of_that_name_is_recovered(vault: Vault, store: KeyVaultStore, waits: list[float]) -> None:
    store.write(SECRET)
    store.delete()
    store.write(CERTIFICATE)
    assert store.read() == CERTIFICATE
    assert len(vault.secrets["tenantry-contoso-telia"]) == 2
    assert waits == [2, 2]
    assert ("POST", "/deletedsecrets/tenantry-contoso-telia/recover", None) in vault.seen


def test_what_a_person_put_there(vault: Vault, store: KeyVaultStore) -> None:
    vault.secrets["tenantry-contoso-telia"] = [{"value": f"{VALUE}\n", "version": "1"}]
    found = store.read()
    assert found is not None
    assert found.secret is not None
    assert found.secret.reveal() == VALUE


def test_throttling_and_passing_failures_are_waited_out(vault: Vault, store: KeyVaultStore, waits: list[float]) -> None:
    vault.refuse = [(429, error("Throttled", "later"), {"Retry-After": "7"}), (503, {}, {})]
    store.write(SECRET)
    assert waits == [7.0, 4.0]
    vault.refuse = [(503, {}, {})] * 4
    with pytest.raises(UsageError, match="cannot be read: HTTP 503"):
        store.read()


DENIED = error("Forbidden", "Caller is not authorized.\nCaller: x", inner="ForbiddenByRbac")


@pytest.mark.parametrize(
    ("refusal", "said", "fix"),
    [
        ((403, DENIED, {}), "HTTP 403 Forbidden Caller is not authorized.", "Key Vault Secrets Officer"),
        ((401, error("Unauthorized", "AKV10032: Invalid issuer."), {}), "AKV10032: Invalid issuer.", "another tenant"),
        ((409, error("Conflict", "busy"), {}), "HTTP 409 Conflict busy.", "Purge or recover"),
        ((418, {}, {}), "HTTP 418", ""),
    ],
)
def test_refusals_in_a_sentence(
    vault: Vault, store: KeyVaultStore, refusal: tuple[int, dict[str, Any], dict[str, str]], said: str, fix: str
) -> None:
    for work in (lambda: store.write(SECRET), store.read, store.delete):
        vault.refuse = [refusal]
        with pytest.raises(UsageError) as caught:
            work()
        assert said in caught.value.what
        assert fix in caught.value.fix
        assert f"Key Vault secret tenantry-contoso-telia in {vault.url.removeprefix('http://')}" in caught.value.what
        assert VALUE not in str(caught.value)
        assert TOKEN not in str(caught.value)


def test_out_of_reach_and_nobody_signed_in(vault: Vault) -> None:
    with pytest.raises(UsageError, match="is out of reach"):
        KeyVaultStore("http://127.0.0.1:9", "x", Machine).read()

    class Nobody:
        def __init__(self, vault: str) -> None: ...

        def get_token(self, *_: str) -> Any:
            raise ClientAuthenticationError("DefaultAzureCredential failed.\nmore")

    with pytest.raises(UsageError, match="Nobody could be signed in") as caught:
        KeyVaultStore(vault.url, "x", Nobody).read()
    assert "az login" in caught.value.fix


@pytest.mark.parametrize(
    ("vault", "asked", "login"),
    [
        ("https://c.vault.azure.net", "https://vault.azure.net/.default", "login.microsoftonline.com"),
        ("https://c.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net/.default", "login.microsoftonline.us"),
        ("https://c.vault.azure.cn", "https://vault.azure.cn/.default", "login.chinacloudapi.cn"),
        ("http://localhost:1", "https://vault.azure.net/.default", "login.microsoftonline.com"),
    ],
)
def test_every_cloud_has_its_own_scope_and_sign_in(
    monkeypatch: pytest.MonkeyPatch, vault: str, asked: str, login: str
) -> None:
    for name, value in {"CLIENT_ID": "c", "TENANT_ID": "t", "CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(f"AZURE_{name}", value)
    monkeypatch.delenv("AZURE_AUTHORITY_HOST", raising=False)
    assert scope(vault) == asked
    made: Any = machine(vault)
    assert login in repr(vars(made.credentials[0]._credential))
    made.close()
    assert domain("https://a.b.c/x") == "b.c"
