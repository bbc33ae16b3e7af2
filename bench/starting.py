"""How long it takes to begin: help, and a plan from a cold start, as multiples of a bare import."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.tenant import start

RUNS = 9


def seconds(command: Sequence[str], **options: Any) -> float:
    """One run of a command, wall time."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, **options)
    return time.perf_counter() - began


def ratio(one: Sequence[str], other: Sequence[str], **options: Any) -> float:
    """Median of one over median of the other, run in turn."""
    pairs = [(seconds(one, **options), seconds(other, **options)) for _ in range(RUNS + 1)][1:]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


def measure(folder: Path) -> list[dict[str, Any]]:
    """Both ratios."""
    python = sys.executable
    help_ratio = ratio([python, "-m", "tenantry", "--help"], [python, "-c", "import click"])
    with start(users=50, seed=3) as tenant:
        environment = {**os.environ, **tenant.environment()}
        ready = folder / "ready.json"
        ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
        tenantry = [python, "-m", "tenantry"]
        options = ["--rehearsal", str(ready), "--profile", "telia-calendar"]
        subprocess.run([*tenantry, "init", str(folder / "ws"), *options], check=True, capture_output=True)
        plan = [*tenantry, "provision", "plan", "-w", str(folder / "ws")]
        plan_ratio = ratio(plan, [python, "-c", "import msgraph"], env=environment)
    return [
        {"what": "tenantry --help ÷ import click", "value": help_ratio, "target": "≤ 1.5", "met": help_ratio <= 1.5},
        {"what": "provision plan ÷ import msgraph", "value": plan_ratio, "target": "≤ 2", "met": plan_ratio <= 2},
    ]
