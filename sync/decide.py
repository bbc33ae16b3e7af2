"""What a person's next record is, if any. Pure: the person as stored, the rules and a time give the person after it."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from sync import instants
from sync.availability import availability
from sync.model import Availability, Person, Record, unpack
from sync.rules import state_of
from tenantry.integration import Rules


class Step(NamedTuple):
    """A person after a decision, and the record that tells it, where there is anything to tell."""

    person: Person
    record: Record | None


def decide(person: Person, rules: Rules, at: int, floor: int = 0) -> Step:
    """The person at `at`, with `next` set anew and a record if what sinks know of it changes.

    - Matched, following, calendar known: the availability of the calendar.
    - Calendar not known (another user at the address since): what was sent last is held, and said to be stale.
    - Matched no more, or not following any more: released once to the default; who never had a record gets none.

    Args:
        person: As stored.
        rules: The rules of now.
        at: The instant that is told.
        floor: A new person's first sequence is the next number after it.
    """
    target = _target(person, rules, at)
    due = None if target is None else target.until
    if due != person.next:
        person = msgspec.structs.replace(person, next=due)
    record = None if target is None else _record(person, target, at, floor)
    if record is None:
        return Step(person, None)
    return Step(msgspec.structs.replace(person, sent=record), record)


def steps(person: Person, rules: Rules, now: int, floor: int = 0) -> Iterator[Step]:
    """Every change of the person that is due by `now`, each told for the instant it happens."""
    while person.next is not None and person.next <= now:
        step = decide(person, rules, person.next, floor)
        yield step
        person = step.person


def _target(person: Person, rules: Rules, at: int) -> Availability | None:
    """What the person is to be at `at`; None where nothing is to be told."""
    if person.gone is not None or not person.follow:
        return None if person.sent is None else Availability(state_of("free", rules), "default")
    if person.calendar is not None:
        return availability(unpack(person.calendar), rules, at)
    if person.sent is None:
        return None
    held = person.sent
    return Availability(held.state, held.source, held.subject, held.location)


def _record(person: Person, target: Availability, at: int, floor: int) -> Record | None:
    """The record of the target, or None where the last one says the same."""
    last = person.sent
    made = Record(
        sequence=(last.sequence if last else floor) + 1,
        at=instants.text(at),
        kind=person.kind,
        key=person.key,
        state=target.state,
        until=None if target.until is None else instants.text(target.until),
        source=target.source,
        subject=target.subject,
        location=target.location,
        stale=bool(person.stale) or (person.gone is None and person.follow and person.calendar is None),
    )
    if last is not None and msgspec.structs.replace(made, sequence=last.sequence, at=last.at) == last:
        return None
    return made
