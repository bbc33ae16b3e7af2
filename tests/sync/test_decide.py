"""Which record a person is owed, if any."""

from itertools import pairwise

import msgspec
from hypothesis import given, settings

from sync.availability import availability
from sync.decide import decide, steps
from sync.instants import HOUR, parse, text
from sync.model import Event, pack, record_body, record_of
from tenantry.integration import Rules
from tests.sync.make import NOW, calendar, event, person, record
from tests.sync.test_availability import BASE, SPAN, all_rules, some_events

RULES = Rules()
BUSY = calendar(event(1, 2), event(3, 4, "f", "oof"))


def test_the_first_record_tells_the_state_and_when_it_ends() -> None:
    step = decide(person(1, calendar=BUSY), RULES, NOW)
    assert step.record is not None
    assert msgspec.to_builtins(step.record) == {
        "sequence": 1,
        "at": "2026-11-21T08:00:00Z",
        "kind": "person",
        "key": "u1@contoso.com",
        "state": "available",
        "until": "2026-11-21T09:00:00Z",
        "source": "default",
        "subject": None,
        "location": None,
        "stale": False,
    }
    assert step.person.next == NOW + HOUR
    assert step.person.sent == step.record


def test_nothing_new_is_no_record() -> None:
    first = decide(person(1, calendar=BUSY), RULES, NOW)
    again = decide(first.person, RULES, NOW + 5)
    assert again.record is None
    assert again.person == first.person


def test_a_new_until_is_news() -> None:
    first = decide(person(1, calendar=calendar(event(0, 2))), RULES, NOW)
    longer = msgspec.structs.replace(first.person, calendar=calendar(event(0, 3)))
    told = decide(longer, RULES, NOW + 5).record
    assert told is not None
    assert (told.sequence, told.until) == (2, "2026-11-21T11:00:00Z")


def test_becoming_stale_and_fresh_again_is_told_with_the_same_state() -> None:
    first = decide(person(1, calendar=BUSY), RULES, NOW)
    stale = decide(msgspec.structs.replace(first.person, stale=1), RULES, NOW + 1)
    fresh = decide(msgspec.structs.replace(stale.person, stale=0), RULES, NOW + 2)
    assert [(r.record.state, r.record.stale) for r in (first, stale, fresh) if r.record] == [
        ("available", False),
        ("available", True),
        ("available", False),
    ]


def test_who_was_never_read_gets_no_record_stale_or_not() -> None:
    assert decide(person(1, stale=2), RULES, NOW).record is None


def test_who_does_not_follow_gets_none_unless_the_calendar_drove_before() -> None:
    assert decide(person(1, follow=False), RULES, NOW).record is None
    driven = person(1, follow=False, sent=record("u1@contoso.com", 3), next=NOW)
    released = decide(driven, RULES, NOW)
    assert released.record is not None
    assert (released.record.sequence, released.record.state, released.record.source) == (4, "available", "default")
    assert released.person.next is None
    assert decide(released.person, RULES, NOW + 1).record is None


def test_who_is_gone_is_released_once() -> None:
    gone = decide(person(1, gone=NOW, next=NOW, sent=record("u1@contoso.com", subject="x")), RULES, NOW)
    assert gone.record is not None
    assert (gone.record.state, gone.record.subject, gone.record.until) == ("available", None, None)


def test_while_another_users_calendar_is_not_yet_read_the_state_is_held() -> None:
    held = decide(person(1, sent=record("u1@contoso.com"), next=NOW), RULES, NOW)
    assert held.record is not None
    assert (held.record.state, held.record.stale, held.person.next) == ("busy", True, None)
    assert decide(held.person, RULES, NOW + 1).record is None


def test_a_new_persons_sequence_begins_after_the_floor() -> None:
    step = decide(person(1, calendar=BUSY), RULES, NOW, floor=41)
    assert step.record is not None
    assert step.record.sequence == 42


def test_changes_that_were_missed_are_told_for_their_own_instants() -> None:
    first = decide(person(1, calendar=BUSY), RULES, NOW).person
    told = [step.record for step in steps(first, RULES, NOW + 4 * HOUR)]
    assert [(r.at[11:16], r.state) for r in told if r] == [
        ("09:00", "busy"),
        ("10:00", "available"),
        ("11:00", "out-of-office"),
        ("12:00", "available"),
    ]


@settings(max_examples=500, deadline=None)
@given(some_events, all_rules)
def test_the_records_of_a_span_are_the_availability_at_their_instants(events: list[Event], rules: Rules) -> None:
    """Every record equals the pure function at its `at`, and between records nothing changes."""
    first = decide(person(1, calendar=pack(events)), rules, BASE)
    end = BASE + (SPAN + 2) * 60_000
    told = [first.record, *(step.record for step in steps(first.person, rules, end))]
    assert None not in told
    records = [r for r in told if r]
    for made in records:
        found = availability(events, rules, parse(made.at))
        assert (made.state, made.source, made.subject, made.location) == found_tuple(found)
        assert made.until == (None if found.until is None else text(found.until))
    assert [r.sequence for r in records] == list(range(1, len(records) + 1))
    assert all(one.until == two.at for one, two in pairwise(records))
    assert records[-1].until is None


def test_a_record_is_one_line_for_every_reader() -> None:
    told = record("u1@contoso.com", subject="a\u2028b\u2029c\x85d\ne\x1ef 🎄")
    body = record_body(told)
    assert len(body.decode().splitlines()) == 1
    assert record_of(body) == told


def found_tuple(found: object) -> tuple[object, ...]:
    """State, source, subject, location."""
    return msgspec.structs.astuple(found)[:4]  # type: ignore[arg-type]
