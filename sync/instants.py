"""Times inside sync are whole numbers: milliseconds since 1970 UTC. They compare, store and sort without surprises."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (what Graph sends as UTC has no zone of its own)
_STEP = timedelta(milliseconds=1)

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def of(moment: datetime) -> int:
    """The instant of a time; one without a zone is taken as UTC. Fractions of a millisecond are dropped."""
    return (moment - (_NAIVE_EPOCH if moment.tzinfo is None else EPOCH)) // _STEP


def moment(instant: int) -> datetime:
    """The same as an aware datetime, UTC."""
    return EPOCH + instant * _STEP


def text(instant: int) -> str:
    """RFC 3339, UTC: `2026-11-21T08:00:00Z`; milliseconds only where there are any."""
    shown = moment(instant).replace(tzinfo=None).isoformat(timespec="milliseconds" if instant % SECOND else "seconds")
    return f"{shown}Z"


def parse(value: str) -> int:
    """The instant of an RFC 3339 time; without an offset it is UTC.

    Raises:
        ValueError: It is no such time.
    """
    return of(datetime.fromisoformat(value))


def midnight(day: date, zone: ZoneInfo) -> int:
    """When that day begins in the zone.

    Where clocks jump over midnight the day begins at the jump; where midnight comes twice, at the first one.
    """
    return of(datetime.combine(day, time(), tzinfo=zone).astimezone(UTC))
