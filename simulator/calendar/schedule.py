"""Free/busy of several people at once (Graph: getSchedule)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.calendar.entry import Instance, instances, read_time
from simulator.calendar.mailbox import Mailbox, mailbox
from simulator.calendar.rendering import Preference, preference, render_instance
from simulator.calendar.settings import settings_of
from simulator.core import Call, GraphFault, Reply, Route

JSON = dict[str, Any]
Window = tuple[datetime, datetime]
_STRENGTH = ("free", "workingElsewhere", "tentative", "unknown", "busy", "oof")  # the last one that holds wins
_DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4", "unknown": "2"}
_MOST_DAYS = 62


def get_schedule(call: Call) -> Reply:
    """Availability of each address in a window, by slots of `availabilityViewInterval` minutes. Raises GraphFault."""
    mailbox(call)
    body = {str(key).lower(): value for key, value in (call.body if isinstance(call.body, dict) else {}).items()}
    window, minutes = _asked(body)
    wish = preference(call.headers)
    rows = [_row(call, str(name), window, minutes, wish) for name in body.get("schedules") or []]
    context = f"{call.origin}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"
    return Reply(200, {"@odata.context": context, "value": rows}, dict(wish.headers))


def _asked(body: JSON) -> tuple[Window, int]:
    try:
        since, until = (read_time(body[side], _UTC).replace(tzinfo=UTC) for side in ("starttime", "endtime"))
        minutes = int(body.get("availabilityviewinterval") or 30)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise GraphFault(400, "ErrorInvalidParameter", "startTime and endTime are needed, as times.") from None
    if not 5 <= minutes <= 1440 or not timedelta(0) < until - since <= timedelta(_MOST_DAYS):
        raise GraphFault(400, "ErrorInvalidParameter", "The requested time window or interval is not valid.")
    return (since, until), minutes


def _row(call: Call, name: str, window: Window, minutes: int, wish: Preference) -> JSON:
    try:
        box = mailbox(call, name)
    except GraphFault as fault:
        error = {"message": f"Mailbox was not found. {fault.message}", "responseCode": "ErrorMailRecipientNotFound"}
        return {"scheduleId": name, "error": error}
    found = [made for entry in box.events.entries(box.account) for made in instances(entry, *window, wish.zone)]
    shown = sorted(((_span(made, wish), _item(box, made, wish)) for made in found), key=lambda pair: pair[0])
    return {
        "scheduleId": name,
        "availabilityView": _view([(span, item["status"]) for span, item in shown], window, minutes),
        "scheduleItems": [item for _, item in shown],
        "workingHours": settings_of(call, box)["workingHours"],
    }


def _span(made: Instance, wish: Preference) -> Window:
    if made.all_day:
        return made.start.replace(tzinfo=wish.zone).astimezone(UTC), made.end.replace(tzinfo=wish.zone).astimezone(UTC)
    return made.start, made.end


def _item(box: Mailbox, made: Instance, wish: Preference) -> JSON:
    full = render_instance(box.events.get(made.entry.id) or {}, made, wish)
    private = full["sensitivity"] != "normal"
    item = {"isPrivate": private, "status": full["showAs"], "start": full["start"], "end": full["end"]}
    return (
        item
        if private
        else item | {"subject": full["subject"], "location": (full["location"] or {}).get("displayName")}
    )


def _view(found: list[tuple[Window, str]], window: Window, minutes: int) -> str:
    digits, at, step = [], window[0], timedelta(minutes=minutes)
    while at < window[1]:
        states = [state for (start, end), state in found if start < at + step and end > at]
        digits.append(_DIGITS[max(states, key=_STRENGTH.index, default="free")])
        at += step
    return "".join(digits)


_UTC = Preference().zone
ROUTES = [Route("POST", "/users/{user-id}/calendar/getSchedule", get_schedule)]
