"""Size of a rehearsal: the reviewer script on 10,000 mailboxes against 1,000, and on 100,000 where it is asked for.

`TENANTRY_BENCH_MAILBOXES=100000` takes the large step to that many; it takes some minutes.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.scale import peak_of
from tests.tenant import SimulatedTenant, start

SMALL = 1_000
LARGE = int(os.environ.get("TENANTRY_BENCH_MAILBOXES", "10000"))
PYTHON = [sys.executable, "-m", "tenantry"]


def workspace(tenant: SimulatedTenant, folder: Path) -> Path:
    """A workspace with the reviewer script; its sync user is a person who is there."""
    ready = folder.with_suffix(".json")
    ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
    user = f"monitor@{tenant.ready['domain']}"
    tenant.seed(
        users=[{"displayName": "Monitor", "mail": user, "userPrincipalName": user, "@recipientType": "MailUser"}]
    )
    for words in (
        ["init", str(folder), "--rehearsal", str(ready), "--profile", "bredband2-calendar"],
        ["scripts", "render", "reviewer", "-w", str(folder), "--user", user],
    ):
        subprocess.run([*PYTHON, *words], check=True, capture_output=True)
    (script,) = (folder / "scripts").glob("reviewer-*.ps1")
    return script


def rehearse(script: Path, out: Path) -> tuple[float, float, int]:
    """Runs the script: seconds, peak memory of the command in MB, changes."""
    words = ["scripts", "rehearse", "-w", str(script.parent.parent), str(script), "--argument", "Confirm=false"]
    code = (
        "import resource, subprocess, sys; out = open(sys.argv[1], 'wb'); "
        "done = subprocess.run(sys.argv[2:], stdout=out, stderr=subprocess.DEVNULL); "
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    began = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-c", code, str(out), *PYTHON, *words, "-o", "json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    seconds = time.monotonic() - began
    if told[0] != "0":
        raise RuntimeError(f"the rehearsal ended with {told[0]}")
    return seconds, float(told[1]), len(json.loads(out.read_bytes())["changes"])


def once(users: int, folder: Path) -> dict[str, float]:
    """One run on a tenant of so many people."""
    with start(users=users, seed=3) as tenant:
        script = workspace(tenant, folder)
        before = peak_of(tenant.process.pid)
        seconds, command, changes = rehearse(script, folder.with_suffix(".out"))
        simulator = peak_of(tenant.process.pid)
    return {"each": seconds / changes, "command": command, "simulator": simulator - before, "changes": changes}


def measure(folder: Path) -> list[dict[str, Any]]:
    """Time for each mailbox and memory, as ratios of the large run to the small one."""
    small, large = once(SMALL, folder / "small"), once(LARGE, folder / "large")
    ratio, memory = large["each"] / small["each"], large["command"] / small["command"]
    grown = (large["simulator"] - small["simulator"]) * 100_000 / (LARGE - SMALL)
    detail = {"changes": large["changes"], "ms for each": large["each"] * 1000, "MB of the command": large["command"]}
    what = f"rehearsal of {LARGE:,} mailboxes to {SMALL:,}"
    return [
        {"what": f"{what}: time for each", "value": ratio, "target": "< 1.3", "met": ratio < 1.3, "detail": detail},
        {"what": f"{what}: memory of the command", "value": memory, "target": "< 1.2", "met": memory < 1.2},
        {"what": "what the simulator grows by in 100,000, MB", "value": grown, "target": "< 100", "met": grown < 100},
    ]
