"""An event reduced to what decides when it takes place, and the instances of it that a window shows.

All-day events are floating: dates, midnight to midnight in whatever zone somebody looks from. Everything else is
instants. A series is local to its own zone: its instances keep their wall time across changes of summer time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulator.calendar.recurrence import Series, parse
from simulator.calendar.zones import zone

JSON = dict[str, Any]
_ZERO = timedelta(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One single event or series: `start` and `end` are wall times of `zone` (a series: of its first date).

    `exceptions` are a series' deviations by original date: what is different there, or None where it was deleted.
    """

    id: str
    start: datetime
    end: datetime
    zone: ZoneInfo
    all_day: bool = False
    series: Series | None = None
    exceptions: Mapping[date, JSON | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instance:
    """One time at which an entry takes place: naive dates where all-day, else UTC instants.

    `original` is the date in its series (None: not of a series), `changes` what an exception makes different.
    """

    entry: Entry
    start: datetime
    end: datetime
    all_day: bool
    original: date | None = None
    changes: JSON | None = None


def read_time(value: JSON, into: ZoneInfo | None = None) -> datetime:
    """A Graph dateTimeTimeZone as a wall time: of its own zone, or of `into`. Raises ValueError."""
    moment = parse_time(str(value.get("dateTime") or ""))
    own = zone(value.get("timeZone"))
    if moment.tzinfo is None:
        if into is None or into is own:
            return moment
        moment = moment.replace(tzinfo=own)
    return moment.astimezone(into or own).replace(tzinfo=None)


def parse_time(text: str) -> datetime:
    """ISO 8601 as Graph takes and gives it: up to seven decimals, with or without an offset. Raises ValueError."""
    main, dot, rest = text.strip().partition(".")
    if dot:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        main = f"{main}.{digits[:6]:0<6}{rest[len(digits) :]}" if digits else main + rest
    return datetime.fromisoformat(main)


def compile_event(raw: JSON) -> Entry:
    """The entry of a raw event as the door shows it (with `recurrence` and `@exceptions`). Raises ValueError."""
    own = zone((raw.get("start") or {}).get("timeZone"))
    if not raw.get("recurrence"):
        start, end = read_time(raw["start"]), read_time(raw["end"], own)
        return _checked(Entry(raw["id"], start, end, own, bool(raw.get("isAllDay"))))
    recurrence = raw["recurrence"]
    local = zone((recurrence.get("range") or {}).get("recurrenceTimeZone") or (raw["start"] or {}).get("timeZone"))
    if raw.get("isAllDay"):
        start, end = read_time(raw["start"]), read_time(raw["end"])  # dates float
    else:
        start, end = read_time(raw["start"], local), read_time(raw["end"], local)
    exceptions = {_original(key, local): value for key, value in (raw.get("@exceptions") or {}).items()}
    return _checked(Entry(raw["id"], start, end, local, bool(raw.get("isAllDay")), parse(recurrence), exceptions))


def _checked(entry: Entry) -> Entry:
    if entry.end < entry.start:
        raise ValueError(f"event {entry.id} ends before it starts")
    whole_days = entry.start == midnight(entry.start) and entry.end == midnight(entry.end) and entry.end > entry.start
    if entry.all_day and not whole_days:
        raise ValueError(f"event {entry.id} is all-day: it begins and ends at midnight, a day apart or more")
    return entry


def check_exceptions(entry: Entry) -> None:
    """Raises ValueError where a deviation of a series cannot take place."""
    for day, changes in entry.exceptions.items():
        if changes is None:
            continue
        if not isinstance(changes, dict):
            raise ValueError(f"event {entry.id}: '@exceptions' of {day} is neither null nor changed properties")
        found = deviation(entry, day, changes)
        if found.end < found.start:
            raise ValueError(f"event {entry.id}: its exception of {day} ends before it starts")


def _original(key: str, local: ZoneInfo) -> date:
    """The date that names an instance: a date, or a moment, which counts in the series' zone."""
    if len(key) == 10:
        return date.fromisoformat(key)
    moment = parse_time(key)
    return (moment.astimezone(local) if moment.tzinfo else moment).date()


def instances(entry: Entry, since: datetime, until: datetime, viewer: ZoneInfo) -> Iterator[Instance]:
    """What of an entry overlaps [since, until) (aware times); all-day dates are days of the viewer's zone."""
    candidates = [_single(entry)] if entry.series is None else _of_series(entry, entry.series, since, until)
    for found in candidates:
        if found.all_day:
            start, end = found.start.replace(tzinfo=viewer), found.end.replace(tzinfo=viewer)
        else:
            start, end = found.start, found.end
        if start < until and (end > since or (start == end and start >= since)):
            yield found


def _single(entry: Entry) -> Instance:
    start, end = _placed(entry, _ZERO)
    return Instance(entry, start, end, entry.all_day)


def _placed(entry: Entry, shift: timedelta) -> tuple[datetime, datetime]:
    start, end = entry.start + shift, entry.end + shift
    if entry.all_day:
        return midnight(start), midnight(end)
    return start.replace(tzinfo=entry.zone).astimezone(UTC), end.replace(tzinfo=entry.zone).astimezone(UTC)


def midnight(moment: datetime) -> datetime:
    """The beginning of the day."""
    return datetime.combine(moment.date(), time())


def _of_series(entry: Entry, series: Series, since: datetime, until: datetime) -> Iterator[Instance]:
    margin = entry.end - entry.start + 2 * _DAY  # zones differ by less than two days
    first, last = (since.astimezone(UTC) - margin).date(), (until.astimezone(UTC) + margin).date()
    for day in series.between(first, last):
        if day not in entry.exceptions:
            yield occurrence(entry, day)
    for day, changes in entry.exceptions.items():
        if changes is not None and series.has(day):
            yield deviation(entry, day, changes)


def occurrence(entry: Entry, day: date) -> Instance:
    """The unchanged instance of a series on a date."""
    start, end = _placed(entry, day - entry.start.date())
    return Instance(entry, start, end, entry.all_day, day)


def deviation(entry: Entry, day: date, changes: JSON) -> Instance:
    """The changed instance of a series whose original date is `day`; it may lie elsewhere. Raises ValueError."""
    plain = occurrence(entry, day)
    all_day = bool(changes.get("isAllDay", entry.all_day))
    if "start" not in changes and "end" not in changes and all_day == entry.all_day:
        return Instance(entry, plain.start, plain.end, all_day, day, changes)
    start = _moment(changes["start"], all_day) if changes.get("start") else _kept(plain.start, entry, all_day)
    end = _moment(changes["end"], all_day) if changes.get("end") else None
    if end is None:
        end = start + max(plain.end - plain.start, _DAY if all_day else _ZERO)
    return Instance(entry, start, end, all_day, day, changes)


def _moment(value: JSON, all_day: bool) -> datetime:
    return midnight(read_time(value)) if all_day else read_time(value, _UTC).replace(tzinfo=UTC)


def _kept(start: datetime, entry: Entry, all_day: bool) -> datetime:
    """The unchanged start of an instance that became all-day, or no longer is."""
    if all_day == entry.all_day:
        return start
    return midnight(start.astimezone(entry.zone)) if all_day else start.replace(tzinfo=entry.zone).astimezone(UTC)


_UTC = ZoneInfo("UTC")
