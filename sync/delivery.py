"""Carries records from the outbox to one sink: in order for each key, at least once, with back-off."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from sync.flow import note_of, save_note
from sync.instants import SECOND
from sync.model import Pending
from sync.sinks.interface import Delivery, Sink, SinkError
from sync.store import Store

log = logging.getLogger(__name__)

CHUNK = 500  # records handed over at once
LONGEST = 300  # seconds between attempts at a sink that does not answer
GIVE_UP = 12  # refusals of one record, about an hour apart at the end, before it is dropped and said so


@dataclass
class _Attempt:
    """What one run of a pump came to; `error` is the last thing that went wrong."""

    taken: int = 0
    dropped: int = 0
    error: str = ""


class Pump:
    """The way to one sink. It keeps no record itself; what it remembers is only when to try again."""

    def __init__(self, name: str, sink: Sink, store: Store, now: Callable[[], int], extra: dict[str, Any]) -> None:
        """`extra` goes with each line of the log."""
        self.name = name
        self._sink = sink
        self._store = store
        self._now = now
        self._extra = extra
        self._opened = False
        self._fails = 0
        self._again = 0  # the instant before which the sink is left in peace
        self._refusals: dict[int, int] = {}
        self._resting: dict[str, int] = {}  # keys whose record was refused, and when it is tried again

    @property
    def _shown(self) -> str:
        """The sink's name as the log may tell it: a url's query may hold a token of the receiver."""
        return self.name.partition("?")[0]

    @property
    def due(self) -> int | None:
        """When there is something to do next; None where nothing waits."""
        waiting = self._store.pending(self.name, len(self._resting) + 1)
        if not waiting:
            return None
        return max(self._again, min(self._resting.get(record.key, 0) for record in waiting))

    async def run(self) -> None:
        """Delivers until nothing is left, or the sink has to be left in peace for a while."""
        attempt = _Attempt()
        try:
            if not self._opened:
                self._store.delivered(self.name, await self._sink.open(self._store.pending(self.name, 10 * CHUNK)))
                self._opened = True
            while batch := self._batch():
                delivery = await self._sink.deliver(batch)
                self._take(batch, delivery, attempt)
                if delivery.failure is not None:
                    raise delivery.failure
                self._fails = 0
        except SinkError as failure:
            attempt.error = str(failure)
            self._back_off(failure)
        self._remember(attempt)

    async def close(self) -> None:
        """Ends the sink's use."""
        await self._sink.close()

    def _batch(self) -> list[Pending]:
        """The oldest records of keys that do not rest."""
        now = self._now()
        self._resting = {key: until for key, until in self._resting.items() if until > now}
        waiting = self._store.pending(self.name, CHUNK + len(self._resting))
        return [record for record in waiting if record.key not in self._resting]

    def _take(self, batch: list[Pending], delivery: Delivery, attempt: _Attempt) -> None:
        done = list(delivery.taken)
        attempt.taken += len(done)
        keys = {record.id: record.key for record in batch}
        for number, why in delivery.refused.items():
            attempt.error = f"the sink refused a record ({why})"
            count = self._refusals[number] = self._refusals.get(number, 0) + 1
            if count >= GIVE_UP:
                log.error(
                    "%s refused a record %d times (%s); it is dropped", self._shown, count, why, extra=self._extra
                )
                done.append(number)
                attempt.dropped += 1
            else:
                self._resting[keys[number]] = self._now() + min(2**count, 3600) * SECOND
        for number in done:
            self._refusals.pop(number, None)
        self._store.delivered(self.name, done)

    def _remember(self, attempt: _Attempt) -> None:
        """Leaves in the store, for whoever asks for the status, how the sink stands now."""
        note = note_of(self._store, self.name)
        if attempt.error:
            dropped = attempt.dropped + (0 if attempt.taken else note.dropped)
            stuck = not attempt.taken
            changes = {"tried": self._now(), "error": attempt.error, "stuck": stuck, "dropped": dropped}
        elif attempt.taken:
            error = note.error if self._refusals else ""
            changes = {"error": error, "stuck": False, "dropped": 0}
        else:
            return
        save_note(self._store, self.name, msgspec.structs.replace(note, **changes))

    def _back_off(self, failure: SinkError) -> None:
        self._fails += 1
        seconds = max(failure.retry_after or 0.0, min(2.0**self._fails, LONGEST))
        self._again = self._now() + int(seconds * SECOND)
        log.warning("%s: %s; next attempt in %.0f s", self._shown, failure, seconds, extra=self._extra)
