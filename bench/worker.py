"""Reads users and calendars into a fresh store in one of three ways, and says how long it took.

Run as `python -m bench.worker toolkit|bare|models GRAPH CA`: prints one JSON line.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.doors import Bare, Models, Token
from sync.keeper import Keeper
from sync.rounds import Rounds
from sync.store import open_store
from tenantry.clock import SystemClock
from tenantry.cloud import Cloud
from tenantry.graph import Graph
from tenantry.integration import AppRef, IntegrationFile, Mailboxes, People, Permissions, Rules, TenantRef

DOORS = {"bare": Bare, "models": Models}
NOW = 1_795_500_000_000  # an instant (milliseconds since 1970) inside the window that the pages were made for


def file_for(cloud: Cloud) -> IntegrationFile:
    """An integration file good enough for the rounds."""
    return IntegrationFile(
        version=1,
        tool="bench",
        emitted="2026-11-21T00:00:00Z",
        tenant=TenantRef(name="bench", id="00000000-0000-0000-0000-000000000000", cloud=cloud),
        integration="bench",
        profile="telia-calendar",
        app=AppRef(app_id="", object_id="", service_principal_id="", unique_name=""),
        permissions=Permissions(),
        credential=None,
        mailboxes=Mailboxes(all=True),
        time_zone="Europe/Stockholm",
        people=People(all=True),
        rules=Rules(),
    )


async def read(way: str, graph: str, ca: str) -> dict[str, Any]:
    """One users round and one calendars round; the seconds of each."""
    cloud = Cloud(name="bench", login=graph, graph=graph, ca=ca)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        store = open_store(root / "bench.sqlite")
        door: Any = Graph(cloud, Token(), SystemClock(), root=root) if way == "toolkit" else DOORS[way](graph, Path(ca))
        file = file_for(cloud)
        rounds = Rounds(file, door, Keeper(store, file.rules, ()), lambda: NOW)
        began = time.perf_counter()
        users = await rounds.users()
        middle = time.perf_counter()
        calendars = await rounds.calendars()
        ended = time.perf_counter()
        assert users.ok, users
        assert calendars.ok, calendars
        store.close()
    return {"users": middle - began, "calendars": ended - middle, "total": ended - began}


def main() -> None:
    """Prints the result."""
    print(json.dumps(asyncio.run(read(*sys.argv[1:4]))))


if __name__ == "__main__":
    main()
