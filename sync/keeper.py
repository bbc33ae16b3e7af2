"""Keeps the people of one integration in step with what is known: applies readings, flips states, marks stale.

No waiting and no network here: each call takes a time, changes the store in whole transactions, and is done.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sync.decide import Step, decide, steps
from sync.model import CALENDAR_STALE, Person, Record, unpack
from sync.sources.calendars import Reading
from sync.store import Store
from tenantry.integration import Rules

CHUNK = 200  # people in one transaction


class Keeper:
    """See the module's text. `sinks` are the names of those that get records."""

    def __init__(self, store: Store, rules: Rules, sinks: Sequence[str]) -> None:
        self.store = store
        self.rules = rules
        self.sinks = tuple(sinks)

    def flip(self, now: int) -> int:
        """Tells what changed by itself up to `now`, for at most CHUNK people; returns how many these were."""
        due = self.store.due(now, CHUNK)
        floor = self.store.floor() if due else 0
        self._save(step for person in due for step in steps(person, self.rules, now, floor))
        return len(due)

    def jump(self, now: int) -> int:
        """The same after a time of not running: only what is so now is told, not every change that was missed."""
        due = self.store.due(now, CHUNK)
        floor = self.store.floor() if due else 0
        self._save(decide(person, self.rules, now, floor) for person in due)
        return len(due)

    def apply(self, readings: Iterable[Reading], now: int) -> None:
        """Takes in what was read: calendars replace what was known, failures hold it and mark it stale."""
        together = list(readings)
        persons = self.store.persons_of(reading.key for reading in together)
        floor = self.store.floor()
        found: list[Step] = []
        for reading in together:
            person = persons.get(reading.key)
            if person is not None and person.gone is None and person.follow and _news(person, reading):
                found += self._changed(person, _changes(person, reading), now, floor)
        self._save(found)

    def had_events(self, key: str, now: int) -> bool:
        """Whether the calendar is known to hold an event that is still to end."""
        person = self.store.person(key)
        return person is not None and any(event.end > now for event in unpack(person.calendar))

    def mark(self, bit: int, *, on: bool, now: int) -> None:
        """Sets or clears one reason to be stale for everybody that follows, and tells whom that changes."""
        floor = self.store.floor()
        for page in self._pages():
            moved = [person for person in page if bool(person.stale & bit) != on]
            self._save(step for p in moved for step in self._changed(p, {"stale": p.stale ^ bit}, now, floor))

    def hold(self, failure: str, now: int, *, but: frozenset[str] | set[str]) -> None:
        """Marks everybody's calendar as not read for this reason, but for those `but` that were."""
        for page in self._pages():
            self.apply((Reading(p.key, None, failure) for p in page if p.key not in but), now)

    def readable(self) -> Iterator[Person]:
        """Everybody whose calendar is to be read, by key."""
        return (person for page in self._pages() for person in page)

    def _changed(self, person: Person, changes: dict[str, object], now: int, floor: int) -> Iterator[Step]:
        """First what happened by itself up to `now`, then what these changes tell."""
        for step in steps(person, self.rules, now, floor):
            person = step.person
            yield step
        yield decide(msgspec.structs.replace(person, **changes), self.rules, now, floor)

    def _pages(self) -> Iterator[list[Person]]:
        after = ""
        while page := self.store.persons(after, CHUNK, readable=True):
            after = page[-1].key
            yield page

    def _save(self, found: Iterable[Step]) -> None:
        """The last state of each person and every record, in one transaction."""
        persons: dict[str, Person] = {}
        records: list[Record] = []
        for step in found:
            persons[step.person.key] = step.person
            if step.record is not None:
                records.append(step.record)
        self.store.save(list(persons.values()), records, self.sinks)


def _changes(person: Person, reading: Reading) -> dict[str, object]:
    """What a reading changes of the person: a failed one nothing but the marks."""
    if reading.calendar is None:
        return {"stale": person.stale | CALENDAR_STALE, "failure": reading.failure}
    return {"stale": person.stale & ~CALENDAR_STALE, "failure": "", "calendar": reading.calendar}


def _news(person: Person, reading: Reading) -> bool:
    """Whether a reading says anything that the store does not hold already."""
    if reading.calendar is None:
        return not person.stale & CALENDAR_STALE or person.failure != reading.failure
    return reading.calendar != person.calendar or bool(person.stale & CALENDAR_STALE or person.failure)
