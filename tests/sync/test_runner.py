"""The loop: rounds by the clock, flips at their instants, an orderly end, and loud death."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from sync.instants import DAY, HOUR, MINUTE, SECOND, parse
from sync.model import Pending, Record, Round, record_of
from sync.pace import Pace
from sync.runner import Runner, Schedule
from sync.sinks.interface import Delivery, SinkError
from sync.store.memory import MemoryStore
from tests.sync.fake import FakeDoor, HandClock, graph_error, graph_event
from tests.sync.make import NOW, integration


class ListSink:
    """Keeps records; may be down, slow or broken."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.down = False
        self.broken: Exception | None = None
        self.hold: asyncio.Event | None = None

    async def open(self, waiting: Sequence[Pending]) -> list[int]:
        return []

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        if self.hold is not None:
            await self.hold.wait()
        if self.broken is not None:
            raise self.broken
        if self.down:
            return Delivery([], {}, SinkError("down"))
        self.records += [record_of(each.body) for each in records]
        return Delivery([each.id for each in records], {})

    async def close(self) -> None: ...


class Stage:
    """A runner with everything around it in memory."""

    def __init__(self, **file: Any) -> None:
        self.clock = HandClock()
        self.door = FakeDoor()
        self.store = MemoryStore()
        self.sink = ListSink()
        self.stop = asyncio.Event()
        self.file = integration(**file)
        for number in range(3):
            self.door.add(number, graph_event(NOW + (number + 1) * HOUR, NOW + (number + 2) * HOUR))

    def runner(self, **more: Any) -> Runner:
        pace = Pace(self.clock, rehearsal=True)
        return Runner(self.file, self.door, self.store, {"s": self.sink}, pace, **more)

    async def run(self, length: int, **more: Any) -> None:
        await self.runner(**more).run(self.stop, self.clock.at + length)

    def rounds(self) -> int:
        """How many mailboxes were asked, by rounds."""
        return len([path for path in self.door.asked if "calendarView" in path]) // 3


async def until(so: Callable[[], bool]) -> None:
    """Waits, a few seconds at most, until it is so."""
    for _ in range(500):
        if so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came so far")


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_states_change_at_the_instants_of_events(stage: Stage) -> None:
    await stage.run(DAY)
    told = sorted((r.at[11:], r.key[:2], r.state) for r in stage.sink.records)
    assert told == [
        ("08:00:00Z", "u0", "available"),
        ("08:00:00Z", "u1", "available"),
        ("08:00:00Z", "u2", "available"),
        ("09:00:00Z", "u0", "busy"),
        ("10:00:00Z", "u0", "available"),
        ("10:00:00Z", "u1", "busy"),
        ("11:00:00Z", "u1", "available"),
        ("11:00:00Z", "u2", "busy"),
        ("12:00:00Z", "u2", "available"),
    ]
    assert stage.clock.at - (NOW + DAY) < 2 * SECOND


