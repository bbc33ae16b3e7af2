"""The way from the outbox to a sink: order, back-off, refusals, and nothing lost over a crash."""

from collections.abc import Sequence

import pytest

from sync.delivery import GIVE_UP, LONGEST, Pump
from sync.instants import HOUR, SECOND
from sync.model import Pending, record_of
from sync.sinks.interface import Delivery, SinkError
from sync.store.memory import MemoryStore
from tests.sync.make import NOW, person, record
from tests.sync.store.test_store import adopt


class ScriptedSink:
    """Takes everything unless told otherwise."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.down: SinkError | None = None
        self.refuses: set[str] = set()
        self.has: list[int] = []
        self.opened = self.closed = 0

    async def open(self, waiting: Sequence[Pending]) -> list[int]:
        self.opened += 1
        if self.down is not None:
            raise self.down
        return self.has

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        if self.down is not None:
            return Delivery([], {}, self.down)
        taken, refused, stopped = [], {}, set()
        for each in records:
            if each.key in self.refuses and each.key not in stopped:
                refused[each.id] = "HTTP 422"
            if each.key in self.refuses:
                stopped.add(each.key)
                continue
            self.taken.append((each.key[:2], record_of(each.body).sequence))
            taken.append(each.id)
        return Delivery(taken, refused)

    async def close(self) -> None:
        self.closed += 1


class Way:
    """A pump with its sink, store and clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = MemoryStore()
        adopt(self.store, 1, 2)
        self.sink = ScriptedSink()
        self.pump = Pump("s", self.sink, self.store, lambda: self.now, {})
        self.sequences = {1: 0, 2: 0}

    def tell(self, *numbers: int) -> None:
        """One more record of each of these people."""
        for number in numbers:
            self.sequences[number] += 1
            made = record(f"u{number}@contoso.com", self.sequences[number])
            self.store.save([person(number, sent=made)], [made], ["s"])


@pytest.fixture
def way() -> Way:
    return Way()


async def test_all_that_waits_is_delivered_in_order(way: Way) -> None:
    way.tell(1, 2, 1, 1)
    await way.pump.run()
    assert way.sink.taken == [("u1", 1), ("u2", 1), ("u1", 2), ("u1", 3)]
    assert way.pump.due is None
    way.tell(2)
    await way.pump.run()
    assert (way.sink.taken[-1], way.sink.opened) == (("u2", 2), 1)
    await way.pump.close()
    assert way.sink.closed == 1


async def test_what_the_sink_has_from_before_a_crash_is_not_sent_again(way: Way) -> None:
    way.tell(1, 2)
    way.sink.has = [way.store.pending("s")[0].id]
    await way.pump.run()
    assert way.sink.taken == [("u2", 1)]


async def test_a_sink_that_is_down_is_left_in_peace_longer_and_longer(way: Way) -> None:
    way.tell(1)
    way.sink.down = SinkError("down")
    waits = []
    for _ in range(12):
        await way.pump.run()
        assert way.pump.due is not None
        waits.append((way.pump.due - way.now) // SECOND)
        way.now = way.pump.due
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, LONGEST, LONGEST, LONGEST, LONGEST]
    way.sink.down = None
    await way.pump.run()
    assert way.sink.taken == [("u1", 1)]
    way.sink.down = SinkError("down", retry_after=1000)
    way.tell(1)
    await way.pump.run()
    assert way.pump.due == way.now + 1000 * SECOND


async def test_a_refused_record_holds_back_its_key_alone_and_is_dropped_in_the_end(way: Way) -> None:
    way.tell(1, 1, 2)
    way.sink.refuses = {"u1@contoso.com"}
    await way.pump.run()
    assert way.sink.taken == [("u2", 1)]
    way.tell(2)
    await way.pump.run()
    assert way.sink.taken == [("u2", 1), ("u2", 2)]
    for _ in range(GIVE_UP - 2):
        assert way.pump.due is not None
        assert way.pump.due > way.now
        way.now = way.pump.due
        await way.pump.run()
    assert len(way.store.pending("s")) == 2
    way.now += HOUR
    way.sink.refuses = {"u1@contoso.com"}
    await way.pump.run()
    assert [record_of(each.body).sequence for each in way.store.pending("s")] == [2]
    way.now += HOUR
    way.sink.refuses = set()
    await way.pump.run()
    assert way.sink.taken[-1] == ("u1", 2)
