"""What people's own Teams clients show by themselves: a working day that follows from seed, person and time."""

from datetime import datetime, timedelta

from simulator.calendar.zones import zone
from simulator.population.ids import mix
from simulator.presence.rules import OFFLINE, Shown

ZONE = zone("Europe/Stockholm")
SLOT = timedelta(minutes=15)
_WORKING = (
    *(("Available", "Available"),) * 9,
    *(("Busy", "InACall"),) * 2,
    ("Busy", "InAMeeting"),
    ("Busy", "Busy"),
    ("DoNotDisturb", "Presenting"),
    ("BeRightBack", "BeRightBack"),
    ("Away", "Away"),
)


def own_presence(seed: int, person: int, now: datetime) -> Shown:
    """What the person with this number shows at a moment; it changes on quarters of an hour."""
    local = now.astimezone(ZONE)
    start = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    begins = 7 + mix(seed, 41, person) % 3
    if local.weekday() > 4 or not begins <= local.hour < begins + 9:
        return Shown(*OFFLINE, since=start)
    slot = int(start.timestamp() // SLOT.total_seconds())
    word = _WORKING[mix(seed, 43, person, slot) % len(_WORKING)]
    return Shown(*word, since=start)
