"""The runner as a process: told to end, interrupted, killed. POSIX signals; on Windows Ctrl-C takes the same way."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.sync.tenant import integrate, records, withdraw
from tests.sync.test_day import sync
from tests.sync.test_trouble import planned, status
from tests.tenant import ROOT, SimulatedTenant, simulated

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals to a process"),
]


def started(root: Path, *words: str) -> "subprocess.Popen[str]":
    """A runner in the background."""
    return subprocess.Popen(
        [sys.executable, "-m", "tenantry", "sync", "run", *words, "-w", str(root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def wait_for(so: Any) -> None:
    """Waits, some seconds at most, until it is so."""
    for _ in range(600):
        if so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came so far")


def now(tenant: SimulatedTenant) -> str:
    return str(tenant.get("/clock")["now"])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_runner_that_is_told_to_end_ends_with_everything_delivered(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with simulated(users=12, start="2026-11-23T07:00:00Z") as tenant:
        planned(tenant, tmp_path)
        runner = started(tmp_path)
        wait_for(lambda: len(records(tmp_path)) >= 20)
        runner.send_signal(number)
        out, err = runner.communicate(timeout=20)
    assert runner.returncode == code, err
    assert "contoso/telia" in out
    assert "Traceback" not in err
    told = records(tmp_path)
    by_key: dict[str, list[int]] = defaultdict(list)
    for record in told:
        by_key[record["key"]].append(record["sequence"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_key.values())


def test_killed_again_and_again_nothing_is_lost_or_told_twice(tmp_path: Path) -> None:
    with simulated(users=40, start="2026-11-23T07:00:00Z", seed=3) as tenant:
        integrate(tenant, tmp_path)
        for attempt in range(8):
            before = len(records(tmp_path))
            runner = started(tmp_path)
            wait_for(lambda before=before, runner=runner: len(records(tmp_path)) > before or runner.poll() is not None)
            time.sleep(0.03 * attempt)
            runner.kill()
            runner.communicate()
        sync(tmp_path, "run", "--for", "12h")
    by_key: dict[str, list[int]] = defaultdict(list)
    for record in records(tmp_path):
        by_key[record["key"]].append(record["sequence"])
    assert by_key
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_key.values())


def test_consent_withdrawn_while_it_runs(tmp_path: Path) -> None:
    """The token in hand goes on for up to an hour; then everybody is held, marked and told."""
    with simulated(users=12, start="2026-11-23T07:00:00Z") as tenant:
        planned(tenant, tmp_path)
        runner = started(tmp_path, "--for", "8h")
        wait_for(lambda: now(tenant) > "2026-11-23T08:")
        withdraw(tenant)
        runner.communicate(timeout=60)
        assert status(tmp_path, 3)["link"] == "granted"
    told = records(tmp_path)
    last = {record["key"]: record for record in told}
    assert {(record["state"], record["stale"]) for record in last.values()} == {("available", True)}
    noon = [r for r in told if r["at"].startswith("2026-11-23T12:00:00")]
    assert {(record["state"], record["stale"]) for record in noon} == {("busy", True)}
    assert len(noon) == len(last)
