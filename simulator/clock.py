"""Simulated time: tokens, secrets, replication lag and events live in it, TLS and client assertions do not."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")


def parse_duration(value: str | float) -> float:
    """Seconds of `"90s"`, `"12h"`, `"1h30m"`, `"0.5s"` or a bare number; ValueError says what is wrong."""
    if isinstance(value, int | float):
        return float(value)
    text = value.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"'{value}' is no duration such as 60s, 12h or 180d")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def parse_time(value: str) -> datetime:
    """A moment in UTC out of RFC 3339; without an offset it is UTC; ValueError where it is none."""
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"'{value}' is no time such as 2026-11-21T08:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as the door tells it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SimClock:
    """A clock that runs at any rate, stands still, and can be set and advanced.

    `rate` is simulated seconds per second of `tick` (monotonic wall time by default).
    """

    def __init__(self, start: datetime, rate: float = 1.0, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._base = start.astimezone(UTC)
        self._since = tick()
        self.rate = rate

    def now(self) -> datetime:
        """The simulated time, UTC and aware."""
        return self._base + timedelta(seconds=(self._tick() - self._since) * self.rate)

    def set(self, moment: datetime) -> None:
        """Goes to that moment, back or forth."""
        self._base, self._since = moment.astimezone(UTC), self._tick()

    def advance(self, seconds: float) -> None:
        """Goes forward by so many simulated seconds."""
        self.set(self.now() + timedelta(seconds=seconds))

    def run(self, rate: float) -> None:
        """Runs on at another rate; 0 stands still."""
        self.set(self.now())
        self.rate = rate
