"""Answering and calling off meetings: accept, decline, tentativelyAccept, cancel. Each says 202 and nothing more.

Declined meetings stay in the calendar, as where the mailbox shows them; cancelled ones leave the organizer's.
"""

from collections.abc import Callable
from typing import Any

from simulator.calendar.mailbox import mailbox
from simulator.calendar.views import find
from simulator.calendar.writes import excepted
from simulator.core import Call, GraphFault, Reply, Route

JSON = dict[str, Any]


def answer(response: str, shown: str) -> Callable[[Call], Reply]:
    """The handler that gives an invitation this response; `shown` is how the time is shown from then on."""

    def handle(call: Call) -> Reply:
        box = mailbox(call)
        raw, instance = find(box, call.params["event-id"])
        if raw["isOrganizer"]:
            raise _refused("You can't respond to this meeting because you're the meeting organizer.")
        answered = {"response": response, "time": f"{call.tenant.now():%Y-%m-%dT%H:%M:%SZ}"}
        changes: JSON = {"responseStatus": answered, "showAs": shown}
        if instance is not None and instance.original is not None:
            box.events.put(excepted(raw, instance.original, {**(instance.changes or {}), **changes}))
        else:
            box.events.put({**raw, **changes})
        return Reply(202)

    return handle


def cancel(call: Call) -> Reply:
    """The organizer calls a meeting off, or one instance of a series."""
    box = mailbox(call)
    raw, instance = find(box, call.params["event-id"])
    if not raw["isOrganizer"]:
        raise _refused("You need to be an organizer to cancel a meeting.")
    if instance is not None and instance.original is not None:
        box.events.put(excepted(raw, instance.original, None))
    else:
        box.events.remove(raw["id"])
    return Reply(202)


def _refused(text: str) -> GraphFault:
    return GraphFault(400, "ErrorInvalidRequest", f"Your request can't be completed. {text}")


ROUTES = [
    Route("POST", "/users/{user-id}/events/{event-id}/accept", answer("accepted", "busy")),
    Route("POST", "/users/{user-id}/events/{event-id}/decline", answer("declined", "free")),
    Route("POST", "/users/{user-id}/events/{event-id}/tentativelyAccept", answer("tentativelyAccepted", "tentative")),
    Route("POST", "/users/{user-id}/events/{event-id}/cancel", cancel),
]
