"""A sink that takes nothing is a broken last link, in `status` and in `check`, until it takes records again."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sync.check import check
from sync.flow import PATIENCE
from sync.instants import DAY, HOUR, MINUTE
from sync.model import Pending
from sync.pace import Pace
from sync.runner import Runner
from sync.sinks.interface import Delivery, Sink, SinkError
from sync.sinks.jsonl import JsonLines
from sync.sinks.webhook import Webhook
from sync.status import Status, status
from sync.store.memory import MemoryStore
from tests.sync.fake import graph_event
from tests.sync.make import NOW, integration, person, record
from tests.sync.store.test_store import adopt
from tests.sync.test_runner import ListSink, Stage
from tests.sync.test_status import GOOD

SINKS = [{"kind": "webhook", "url": "http://127.0.0.1:9/x?token=hidden"}]
NAME = "webhook:http://127.0.0.1:9/x?token=hidden"


class Refusing(ListSink):
    """Refuses all records for good."""

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        return Delivery([], {each.id: "HTTP 400" for each in records})


class Answering(ListSink):
    """Answers each delivery with this error."""

    def __init__(self, error: str) -> None:
        super().__init__()
        self.error = error

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        return Delivery([], {}, SinkError(self.error, 1.0)) if self.error else await super().deliver(records)


async def run(stage: Stage, sink: Sink, length: int) -> Status:
    """The status after a run of that length."""
    runner = Runner(stage.file, stage.door, stage.store, {NAME: sink}, Pace(stage.clock, rehearsal=True))
    await runner.run(stage.stop, stage.clock.at + length)
    return stands(stage)


def stands(stage: Stage) -> Status:
    return status(stage.file, stage.store, int(stage.clock.at))


async def state_of(stage: Stage) -> tuple[bool | None, str]:
    """The last link of `sync check`."""
    checked = await check(stage.file, stage.door, stage.store, int(stage.clock.at))
    assert checked.links[-1].link == "state"
    return checked.links[-1].ok, checked.links[-1].fact


def waiting(made: Status, error: str) -> None:
    """The status names the sink, how many wait, since when, and why; no token."""
    assert (made.ok, made.link) == (False, "state")
    assert "9 records wait for the sink webhook:http://127.0.0.1:9/x, since 2026-11-21T08:00:00Z." in made.fact
    assert error in made.fact
    assert "hidden" not in made.fact


@pytest.mark.parametrize("error", ["HTTP 500", "HTTP 429", "HTTP 302"])
async def test_a_sink_that_takes_nothing_is_named_and_recovery_clears_it(error: str) -> None:
    stage, sink = Stage(sinks=SINKS), Answering(error)
    waiting(await run(stage, sink, 2 * DAY), error)
    ok, fact = await state_of(stage)
    assert (ok, error in fact) == (False, True)
    sink.error = ""
    made = await run(stage, sink, 10 * MINUTE)
    assert (made.ok, made.link, len(sink.records)) == (True, None, 9)
    assert (await state_of(stage))[0] is True


async def test_nobody_listens_at_the_webhook() -> None:
    stage, hook = Stage(sinks=SINKS), Webhook("http://127.0.0.1:9/x", b"k" * 24, "t")
    made = await run(stage, hook, 2 * HOUR)
    await hook.close()
    assert (made.ok, made.link, "no answer from the webhook (ConnectError)" in made.fact) == (False, "state", True)


async def test_a_path_that_is_a_folder(tmp_path: Path) -> None:
    stage = Stage(sinks=SINKS)
    waiting(await run(stage, JsonLines(tmp_path), DAY), "cannot be read")
    assert (await run(stage, JsonLines(tmp_path / "a.jsonl"), 10 * MINUTE)).ok


async def test_one_attempt_that_failed_is_told_at_once_after_sync_once() -> None:
    stage, sink = Stage(sinks=SINKS), Answering("HTTP 500")
    runner = Runner(stage.file, stage.door, stage.store, {NAME: sink}, Pace(stage.clock, rehearsal=True))
    assert not await runner.once()
    assert (stands(stage).link, "3 records wait" in stands(stage).fact) == ("state", True)


async def test_a_sink_that_refuses_all_until_it_is_dropped_is_named_too() -> None:
    stage = Stage(sinks=SINKS)
    made = await run(stage, Refusing(), 2 * DAY)
    assert stage.store.waiting(NAME) == 0
    assert (made.link, "dropped: 9. The last error: the sink refused a record (HTTP 400)" in made.fact) == (
        "state",
        True,
    )
    begins = int(stage.clock.at)
    stage.door.events["id0"].append(graph_event(begins, begins + HOUR, "new"))
    assert (await run(stage, ListSink(), HOUR)).ok


def test_records_may_wait_a_little_where_no_attempt_failed() -> None:
    store, file = MemoryStore(), integration(sinks=SINKS)
    adopt(store, 1)
    for done in GOOD:
        store.save_round(done)
    made = record("u1@contoso.com")
    store.save([person(1, sent=made)], [made], [NAME])
    assert status(file, store, NOW + PATIENCE).ok
    late = status(file, store, NOW + PATIENCE + 1)
    assert (late.link, "1 record waits" in late.fact) == ("state", True)


async def test_a_new_sink_is_not_blamed_for_the_age_of_the_states_it_gets_first() -> None:
    stage = Stage(sinks=[{"kind": "jsonl", "name": "s"}])
    await stage.run(DAY)
    stage.file = integration(sinks=SINKS)
    runner = Runner(stage.file, stage.door, stage.store, {NAME: ListSink()}, Pace(stage.clock, rehearsal=True))
    await runner._begin()
    assert stage.store.waiting(NAME) == 3
    assert stands(stage).ok
