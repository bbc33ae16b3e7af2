"""The series of the simulated people: every pattern and range of Graph, with deviations near the first day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from simulator.calendar.recurrence import DAYS, parse

JSON = dict[str, Any]
_DAY = timedelta(days=1)
_PATTERNS = 8


def repeating(number: int, anchor: date, zone: str, length: timedelta) -> JSON:
    """The time properties of a series master that began up to 400 days before the anchor; `number` is its draw."""
    began = anchor - timedelta(number % 400)
    pattern = _pattern(number // 512, began)
    limits = _range(number // 4096, began, zone)
    series = parse({"pattern": pattern, "range": limits})
    first = next(series.between(began, began + timedelta(3660)))
    all_day = number // 2**20 % 12 == 0
    start = datetime.combine(first, time()) + timedelta(minutes=0 if all_day else 420 + number // 2**24 % 130 * 5)
    made = _span(start, start + (_DAY if all_day else length), zone)
    made["isAllDay"] = all_day
    made["recurrence"] = {"pattern": pattern, "range": limits | {"startDate": str(first)}}
    days = replace(series, start=first).between(anchor - timedelta(2), anchor + timedelta(30))
    made["@exceptions"] = {} if all_day else _exceptions(number // 2**32, list(days), start.time(), length, zone)
    return made


def _span(start: datetime, end: datetime, zone: str) -> JSON:
    return {
        "start": {"dateTime": f"{start.isoformat()}.0000000", "timeZone": zone},
        "end": {"dateTime": f"{end.isoformat()}.0000000", "timeZone": zone},
    }


def _pattern(number: int, began: date) -> JSON:
    made = {"type": "weekly", "interval": 1, "month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first"}
    own, free = DAYS[began.weekday()], number // _PATTERNS
    variants: tuple[JSON, ...] = (
        {"type": "daily", "interval": 1 + free % 3},
        {"daysOfWeek": list(DAYS[:5])},
        {"daysOfWeek": [own], "interval": 1 + free % 2},
        {"daysOfWeek": sorted({DAYS[free % 7], DAYS[free // 7 % 7]}), "firstDayOfWeek": "monday"},
        {"daysOfWeek": [own, DAYS[6]], "interval": 2, "firstDayOfWeek": "monday"},
        {"type": "absoluteMonthly", "dayOfMonth": began.day},
        {"type": "relativeMonthly", "daysOfWeek": [DAYS[free % 5]], "index": ("first", "last")[free % 2]},
        {"type": "absoluteYearly", "dayOfMonth": began.day, "month": began.month},
    )
    return made | variants[number % _PATTERNS]


def _range(number: int, began: date, zone: str) -> JSON:
    made = {"startDate": str(began), "recurrenceTimeZone": zone, "endDate": "0001-01-01", "numberOfOccurrences": 0}
    if number % 4 == 0:
        return {"type": "numbered", **made, "numberOfOccurrences": 5 + number // 4 % 90}
    if number % 4 == 1:
        return {"type": "endDate", **made, "endDate": str(began + timedelta(400 + number // 4 % 400))}
    return {"type": "noEnd", **made}


def _exceptions(number: int, days: list[date], at: time, length: timedelta, zone: str) -> JSON:
    """Some instances of these days moved, changed, cancelled or (None) deleted, by original date."""
    found: JSON = {}
    for place, day in enumerate(days[number % 4 :: 4]):
        moved = datetime.combine(day, at) + timedelta(minutes=(45, -30, 24 * 60, 15)[number // 8 % 4])
        changes: tuple[JSON | None, ...] = (
            _span(moved, moved + length, zone),
            None,
            {"isCancelled": True},
            {"subject": "Ändrat ämne", "showAs": "oof", "location": {"displayName": "På annan plats"}},
            {"sensitivity": "private", "subject": "Privat ärende i serien"},
        )
        found[str(day)] = changes[(place + number // 64) % len(changes)]
    return found
