"""Files are whole or not there; integration files load across versions; every problem named with its file."""

import json
import os
import stat
from pathlib import Path

import pytest

from tenantry import integration
from tenantry.cloud import Cloud
from tenantry.errors import ConfigurationError
from tenantry.files import write_atomic
from tenantry.integration import (
    AppRef,
    CredentialRef,
    IntegrationFile,
    Mailboxes,
    People,
    Permission,
    Permissions,
    Person,
    Rules,
    Sink,
    StoreRef,
    TenantRef,
)

FILE = IntegrationFile(
    version=1,
    tool="tenantry 0",
    emitted="2026-01-01T00:00:00Z",
    tenant=TenantRef(name="contoso", id="t", cloud=Cloud(name="x", login="https://l", graph="https://g", ca="ca.pem")),
    integration="telia",
    profile="telia-calendar",
    app=AppRef(app_id="a", object_id="o", service_principal_id="s", unique_name="u"),
    permissions=Permissions(required=(Permission(name="Calendars.Read"),)),
    credential=CredentialRef(kind="secret", id="k", expires=None, store=StoreRef(kind="file", path="secrets/telia")),
    mailboxes=Mailboxes(all=True),
    time_zone="Europe/Stockholm",
    people=People(listed=(Person(address="å@x.se", key="1"),)),
    rules=Rules(),
    sinks=(Sink(kind="jsonl", path="a.jsonl"),),
)


def test_what_is_saved_is_loaded_and_reads_as_the_contract_says(tmp_path: Path) -> None:
    path = integration.save(tmp_path, FILE)
    assert path == tmp_path / "integrations" / "contoso" / "telia.json"
    assert integration.load(path) == FILE
    assert integration.root_of(path) == tmp_path.resolve()
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert raw["app"] == {"appId": "a", "objectId": "o", "servicePrincipalId": "s", "uniqueName": "u"}
    assert raw["credential"]["store"] == {"kind": "file", "path": "secrets/telia"}
    assert raw["time_zone"] == "Europe/Stockholm"
    assert raw["people"]["listed"][0]["address"] == "å@x.se"


def test_fields_of_a_later_version_are_passed_over_and_left_out_ones_have_defaults(tmp_path: Path) -> None:
    path = integration.save(tmp_path, FILE)
    raw = json.loads(path.read_text(encoding="utf-8")) | {"something": "new"}
    for name in ("sinks", "integration_users"):
        del raw[name]
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert integration.load(path).sinks == ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "is not JSON"),
        (b"[]", "not a valid integration file"),
        (b'{"version": 2}', "has version 2"),
        (b'{"version": 1}', "missing required field"),
        (b"\xff\xfe", "is not JSON"),
    ],
)
def test_what_is_no_integration_file(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    with pytest.raises(ConfigurationError) as caught:
        integration.load(path)
    assert said in str(caught.value)
    assert "x.json" in str(caught.value)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        integration.load(tmp_path / "none.json")


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    write_atomic(path, "old")

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes as POSIX has them")
def test_modes(tmp_path: Path) -> None:
    write_atomic(tmp_path / "public", "å")
    write_atomic(tmp_path / "private" / "f", b"x", private=True)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "public").stat().st_mode) == 0o666 & ~mask
    assert stat.S_IMODE((tmp_path / "private" / "f").stat().st_mode) == 0o600
    assert (tmp_path / "public").read_bytes() == "å".encode()
