"""Events as Graph answers them: times in the zone the asker prefers, bodies as HTML or text.

All-day events float: they are midnight to midnight whatever zone is asked for.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulator.calendar.entry import Entry, Instance, midnight, occurrence, read_time
from simulator.calendar.shape import complete
from simulator.calendar.zones import UnknownZoneError, zone
from simulator.core import GraphFault

JSON = dict[str, Any]
_ZONE = re.compile(r'outlook\.timezone\s*=\s*(?:"([^"]*)"|([^\s,;]+))', re.IGNORECASE)
_TEXT = re.compile(r'outlook\.body-content-type\s*=\s*"?text"?', re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_TIMES = ("start", "end")
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Preference:
    """What the asker's `Prefer` header wishes: a time zone by name, and bodies as text."""

    name: str = "UTC"
    zone: ZoneInfo = _UTC
    text: bool = False
    applied: str = ""  # the Preference-Applied header

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer."""
        return {"Preference-Applied": self.applied} if self.applied else {}


def preference(headers: Mapping[str, str]) -> Preference:
    """Reads the `Prefer` header. Raises GraphFault 400 for a time zone that nobody knows."""
    prefer = headers.get("prefer") or ""
    found, text = _ZONE.search(prefer), bool(_TEXT.search(prefer))
    applied = ['outlook.body-content-type="text"'] if text else []
    if found is None:
        return Preference(text=text, applied=", ".join(applied))
    name = found.group(1) or found.group(2) or ""
    try:
        own = zone(name)
    except UnknownZoneError as error:
        raise GraphFault(400, "TimeZoneNotSupportedException", str(error)) from None
    return Preference(name, own, text, ", ".join([f'outlook.timezone="{name}"', *applied]))


def written(moment: datetime) -> str:
    """A wall time as Graph writes it."""
    return f"{moment.isoformat()}.0000000" if not moment.microsecond else f"{moment.isoformat()}0"


def _shown(moment: datetime, all_day: bool, wish: Preference) -> JSON:
    wall = moment if all_day else moment.astimezone(wish.zone).replace(tzinfo=None)
    return {"dateTime": written(wall), "timeZone": wish.name}


def render(raw: JSON, wish: Preference) -> JSON:
    """A single event or a series master. The raw event is left as it is."""
    all_day = bool(raw["isAllDay"])
    made = _public(raw, wish)
    for side in _TIMES:
        moment = midnight(read_time(raw[side])) if all_day else read_time(raw[side], _UTC).replace(tzinfo=UTC)
        made[side] = _shown(moment, all_day, wish)
    return made


def render_instance(raw: JSON, instance: Instance, wish: Preference) -> JSON:
    """One time of an event: the single event itself, or an occurrence or exception of a series."""
    original = instance.original
    made = _public(raw, wish) if original is None else _of_series(raw, instance, original, wish)
    made["isAllDay"] = instance.all_day
    made["start"] = _shown(instance.start, instance.all_day, wish)
    made["end"] = _shown(instance.end, instance.all_day, wish)
    return made


def _of_series(raw: JSON, instance: Instance, original: date, wish: Preference) -> JSON:
    changes = instance.changes
    whole = raw if changes is None else complete(_without_times(changes), raw)
    made = _public(whole, wish)
    made["id"] = instance_id(raw["id"], original)
    made["type"] = "occurrence" if changes is None else "exception"
    made["seriesMasterId"] = raw["id"]
    made["recurrence"] = None
    made["originalStart"] = _original(instance.entry, original)
    return made


def _original(entry: Entry, original: date) -> str:
    """When the instance would have begun: its wall time as an instant (all-day: midnight, said to be UTC)."""
    begun = occurrence(entry, original).start
    return f"{begun:%Y-%m-%dT%H:%M:%SZ}"


def _without_times(changes: JSON) -> JSON:
    return {key: value for key, value in changes.items() if key not in (*_TIMES, "id", "type", "isAllDay")}


def _public(raw: JSON, wish: Preference) -> JSON:
    made: JSON = {"@odata.etag": f'W/"{raw["changeKey"]}"'}
    made |= {key: value for key, value in raw.items() if key[0] != "@"}
    if wish.text and (made.get("body") or {}).get("contentType", "").lower() == "html":
        made["body"] = {"contentType": "text", "content": plain(made["body"].get("content") or "")}
    return made


def plain(markup: str) -> str:
    """The text of an HTML body."""
    return html.unescape(_TAG.sub("", markup)).strip()


def instance_id(master: str, original: date) -> str:
    """The id of an instance of a series: that of its master and its original date."""
    return f"{master}.{original:%Y%m%d}"


def read_instance_id(text: str) -> tuple[str, date] | None:
    """(master's id, original date) of what `instance_id` gave, or None."""
    master, dot, day = text.rpartition(".")
    try:
        return (master, datetime.strptime(day, "%Y%m%d").date()) if dot else None  # noqa: DTZ007 - a date
    except ValueError:
        return None