async def test_users_are_read_daily_and_calendars_hourly(stage: Stage) -> None:
    await stage.run(2 * DAY + HOUR // 2)
    assert stage.door.asked.count("/users") == 3
    assert 49 <= stage.rounds() <= 51


async def test_other_intervals_are_kept(stage: Stage) -> None:
    await stage.run(3 * HOUR - MINUTE, schedule=Schedule(users=HOUR, calendars=30 * MINUTE))
    assert stage.door.asked.count("/users") == 3
    assert 6 <= stage.rounds() <= 8


async def test_a_failed_round_is_tried_again_soon_then_less_often(stage: Stage) -> None:
    await stage.run(MINUTE)
    stage.door.users_error = graph_error(503)
    stage.door.asked.clear()
    await stage.run(3 * HOUR)
    assert stage.door.asked.count("/users") == 6  # at 0, 5, 15, 35, 75 minutes, then each hour


def test_a_round_that_went_well_is_due_after_its_interval_from_its_beginning() -> None:
    done = Round(name="calendars", last=NOW + 9 * MINUTE, ok=True)
    assert Schedule().after(done, NOW) == NOW + HOUR
    failed = Round(name="users", last=NOW, ok=False, fails=30)
    assert Schedule().after(failed, NOW) == NOW + HOUR


async def test_the_next_run_takes_up_where_the_last_one_ended(stage: Stage) -> None:
    await stage.run(HOUR + MINUTE)
    stage.clock.at = NOW + 150 * MINUTE
    stage.sink.records.clear()
    await stage.run(MINUTE)
    told = sorted((r.key[:2], r.state, r.sequence, r.at[11:16]) for r in stage.sink.records)
    assert told == [("u0", "available", 3, "10:30"), ("u1", "busy", 2, "10:30")]


async def test_changed_rules_are_applied_to_what_is_known_even_if_nothing_can_be_read(stage: Stage) -> None:
    await stage.run(HOUR + MINUTE)
    stage.door.users_error = stage.door.batch_error = graph_error(503)
    stage.file = integration(rules={"state": {"busy": "Möte", "free": "Ledig"}})
    stage.sink.records.clear()
    await stage.run(MINUTE)
    assert sorted((r.key[:2], r.state) for r in stage.sink.records if not r.stale) == [
        ("u0", "Möte"),
        ("u1", "Ledig"),
        ("u2", "Ledig"),
    ]


async def test_a_new_sink_gets_everybodys_state(stage: Stage) -> None:
    await stage.run(MINUTE)
    other = ListSink()
    await Runner(
        stage.file, stage.door, stage.store, {"s": stage.sink, "new": other}, Pace(stage.clock, rehearsal=True)
    ).run(stage.stop, stage.clock.at + MINUTE)
    assert sorted(r.key[:2] for r in other.records) == ["u0", "u1", "u2"]


async def test_a_sink_that_was_down_gets_all_of_it_later(stage: Stage) -> None:
    stage.sink.down = True
    await stage.run(2 * HOUR)
    assert stage.sink.records == []
    stage.sink.down = False
    await stage.run(10 * MINUTE)
    assert len(stage.sink.records) == 6


async def test_people_gone_are_released_and_forgotten_after_the_retention_time(stage: Stage) -> None:
    await stage.run(90 * MINUTE)
    stage.door.users = stage.door.users[1:]
    stage.sink.records.clear()
    await stage.run(MINUTE)
    assert [(r.key[:2], r.state, r.source) for r in stage.sink.records] == [("u0", "available", "default")]
    assert stage.store.person("u0@contoso.com") is not None
    await stage.run(3 * DAY, schedule=Schedule(retention=2 * DAY))
    assert stage.store.person("u0@contoso.com") is None


async def test_a_stop_ends_the_run_and_delivers_what_is_left(stage: Stage) -> None:
    task = asyncio.create_task(stage.runner().run(stage.stop))
    await until(lambda: bool(stage.sink.records))
    stage.stop.set()
    async with asyncio.timeout(5):
        await task
    assert stage.store.pending("s") == []


async def test_a_stop_waits_for_a_slow_sink_only_so_long(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.runner.GRACE", 0.1)
    stage.sink.hold = asyncio.Event()
    task = asyncio.create_task(stage.runner().run(stage.stop))
    await until(lambda: len(stage.store.pending("s")) == 3)
    stage.stop.set()
    async with asyncio.timeout(5):
        await task
    assert len(stage.store.pending("s")) >= 3


async def test_a_sink_with_a_bug_ends_the_runner_loudly(stage: Stage) -> None:
    stage.sink.broken = ZeroDivisionError("bug")
    with pytest.raises(ZeroDivisionError):
        await stage.run(HOUR)


async def test_a_round_with_a_bug_ends_the_runner_loudly(stage: Stage) -> None:
    stage.door.users_error = ZeroDivisionError("bug")  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        await stage.run(HOUR)


async def test_once_reads_delivers_and_tells_whether_all_went_well(stage: Stage) -> None:
    runner = stage.runner()
    assert await runner.once()
    assert len(stage.sink.records) == 3
    assert stage.clock.at == NOW
    assert stage.store.rounds()["calendars"].next is None
    stage.door.users_error = graph_error(503)
    assert not await stage.runner().once()
    await runner.close()


async def test_a_real_clock_is_slept_on_while_work_is_under_way() -> None:
    """With a clock that does not leap, the wait ends with the event although somebody works."""

    class Still:
        def now(self) -> datetime:
            raise AssertionError("not asked")

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(min(seconds, 30))

    pace, moved = Pace(Still(), rehearsal=False), asyncio.Event()
    with pace.work():
        asyncio.get_running_loop().call_later(0.02, moved.set)
        async with asyncio.timeout(5):
            await pace.wait(3600, moved)


async def test_a_rehearsals_time_stands_while_somebody_works() -> None:
    clock = HandClock()
    pace, moved = Pace(clock, rehearsal=True), asyncio.Event()
    with pace.work():
        await pace.wait(3600, moved)
        assert clock.at == NOW
    await pace.wait(60, moved)
    assert clock.at == parse("2026-11-21T08:01:00Z")
