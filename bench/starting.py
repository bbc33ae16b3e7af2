"""How long it takes to begin: help, and a plan from a cold start, as multiples of a bare import.

Compiled files of ours are used, as wherever packages are installed.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.tenant import start

RUNS = 9


class Took(NamedTuple):
    """Seconds of one run: by the wall, and of the processor."""

    wall: float
    cpu: float


def once(command: Sequence[str], environment: Mapping[str, str]) -> Took:
    """One run of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def ratios(one: Sequence[str], other: Sequence[str], environment: Mapping[str, str]) -> Took:
    """Median of one over median of the other, run in turn; the first pair only warms up."""
    pairs = [(once(one, environment), once(other, environment)) for _ in range(RUNS + 1)][1:]
    wall, cpu = (statistics.median(a[i] for a, _ in pairs) / statistics.median(b[i] for _, b in pairs) for i in (0, 1))
    return Took(wall, cpu)


def measure(folder: Path) -> list[dict[str, Any]]:
    """Both ratios, by the wall, and of a plan by the processor too."""
    python = sys.executable
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    shown = ratios([python, "-m", "tenantry", "--help"], [python, "-c", "import click"], compiled)
    with start(users=50, seed=3) as tenant:
        ready = folder / "ready.json"
        ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
        tenantry = [python, "-m", "tenantry"]
        options = ["--rehearsal", str(ready), "--profile", "telia-calendar"]
        subprocess.run([*tenantry, "init", str(folder / "ws"), *options], check=True, capture_output=True)
        plan = [*tenantry, "provision", "plan", "-w", str(folder / "ws")]
        planned = ratios(plan, [python, "-c", "import msgraph"], {**compiled, **tenant.environment()})
    return [
        _row("tenantry --help ÷ import click", shown.wall, 1.5),
        _row("provision plan ÷ import msgraph", planned.wall, 2),
        _row("the same, processor time", planned.cpu, 2),
    ]


def _row(what: str, value: float, most: float) -> dict[str, Any]:
    return {"what": what, "value": value, "target": f"≤ {most}", "met": value <= most}
