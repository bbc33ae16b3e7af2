"""The whole chain against a simulated tenant in trouble: what went over the wire is as Microsoft describes it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openapi.log import check_log, report
from tests.tenant import ROOT, simulated

pytestmark = [pytest.mark.shared, pytest.mark.slow]
STEPS = (
    ["whoami"],
    ["provision", "plan"],
    ["provision", "apply", "--yes"],
    ["provision", "verify"],
    ["audit", "collect", "--out", "snapshot"],
    ["sync", "check"],
    ["sync", "once"],
    ["sync", "run", "--for", "90m"],
)


def tenantry(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tenantry", *words],
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert ran.returncode in (0, 3, 4), f"{words}: {ran.returncode}\n{ran.stderr}"


def test_every_request_and_answer_of_the_chain_is_as_described(tmp_path: Path) -> None:
    with simulated(users=30, seed=4, start="2026-11-23T07:00:00Z", lag="30s", faults=0.2) as tenant:
        ready = tmp_path / "ready.json"
        ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
        workspace = tmp_path / "workspace"
        tenantry(
            ["init", str(workspace), "--rehearsal", str(ready), "--profile", "telia-calendar"],
            tmp_path,
            tenant.environment(),
        )
        for words in STEPS:
            tenantry(words, workspace, tenant.environment())
        problems, tally = check_log(tenant.requests(bodies=True), models=3)
    assert not problems, report(problems)
    assert tally["GET /users/{user-id}/calendarView"] > 50
    assert tally["POST /applications/{application-id}/addPassword"] >= 1
