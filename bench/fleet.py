"""Many tenants planned in one run: what a tenth as many take, a tenant, in memory and time."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.tenant import start

FEW, MANY = 100, 1_000
PROFILE = "telia-calendar"
_PLAN = (
    "import resource, sys; from tenantry.cli.main import run; code = run(sys.argv[1:]); "
    "used = resource.getrusage(resource.RUSAGE_SELF); "
    "print(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, file=sys.stderr); sys.exit(code)"
)


def operators(tenants: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Each simulated tenant's operator, in variables that end in the tenant's name in the workspace."""
    variables: dict[str, str] = {}
    for tenant in tenants:
        end = re.sub("[^A-Za-z0-9]", "_", tenant["domain"].split(".")[0]).upper()
        variables[f"AZURE_TENANT_ID_{end}"] = tenant["tenantId"]
        variables[f"AZURE_CLIENT_ID_{end}"] = tenant["operator"]["clientId"]
        variables[f"AZURE_CLIENT_SECRET_{end}"] = tenant["operator"]["clientSecret"]
    return variables


def planned(folder: Path, tenants: int) -> dict[str, float]:
    """Plans one integration in each of so many tenants, in one process: MB, and milliseconds a tenant."""
    root = folder / str(tenants)
    with start(users=5, seed=3, tenants=tenants) as simulator:
        ready = folder / f"{tenants}.json"
        ready.write_text(json.dumps({"tenants": simulator.tenants}), encoding="utf-8")
        words = ["init", str(root), "--rehearsal", str(ready), "--profile", PROFILE]
        subprocess.run([sys.executable, "-m", "tenantry", *words], check=True, capture_output=True)
        plan = ["provision", "plan", "-w", str(root), "-o", "json"]
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _PLAN, *plan],
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **operators(simulator.tenants)},
        )
        took = time.perf_counter() - began
    assert len(json.loads(done.stdout)) == tenants
    memory, processor = map(float, done.stderr.split()[-2:])
    return {"MB": memory, "ms": took / tenants * 1000, "processor ms": processor / tenants * 1000}


def measure(folder: Path) -> list[dict[str, Any]]:
    """Memory and time a tenant, as ratios of the run with ten times as many to the smaller one."""
    few, many = planned(folder, FEW), planned(folder, MANY)
    detail = {"few": few, "many": many}
    memory, pace = (many[figure] / few[figure] for figure in ("MB", "processor ms"))
    runs = f"{MANY:,} tenants ÷ {FEW} tenants planned in one run"
    return [
        {"what": f"{runs}: memory", "value": memory, "target": "≤ 1.3", "met": memory <= 1.3, "detail": detail},
        {"what": f"{runs}: processor time a tenant", "value": pace, "target": "≤ 1.3", "met": pace <= 1.3},
        {"what": f"{MANY:,} tenants planned in one run: MB", "value": many["MB"], "target": "< 200",
         "met": many["MB"] < 200},
        {"what": f"{MANY:,} tenants planned in one run: ms a tenant", "value": many["ms"], "target": "< 200",
         "met": many["ms"] < 200},
    ]  # fmt: skip
