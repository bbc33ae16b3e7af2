"""A simulated day of 300 people: every record of the file against an independent recomputation from the truth."""

import os
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tzlocal.windows_tz import win_tz

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


def thicken(tenant: SimulatedTenant, start: datetime, draw: Random) -> None:
    """Adds some events a person around the day: overlapping, touching, alike, empty, private, moved series."""
    made = []
    for owner in sorted({event["@owner"] for event in tenant.state("events")}):
        for number in range(draw.randrange(3, 12)):
            event = _drawn(f"{owner}-{number}", owner, start + timedelta(minutes=15 * draw.randrange(-20, 120)), draw)
            if number == 0 and not event["isAllDay"]:
                event |= _series(event, start, draw)
            made.append(event)
    tenant.seed(events=made)


def _drawn(name: str, owner: str, begin: datetime, draw: Random) -> dict[str, Any]:
    zone = draw.choice(["UTC", "W. Europe Standard Time", "America/New_York", "Nepal Standard Time"])
    length = timedelta(minutes=15 * draw.choice([0, 1, 1, 2, 2, 2, 4, 8, 30]))
    all_day = draw.random() < 0.06
    local = begin.astimezone(ZoneInfo(win_tz.get(zone, zone))).replace(tzinfo=None)
    first = datetime.combine(local.date(), datetime.min.time()) if all_day else local
    last = first + (timedelta(days=draw.randrange(1, 3)) if all_day else length)
    return {
        "id": f"AAMk{name}",
        "@owner": owner,
        "subject": draw.choice(["Budget", "Lönesamtal", "Styrgrupp", ""]),
        "showAs": draw.choice(["busy", "busy", "oof", "tentative", "free", "workingElsewhere", "unknown"]),
        "sensitivity": draw.choice(["normal", "normal", "normal", "private"]),
        "isCancelled": draw.random() < 0.05,
        "isAllDay": all_day,
        "responseStatus": {"response": draw.choice(["accepted", "notResponded", "organizer", "none", "declined"])},
        "location": {"displayName": draw.choice(["Rum 1", "Rum 2", ""])},
        "start": {"dateTime": f"{first.isoformat()}.0000000", "timeZone": zone},
        "end": {"dateTime": f"{last.isoformat()}.0000000", "timeZone": zone},
    }


def _series(event: dict[str, Any], start: datetime, draw: Random) -> dict[str, Any]:
    """Makes it a daily or weekly series that began before, with an instance deleted, moved, changed or left alone."""
    begin, end = (datetime.fromisoformat(event[side]["dateTime"]) for side in ("start", "end"))
    back = timedelta(days=draw.choice([1, 7, 14]))
    today = begin.date().isoformat()
    later = {"dateTime": (begin + timedelta(hours=2)).isoformat(), "timeZone": event["start"]["timeZone"]}
    changes = draw.choice(
        [
            {},
            {today: None},
            {today: {"showAs": "oof", "subject": "Flyttat"}},
            {today: {"start": later, "end": later | {"dateTime": (end + timedelta(hours=3)).isoformat()}}},
        ]
    )
    pattern = draw.choice(
        [
            {"type": "daily", "interval": 1},
            {"type": "weekly", "interval": 1, "daysOfWeek": [f"{begin:%A}".lower()], "firstDayOfWeek": "monday"},
        ]
    )
    first = (begin - back).date()
    return {
        "start": event["start"] | {"dateTime": (begin - back).isoformat()},
        "end": event["end"] | {"dateTime": (end - back).isoformat()},
        "recurrence": {"pattern": pattern, "range": {"type": "noEnd", "startDate": first.isoformat()}},
        "@exceptions": changes,
    }


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
    ("rules", "zone", "start", "users"),
    [
        (CLOSED, "Europe/Stockholm", "2026-11-23T05:00:00Z", 300),
        (OPEN, "America/New_York", "2026-03-28T20:00:00Z", 80),
        (AS_BUSY, "Europe/Stockholm", "2026-10-24T12:00:00Z", 81),
    ],
)
def test_every_record_of_a_day_equals_the_recomputation(
    tmp_path: Path, rules: dict[str, Any], zone: str, start: str, users: int
) -> None:
    with simulated(users=users, seed=users, start=start) as tenant:
        thicken(tenant, time_of(start), Random(users))
        integrate(tenant, tmp_path, rules=rules, time_zone=zone)
        sync(tmp_path, "run", "--for", "24h")
        told = records(tmp_path)
        found = truth(tenant, rules, zone, time_of(start))
        private = {e["subject"] for e in tenant.state("events") if e["sensitivity"] != "normal"}
        private -= {e["subject"] for e in tenant.state("events") if e["sensitivity"] == "normal"}
    assert len(found) > users * 0.8
    assert len(told) > 3 * users
    check(found, told, rules)
    assert complete(found, told, rules, time_of(start) + timedelta(hours=24)) > 2 * users
    if rules["private"] != "as-type":
        assert private
        for path in (path for path in tmp_path.rglob("*") if path.is_file()):
            text = path.read_bytes()
            assert not [subject for subject in private if subject and subject.encode() in text], path
