"""Every store keeps what it is given and shows nothing; one contract for those that can be written."""

import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from tenantry.errors import UsageError
from tenantry.integration import StoreRef
from tenantry.redact import Secret
from tenantry.stores import Store, StoredCredential, open_store, read_secret

VALUE = "Zm~S3cret/Value+with=odd&chars"
SECRET = StoredCredential("secret", "key-1", "2027-01-01T00:00:00Z", secret=Secret(VALUE))
PEM = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"
CERTIFICATE = StoredCredential("certificate", "key-2", None, certificate_pem=Secret(PEM))


class Memory(KeyringBackend):
    """A keyring in memory; `broken` refuses everything."""

    priority = 1
    broken = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("none")

    def _check(self) -> None:
        if self.broken:
            raise keyring.errors.NoKeyringError("no backend: " + VALUE)


@pytest.fixture
def ring() -> Any:
    before = keyring.get_keyring()
    memory = Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture(params=["file", "keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path, ring: Memory) -> Store:
    refs = {"file": StoreRef(kind="file", path="secrets/deep/telia"), "keyring": StoreRef(kind="keyring", name="c/t")}
    return open_store(refs[request.param], tmp_path)


class TestStore:
    """The contract of a store that can be written."""

    def test_nothing_then_something_then_something_else_then_nothing(self, store: Store) -> None:
        assert store.read() is None
        store.write(SECRET)
        assert store.read() == SECRET
        store.write(CERTIFICATE)
        assert store.read() == CERTIFICATE
        store.delete()
        assert store.read() is None
        store.delete()

    def test_the_place_is_said_the_value_never(self, store: Store) -> None:
        store.write(SECRET)
        assert VALUE not in store.describe() + repr(store) + repr(store.read())


def test_a_file_is_private_from_its_first_byte(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = open_store(StoreRef(kind="file", path="secrets/telia"), tmp_path)
    store.write(SECRET)
    path = tmp_path / "secrets" / "telia"
    content = json.loads(path.read_text())
    assert (content.pop("version"), content.pop("kind"), content.pop("secret")) == (1, "secret", VALUE)
    assert content == {"id": "key-1", "expires": "2027-01-01T00:00:00Z"}
    assert list(path.parent.iterdir()) == [path]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.chmod(0o644)
        with caplog.at_level(logging.WARNING):
            assert store.read() == SECRET
        assert "can be read by others" in caplog.text
        assert VALUE not in caplog.text


@pytest.mark.parametrize(
    "text", ["", "  \n", "{", "{}", "[1]", '{"version": 1}', '{"version": 2, "kind": "secret"}', '{"version": "x"}']
)
def test_a_file_that_holds_no_credential(tmp_path: Path, text: str) -> None:
    (tmp_path / "f").write_text(text)
    store = open_store(StoreRef(kind="file", path="f"), tmp_path)
    if text == "[1]":
        assert store.read() == StoredCredential("secret", "", None, secret=Secret("[1]"))
        return
    with pytest.raises(UsageError, match="file f"):
        store.read()


def test_what_a_person_put_there(tmp_path: Path) -> None:
    store = open_store(StoreRef(kind="file", path="f"), tmp_path)
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbf" + VALUE.encode() + b"\r\n")
    assert store.read() == StoredCredential("secret", "", None, secret=Secret(VALUE))
    (tmp_path / "f").write_text(PEM)
    assert store.read() == StoredCredential("certificate", "", None, certificate_pem=Secret(PEM))
    (tmp_path / "f").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not UTF-8"):
        store.read()
    (tmp_path / "d").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        open_store(StoreRef(kind="file", path="d"), tmp_path).read()
    with pytest.raises(UsageError, match="cannot be written"):
        open_store(StoreRef(kind="file", path="f/x"), tmp_path).write(SECRET)


def test_the_environment_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(StoreRef(kind="environment", name="MY_SECRET"), tmp_path)
    monkeypatch.delenv("MY_SECRET", raising=False)
    assert store.read() is None
    monkeypatch.setenv("MY_SECRET", VALUE)
    assert store.read() == StoredCredential("secret", "", None, secret=Secret(VALUE))
    with pytest.raises(UsageError) as caught:
        store.write(SECRET)
    assert "MY_SECRET" in caught.value.what
    assert "file or keyring" in caught.value.fix
    store.delete()
    assert os.environ["MY_SECRET"] == VALUE


def test_a_keyring_out_of_reach_is_one_sentence(tmp_path: Path, ring: Memory) -> None:
    store = open_store(StoreRef(kind="keyring", name="c/t"), tmp_path)
    ring.broken = True
    for work in (store.read, lambda: store.write(SECRET), store.delete):
        with pytest.raises(UsageError) as caught:
            work()
        assert caught.value.what == "The keyring entry tenantry/c/t is out of reach (NoKeyringError)."
        assert VALUE not in str(caught.value)


def test_stores_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="keyvault lacks its path or name"):
        open_store(StoreRef(kind="keyvault", name="x"), tmp_path)
    vault = open_store(StoreRef(kind="keyvault", name="x", vault="https://c.vault.azure.net"), tmp_path)
    assert vault.describe() == "Key Vault secret x in c.vault.azure.net"
    with pytest.raises(UsageError, match="lacks its path"):
        open_store(StoreRef(kind="file"), tmp_path)


def test_a_bare_secret_for_other_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", VALUE)
    assert read_secret(StoreRef(kind="environment", name="HOOK"), tmp_path).reveal() == VALUE
    with pytest.raises(UsageError, match="no secret in the file none"):
        read_secret(StoreRef(kind="file", path="none"), tmp_path)
