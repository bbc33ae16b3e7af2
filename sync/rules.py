"""From an Outlook event to what may be known of it: the rules of `SYSTEMS` §1 as functions of data.

Masking happens here, before anything is stored: `mask` makes the event the store keeps, `weigh` says what a stored
event means under the rules of now (they may have become stricter since it was stored).
"""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from sync import instants
from sync.model import Event
from sync.zones import zone_of
from tenantry.integration import OutlookState, Rules

KNOWN: frozenset[str] = frozenset({"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"})
_DEFAULTS = Rules()


class DateTimeTimeZone(msgspec.Struct, frozen=True, rename="camel"):
    """Graph's dateTimeTimeZone; `time_zone` is UTC as we ask for it, else an IANA or Windows name."""

    date_time: datetime
    time_zone: str | None = None


class ResponseStatus(msgspec.Struct, frozen=True):
    """The mailbox owner's own answer to the invitation."""

    response: str | None = None


class Location(msgspec.Struct, frozen=True, rename="camel"):
    """Of a location only the name is read."""

    display_name: str | None = None


class OutlookEvent(msgspec.Struct, frozen=True, rename="camel"):
    """The few fields of a Graph event that are asked for; body and attendees are not among them."""

    id: str
    start: DateTimeTimeZone
    end: DateTimeTimeZone
    is_all_day: bool | None = None
    show_as: str | None = None
    sensitivity: str | None = "normal"
    is_cancelled: bool | None = None
    response_status: ResponseStatus | None = None
    subject: str | None = None
    location: Location | None = None


def fields(rules: Rules) -> tuple[str, ...]:
    """What `$select` names: texts only where the rules may ever show one."""
    wanted = ("id", "start", "end", "isAllDay", "showAs", "sensitivity", "isCancelled", "responseStatus")
    return (*wanted, *(("subject",) if rules.title else ()), *(("location",) if rules.location else ()))


def mask(event: OutlookEvent, rules: Rules, zone: ZoneInfo) -> Event:
    """The event as it may be stored. All-day events become days of `zone`; an unheard-of showAs counts as unknown."""
    show = event.show_as if event.show_as in KNOWN else "unknown"
    private = event.sensitivity != "normal"
    dropped = _dropped(event)
    silent = bool(dropped) or show in rules.skip or (private and rules.private != "as-type")
    all_day = bool(event.is_all_day)
    return Event(
        id=event.id,
        start=_instant(event.start, zone, all_day=all_day),
        end=_instant(event.end, zone, all_day=all_day),
        show=show,
        private=private,
        dropped=dropped,
        subject=None if silent or show not in rules.title else event.subject or None,
        location=None if silent or show not in rules.location else _place(event.location),
    )


class Weighed(NamedTuple):
    """What a stored event means: `why` it does not count (then the rest is empty), or state, rank and texts."""

    why: str
    state: str = ""
    rank: int = 0
    subject: str | None = None
    location: str | None = None


def weigh(event: Event, rules: Rules) -> Weighed:
    """What the event means under `rules`; a lower rank wins. `why` is one of cancelled, declined, skipped, private."""
    if event.dropped:
        return Weighed(event.dropped)
    if event.show in rules.skip:
        return Weighed("skipped")
    if event.private and rules.private == "skip":
        return Weighed("private")
    if event.private and rules.private == "busy":
        state = state_of("busy", rules)
        return Weighed("", state, rank_of(state, rules))
    state = state_of(event.show, rules)
    return Weighed(
        "",
        state,
        rank_of(state, rules),
        event.subject if event.show in rules.title else None,
        event.location if event.show in rules.location else None,
    )


def state_of(show: str, rules: Rules) -> str:
    """The switchboard's word for an Outlook state; a word the mapping lacks is taken from the built-in one."""
    key: OutlookState = show  # type: ignore[assignment]  # mask lets only known members through
    return rules.state.get(key) or _DEFAULTS.state[key]


def rank_of(state: str, rules: Rules) -> int:
    """The place in `priority`; words that are not in it come after all that are."""
    return rules.priority.index(state) if state in rules.priority else len(rules.priority)


def _dropped(event: OutlookEvent) -> str:
    if event.is_cancelled:
        return "cancelled"
    if event.response_status is not None and event.response_status.response == "declined":
        return "declined"
    return ""


def _place(location: Location | None) -> str | None:
    return None if location is None else location.display_name or None


def _instant(value: DateTimeTimeZone, zone: ZoneInfo, *, all_day: bool) -> int:
    """An all-day event is a floating date: from midnight to midnight of `zone`, whatever zone stands beside it."""
    moment = value.date_time
    utc = moment.tzinfo is None and value.time_zone in ("UTC", None)
    if utc and not all_day:  # what Graph sends; no detour, for this is done for every event of every round
        return instants.of(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if utc else zone_of(value.time_zone, default=zone))
    if not all_day:
        return instants.of(moment)
    if moment.hour or moment.minute:  # a service that moved the day into UTC: bring it back
        moment = moment.astimezone(zone)
    return instants.midnight(moment.date(), zone)
