"""The two rounds: users (daily) and calendars (hourly). A round that fails, or is not believed, changes no state."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sync.keeper import Keeper
from sync.links import Fault, fault, missing, not_granted, short
from sync.matching import LARGEST_LOSS, Wanted, refusal, shrink
from sync.model import CALENDAR_STALE, USERS_STALE, People, Round, RoundName, pack
from sync.sources.calendars import Reading, View, read_calendars
from sync.sources.interface import Door
from sync.sources.users import read_users
from tenantry.errors import GraphError, SignInError, TenantryError
from tenantry.integration import IntegrationFile
from tenantry.log import fields

log = logging.getLogger(__name__)

TOGETHER = 20  # mailboxes in one transaction, as many as in one $batch
EMPTY = "suddenly empty"
NO_EVENTS = pack(())


class Outcome(NamedTuple):
    """How a round went: the broken link, or a note on what did not go well though the round did."""

    fault: Fault | None = None
    note: str = ""


@dataclass
class _Tally:
    """What a calendars round has met so far."""

    done: set[str] = field(default_factory=set)
    emptied: list[Reading] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    error: GraphError | None = None

    def count(self, reading: Reading) -> None:
        """Counts one reading."""
        if reading.calendar is not None:
            self.done.add(reading.key)
        else:
            self.failures[reading.failure] += 1
            self.error = self.error or reading.error

    @property
    def note(self) -> str:
        """What failed, in a sentence; empty where nothing did."""
        reasons = ", ".join(f"{reason} ({count})" for reason, count in self.failures.most_common(3))
        total = self.failures.total()
        return f"{total} of {total + len(self.done)} mailboxes were not read: {reasons}." if total else ""


class Rounds:
    """Does rounds of one integration through one door."""

    def __init__(
        self,
        file: IntegrationFile,
        door: Door,
        keeper: Keeper,
        now: Callable[[], int],
        *,
        accept: bool = False,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Args:
            file: The integration.
            door: To its tenant.
            keeper: Takes in what is read.
            now: The time, as an instant.
            accept: An empty or shrunken read is believed, because a person said so.
            note: Told what is being read, for whoever looks on.
        """
        self._file = file
        self._door = door
        self._keeper = keeper
        self._now = now
        self._accept = accept
        self._note = note
        self._zone = ZoneInfo(file.time_zone)
        self._extra = fields(tenant=file.tenant.name, integration=file.integration)

    async def users(self) -> Round:
        """Reads the users, matches them, and adopts the result whole or not at all."""
        outcome = await self._guarded("users", self._users)
        self._keeper.mark(USERS_STALE, on=outcome.fault is not None, now=self._now())
        return self._end("users", outcome)

    async def calendars(self) -> Round:
        """Reads the calendars of everybody that follows; a mailbox that fails is held, alone."""
        return self._end("calendars", await self._guarded("calendars", self._calendars))

    async def _guarded(self, name: RoundName, work: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Runs a round's work and makes an outcome of its error. After a refusal a fresh token is taken first."""
        before = self._keeper.store.rounds().get(name)
        try:
            if before is not None and before.link in ("granted", "scoped", "credential", "required"):
                await self._door.renew()
            return await work()
        except TenantryError as error:
            return Outcome(await self._explained(error))

    async def _users(self) -> Outcome:
        store = self._keeper.store
        store.begin_users()
        count = 0
        async with aclosing(read_users(self._door)) as pages:
            async for page in pages:
                store.stage_users(page)
                count += len(page)
                self._note(f"{count:,} users")
        wanted = Wanted(self._file)
        matched, duplicate = store.stage_matches(wanted.match(store.staged_users()))
        users, active, gone = store.staged_loss()
        why = refusal(shrink(users, active, gone, wanted))
        if why and not self._accept:
            return Outcome(await self._refused(why))
        configured = matched if wanted.everybody else len(wanted.keys)
        people = People(configured=configured, matched=matched, unmatched=configured - matched, duplicate=duplicate)
        store.adopt(self._now(), people)
        log.info("users: %d read, %d of %d people matched", users, matched, configured, extra=self._extra)
        return Outcome()

    async def _calendars(self) -> Outcome:
        tally, view = _Tally(), View(self._now(), self._file.rules, self._zone)
        try:
            await self._read(tally, view)
        except TenantryError as error:
            self._keeper.hold(short(error), self._now(), but=tally.done)
            raise
        emptied = self._settle(tally)
        known, stale = len(tally.done), self._keeper.store.stale(CALENDAR_STALE)
        log.info("calendars: %d read%s", known, f"; {tally.note}" if tally.note else "", extra=self._extra)
        if emptied:
            return Outcome(
                Fault("state", f"{len(tally.emptied)} calendars were suddenly empty; what was known is held.")
            )
        if tally.error is not None and (not known or stale > _tolerable(known + stale)):
            return Outcome(await self._explained(tally.error))
        return Outcome(note=tally.note)

    async def _read(self, tally: _Tally, view: View) -> None:
        """Takes readings in as they come; those that came back suddenly empty wait for the end of the round."""
        waiting: list[Reading] = []
        try:
            async with aclosing(read_calendars(self._door, self._keeper.readable(), view)) as readings:
                async for reading in readings:
                    if reading.calendar == NO_EVENTS and self._keeper.had_events(reading.key, self._now()):
                        tally.emptied.append(reading)
                        continue
                    tally.count(reading)
                    waiting.append(reading)
                    if len(waiting) >= TOGETHER:
                        self._keeper.apply(waiting, self._now())
                        waiting.clear()
                        self._note(f"{len(tally.done):,} calendars")
        finally:
            self._keeper.apply(waiting, self._now())

    def _settle(self, tally: _Tally) -> bool:
        """Believes sudden emptiness of a few calendars, not of many at once; true where it is not believed."""
        many = len(tally.emptied) > _tolerable(len(tally.emptied) + len(tally.done)) and not self._accept
        held = [Reading(each.key, None, EMPTY) for each in tally.emptied]
        self._keeper.apply(held if many else tally.emptied, self._now())
        tally.done.update(() if many else (each.key for each in tally.emptied))
        return many

    async def _refused(self, why: str) -> Fault:
        """A users read that is not believed: the permission is missing, or the addresses are gone."""
        lacking = await self._lacking()
        if lacking:
            return not_granted(lacking)
        fix = "What was known is held. If it is really so, run `tenantry sync once --accept-loss`."
        return Fault("addresses", f"{why}.", fix)

    async def _explained(self, error: TenantryError) -> Fault:
        """The broken link; a refusal is followed by a look into a fresh token."""
        lacking: list[str] = []
        if isinstance(error, GraphError) and error.status == 403:
            try:
                lacking = await self._lacking()
            except (GraphError, SignInError) as worse:
                return fault(worse)
        return fault(error, lacking)

    async def _lacking(self) -> list[str]:
        """The permissions that a fresh token does not carry."""
        await self._door.renew()
        return missing(self._file, (await self._door.claims()).get("roles") or ())

    def _end(self, name: RoundName, outcome: Outcome) -> Round:
        """Writes down how the round went."""
        before = self._keeper.store.rounds().get(name)
        broken = outcome.fault
        fails = 0 if broken is None else (before.fails if before else 0) + 1
        done = Round(
            name=name,
            last=self._now(),
            ok=broken is None,
            link=None if broken is None else broken.link,
            error=(outcome.note or None) if broken is None else broken.text,
            fails=fails,
        )
        if broken is not None:
            log.warning("%s round failed (%s): %s", name, broken.link, broken.text, extra=self._extra)
        self._keeper.store.save_round(done)
        return done


def _tolerable(total: int) -> float:
    """Of so many mailboxes, how many may fail or be emptied in one round without the round being doubted."""
    return max(2, LARGEST_LOSS * total)
