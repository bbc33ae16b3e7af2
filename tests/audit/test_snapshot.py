"""A snapshot proves itself, or is refused, or says that it proves nothing."""

import json
import zipfile
from pathlib import Path

import pytest

from audit.entra import Application, User
from audit.exchange import decode_export, decode_text
from audit.snapshot import open_snapshot
from tenantry.errors import ConfigurationError, TenantryError, UsageError
from tests.audit.evidence import APP, clean, write


def refused(path: Path) -> str:
    with pytest.raises(TenantryError) as error:
        open_snapshot(path)
    assert error.value.exit_code == 2
    return "\n".join(str(problem) for problem in error.value.problems)


def test_a_snapshot_that_its_manifest_proves(tmp_path: Path) -> None:
    snapshot = open_snapshot(write(tmp_path, clean()))
    assert snapshot.doubts == ()
    assert snapshot.collected == "2026-11-20T12:01:00Z"
    assert [row.app_id for row in snapshot.rows("applications.jsonl", Application)] == [APP]
    assert snapshot.why_missing("applications.jsonl") is None
    assert len(snapshot.sha256) == 64


def test_every_difference_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, clean())
    (tmp_path / "users.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "groups.jsonl").unlink()
    (tmp_path / "extra.jsonl").write_text("{}\n", encoding="utf-8")
    told = refused(tmp_path)
    assert "users.jsonl was changed" in told
    assert "groups.jsonl is named in manifest.json but is not there" in told
    assert "extra.jsonl is not in manifest.json" in told


@pytest.mark.parametrize("change", ["users.jsonl", "integrations/contoso/telia.json", "manifest.json"])
def test_a_changed_file_is_refused(tmp_path: Path, change: str) -> None:
    write(tmp_path, clean())
    path = tmp_path / change
    if change == "manifest.json":
        data = json.loads(path.read_bytes())
        data["files"]["users.jsonl"]["sha256"] = "0" * 64
        path.write_text(json.dumps(data), encoding="utf-8")
    else:
        path.write_bytes(path.read_bytes() + b" ")
    assert "was changed" in refused(tmp_path)
    assert open_snapshot(tmp_path, unverified=True).doubts


def test_no_manifest(tmp_path: Path) -> None:
    write(tmp_path, clean(), manifest=False)
    assert "no manifest.json" in refused(tmp_path)
    snapshot = open_snapshot(tmp_path, unverified=True)
    assert "no manifest.json" in snapshot.doubts[0]
    assert snapshot.tenant
    assert snapshot.sha256 == open_snapshot(tmp_path, unverified=True).sha256


def test_a_manifest_that_is_none(tmp_path: Path) -> None:
    write(tmp_path, clean())
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    assert "cannot be read" in refused(tmp_path)
    assert open_snapshot(tmp_path, unverified=True).manifest is None


def test_of_a_newer_version(tmp_path: Path) -> None:
    write(tmp_path, clean())
    data = json.loads((tmp_path / "manifest.json").read_bytes()) | {"version": 99, "tool": "tenantry 9"}
    (tmp_path / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
    assert "newer version" in refused(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "no")
    (tmp_path / "empty").mkdir()
    assert "is empty" in refused(tmp_path / "empty")
    (tmp_path / "text.zip").write_text("no zip", encoding="utf-8")
    assert "no readable .zip" in refused(tmp_path / "text.zip")


@pytest.mark.parametrize("inside", ["", "snapshot/"])
def test_a_zip_of_the_folder(tmp_path: Path, inside: str) -> None:
    folder = write(tmp_path / "folder", clean())
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as target:
        for path in folder.rglob("*"):
            if path.is_file():
                target.write(path, inside + path.relative_to(folder).as_posix())
        target.writestr("__MACOSX/._litter", b"x")
    snapshot, plain = open_snapshot(tmp_path / "s.zip"), open_snapshot(folder)
    assert snapshot.sha256 == plain.sha256
    assert snapshot.integrations[0][0] == "integrations/contoso/telia.json"
    assert [row.id for row in snapshot.rows("users.jsonl", User)] == [row.id for row in plain.rows("users.jsonl", User)]


def test_a_damaged_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        target.writestr("users.jsonl", b'{"id": "somebody-we-know"}\n')
    path.write_bytes(path.read_bytes().replace(b"somebody", b"somebodx", 1))
    assert "users.jsonl cannot be read" in refused(path)


def test_a_zip_with_only_a_folder_of_ours(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as target:
        target.writestr("exchange/Get-ApplicationAccessPolicy.json", b'{"items": []}')
    (export,) = open_snapshot(tmp_path / "s.zip", unverified=True).exports
    assert export.cmdlet == "Get-ApplicationAccessPolicy"


def test_litter_of_file_managers_is_no_evidence(tmp_path: Path) -> None:
    write(tmp_path, clean())
    (tmp_path / ".DS_Store").write_bytes(b"x")
    assert open_snapshot(tmp_path).doubts == ()


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"users.jsonl": b'{"id": "1"}\n\n{"id": 2}\n'}, manifest=False)
    snapshot = open_snapshot(tmp_path, unverified=True)
    with pytest.raises(UsageError, match=r"users\.jsonl:3"):
        list(snapshot.rows("users.jsonl", User))


def test_a_bad_integration_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, clean() | {"integrations/contoso/telia.json": b"{}"})
    with pytest.raises(ConfigurationError, match=r"integrations/contoso/telia\.json"):
        _ = open_snapshot(tmp_path).integrations


def test_missing_files_say_why(tmp_path: Path) -> None:
    files = clean()
    del files["roleAssignments.jsonl"]
    write(tmp_path, files)
    data = json.loads((tmp_path / "manifest.json").read_bytes())
    data["notRead"] = [{"file": "roleAssignments.jsonl", "why": "could not be read: HTTP 403."}]
    (tmp_path / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
    snapshot = open_snapshot(tmp_path)
    assert snapshot.why_missing("roleAssignments.jsonl") == "could not be read: HTTP 403."
    assert snapshot.why_missing("signIns.jsonl") == "is not in the snapshot."
    assert list(snapshot.rows("signIns.jsonl", User)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_powershell(encoding: str) -> None:
    raw = '{"items": "Växel’"}'.encode(encoding)
    if encoding == "utf-16-be":
        raw = b"\xfe\xff" + raw
    assert decode_text(raw) == '{"items": "Växel’"}'


@pytest.mark.parametrize("items", ["null", "[]", '{"A": 1}', '[{"A": 1}]'])
def test_items_as_powershell_wraps_them(items: str) -> None:
    export = decode_export("exchange/Get-X.json", f'{{"cmdlet": "Get-X", "items": {items}}}'.encode())
    assert [item.text("a") for item in export.items] == ([] if items in ("null", "[]") else ["1"])


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"a": 1}', b'{"items": [1]}', b"\xff\xff\xff"])
def test_what_is_no_export_is_named(raw: bytes) -> None:
    with pytest.raises(UsageError, match=r"exchange/Get-X\.json"):
        decode_export("exchange/Get-X.json", raw)
