"""Reading events: the calendar view with its series expanded, lists, single events, instances of a series."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.calendar.entry import Entry, Instance, compile_event, deviation, instances, occurrence, parse_time
from simulator.calendar.folders import check_folder
from simulator.calendar.mailbox import Mailbox, mailbox
from simulator.calendar.rendering import Preference, preference, read_instance_id, render, render_instance
from simulator.core import Call, GraphFault, Reply, Route
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]
EVENT = Shape("event", always=("@odata.etag", "id"))
DEFAULT_TOP = 10
MOST_TOP = 1000
MOST_DAYS = 1825
AWKWARD_TOP = 47  # the longest page where the tenant is awkward


def calendar_view(call: Call) -> Reply:
    """What overlaps [startDateTime, endDateTime), series expanded, in order of start."""
    box = mailbox(call)
    known = check_folder(call, box)
    since, until = window(call)
    wish = preference(call.headers)
    found = _overlapping(box.events.entries(box.account) if known else (), since, until, wish)
    return listed(call, _rows(box, found, wish), wish, "calendarView")


def _overlapping(entries: Iterable[Entry], since: datetime, until: datetime, wish: Preference) -> list[Instance]:
    found = [made for entry in entries for made in instances(entry, since, until, wish.zone)]
    return sorted(found, key=lambda made: (_begins(made, wish), made.entry.id))


def _begins(made: Instance, wish: Preference) -> datetime:
    return made.start.replace(tzinfo=wish.zone).astimezone(UTC) if made.all_day else made.start


def _rows(box: Mailbox, found: Iterable[Instance], wish: Preference) -> Iterator[JSON]:
    for made in found:
        raw = box.events.get(made.entry.id)
        if raw is not None:
            yield render_instance(raw, made, wish)


def events(call: Call) -> Reply:
    """Single events and series masters of a calendar, series not expanded."""
    box = mailbox(call)
    wish = preference(call.headers)
    known = box.events.entries(box.account) if check_folder(call, box) else ()
    raws = (box.events.get(entry.id) for entry in known)
    return listed(call, (render(raw, wish) for raw in raws if raw is not None), wish, "events")


def event(call: Call) -> Reply:
    """One event by id: single, series master, or an instance of a series."""
    box = mailbox(call)
    wish = preference(call.headers)
    raw, made = find(box, call.params["event-id"])
    return shown(call, render(raw, wish) if made is None else render_instance(raw, made, wish), wish)


def series_instances(call: Call) -> Reply:
    """The instances of one series that overlap a window."""
    box = mailbox(call)
    wish = preference(call.headers)
    raw, _ = find(box, call.params["event-id"])
    if raw["type"] != "seriesMaster":
        raise GraphFault(400, "ErrorInvalidRequest", "Your request can't be completed. The event is no series master.")
    since, until = window(call)
    found = _overlapping([compile_event(raw)], since, until, wish)
    return listed(call, _rows(box, found, wish), wish, "instances")


def find(box: Mailbox, identity: str) -> tuple[JSON, Instance | None]:
    """The raw event with an id in this mailbox, and the instance if the id names one. Raises GraphFault 404."""
    raw = _owned(box, identity)
    if raw is not None:
        return raw, None
    parts = read_instance_id(identity)
    raw = _owned(box, parts[0]) if parts is not None else None
    if parts is None or raw is None or raw["type"] != "seriesMaster":
        raise missing()
    entry, day = compile_event(raw), parts[1]
    changes = entry.exceptions.get(day, {})
    if entry.series is None or not entry.series.has(day) or changes is None:
        raise missing()
    return raw, deviation(entry, day, changes) if changes else occurrence(entry, day)


def _owned(box: Mailbox, identity: str) -> JSON | None:
    raw = box.events.get(identity)
    names = {str(box.account.get(key) or "").lower() for key in ("id", "userPrincipalName", "mail")}
    return raw if raw is not None and raw["@owner"].lower() in names else None


def missing() -> GraphFault:
    """404: no such item in the mailbox."""
    return GraphFault(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def window(call: Call) -> tuple[datetime, datetime]:
    """The window of the query, as UTC instants. Raises GraphFault 400."""
    query = {name.lower().removeprefix("$"): value for name, value in call.query.items()}
    if not query.get("startdatetime") or not query.get("enddatetime"):
        raise GraphFault(
            400,
            "ErrorInvalidParameter",
            "This request requires a time window specified by the query string parameters StartDateTime and "
            "EndDateTime.",
        )
    since, until = _moment(query["startdatetime"]), _moment(query["enddatetime"])
    if until < since:
        raise GraphFault(
            400, "ErrorInvalidParameter", "The EndDateTime of the time window is before its StartDateTime."
        )
    if until - since > timedelta(MOST_DAYS):
        asked = (until - since).days
        raise GraphFault(
            400,
            "ErrorCalendarViewRangeTooBig",
            "The requested time duration specified for calendar view is too long. "
            f"The allowed limit = {MOST_DAYS} days and the actual limit = {asked} days.",
        )
    return since, until


def _moment(text: str) -> datetime:
    try:
        moment = parse_time(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"The value '{text}' of parameter 'DateTime' is invalid."
        raise GraphFault(400, "ErrorInvalidParameter", message) from None


def listed(call: Call, rows: Iterable[JSON], wish: Preference, name: str) -> Reply:
    """A list of rendered events; an awkward tenant makes its pages shorter than asked."""
    top = next((value for key, value in call.query.items() if key.lower().removeprefix("$") == "top"), "")
    if call.tenant.awkward and top.isdecimal() and AWKWARD_TOP < int(top) <= MOST_TOP:
        others = {key: value for key, value in call.query.items() if key.lower().removeprefix("$") != "top"}
        call = replace(call, query=others | {"$top": str(AWKWARD_TOP)})
    context = f"users('{call.params['user-id']}')/{name}"
    reply = respond(
        call, list(rows), shape=EVENT, context=context, default_top=DEFAULT_TOP, max_top=MOST_TOP, exchange=True
    )
    reply.headers |= wish.headers
    return reply


def shown(call: Call, made: JSON, wish: Preference, status: int = 200) -> Reply:
    """One rendered event."""
    reply = one(call, made, shape=EVENT, context=f"users('{call.params['user-id']}')/events", status=status)
    reply.headers |= wish.headers
    return reply


ROUTES = [
    Route("GET", "/users/{user-id}/calendarView", calendar_view),
    Route("GET", "/users/{user-id}/calendar/calendarView", calendar_view),
    Route("GET", "/users/{user-id}/calendars/{calendar-id}/calendarView", calendar_view),
    Route("GET", "/users/{user-id}/events", events),
    Route("GET", "/users/{user-id}/calendar/events", events),
    Route("GET", "/users/{user-id}/calendars/{calendar-id}/events", events),
    Route("GET", "/users/{user-id}/events/{event-id}", event),
    Route("GET", "/users/{user-id}/events/{event-id}/instances", series_instances),
]
