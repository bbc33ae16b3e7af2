"""How Teams makes one presence out of many: sessions, the preferred presence, and what time does to them.

learn.microsoft.com/graph/api/presence-setpresence, presence-setuserpreferredpresence. All functions are pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulator.clock import parse_time

JSON = dict[str, Any]

APP_PAIRS = frozenset(
    {
        ("Available", "Available"),
        ("Busy", "InACall"),
        ("Busy", "InAConferenceCall"),
        ("Away", "Away"),
        ("DoNotDisturb", "Presenting"),
    }
)
"""What an application may set for its session: (availability, activity)."""
PREFERRED_PAIRS = frozenset(
    {
        ("Available", "Available"),
        ("Busy", "Busy"),
        ("DoNotDisturb", "DoNotDisturb"),
        ("BeRightBack", "BeRightBack"),
        ("Away", "Away"),
        ("Offline", "OffWork"),
    }
)
"""What a person may prefer."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=4)
FADES = timedelta(minutes=5)  # how long an application's Available stays, and then AvailableInactive
UNKNOWN = ("PresenceUnknown", "PresenceUnknown")
OFFLINE = ("Offline", "Offline")
_RANK = {"DoNotDisturb": 0, "Busy": 1, "Available": 2, "AvailableInactive": 3, "BeRightBack": 4, "Away": 5}


@dataclass(frozen=True)
class Shown:
    """What others see, and the moment since when: `since` makes the sequence number."""

    availability: str
    activity: str
    since: datetime


def aggregate(own: Shown, sessions: Mapping[str, JSON], preferred: JSON | None, now: datetime) -> Shown:
    """The presence of a person at a moment.

    `own` is what their own Teams clients show; `sessions` {session id: {availability, activity, set, expires}};
    `preferred` {availability, activity, set, expires}. A preferred presence counts only while any session is there.
    """
    alive = [own] if own.availability != "Offline" else []
    alive += [_faded(one, now) for one in sessions.values() if parse_time(one["expires"]) > now]
    since = max([own.since, *_moments(sessions.values(), now), *_moments([preferred] if preferred else [], now)])
    if preferred and alive and parse_time(preferred["expires"]) > now:
        return Shown(preferred["availability"], preferred["activity"], since)
    best = min(alive, key=lambda one: _RANK.get(one.availability, len(_RANK)), default=own)
    return Shown(best.availability, best.activity, since)


def _faded(session: JSON, now: datetime) -> Shown:
    """An application's Available becomes AvailableInactive after five minutes and Away after five more."""
    began = parse_time(session["set"])
    if session["availability"] == "Available" and now - began >= FADES:
        word = "Away" if now - began >= 2 * FADES else "AvailableInactive"
        return Shown(word, word, began)
    return Shown(session["availability"], session["activity"], began)


def _moments(entries: Iterable[JSON], now: datetime) -> Iterator[datetime]:
    """When these entries changed what is shown, up to now."""
    for one in entries:
        began = parse_time(one["set"])
        for moment in (began, began + FADES, began + 2 * FADES, parse_time(one["expires"])):
            if moment <= now:
                yield moment
