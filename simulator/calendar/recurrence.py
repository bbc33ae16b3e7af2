"""On which dates a series falls: the six recurrence patterns of Graph, and its three kinds of range.

A pattern is a row of periods (every n days, weeks, months or years); each period holds some dates. Dates are those of
the series' own time zone. A day that a month lacks (31, 29 February) falls on the month's last day, as in Outlook.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

JSON = dict[str, Any]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES = ("first", "second", "third", "fourth", "last")
_YEAR_MAX = 9000


class RecurrenceError(ValueError):
    """The recurrence is incomplete or contradicts itself; the text says how."""


@dataclass(frozen=True)
class Pattern:
    """When a series repeats (Graph: recurrencePattern). Days of the week count from Monday = 0."""

    kind: str
    interval: int = 1
    days: tuple[int, ...] = ()
    first_day: int = 6
    day_of_month: int = 0
    month: int = 0
    index: int = 0  # 0 first … 4 last


@dataclass(frozen=True)
class Series:
    """A pattern within its range: from `start`, until `until` (inclusive) or for `count` dates, else without end."""

    pattern: Pattern
    start: date
    until: date | None = None
    count: int = 0

    def between(self, first: date, last: date) -> Iterator[date]:
        """Dates of the series from `first` to `last`, both inclusive, rising."""
        end = last_date(self)
        if end is not None and end < last:
            last = end
        for found in _from(self.pattern, self.start, max(first, self.start)):
            if found > last:
                return
            yield found

    def has(self, day: date) -> bool:
        """Whether the series falls on a date."""
        return next(self.between(day, day), None) is not None


@lru_cache(maxsize=8192)
def last_date(series: Series) -> date | None:
    """The last date of a series, None where it has no end."""
    if not series.count:
        return series.until
    found = series.start
    for number, found in enumerate(_from(series.pattern, series.start, series.start), 1):  # noqa: B007
        if number == series.count:
            break
    return found


def _from(pattern: Pattern, start: date, first: date) -> Iterator[date]:
    """Dates of an endless pattern that began at `start`, from `first` on (not before `start`)."""
    dates, days = _PERIODS[pattern.kind]
    number = max(0, (first - start).days // (days * pattern.interval) - 1)
    while True:
        period = dates(pattern, start, number * pattern.interval)
        if period is None:
            return
        for found in period:
            if found >= first:
                yield found
        number += 1


def _daily(_pattern: Pattern, start: date, step: int) -> list[date] | None:
    return _guard(start, step) and [start + timedelta(step)]


def _weekly(pattern: Pattern, start: date, step: int) -> list[date] | None:
    if not _guard(start, step * 7):
        return None
    week = start - timedelta((start.weekday() - pattern.first_day) % 7) + timedelta(step * 7)
    found = sorted(week + timedelta((day - pattern.first_day) % 7) for day in pattern.days)
    return [day for day in found if day >= start]


def _monthly(pattern: Pattern, start: date, step: int) -> list[date] | None:
    return _in_month(pattern, start, start.year * 12 + start.month - 1 + step)


def _yearly(pattern: Pattern, start: date, step: int) -> list[date] | None:
    return _in_month(pattern, start, (start.year + step) * 12 + pattern.month - 1)


def _in_month(pattern: Pattern, start: date, months: int) -> list[date] | None:
    year, month = months // 12, months % 12 + 1
    if year > _YEAR_MAX:
        return None
    length = monthrange(year, month)[1]
    if pattern.day_of_month:
        found = date(year, month, min(pattern.day_of_month, length))
    elif len(pattern.days) == 1 and pattern.index < 4:
        found = date(year, month, 1 + (pattern.days[0] - date(year, month, 1).weekday()) % 7 + 7 * pattern.index)
    else:
        fitting = [day for day in range(1, length + 1) if date(year, month, day).weekday() in pattern.days]
        found = date(year, month, fitting[-1] if pattern.index == 4 else fitting[pattern.index])
    return [found] if found >= start else []


def _guard(start: date, days: int) -> list[date] | None:
    """An empty-handed yes while the calendar lasts, None beyond."""
    return [start] if start.year + days // 365 < _YEAR_MAX else None


_Period = Callable[[Pattern, date, int], list[date] | None]
_PERIODS: dict[str, tuple[_Period, int]] = {  # maker of a period's dates; the fewest days in one step, times interval
    "daily": (_daily, 1),
    "weekly": (_weekly, 7),
    "absoluteMonthly": (_monthly, 31),
    "relativeMonthly": (_monthly, 31),
    "absoluteYearly": (_yearly, 366),
    "relativeYearly": (_yearly, 366),
}


def parse(recurrence: JSON) -> Series:
    """The series of a Graph patternedRecurrence. Raises RecurrenceError."""
    pattern, limits = recurrence.get("pattern"), recurrence.get("range")
    if not isinstance(pattern, dict) or not isinstance(limits, dict):
        raise RecurrenceError("a recurrence needs a pattern and a range")
    try:
        start = date.fromisoformat(str(limits.get("startDate"))[:10])
        return _limited(_pattern(pattern), start, limits)
    except (TypeError, AttributeError) as error:
        raise RecurrenceError(f"recurrence has a value of the wrong type: {error}") from None
    except ValueError as error:
        raise RecurrenceError(f"recurrence: {error}") from None


def _limited(pattern: Pattern, start: date, limits: JSON) -> Series:
    kind = str(limits.get("type") or "").lower()
    if kind == "enddate":
        return Series(pattern, start, until=date.fromisoformat(str(limits.get("endDate"))[:10]))
    if kind == "numbered":
        count = int(limits.get("numberOfOccurrences") or 0)
        if count < 1:
            raise RecurrenceError("numberOfOccurrences must be at least 1")
        return Series(pattern, start, count=count)
    if kind == "noend":
        return Series(pattern, start)
    raise RecurrenceError(f"'{limits.get('type')}' is no type of range (endDate, noEnd, numbered)")


def _pattern(given: JSON) -> Pattern:
    kinds = {kind.lower(): kind for kind in _PERIODS}
    kind = kinds.get(str(given.get("type") or "").lower())
    if kind is None:
        raise RecurrenceError(f"'{given.get('type')}' is no type of pattern")
    made = Pattern(
        kind,
        int(given.get("interval") or 1),
        tuple(sorted({DAYS.index(str(day).lower()) for day in given.get("daysOfWeek") or ()})),
        DAYS.index(str(given.get("firstDayOfWeek") or "sunday").lower()),
        int(given.get("dayOfMonth") or 0) if kind.startswith("absolute") else 0,
        int(given.get("month") or 0) if kind.endswith("Yearly") else 0,
        INDEXES.index(str(given.get("index") or "first").lower()),
    )
    _check(made)
    return made


def _check(made: Pattern) -> None:
    if made.interval < 1:
        raise RecurrenceError("interval must be at least 1")
    if made.kind in ("weekly", "relativeMonthly", "relativeYearly") and not made.days:
        raise RecurrenceError(f"{made.kind} needs daysOfWeek")
    if made.kind.startswith("absolute") and not 1 <= made.day_of_month <= 31:
        raise RecurrenceError(f"{made.kind} needs dayOfMonth from 1 to 31")
    if made.kind.endswith("Yearly") and not 1 <= made.month <= 12:
        raise RecurrenceError(f"{made.kind} needs month from 1 to 12")
