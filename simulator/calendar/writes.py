"""Making, changing and deleting events, instances of series included."""

from datetime import date
from typing import Any

from simulator.calendar.bodies import body_of
from simulator.calendar.entry import midnight, read_time
from simulator.calendar.folders import check_folder
from simulator.calendar.mailbox import Mailbox, mailbox
from simulator.calendar.rendering import plain, preference, read_instance_id, render
from simulator.calendar.shape import NO_TIME
from simulator.calendar.views import event, find, shown
from simulator.calendar.zones import UnknownZoneError, zone
from simulator.core import Call, GraphFault, Reply, Route

JSON = dict[str, Any]
_FIXED = frozenset(
    {
        "id",
        "changeKey",
        "createdDateTime",
        "lastModifiedDateTime",
        "iCalUId",
        "isOrganizer",
        "organizer",
        "originalStart",
        "responseStatus",
        "seriesMasterId",
        "type",
        "webLink",
        "bodyPreview",
        "isCancelled",
    }
)
_PATTERN = {"type": None, "interval": 1, "month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first"}
_RANGE = {"type": "noEnd", "startDate": None, "endDate": "0001-01-01", "numberOfOccurrences": 0}


def create(call: Call) -> Reply:
    """A new event in the mailbox's calendar: 201 with the event. The same transactionId again: 409."""
    box = mailbox(call)
    if not check_folder(call, box):
        raise GraphFault(403, "ErrorAccessDenied", "This calendar cannot be written to.")
    given = _writable(call)
    if given.get("transactionId") and _repeated(box, given["transactionId"]):
        raise GraphFault(409, "ErrorDuplicateTransactionId", "Your request can't be completed: it was made before.")
    moment = f"{call.tenant.now():%Y-%m-%dT%H:%M:%S}.0000000Z"
    made = {"createdDateTime": moment, "lastModifiedDateTime": moment, **given}
    raw = _put(box, {"id": f"AAMkAD{call.tenant.new_id()}", "@owner": box.id, **made})
    return shown(call, render(raw, preference(call.headers)), preference(call.headers), status=201)


def _repeated(box: Mailbox, transaction: str) -> bool:
    return any(found["@owner"] == box.id for found in box.events.find("transactionId", transaction))


def change(call: Call) -> Reply:
    """Changes an event, or one instance of a series, which becomes an exception: 200 with the event."""
    box = mailbox(call)
    raw, instance = find(box, call.params["event-id"])
    given = _writable(call)
    if instance is not None and instance.original is not None:
        given.pop("recurrence", None)
        _put(box, excepted(raw, instance.original, {**(instance.changes or {}), **given}))
        return event(call)
    moment = f"{call.tenant.now():%Y-%m-%dT%H:%M:%S}.0000000Z"
    _put(box, {**raw, **given, "lastModifiedDateTime": moment})
    return event(call)


def remove(call: Call) -> Reply:
    """Deletes an event, a whole series, or one instance of it: 204."""
    box = mailbox(call)
    identity = call.params["event-id"]
    raw, instance = find(box, identity)
    parts = read_instance_id(identity)
    if instance is not None and parts is not None:
        box.events.put(excepted(raw, parts[1], None))
    else:
        box.events.remove(raw["id"])
    return Reply(204)


def excepted(raw: JSON, day: date, changes: JSON | None) -> JSON:
    """The series with this deviation on a date, or (None) without that instance."""
    return {**raw, "@exceptions": {**(raw.get("@exceptions") or {}), str(day): changes}}


def _put(box: Mailbox, raw: JSON) -> JSON:
    try:
        return box.events.put(raw)
    except ValueError as error:
        raise _invalid(str(error)) from None


def _writable(call: Call) -> JSON:
    """What the body may set, completed where the service completes it. Raises GraphFault 400."""
    given = body_of(call, "event", without=_FIXED)
    for side in ("start", "end"):
        if side in given:
            _check_time(given[side], side, all_day=bool(given.get("isAllDay")))
    if call.method == "POST" and not (given.get("start") and given.get("end")):
        raise _invalid("Required properties 'start' and 'end' are missing.")
    if given.get("recurrence"):
        given["recurrence"] = _recurrence(given["recurrence"], given.get("start") or {})
    if "body" in given:
        given["bodyPreview"] = plain((given["body"] or {}).get("content") or "")[:255]
    if given.get("locations") and not given.get("location"):
        given["location"] = given["locations"][0]
    if given.get("attendees"):
        status = {"response": "none", "time": NO_TIME}
        given["attendees"] = [{"type": "required", "status": status, **one} for one in given["attendees"]]
    return given


def _recurrence(given: JSON, start: JSON) -> JSON:
    limits = given.get("range") or {}
    made = {**_RANGE, "recurrenceTimeZone": start.get("timeZone") or "UTC"}
    made |= {key: value for key, value in limits.items() if value is not None}
    made["startDate"] = made["startDate"] or str(start.get("dateTime"))[:10]
    return {"pattern": {**_PATTERN, **(given.get("pattern") or {})}, "range": made}


def _check_time(value: JSON | None, side: str, *, all_day: bool) -> None:
    try:
        own = zone((value or {}).get("timeZone"))
        moment = read_time(value or {}, own)
    except UnknownZoneError as error:
        raise GraphFault(400, "TimeZoneNotSupportedException", str(error)) from None
    except ValueError:
        raise _invalid(f"The Event.{side.title()} property is no valid time.") from None
    if all_day and moment != midnight(moment):
        raise _invalid(f"The Event.{side.title()} property for an all-day event needs to be set to midnight.")


def _invalid(message: str) -> GraphFault:
    return GraphFault(400, "ErrorPropertyValidationFailure", message)


ROUTES = [
    Route("POST", "/users/{user-id}/events", create),
    Route("POST", "/users/{user-id}/calendar/events", create),
    Route("POST", "/users/{user-id}/calendars/{calendar-id}/events", create),
    Route("PATCH", "/users/{user-id}/events/{event-id}", change),
    Route("DELETE", "/users/{user-id}/events/{event-id}", remove),
]
