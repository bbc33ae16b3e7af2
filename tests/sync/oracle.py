"""An independent recomputation: from the tenant's raw truth (`/state/events`) to what a person is at a time.

Written apart from both the runner and the simulator: series are expanded by asking of every single day whether it
belongs to the series, and `until` is found by looking at the state at every boundary there is.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NTH = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
Look = tuple[str, str, str | None, str | None]


@dataclass
class Happening:
    """One time that counts for the owner: state word, texts as they may show, and what decides between two."""

    start: datetime
    end: datetime
    look: Look
    order: tuple[int, float, str]


def happenings(raw: list[dict[str, Any]], rules: dict[str, Any], zone: str, since: date, days: int) -> list[Happening]:
    """Everything that counts among the raw events of one owner on the days from `since` on."""
    found = []
    for event in raw:
        for instance in _instances(event, since, days):
            made = _judged(instance, rules, ZoneInfo(zone))
            if made is not None and made.start < made.end:
                found.append(made)
    return found


def look_at(found: list[Happening], rules: dict[str, Any], at: datetime) -> Look:
    """State, source, subject and location at one time."""
    live = sorted((each for each in found if each.start <= at < each.end), key=lambda each: each.order)
    return live[0].look if live else (rules["state"]["free"], "default", None, None)


def until(found: list[Happening], rules: dict[str, Any], at: datetime) -> datetime | None:
    """The first boundary after `at` where another look is seen."""
    now = look_at(found, rules, at)
    for edge in sorted({side for each in found for side in (each.start, each.end) if side > at}):
        if look_at(found, rules, edge) != now:
            return edge
    return None


def _judged(event: dict[str, Any], rules: dict[str, Any], zone: ZoneInfo) -> Happening | None:
    """The contract's sentences on one instance, one by one."""
    show, private = event["showAs"], event["sensitivity"] != "normal"
    if event["isCancelled"] or event["responseStatus"]["response"] == "declined" or show in rules["skip"]:
        return None
    if private and rules["private"] == "skip":
        return None
    if private and rules["private"] == "busy":
        state, subject, location = rules["state"]["busy"], None, None
    else:
        state = rules["state"][show]
        subject = event["subject"] or None if show in rules["title"] else None
        location = ((event["location"] or {}).get("displayName") or None) if show in rules["location"] else None
    ends = [_wall(event[side]) for side in ("start", "end")]
    if event["isAllDay"]:
        start, end = (datetime(w.year, w.month, w.day, tzinfo=zone).astimezone(UTC) for w in ends)
    else:
        start, end = (
            w.replace(tzinfo=_zone(event[side])).astimezone(UTC) for w, side in zip(ends, ("start", "end"), strict=True)
        )
    rank = rules["priority"].index(state) if state in rules["priority"] else 1000
    return Happening(start, end, (state, "calendar", subject, location), (rank, -end.timestamp(), event["id"]))


def _instances(event: dict[str, Any], since: date, days: int) -> Iterator[dict[str, Any]]:
    """The event itself, or each instance of the series that could touch those days."""
    if not event.get("recurrence"):
        yield event
        return
    start, end = _wall(event["start"]), _wall(event["end"])
    for day in _series_days(event["recurrence"], start.date(), since + timedelta(days)):
        changes = event["@exceptions"].get(day.isoformat(), {})
        if changes is None or (not changes and day < since - timedelta(40)):
            continue
        begin = datetime.combine(day, start.time())
        times = {
            "start": {"dateTime": begin.isoformat(), "timeZone": event["start"]["timeZone"]},
            "end": {"dateTime": (begin + (end - start)).isoformat(), "timeZone": event["end"]["timeZone"]},
        }
        yield event | times | {"id": f"{event['id']}.{day:%Y%m%d}"} | {k: v for k, v in changes.items() if k != "id"}


def _series_days(recurrence: dict[str, Any], first: date, last: date) -> Iterator[date]:
    """Walks day by day from the first to the last, counting those that belong."""
    pattern, limits = recurrence["pattern"], recurrence["range"]
    count, day = 0, first
    while day <= last:
        if limits["type"] == "endDate" and day.isoformat() > limits["endDate"]:
            return
        if _belongs(pattern, first, day):
            count += 1
            yield day
            if limits["type"] == "numbered" and count == limits["numberOfOccurrences"]:
                return
        day += timedelta(1)


def _belongs(pattern: dict[str, Any], first: date, day: date) -> bool:
    kind, every = pattern["type"], pattern["interval"]
    months = (day.year - first.year) * 12 + day.month - first.month
    if kind == "daily":
        return (day - first).days % int(every) == 0
    if kind == "weekly":
        begins = WEEK.index(pattern["firstDayOfWeek"])
        weeks = (_week(day, begins) - _week(first, begins)).days // 7
        return WEEK[day.weekday()] in pattern["daysOfWeek"] and weeks % int(every) == 0
    if kind.endswith("Yearly") and (day.month != pattern["month"] or (day.year - first.year) % every):
        return False
    if kind.endswith("Monthly") and months % every:
        return False
    length = monthrange(day.year, day.month)[1]
    if kind.startswith("absolute"):
        return day.day == min(int(pattern["dayOfMonth"]), length)
    same = [n for n in range(1, length + 1) if WEEK[date(day.year, day.month, n).weekday()] in pattern["daysOfWeek"]]
    return bool(day.day == same[NTH[pattern["index"]]])


def _week(day: date, begins: int) -> date:
    """The first day of the week that holds `day`."""
    return day - timedelta((day.weekday() - begins) % 7)


def _wall(value: dict[str, str]) -> datetime:
    return datetime.fromisoformat(value["dateTime"][:26])


def _zone(value: dict[str, str]) -> ZoneInfo:
    return ZoneInfo(win_tz.get(value["timeZone"], value["timeZone"]))
