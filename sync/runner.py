"""Runs one integration: rounds when they are due, flips when events begin and end, deliveries when there is news.

One loop, one main wait. Rounds and deliveries are tasks beside it; one that dies of a bug ends the runner loudly.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sync import flow
from sync.delivery import Pump
from sync.instants import DAY, HOUR, MINUTE, SECOND, of, text
from sync.keeper import Keeper
from sync.model import Round, RoundName
from sync.pace import Pace
from sync.rounds import Rounds
from sync.sinks import Sink
from sync.sources.interface import Door
from sync.store import Store
from tenantry.integration import IntegrationFile
from tenantry.log import fields

log = logging.getLogger(__name__)

FIRST_RETRY = 5 * MINUTE  # after a failed round; doubled from one to the next, up to an hour
GRACE = 10.0  # real seconds that work under way gets at a stop


@dataclass(frozen=True)
class Schedule:
    """How often rounds are done and how long people that are gone are remembered, in milliseconds."""

    users: int = DAY
    calendars: int = HOUR
    retention: int = 30 * DAY

    def after(self, done: Round, began: int) -> int:
        """When the round after this one is due, counted from its beginning: after a failure sooner than usual."""
        usual = self.users if done.name == "users" else self.calendars
        if done.ok:
            return began + usual
        backed_off: int = FIRST_RETRY * 2 ** min(done.fails - 1, 10)
        return began + min(usual, HOUR, backed_off)


class Runner:
    """One integration at work. Use `once`, or `run`; then `close`."""

    def __init__(
        self,
        file: IntegrationFile,
        door: Door,
        store: Store,
        sinks: Mapping[str, Sink],
        pace: Pace,
        *,
        schedule: Schedule | None = None,
        accept: bool = False,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Args:
            file: The integration.
            door: To its tenant.
            store: The runner's own.
            sinks: By name.
            pace: Shared with all runners that share the clock.
            schedule: How often.
            accept: An empty or shrunken read is believed, because a person said so.
            note: Told what is being done, for whoever looks on.
        """
        self._file = file
        self._store = store
        self._pace = pace
        self._schedule = schedule or Schedule()
        self._note = note
        self._extra = fields(tenant=file.tenant.name, integration=file.integration)
        self._keeper = Keeper(store, file.rules, tuple(sinks))
        self._rounds = Rounds(file, door, self._keeper, self.now, accept=accept, note=note)
        self._pumps = [Pump(name, sink, store, self.now, self._extra) for name, sink in sinks.items()]
        self._next: dict[RoundName, int] = {"users": 0, "calendars": 0}
        self._tasks: dict[str, asyncio.Task[object]] = {}
        self._moved = asyncio.Event()

    def now(self) -> int:
        """The time, as an instant."""
        return of(self._pace.clock.now())

    async def once(self) -> bool:
        """Both rounds once, and what comes of them delivered. Returns whether all of it went well."""
        await self._begin()
        with self._pace.work():
            rounds = [await self._round("users", repeat=False), await self._round("calendars", repeat=False)]
            await self._flip(self.now())
            for pump in self._pumps:
                await pump.run()
        return all(done.ok for done in rounds) and all(pump.due is None for pump in self._pumps)

    async def run(self, stop: asyncio.Event, end: int | None = None) -> None:
        """Works until `stop` is set or the clock passes `end`, then finishes or gives back what is under way.

        Raises:
            Exception: Whatever a task died of.
        """
        await self._begin()
        try:
            while True:
                self._moved.clear()
                now = self.now()
                await self._flip(now if end is None else min(now, end))
                self._reap()
                over = stop.is_set() or (end is not None and now >= end)
                if over:
                    break
                self._start_due(now)
                await self._pace.wait(self._pause(end), stop, self._moved)
        finally:
            await self._finish()

    async def close(self) -> None:
        """Ends sinks and store."""
        for pump in self._pumps:
            await pump.close()
        self._store.close()

    async def _begin(self) -> None:
        """Takes up where the last run ended: sinks and rules may have changed since, and time has passed."""
        now = self.now()
        flow.begin(self._store, [pump.name for pump in self._pumps], now)
        rules = msgspec.json.encode((self._file.rules, self._file.time_zone)).decode()
        if self._store.fact("rules") not in (None, rules):
            log.info("the rules changed: every state is worked out anew", extra=self._extra)
            self._store.hasten(now)
        self._store.save_fact("rules", rules)
        for _ in iter(lambda: self._keeper.jump(now), 0):
            await asyncio.sleep(0)

    async def _flip(self, now: int) -> None:
        """Tells every change due by now, a few people at a time, so that rounds and sinks go on meanwhile."""
        for _ in iter(lambda: self._keeper.flip(now), 0):
            await asyncio.sleep(0)

    def _start_due(self, now: int) -> None:
        """Starts the rounds and deliveries whose time has come; a round at a time, users first."""
        if "round" not in self._tasks:
            due = next((name for name in self._next if self._next[name] <= now), None)
            if due is not None:
                self._start("round", self._round(due))
        for pump in self._pumps:
            if pump.name not in self._tasks and pump.due is not None and pump.due <= now:
                self._start(pump.name, pump.run())

    def _start(self, name: str, work: Coroutine[Any, Any, object]) -> None:
        """A task beside the loop; time is held from here on, not only from when the task gets its turn."""
        self._pace.hold()
        self._tasks[name] = task = asyncio.ensure_future(work)
        task.add_done_callback(self._ended)

    def _ended(self, _: "asyncio.Task[object]") -> None:
        self._pace.release()
        self._moved.set()

    def _reap(self) -> None:
        """Forgets tasks that are done; raises what one of them died of."""
        for name, task in [(name, task) for name, task in self._tasks.items() if task.done()]:
            del self._tasks[name]
            task.result()

    def _pause(self, end: int | None) -> float:
        """Seconds until something is due by the clock."""
        dues = [self._store.next_due(), end]
        if "round" not in self._tasks:
            dues += self._next.values()
        dues += [pump.due for pump in self._pumps if pump.name not in self._tasks]
        soonest = min(due for due in dues if due is not None) if any(due is not None for due in dues) else None
        return HOUR / SECOND if soonest is None else max(0, soonest - self.now()) / SECOND

    async def _round(self, name: RoundName, *, repeat: bool = True) -> Round:
        """One round; a good users round is followed by calendars at once, for those who are new."""
        began = self.now()
        done = await (self._rounds.users() if name == "users" else self._rounds.calendars())
        if name == "users" and done.ok:
            self._store.purge(done.last - self._schedule.retention)
            self._next["calendars"] = 0
        self._next[name] = self._schedule.after(done, began)
        if repeat:
            done = msgspec.structs.replace(done, next=self._next[name])
            self._store.save_round(done)
            self._note(f"next {name} round at {text(self._next[name])}")
        return done

    async def _finish(self) -> None:
        """Lets work under way end within the deadline, delivers what is left, and gives back the rest."""
        try:
            async with asyncio.timeout(GRACE):
                await asyncio.gather(*self._tasks.values())
                for pump in self._pumps:
                    if pump.due is not None and pump.due <= self.now():
                        await pump.run()
        except TimeoutError:
            log.warning("stopped with work under way; the next run takes it up", extra=self._extra)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            self._tasks.clear()
