"""`tenantry audit` as a user types it: answers, files, exit codes, and one clear sentence for each mistake."""

import json
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli import main
from tests.audit.evidence import APP_OBJECT, changed, clean, role, write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a clean snapshot `good` and one with too much granted, `bad`."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "good", clean())
    write(tmp_path / "bad", changed(lambda f: f["appRoleAssignments.jsonl"].append(role("Mail.Read", 3))))
    return tmp_path


def audit(*args: str) -> int:
    return main.run(["audit", *args])


@pytest.mark.parametrize("output", ["table", "json", "csv", "md", "html"])
def test_every_format_on_stdout_and_in_a_file(here: Path, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("run", "--snapshot", "bad", "-o", output) == 0
    shown = capsys.readouterr().out
    assert "Mail.Read" in shown
    assert audit("run", "--snapshot", "bad", "-o", output, "--out", "report") == 0
    assert capsys.readouterr().out == ""
    written = Path("report").read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    assert written == shown.replace("\r\n", "\n")


def test_a_csv_file_opens_in_excel(here: Path) -> None:
    assert audit("run", "--snapshot", "bad", "-o", "csv", "--out", "r.csv") == 0
    assert Path("r.csv").read_bytes().startswith(b"\xef\xbb\xbfcheck,")


@pytest.mark.parametrize(
    ("snapshot", "fail_on", "code"),
    [("good", "low", 0), ("bad", "never", 0), ("bad", "critical", 0), ("bad", "high", 3), ("bad", "low", 3)],
)
def test_fail_on(here: Path, snapshot: str, fail_on: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("run", "--snapshot", snapshot, "--fail-on", fail_on) == code
    told = capsys.readouterr()
    assert ("permission-excess (fail)" in told.err) is (code == 3)
    assert "permission-excess" in told.out  # the report itself comes first, whatever the exit code


def test_the_date_is_that_of_the_evidence_unless_given(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("run", "--snapshot", "good", "-o", "json") == 0
    assert json.loads(capsys.readouterr().out)["asOf"] == "2026-11-20T12:01:00Z"
    assert audit("run", "--snapshot", "good", "-o", "json", "--as-of", "2027-03-15", "--fail-on", "low") == 3
    assert json.loads(capsys.readouterr().out)["asOf"] == "2027-03-15T00:00:00Z"


def test_thresholds(here: Path) -> None:
    given = ("run", "--snapshot", "good", "--as-of", "2027-03-15", "--fail-on", "low", "--checks", "credential-expiry")
    assert audit(*given, "--expiry", "7d") == 0
    assert audit("run", "--snapshot", "good", "--longest-life", "90d", "--fail-on", "low") == 3


def test_waivers_of_the_workspace(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = f"""
[[waiver]]
check = "CHECK"
object = "{APP_OBJECT}"
reason = "migration"
owner = "eva@contoso.com"
expires = 2027-01-31
"""
    both = waiver.replace("CHECK", "permission-excess") + waiver.replace("CHECK", "high-risk-permission")
    Path("waivers.toml").write_text(both, encoding="utf-8")
    assert audit("run", "--snapshot", "bad", "--fail-on", "low", "-o", "json") == 0
    assert json.loads(capsys.readouterr().out)["counts"]["waived"] == 2
    Path("waivers.toml").rename("elsewhere.toml")
    assert audit("run", "--snapshot", "bad", "--fail-on", "low") == 3
    assert audit("run", "--snapshot", "bad", "--fail-on", "low", "--waivers", "elsewhere.toml") == 0


def test_unverified(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "good" / "manifest.json").unlink()
    assert audit("run", "--snapshot", "good") == 2
    assert "--unverified" in capsys.readouterr().err
    assert audit("run", "--snapshot", "good", "--unverified", "--as-of", "2026-11-21", "-o", "json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["unverified"]
    assert "unverified" in told.err


MISTAKES: list[tuple[list[str], str]] = [
    (["run"], "--snapshot"),
    (["run", "--snapshot", "nowhere"], "nowhere does not exist"),
    (["run", "--snapshot", "good", "--as-of", "yesterday"], "--as-of: 'yesterday' is no date"),
    (["run", "--snapshot", "good", "--checks", "credential-expirey"], 'Did you mean "credential-expiry"'),
    (["run", "--snapshot", "good", "--waivers", "none.toml"], "none.toml does not exist"),
    (["run", "--snapshot", "good", "--fail-on", "medum"], "medum"),
    (["run", "--snapshot", "good", "--expiry", "soon"], "--expiry"),
    (["run", "--snapshot", "good", "-o", "xml"], "xml"),
    (["run", "--snapshot", "tampered"], "users.jsonl was changed"),
    (["run", "--snapshot", "text.txt"], "no readable .zip"),
    (["collect", "--out", "s"], "tenantry.toml"),
    (["diff", "good", "nowhere"], "nowhere does not exist"),
    (["diff", "good", "text.json"], "no audit report"),
]


@pytest.mark.parametrize(("args", "words"), MISTAKES, ids=[" ".join(case[0]) for case in MISTAKES])
def test_mistakes_are_told_in_one_sentence(
    here: Path, args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "tampered", clean())
    (here / "tampered" / "users.jsonl").write_text("", encoding="utf-8")
    (here / "text.txt").write_text("hello", encoding="utf-8")
    (here / "text.json").write_text("{}", encoding="utf-8")
    before = sorted(str(path) for path in here.rglob("*"))
    assert audit(*args) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert sorted(str(path) for path in here.rglob("*")) == before


WORKSPACE = """version = 1
[[tenant]]
name = "contoso"
id = "11111111-1111-4111-8111-111111111111"
cloud = "global"
sign_in = "environment"
[[tenant.integration]]
name = "telia"
profile = "telia-calendar"
mailboxes = { group = "switchboard@contoso.com" }
time_zone = "Europe/Stockholm"
"""


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--exchange", "nowhere"], "nowhere is no folder"),
        (["--exchange", "empty"], "empty holds no .json files"),
        (["--exchange", "broken"], "is not JSON"),
        (["fabrikam"], 'no "fabrikam"'),
        ([], "one tenant"),
    ],
)
def test_mistakes_of_collect(here: Path, args: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = WORKSPACE
    if words == "one tenant":
        second = WORKSPACE.partition("\n")[2].replace("contoso", "other").replace("1111-", "2222-")
        text += second
    Path("tenantry.toml").write_text(text, encoding="utf-8")
    for folder in ("empty", "broken"):
        Path(folder).mkdir()
    Path("broken/Get-X.json").write_text("nope", encoding="utf-8")
    assert audit("collect", *args, "--out", "s") == 2
    assert words in capsys.readouterr().err
    assert not Path("s").exists()


def test_diff(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("diff", "good", "bad", "-o", "json", "--exit-code") == 3
    changes: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert {c["check"] for c in changes if c["kind"] == "new"} == {"permission-excess", "high-risk-permission"}
    assert audit("diff", "bad", "good", "--exit-code") == 0
    assert "fixed" in capsys.readouterr().out


def test_checks(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("checks", "-o", "json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 8
