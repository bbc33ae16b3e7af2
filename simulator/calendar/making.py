"""When the simulated people meet: for each mailbox some single events around the first day of the simulation, and
series that go on. Only times are made here; `dressing` puts the rest on, when somebody asks for it.

A mailbox has SLOTS places for events; a draw from the seed says which are filled. Slot and account are in the id.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from simulator.calendar.repeating import repeating
from simulator.population.ids import Ids, mix

JSON = dict[str, Any]
EVENT = 4  # kind number in ids
SLOTS = 32
_PREFIX = "AAMkAD"

HOME_ZONES = (
    *("W. Europe Standard Time",) * 20,
    "GMT Standard Time",
    "FLE Standard Time",
    "Eastern Standard Time",
    "India Standard Time",
    "Tokyo Standard Time",
)
ZONES = (
    *("W. Europe Standard Time",) * 12,
    *("Europe/Stockholm",) * 3,
    "UTC",
    "GMT Standard Time",
    "FLE Standard Time",
    "Eastern Standard Time",
    "America/New_York",
    "Pacific Standard Time",
    "India Standard Time",
    "Nepal Standard Time",
    "AUS Eastern Standard Time",
    "Tokyo Standard Time",
    "Egypt Standard Time",
)
_MINUTES = (0, 5, 15, 25, 30, 30, 30, 45, 50, 60, 60, 60, 60, 90, 120, 180, 240)


def event_id(ids: Ids, account: int, slot: int) -> str:
    """The id of the event in a slot of an account's mailbox, in the look of the service's ids."""
    bits = ids.cipher(EVENT, account * SLOTS + slot)
    return _PREFIX + base64.urlsafe_b64encode(bits.to_bytes(16, "big")).decode("ascii")


def read_event_id(ids: Ids, text: str) -> tuple[int, int] | None:
    """(account, slot) of an id that `event_id` gave, or None."""
    if not text.startswith(_PREFIX) or len(text) != len(_PREFIX) + 24:
        return None
    try:
        bits = int.from_bytes(base64.b64decode(text[len(_PREFIX) :], altchars=b"-_", validate=True), "big")
    except (binascii.Error, ValueError):
        return None
    kind, number = ids.plain(bits)
    return divmod(number, SLOTS) if kind == EVENT else None


@dataclass(frozen=True)
class Place:
    """A slot of a mailbox, with its draw. `anchor` is the day on which the simulation began."""

    seed: int
    account: int
    slot: int
    anchor: date

    @cached_property
    def draw(self) -> int:
        """64 bits that decide about this slot."""
        return mix(self.seed, 31, self.account, self.slot)

    def other(self, slot: int) -> "Place":
        """Another slot of the same mailbox."""
        return Place(self.seed, self.account, slot, self.anchor)


def home_zone(seed: int, account: int) -> str:
    """The time zone of a mailbox (Windows name): most are at home in Stockholm."""
    return HOME_ZONES[mix(seed, 37, account) % len(HOME_ZONES)]


def slots(seed: int, account: int) -> range:
    """The slots of a mailbox that may be filled: none where somebody has an empty calendar."""
    return range(0) if mix(seed, 41, account) % 17 == 4 else range(len(_SLOTS))


def times(place: Place) -> JSON | None:
    """When the event in a slot takes place, as the time properties of a raw event; None where the slot is empty."""
    if place.slot not in slots(place.seed, place.account):
        return None
    return drawn_times(place)


def drawn_times(place: Place) -> JSON | None:
    """The same for a slot that may be filled."""
    make, chance = _SLOTS[place.slot]
    return make(place) if place.draw % 100 < chance else None


def _event(start: datetime, end: datetime, zone: str, all_day: bool = False) -> JSON:
    return {
        "start": {"dateTime": f"{start.isoformat()}.0000000", "timeZone": zone},
        "end": {"dateTime": f"{end.isoformat()}.0000000", "timeZone": zone},
        "isAllDay": all_day,
        "recurrence": None,
    }


def _drawn(place: Place) -> tuple[datetime, datetime, str]:
    number = place.draw >> 8
    day = datetime.combine(place.anchor + timedelta(number % 16 - 3), time())
    minute = 480 + number // 32 % 120 * 5 if number // 4096 % 8 else number // 32 % 96 * 15
    start = day + timedelta(minutes=minute)
    length = _MINUTES[number // 65536 % len(_MINUTES)]
    return start, start + timedelta(minutes=length), ZONES[number // 2**24 % len(ZONES)]


def _single(place: Place) -> JSON:
    return _event(*_drawn(place))


def _next(place: Place) -> JSON:
    """Begins when the first event ends: back to back."""
    _, start, zone = _drawn(place.other(0))
    return _event(start, start + timedelta(minutes=30), zone)


def _over(place: Place) -> JSON:
    """Begins in the middle of the second event: overlapping."""
    start, end, zone = _drawn(place.other(1))
    return _event(start + timedelta(minutes=(end - start).seconds // 120), end + timedelta(minutes=20), zone)


def _days(place: Place) -> JSON:
    """All-day, one to three days."""
    number = place.draw >> 8
    start = datetime.combine(place.anchor + timedelta(number % 14 - 3), time())
    return _event(start, start + timedelta(1 + number // 16 % 3), ZONES[number // 64 % len(ZONES)], all_day=True)


def _journey(place: Place) -> JSON:
    """From an afternoon into some morning after."""
    start, _, zone = _drawn(place)
    return _event(start, start + timedelta(minutes=1080 + place.draw // 2**40 % 2000), zone)


def _series(place: Place) -> JSON:
    number = place.draw >> 8
    zone = ZONES[number % len(ZONES)]
    length = timedelta(minutes=_MINUTES[number // 32 % len(_MINUTES)])
    return repeating(number // 1024, place.anchor, zone, length)


_SLOTS: tuple[tuple[Callable[[Place], JSON], int], ...] = (
    *((_single, 80),) * 12,
    (_next, 40),
    (_over, 50),
    (_days, 35),
    (_days, 15),
    (_journey, 15),
    (_series, 60),
    (_series, 50),
    (_series, 30),
    (_series, 15),
)
