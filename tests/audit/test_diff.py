"""Two audits compared on the stable key of their findings."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.diff import compare, findings_of
from audit.options import Options
from audit.reports import FORMATS
from audit.run import run
from audit.snapshot import open_snapshot
from audit.times import as_of
from tenantry.errors import TenantryError
from tests.audit.evidence import AS_OF, Files, changed, clean, role, write


def report(folder: Path, files: Files) -> Path:
    made = run(open_snapshot(write(folder / "snapshot", files)), Options(as_of=as_of(AS_OF)))
    path = folder / "report.json"
    path.write_text(FORMATS["json"](made), encoding="utf-8")
    return path


def mail(files: Files) -> None:
    files["appRoleAssignments.jsonl"].append(role("Mail.Read", 3))


def more_mail(files: Files) -> None:
    mail(files)
    files["appRoleAssignments.jsonl"].append(role("Calendars.ReadWrite", 4))


def kinds(tmp_path: Path, old: Any, new: Any) -> dict[str, tuple[str, bool]]:
    before, after = report(tmp_path / "old", changed(*old)), report(tmp_path / "new", changed(*new))
    changes = compare(findings_of(before), findings_of(after))
    return {change.check: (change.kind, change.worse) for change in changes if change.kind != "same"}


def test_nothing_changed(tmp_path: Path) -> None:
    assert kinds(tmp_path, [mail], [mail]) == {}


def test_new_and_fixed(tmp_path: Path) -> None:
    both = {"permission-excess", "high-risk-permission"}
    assert kinds(tmp_path / "a", [], [mail]) == dict.fromkeys(both, ("new", True))
    assert kinds(tmp_path / "b", [mail], []) == dict.fromkeys(both, ("fixed", False))


def test_changed_is_worse_only_if_it_is(tmp_path: Path) -> None:
    assert kinds(tmp_path, [mail], [more_mail])["permission-excess"] == ("changed", False)

    def takeover(files: Files) -> None:
        mail(files)
        files["appRoleAssignments.jsonl"].append(role("RoleManagement.ReadWrite.Directory", 4))

    assert kinds(tmp_path / "b", [mail], [takeover])["permission-excess"] == ("changed", True)


def test_an_app_that_went_away(tmp_path: Path) -> None:
    def forget(files: Files) -> None:
        files["integrations/contoso/telia.json"]["app"]["objectId"] = "another"
        files["applications.jsonl"][0]["id"] = "another"

    found = kinds(tmp_path, [], [forget])
    assert found["permission-missing"] in (("gone", False), ("same", False))


def test_snapshots_are_judged_as_of_their_own_date(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", clean()), write(tmp_path / "new", changed(mail))
    changes = compare(findings_of(old), findings_of(new))
    assert {c.check for c in changes if c.kind == "new"} == {"permission-excess", "high-risk-permission"}


def test_what_is_neither(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"findings": 3}), encoding="utf-8")
    for place in (path, tmp_path / "gone.json", tmp_path / "gone"):
        with pytest.raises(TenantryError):
            findings_of(place)
