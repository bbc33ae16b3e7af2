"""The pure function against an oracle that scans minute by minute, and against hand-made cases."""

from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.availability import availability
from sync.instants import HOUR, MINUTE, of, text
from sync.model import Availability, Event
from tenantry.integration import Rules

BASE = of(datetime(2026, 11, 21, 8, tzinfo=UTC))
SHOWS = ("free", "tentative", "busy", "oof", "workingElsewhere", "unknown")
SPAN = 40  # minutes in which generated events lie


def event(start: int, end: int, show: str = "busy", name: str = "a", **more: object) -> Event:
    """An event from minute `start` to minute `end` after BASE."""
    return msgspec.convert(
        [name, BASE + start * MINUTE, BASE + end * MINUTE, show, *({"private": False, "dropped": ""} | more).values()],
        Event,
    )


def seen(events: list[Event], rules: Rules, minute: int) -> tuple[str, str, str | None, str | None]:
    """The oracle: what holds during one minute, found by comparing the events two by two in words of the contract."""

    def order(one: Event, two: Event) -> int:
        ranks = [rules.priority.index(w) if w in rules.priority else 99 for w in (word(one), word(two))]
        if ranks[0] != ranks[1]:
            return ranks[0] - ranks[1]
        if one.end != two.end:
            return 1 if one.end < two.end else -1
        return -1 if one.id < two.id else 1

    def word(each: Event) -> str:
        return rules.state["busy"] if each.private and rules.private == "busy" else rules.state[each.show]  # type: ignore[index]

    at = BASE + minute * MINUTE
    live = [
        each
        for each in events
        if each.start <= at and at + 1 <= each.end and each.dropped == "" and each.show not in rules.skip
    ]
    live = [each for each in live if not (each.private and rules.private == "skip")]
    if not live:
        return rules.state["free"], "default", None, None
    best = min(live, key=cmp_to_key(order))
    silent = best.private and rules.private == "busy"
    subject = best.subject if best.show in rules.title and not silent else None
    location = best.location if best.show in rules.location and not silent else None
    return word(best), "calendar", subject, location


def scan(events: list[Event], rules: Rules, now: int) -> Availability:
    """The oracle's whole answer."""
    current = seen(events, rules, now)
    until = next((m for m in range(now + 1, SPAN + 2) if seen(events, rules, m) != current), None)
    state, source, subject, location = current
    return Availability(
        state,
        source,  # type: ignore[arg-type]
        subject,
        location,
        None if until is None else BASE + until * MINUTE,
    )


some = st.lists(st.sampled_from(SHOWS), unique=True, max_size=3).map(tuple)
all_rules = st.builds(
    Rules,
    private=st.sampled_from(["skip", "busy", "as-type"]),
    title=some,
    location=some,
    skip=some,
    state=st.fixed_dictionaries({show: st.sampled_from(["a", "b", "c", "d"]) for show in SHOWS}),
    priority=st.permutations(["a", "b", "c", "d"]).flatmap(lambda p: st.integers(1, 4).map(lambda n: tuple(p[:n]))),
)
some_events = st.lists(
    st.builds(
        event,
        st.integers(0, SPAN),
        st.integers(0, SPAN),
        st.sampled_from(SHOWS),
        st.sampled_from(["a", "B", "å", "aa"]),
        private=st.booleans(),
        dropped=st.sampled_from(["", "", "", "cancelled", "declined"]),
        subject=st.sampled_from([None, "S", "T"]),
        location=st.sampled_from([None, "L"]),
    ),
    max_size=9,
    unique_by=lambda each: each.id,
)


@settings(max_examples=3000, deadline=None)
@given(some_events, all_rules, st.integers(0, SPAN))
def test_equals_a_scan_minute_by_minute(events: list[Event], rules: Rules, now: int) -> None:
    assert availability(events, rules, BASE + now * MINUTE) == scan(events, rules, now)


@settings(max_examples=300, deadline=None)
@given(some_events, all_rules)
def test_following_until_gives_every_change_and_nothing_else(events: list[Event], rules: Rules) -> None:
    """Stepping from `until` to `until` visits exactly the minutes at which something changes."""
    steps, at = [], BASE
    while (step := availability(events, rules, at)).until is not None:
        steps.append((step.until - BASE) // MINUTE)
        at = step.until
    assert steps == [b for a, b in pairwise(range(SPAN + 2)) if seen(events, rules, a) != seen(events, rules, b)]


@given(some_events, all_rules, st.integers(0, SPAN), st.randoms())
def test_order_of_events_does_not_matter(events: list[Event], rules: Rules, now: int, shuffler: object) -> None:
    mixed = list(events)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    assert availability(mixed, rules, BASE + now * MINUTE) == availability(events, rules, BASE + now * MINUTE)


def test_nobody_busy_is_the_mapping_of_free_by_default() -> None:
    assert availability([], Rules(), BASE) == Availability("available", "default")


def test_events_are_half_open() -> None:
    meeting = [event(10, 20)]
    assert availability(meeting, Rules(), BASE + 10 * MINUTE - 1).state == "available"
    assert availability(meeting, Rules(), BASE + 10 * MINUTE).state == "busy"
    assert availability(meeting, Rules(), BASE + 20 * MINUTE - 1).state == "busy"
    assert availability(meeting, Rules(), BASE + 20 * MINUTE).state == "available"


def test_back_to_back_events_that_look_alike_are_one() -> None:
    pair = [event(0, 30, name="a"), event(30, 60, name="b")]
    assert availability(pair, Rules(), BASE).until == BASE + HOUR


def test_back_to_back_events_with_other_titles_are_two_where_titles_show() -> None:
    pair = [event(0, 30, name="a", subject="One"), event(30, 60, name="b", subject="Two")]
    shown = [msgspec.structs.replace(e, subject=s) for e, s in zip(pair, ("One", "Two"), strict=True)]
    assert availability(shown, Rules(title=("busy",)), BASE).until == BASE + 30 * MINUTE
    assert availability(shown, Rules(), BASE).until == BASE + HOUR


def test_a_free_event_is_seen_as_the_calendars_word() -> None:
    assert availability([event(0, 30, "free")], Rules(), BASE) == Availability(
        "available", "calendar", until=BASE + 30 * MINUTE
    )


def test_zero_length_and_reversed_events_never_count() -> None:
    assert availability([event(0, 0), event(10, 10, name="b"), event(9, 2, name="c")], Rules(), BASE).until is None


def test_a_skipped_private_event_is_as_if_it_were_not_there() -> None:
    events = [event(0, 60, "oof", "a", private=True), event(10, 20, "tentative", "b")]
    found = availability(events, Rules(), BASE)
    assert (found.state, found.source, found.until) == ("available", "default", BASE + 10 * MINUTE)


def test_of_equal_rank_the_later_end_wins_then_the_event_id() -> None:
    rules = Rules(title=("busy",))
    both = [
        msgspec.structs.replace(event(0, 30, name="x"), subject="early"),
        msgspec.structs.replace(event(0, 40, name="y"), subject="late"),
        msgspec.structs.replace(event(5, 40, name="b"), subject="same end, first id"),
    ]
    assert availability(both, rules, BASE).subject == "late"
    assert availability(both, rules, BASE + 5 * MINUTE).subject == "same end, first id"


def test_instants_are_rfc_3339_and_show_fractions_only_where_there_are_some() -> None:
    assert text(BASE) == "2026-11-21T08:00:00Z"
    assert text(BASE + 5) == "2026-11-21T08:00:00.005Z"
    assert of(datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(microseconds=999)) == BASE + HOUR
