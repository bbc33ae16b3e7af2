"""Trouble in a rehearsal, with the real commands: nothing is cleared, records say stale, the broken link is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sync.tenant import grant, integrate, records, withdraw
from tests.sync.test_day import sync, time_of
from tests.tenant import SimulatedTenant, simulated

START = "2026-11-23T07:00:00Z"


def meeting(number: int, owner: str, start: str, end: str) -> dict[str, Any]:
    """A busy hour of that owner."""
    return {
        "id": f"meeting-{number}-{start}",
        "@owner": owner,
        "subject": "Budget",
        "showAs": "busy",
        "start": {"dateTime": f"2026-11-23T{start}:00", "timeZone": "UTC"},
        "end": {"dateTime": f"2026-11-23T{end}:00", "timeZone": "UTC"},
    }


def planned(tenant: SimulatedTenant, root: Path) -> Path:
    """An integration whose people have two known meetings each and nothing else."""
    users = [user for user in tenant.state("users") if user["mail"] and user["accountEnabled"]]
    tenant.delete("/state/events")
    hours = [("08:00", "10:00"), ("12:00", "13:00")]
    tenant.seed(events=[meeting(n, u["id"], *hour) for n, u in enumerate(users) for hour in hours])
    return integrate(tenant, root)


def told(root: Path, since: int) -> tuple[int, list[dict[str, Any]]]:
    """The records after the first `since`, and how many there are now."""
    found = records(root)
    return len(found), found[since:]


def status(root: Path, code: int) -> dict[str, Any]:
    """The one entry of `sync status -o json`."""
    (entry,) = json.loads(sync(root, "status", "-o", "json", code=code).stdout)
    assert isinstance(entry, dict)
    return entry


@pytest.mark.slow
@pytest.mark.parametrize("lost", [("Calendars.Read",), ("User.Read.All",), ("Calendars.Read", "User.Read.All")])
def test_withdrawn_consent(tmp_path: Path, lost: tuple[str, ...]) -> None:
    with simulated(users=12, start=START) as tenant:
        planned(tenant, tmp_path)
        sync(tmp_path, "run", "--for", "90m")
        seen, before = told(tmp_path, 0)
        people = {record["key"] for record in before}
        assert {record["state"] for record in before if record["at"].startswith("2026-11-23T08:00:00")} == {"busy"}
        withdraw(tenant, *lost)
        tenant.advance("60m")
        sync(tmp_path, "run", "--for", "5h")
        seen, held = told(tmp_path, seen)
        entry = status(tmp_path, 3)
        assert (entry["ok"], entry["link"], entry["stale"]) == (False, "granted", len(people))
        assert all(name in entry["fact"] for name in lost)
        for name in lost:
            grant(tenant, name)
        sync(tmp_path, "run", "--for", "30m")
        _, after = told(tmp_path, seen)
        assert status(tmp_path, 0)["link"] is None
    for key in people:
        mine = [(r["at"][11:19], r["state"], r["stale"]) for r in held if r["key"] == key]
        assert ("12:00:00", "busy", True) in mine
        assert ("13:00:00", "available", True) in mine
        assert mine[0][:2] == ("10:00:00", "available") or mine[0] == (mine[0][0], "busy", True)
        assert [(r["state"], r["stale"]) for r in after if r["key"] == key] == [("available", False)]
    assert not [r for r in held if r["stale"] is False and time_of(r["at"]) > time_of("2026-11-23T10:30:00Z")]


@pytest.mark.slow
def test_an_empty_list_of_users(tmp_path: Path) -> None:
    with simulated(users=12, start=START) as tenant:
        planned(tenant, tmp_path)
        sync(tmp_path, "run", "--for", "90m")
        users = tenant.state("users")
        seen, before = told(tmp_path, 0)
        people = {record["key"] for record in before}
        tenant.delete("/state/users")
        sync(tmp_path, "run", "--for", "4h")
        seen, held = told(tmp_path, seen)
        entry = status(tmp_path, 3)
        assert (entry["link"], entry["stale"]) == ("addresses", len(people))
        assert entry["people"]["matched"] == len(people)
        tenant.seed(users=users)
        sync(tmp_path, "run", "--for", "90m")
        _, after = told(tmp_path, seen)
        assert status(tmp_path, 0)["ok"] is True
    for key in people:
        mine = [(r["at"][11:19], r["state"], r["stale"]) for r in held if r["key"] == key]
        assert mine[0][1:] == ("busy", True)
        assert mine[1:] == [("10:00:00", "available", True), ("12:00:00", "busy", True)]
        back = [(r["state"], r["stale"]) for r in after if r["key"] == key]
        assert back[-1] == ("available", False)
        assert ("busy", False) in back


@pytest.mark.slow
def test_one_mailbox_is_kept_out(tmp_path: Path) -> None:
    with simulated(users=12, start=START) as tenant:
        planned(tenant, tmp_path)
        sync(tmp_path, "once")
        seen, before = told(tmp_path, 0)
        address = before[0]["key"]
        owner = next(user["id"] for user in tenant.state("users") if (user["mail"] or "").lower() == address)
        tenant.fault("503", rate=1, match=f"GET .*/users/{owner}/calendarView")
        sync(tmp_path, "once")
        _, held = told(tmp_path, seen)
        assert [(r["key"], r["stale"]) for r in held] == [(address, True)]
        entry = status(tmp_path, 0)
        assert entry["stale"] == 1
        assert "1 of" in entry["fact"]
        explained = json.loads(sync(tmp_path, "explain", address, "-o", "json").stdout)
        assert "503" in " ".join(explained[0]["facts"])


@pytest.mark.slow
def test_a_day_with_faults_loses_nothing(tmp_path: Path) -> None:
    """A third of all requests fail or are throttled; at the end everybody is as they should be."""
    with simulated(users=30, start=START, faults=0.3, seed=5) as tenant:
        planned(tenant, tmp_path)
        sync(tmp_path, "run", "--for", "8h")
        found = records(tmp_path)
        faulted = [request for request in tenant.requests() if request["fault"]]
    assert len(faulted) > 5
    assert {r["at"][11:19] for r in found if r["state"] == "busy" and not r["stale"]} >= {"08:00:00", "12:00:00"}
    last = {record["key"]: record for record in found}
    assert {(record["state"], record["stale"]) for record in last.values()} == {("available", False)}
    for key in last:
        sequences = [record["sequence"] for record in found if record["key"] == key]
        assert sequences == list(range(1, len(sequences) + 1))
