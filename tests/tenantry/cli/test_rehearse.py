"""`tenantry scripts rehearse` as a person runs it: on the simulated tenant, on its evidence, and with wrong input."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli.main import run
from tests.tenant import SimulatedTenant, start

APP = "0a1b2c3d-1111-4222-8333-444455556666"
JSON = dict[str, Any]


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with start(users=60, start="2026-11-21T08:00:00Z") as started:
        yield started


@pytest.fixture
def place(tenant: SimulatedTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the rehearsal, with the scripts rendered."""
    for name, value in tenant.environment().items():
        monkeypatch.setenv(name, value)
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
    folder = tmp_path / "workspace"
    assert run(["init", str(folder), "--rehearsal", str(ready), "--profile", "telia-calendar"]) == 0
    domain = tenant.ready["domain"]
    more = ["--app-id", APP, "--group", f"reception@{domain}", "--out", str(folder / "scripts")]
    assert run(["scripts", "render", "access-policy", "-w", str(folder), *more]) == 0
    assert run(["scripts", "render", "evidence", "-w", str(folder), "--out", str(folder / "scripts")]) == 0
    return folder


def rehearsed(capsys: pytest.CaptureFixture[str], place: Path, kind: str, *more: str, code: int = 0) -> JSON:
    (script,) = (place / "scripts").glob(f"{kind}*.ps1")
    capsys.readouterr()
    assert run(["scripts", "rehearse", "-w", str(place), str(script), "-o", "json", *more]) == code
    found: JSON = json.loads(capsys.readouterr().out)
    return found


def test_what_if_first_then_work_then_nothing(
    tenant: SimulatedTenant, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant.delete("/state/applicationAccessPolicies")
    tried = rehearsed(capsys, place, "access-policy", "--what-if")
    assert tried["changes"] == []
    assert tried["whatIf"]
    assert rehearsed(capsys, place, "evidence")["errors"] == []
    offline = rehearsed(capsys, place, "access-policy", "--exchange", str(place / "exchange"))
    assert tenant.state("applicationAccessPolicies") == []
    done = rehearsed(capsys, place, "access-policy")
    assert [change["cmdlet"] for change in done["changes"]] == ["New-ApplicationAccessPolicy"]
    assert list(done)[:5] == ["script", "changes", "prompts", "errors", "result"]
    assert offline["changes"] == done["changes"]
    (policy,) = tenant.state("applicationAccessPolicies")
    assert policy["AppId"] == APP
    assert rehearsed(capsys, place, "access-policy")["changes"] == []


def test_the_evidence_feeds_the_audit(tenant: SimulatedTenant, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tenant.delete("/state/applicationAccessPolicies")
    rehearsed(capsys, place, "access-policy")
    rehearsed(capsys, place, "evidence")
    export = json.loads((place / "exchange" / "Get-ApplicationAccessPolicy.json").read_text(encoding="utf-8-sig"))
    assert [row["AppId"] for row in export["items"]] == [APP]


def test_a_construct_outside_the_dialect_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = place / "other.ps1"
    script.write_text("$ErrorActionPreference = 'Stop'\nGet-MessageTrace -SenderAddress 'x'\n", encoding="utf-8")
    assert run(["scripts", "rehearse", "-w", str(place), str(script)]) == 2
    told = capsys.readouterr().err
    assert "other.ps1:2: " in told
    assert "Get-MessageTrace" in told


def test_an_error_of_the_script_is_exit_code_3(place: Path) -> None:
    script = place / "other.ps1"
    script.write_text("throw 'this is not right'\n", encoding="utf-8")
    assert run(["scripts", "rehearse", "-w", str(place), str(script)]) == 3


def test_wrong_inputs_are_sentences(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = place / "other.ps1"
    script.write_bytes(b"\xff\xfe\x00")
    for words in (["missing.ps1"], [str(script)], ["--exchange", str(tmp_path / "none"), str(script)]):
        assert run(["scripts", "rehearse", "-w", str(place), *words]) == 2
        assert "Traceback" not in capsys.readouterr().err
