"""Recurrence held to an oracle that knows no periods: it looks at every single day and asks whether it belongs."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.calendar.recurrence import DAYS, INDEXES, RecurrenceError, last_date, parse

JSON = dict[str, Any]
ONE = timedelta(1)


def falls(pattern: JSON, start: date, day: date) -> bool:
    """The definition of the six patterns, for one day."""
    kind: str = pattern["type"]
    interval: int = pattern["interval"]
    months = (day.year - start.year) * 12 + day.month - start.month
    if kind == "daily":
        return (day - start).days % interval == 0
    if kind == "weekly":
        first = DAYS.index(pattern["firstDayOfWeek"])
        weeks = (day.toordinal() - 1 - first) // 7 - (start.toordinal() - 1 - first) // 7
        return bool(weeks % interval == 0 and DAYS[day.weekday()] in pattern["daysOfWeek"])
    if kind.endswith("Yearly"):
        if day.month != pattern["month"] or (day.year - start.year) % interval:
            return False
    elif months % interval:
        return False
    if kind.startswith("absolute"):
        ends = (day + ONE).month != day.month
        return day.day == pattern["dayOfMonth"] or (ends and day.day < pattern["dayOfMonth"])
    return _nth(pattern, day)


def _nth(pattern: JSON, day: date) -> bool:
    month = [date(day.year, day.month, 1) + timedelta(n) for n in range(31)]
    fitting = [d for d in month if d.month == day.month and DAYS[d.weekday()] in pattern["daysOfWeek"]]
    return day == fitting[-1 if pattern["index"] == "last" else INDEXES.index(pattern["index"])]


def days_of(recurrence: JSON, until: date) -> Iterator[date]:
    limits, pattern = recurrence["range"], recurrence["pattern"]
    start = day = date.fromisoformat(limits["startDate"])
    left = limits["numberOfOccurrences"] if limits["type"] == "numbered" else 10**6
    last = date.fromisoformat(limits["endDate"]) if limits["type"] == "endDate" else until
    while day <= min(last, until) and left:
        if falls(pattern, start, day):
            left -= 1
            yield day
        day += ONE


weekdays = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
patterns = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"]
        ),
        "interval": st.integers(1, 6),
        "daysOfWeek": weekdays,
        "firstDayOfWeek": st.sampled_from(DAYS),
        "dayOfMonth": st.integers(1, 31),
        "month": st.integers(1, 12),
        "index": st.sampled_from(INDEXES),
    }
)
starts = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@st.composite
def recurrences(draw: st.DrawFn) -> JSON:
    start = draw(starts)
    kind = draw(st.sampled_from(["endDate", "noEnd", "numbered"]))
    limits = {
        "type": kind,
        "startDate": str(start),
        "endDate": str(start + timedelta(draw(st.integers(0, 900)))),
        "numberOfOccurrences": draw(st.integers(1, 40)) if kind == "numbered" else 0,
    }
    return {"pattern": draw(patterns), "range": limits}


LEAP = {
    "pattern": {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 29, "month": 2},
    "range": {"type": "noEnd", "startDate": "2024-02-29"},
}
MONTH_END = {
    "pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
    "range": {"type": "numbered", "startDate": "2025-01-31", "numberOfOccurrences": 14},
}


@given(recurrences(), st.integers(-30, 1500), st.integers(0, 120))
@example(LEAP, 0, 1500)
@example(MONTH_END, 0, 500)
def test_dates_equal_those_of_the_oracle(recurrence: JSON, after: int, length: int) -> None:
    series = parse(recurrence)
    first = series.start + timedelta(after)
    last = first + timedelta(length)
    expected = [day for day in days_of(recurrence, last) if day >= first]
    assert list(series.between(first, last)) == expected


@given(recurrences())
def test_single_dates_belong_or_not(recurrence: JSON) -> None:
    series = parse(recurrence)
    expected = set(days_of(recurrence, series.start + timedelta(60)))
    for number in range(61):
        day = series.start + timedelta(number)
        assert series.has(day) is (day in expected)
    assert not series.has(series.start - ONE)


def test_the_end_of_a_numbered_series_is_known_without_asking_for_it() -> None:
    assert last_date(parse(MONTH_END)) == date(2026, 2, 28)
    assert last_date(parse(LEAP)) is None


def test_a_series_without_end_can_be_asked_for_the_far_future() -> None:
    daily = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "noEnd", "startDate": "2020-01-01"}}
    assert len(list(parse(daily).between(date(2099, 1, 1), date(2099, 12, 31)))) == 365
    assert list(parse(daily).between(date(9998, 1, 1), date(9998, 2, 1))) == []


@pytest.mark.parametrize(
    ("pattern", "limits", "word"),
    [
        ({"type": "hourly"}, {}, "hourly"),
        ({"type": "weekly"}, {}, "daysOfWeek"),
        ({"type": "weekly", "daysOfWeek": ["funday"]}, {}, "not in"),
        ({"type": "daily", "interval": -1}, {}, "interval"),
        ({"type": "absoluteMonthly"}, {}, "dayOfMonth"),
        ({"type": "absoluteYearly", "dayOfMonth": 3}, {}, "month"),
        ({"type": "daily"}, {"type": "sometimes"}, "range"),
        ({"type": "daily"}, {"type": "numbered"}, "numberOfOccurrences"),
        ({"type": "daily"}, {"type": "endDate", "endDate": "soon"}, "soon"),
        ({"type": "daily", "daysOfWeek": 5}, {}, "wrong type"),
        ({"type": "daily"}, {"startDate": None}, "None"),
    ],
)
def test_what_is_no_recurrence_says_why(pattern: JSON, limits: JSON, word: str) -> None:
    with pytest.raises(RecurrenceError, match=word):
        parse({"pattern": pattern, "range": {"type": "noEnd", "startDate": "2026-01-01"} | limits})


@pytest.mark.parametrize("given_", [{}, {"pattern": {}}, {"pattern": 1, "range": {}}])
def test_pattern_and_range_are_needed(given_: JSON) -> None:
    with pytest.raises(RecurrenceError, match="needs a pattern and a range"):
        parse(given_)
