"""Size: memory at 100,000 users, and how many requests a quiet calendar round over 10,000 mailboxes takes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.tenant import SimulatedTenant, start

MANY = 100_000
MAILBOXES = 10_000


def peak_of(pid: int) -> float:
    """The most memory a process has had, in MB; Linux only."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def workspace(tenant: SimulatedTenant, folder: Path) -> dict[str, str]:
    """A provisioned workspace in `folder`; the environment that its commands need."""
    environment = {**os.environ, **tenant.environment()}
    ready = folder.with_suffix(".json")
    ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
    python = [sys.executable, "-m", "tenantry"]
    for words in (
        ["init", str(folder), "--rehearsal", str(ready), "--profile", "telia-calendar"],
        ["provision", "apply", "--yes", "-w", str(folder)],
    ):
        subprocess.run([*python, *words], check=True, capture_output=True, env=environment)
    return environment


def users_only(folder: Path) -> float:
    """Runs one users round in a process of its own; its peak memory in MB."""
    code = (
        "import asyncio, resource, sys; from pathlib import Path; from bench.scale import users_round; "
        "asyncio.run(users_round(Path(sys.argv[1]))); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True)
    return float(done.stdout)


async def users_round(folder: Path) -> None:
    """The users round of the workspace's one integration."""
    from sync.keeper import Keeper
    from sync.place import places
    from sync.rounds import Rounds
    from sync.store import open_store
    from tenantry.clock import SystemClock
    from tenantry.graph import Graph

    (place,) = places(folder, [])
    place.store.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(place.store)
    async with Graph.for_integration(place.file, place.base, SystemClock()) as door:
        done = await Rounds(place.file, door, Keeper(store, place.file.rules, ()), lambda: 1_795_500_000_000).users()
    assert done.ok, done
    people = store.people()
    assert people is not None
    assert people.matched > MANY / 2
    store.close()


def measure(folder: Path) -> list[dict[str, Any]]:
    """Memory and requests."""
    with start(users=MANY, seed=3) as tenant:
        workspace(tenant, folder / "many")
        toolkit = users_only(folder / "many")
        simulator = peak_of(tenant.process.pid)
    with start(users=MAILBOXES, seed=3) as tenant:
        environment = workspace(tenant, folder / "quiet")
        once = [sys.executable, "-m", "tenantry", "sync", "once", "-w", str(folder / "quiet")]
        subprocess.run(once, check=True, capture_output=True, env=environment)
        tenant.forget()
        tenant.advance("1h")
        subprocess.run(once, check=True, capture_output=True, env=environment)
        asked = [r for r in tenant.requests() if "/users?" not in r["url"] and "/oauth2/" not in r["url"]]
        calls = [r for r in asked if "/$batch" in r["url"] or "calendarView" in r["url"]]
        outer = len([r for r in calls if r["method"] == "POST" and r["url"].rstrip("/").endswith("$batch")])
    return [
        {"what": "100,000 users read: toolkit, MB", "value": toolkit, "target": "< 200", "met": toolkit < 200},
        {"what": "100,000 users read: simulator, MB", "value": simulator, "target": "< 400", "met": simulator < 400},
        {
            "what": f"requests of a quiet calendar round over {MAILBOXES:,} accounts",
            "value": outer,
            "target": "≤ 510",
            "met": outer <= 510,
            "detail": {"logged lines, parts included": len(asked)},
        },
    ]
