"""A rehearsal that is cut off: the script stops with its reader, and the next run does only the rest."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tenant import ROOT, SimulatedTenant, start

JSON = dict[str, Any]
ENDS = ["SIGTERM"] if os.name == "nt" else ["SIGINT", "SIGKILL"]


@pytest.fixture
def tenant() -> Iterator[SimulatedTenant]:
    with start(users=400, start="2026-11-21T08:00:00Z") as started:
        yield started


@pytest.fixture
def place(tenant: SimulatedTenant, tmp_path: Path) -> Path:
    """A workspace with the reviewer script for a user that is there."""
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
    folder = tmp_path / "workspace"
    user = next(str(row["mail"]) for row in tenant.state("users")[1:] if row.get("mail"))
    for words in (
        ["init", str(folder), "--rehearsal", str(ready), "--profile", "telia-calendar"],
        ["scripts", "render", "reviewer", "-w", str(folder), "--user", user],
    ):
        subprocess.run([sys.executable, "-m", "tenantry", *words], cwd=ROOT, check=True, capture_output=True)
    return folder


def begin(place: Path, *more: str) -> "subprocess.Popen[str]":
    script = place / "scripts" / "reviewer-contoso-telia.ps1"
    words = ["scripts", "rehearse", "-w", str(place), str(script), "--argument", "Confirm=false", "-o", "json", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "tenantry", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def journaled(place: Path) -> int:
    """How many rights the script has noted as given."""
    file = place / "reviewer-contoso-telia.result.json.journal"
    return max(len(file.read_text(encoding="utf-8").splitlines()) - 1, 0) if file.exists() else 0


@pytest.mark.parametrize("end", ENDS)
def test_who_goes_away_stops_the_script_and_the_next_run_does_the_rest(
    tenant: SimulatedTenant, place: Path, end: str
) -> None:
    running = begin(place)
    while journaled(place) < 200:
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)
    running.send_signal(getattr(signal, end))
    out, err = running.communicate(timeout=30)
    assert out == ""
    if end == "SIGINT":
        assert running.returncode == 130
        assert "interrupted. Run it again: it does the rest." in err
    done = settled(tenant, place)
    assert 200 <= done < 340
    rest = json.loads(begin(place).communicate(timeout=60)[0])
    assert rest["result"]["DoneBefore"] in (done, done - 1)
    assert len(rest["changes"]) == rest["result"]["Mailboxes"] - done
    assert rest["result"]["Failed"] == 0


def settled(tenant: SimulatedTenant, place: Path) -> int:
    """How many rights there are once the simulated script has stopped."""
    before = -1
    while before != journaled(place):
        before = journaled(place)
        time.sleep(0.6)
    assert len(tenant.state("mailboxFolderPermissions")) in (before, before + 1)
    return len(tenant.state("mailboxFolderPermissions"))


def test_trouble_by_the_door_is_waited_out(tenant: SimulatedTenant, place: Path) -> None:
    tenant.fault("503", "cut-after", match="EXCHANGE Add-", rate=0.1, seed=3)
    told: JSON = json.loads(begin(place).communicate(timeout=60)[0])
    assert told["result"]["Failed"] == 0
    assert tenant.get("/faults")["rules"][0]["made"] > 10
    tenant.end_faults()
    assert json.loads(begin(place).communicate(timeout=60)[0])["changes"] == []
