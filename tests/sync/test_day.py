"""A simulated day of 300 people: every record of the file against an independent recomputation from the truth."""

import os
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenantry.integration import Rules
from tests.sync.oracle import Happening, happenings, look_at, until
from tests.sync.tenant import integrate, records
from tests.tenant import ROOT, SimulatedTenant, simulated

STATES = {
    "free": "available",
    "tentative": "tentative",
    "busy": "busy",
    "oof": "out-of-office",
    "workingElsewhere": "remote",
    "unknown": "busy",
}
OPEN = {
    "private": "as-type",
    "title": ["busy", "oof", "free"],
    "location": ["busy", "tentative"],
    "skip": ["unknown"],
    "state": STATES,
    "priority": ["busy", "out-of-office", "remote", "tentative"],
}
CLOSED = {
    "private": "skip",
    "title": ["busy", "tentative"],
    "location": ["busy", "oof", "free"],
    "skip": [],
    "state": STATES,
    "priority": list(Rules().priority),
}
AS_BUSY = CLOSED | {"private": "busy", "skip": ["free", "workingElsewhere"]}


def sync(root: Path, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Runs `tenantry sync …` as a process of its own, as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "tenantry", "sync", *words, "-w", str(root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stderr + done.stdout
    return done


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def truth(tenant: SimulatedTenant, rules: dict[str, Any], zone: str, start: datetime) -> dict[str, list[Happening]]:
    """What counts, by the address of everybody who is to be synced: members that may sign in, one for an address."""
    events = defaultdict(list)
    for event in tenant.state("events"):
        events[event["@owner"]].append(event)
    found: dict[str, list[Happening]] = {}
    people = [user for user in tenant.state("users") if user["mail"] and user["accountEnabled"]]
    for user in sorted((u for u in people if u["userType"] == "Member"), key=lambda u: u["id"], reverse=True):
        raw = events[user["id"]]
        found[user["mail"].lower()] = happenings(raw, rules, zone, start.date() - timedelta(3), 40)
    return found


def check(found: dict[str, list[Happening]], told: list[dict[str, Any]], rules: dict[str, Any]) -> None:
    """Every record is right for its time."""
    for record in told:
        at = time_of(record["at"])
        mine = found[record["key"]]
        look = (record["state"], record["source"], record["subject"], record["location"])
        assert look == look_at(mine, rules, at), record
        known = until(mine, rules, at)
        if known is not None and known < at + timedelta(days=13, hours=22):
            assert record["until"] is not None, (record, known)
            assert time_of(record["until"]) == known, record
        elif record["until"] is not None:
            assert known is None or time_of(record["until"]) >= at + timedelta(days=13, hours=22), record
        assert record["stale"] is False


def complete(
    found: dict[str, list[Happening]], told: list[dict[str, Any]], rules: dict[str, Any], end: datetime
) -> int:
    """Nothing is missing: at every boundary of the day the last record says what is so. Returns how many there are."""
    told_of = defaultdict(list)
    for record in told:
        told_of[record["key"]].append(record)
    assert set(told_of) >= {key for key, mine in found.items() if mine}
    boundaries = 0
    for key, mine in ((key, mine) for key, mine in found.items() if key in told_of):
        assert [record["sequence"] for record in told_of[key]] == list(range(1, len(told_of[key]) + 1))
        begin = time_of(told_of[key][0]["at"])
        for at in sorted({side for each in mine for side in (each.start, each.end) if begin < side <= end}):
            last = [record for record in told_of[key] if time_of(record["at"]) <= at][-1]
            look = (last["state"], last["source"], last["subject"], last["location"])
            assert look == look_at(mine, rules, at), (key, at, last)
            boundaries += 1
    return boundaries


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "zone", "start", "seed"),
    [
        (CLOSED, "Europe/Stockholm", "2026-11-23T05:00:00Z", 1),
        (OPEN, "America/New_York", "2026-03-28T20:00:00Z", 2),
        (AS_BUSY, "Europe/Stockholm", "2026-10-24T12:00:00Z", 3),
    ],
)
def test_every_record_of_a_day_equals_the_recomputation(
    tmp_path: Path, rules: dict[str, Any], zone: str, start: str, seed: int
) -> None:
    with simulated(users=300, seed=seed, start=start) as tenant:
        integrate(tenant, tmp_path, rules=rules, time_zone=zone)
        sync(tmp_path, "run", "--for", "24h")
        told = records(tmp_path)
        found = truth(tenant, rules, zone, time_of(start))
        private = {e["subject"] for e in tenant.state("events") if e["sensitivity"] != "normal"}
        private -= {e["subject"] for e in tenant.state("events") if e["sensitivity"] == "normal"}
    assert len(found) > 250
    assert len(told) > 450
    check(found, told, rules)
    assert complete(found, told, rules, time_of(start) + timedelta(hours=24)) > 500
    if rules["private"] != "as-type":
        assert private
        for path in (path for path in tmp_path.rglob("*") if path.is_file()):
            text = path.read_bytes()
            assert not [subject for subject in private if subject and subject.encode() in text], path
