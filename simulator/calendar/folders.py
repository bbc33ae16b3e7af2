"""The calendars of a mailbox: the own one, an empty one of birthdays as most mailboxes have, and those made anew.

All events lie in the own calendar; the others are empty.
"""

from hashlib import blake2b
from typing import Any

from simulator.calendar.bodies import body_of
from simulator.calendar.mailbox import Mailbox, mailbox
from simulator.calendar.shape import change_key
from simulator.core import Call, GraphFault, Reply, Route
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]
CALENDAR = Shape("calendar", always=("id",))
_DEFAULT_NAMES = {"sv": "Kalender", "nb": "Kalender", "fi": "Kalenteri", "pl": "Kalendarz"}
_BIRTHDAY_NAMES = {"sv": "Födelsedagar", "nb": "Bursdager", "fi": "Syntymäpäivät", "pl": "Urodziny"}


def calendar_id(owner: str, number: int | str) -> str:
    """The id of a mailbox's calendar: 0 is the own one, 1 that of birthdays."""
    return "AAMkADCal" + blake2b(f"{owner}/{number}".encode(), digest_size=15).hexdigest()


def calendars_of(box: Mailbox) -> list[JSON]:
    """All calendars, the own one first; the names of the first two are in the language of the mailbox."""
    language = str(box.account.get("preferredLanguage") or "en")[:2]
    own = _calendar(box, 0, _DEFAULT_NAMES.get(language, "Calendar"))
    birthdays = _calendar(box, 1, _BIRTHDAY_NAMES.get(language, "Birthdays"))
    birthdays |= {"isDefaultCalendar": False, "canEdit": False, "canShare": False, "isRemovable": True}
    written = {row["id"]: row for row in box.folders.iterate() if row["@owner"] == box.id}
    known = [{**row, **written.pop(row["id"], {})} for row in (own, birthdays)]
    return [{key: value for key, value in row.items() if key != "@owner"} for row in (*known, *written.values())]


def _calendar(box: Mailbox, number: int, name: str) -> JSON:
    identity = calendar_id(box.id, number)
    address = box.account["mail"]
    return {
        "id": identity,
        "name": name,
        "color": "auto",
        "hexColor": "",
        "isDefaultCalendar": True,
        "changeKey": change_key(identity, 0),
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"],
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "isTallyingResponses": True,
        "isRemovable": False,
        "owner": {"name": box.account.get("displayName"), "address": address},
    }


def check_folder(call: Call, box: Mailbox) -> bool:
    """Whether the calendar in the path is the own one, which holds all events. Raises GraphFault 404."""
    wanted = call.params.get("calendar-id")
    if wanted is None or wanted == calendar_id(box.id, 0):
        return True
    _pick(call, box)
    return False


def _pick(call: Call, box: Mailbox) -> JSON:
    wanted = call.params.get("calendar-id", calendar_id(box.id, 0))
    for one_of in calendars_of(box):
        if one_of["id"] == wanted:
            return one_of
    raise GraphFault(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def own_calendar(call: Call) -> Reply:
    """The own calendar of a mailbox."""
    box = mailbox(call)
    return one(call, calendars_of(box)[0], shape=CALENDAR, context=f"users('{call.params['user-id']}')/calendar")


def calendars(call: Call) -> Reply:
    """All calendars of a mailbox."""
    context = f"users('{call.params['user-id']}')/calendars"
    rows = calendars_of(mailbox(call))
    return respond(call, rows, shape=CALENDAR, context=context, default_top=10, max_top=1000, exchange=True)


def calendar(call: Call) -> Reply:
    """One calendar by id."""
    context = f"users('{call.params['user-id']}')/calendars"
    return one(call, _pick(call, mailbox(call)), shape=CALENDAR, context=context)


def create(call: Call) -> Reply:
    """A new, empty calendar: 201 with it. Raises GraphFault 400 without a name, 409 where the name is taken."""
    box = mailbox(call)
    given = _writable(call)
    if not given.get("name"):
        raise GraphFault(400, "ErrorInvalidRequest", "A calendar needs a name.")
    if any(row["name"] == given["name"] for row in calendars_of(box)):
        raise GraphFault(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    made = _calendar(box, 0, "") | {"isDefaultCalendar": False, "isRemovable": True, "@owner": box.id, **given}
    made["id"] = calendar_id(box.id, f"made {call.tenant.new_id()}")
    box.folders.put(made)
    shown = {key: value for key, value in made.items() if key != "@owner"}
    return one(call, shown, shape=CALENDAR, context=f"users('{call.params['user-id']}')/calendars", status=201)


def change(call: Call) -> Reply:
    """Changes a calendar's name or color: 200 with it."""
    box = mailbox(call)
    known = _pick(call, box)
    changed = {**known, **_writable(call), "changeKey": change_key(known["id"], box.folders.version + 1)}
    box.folders.put({**changed, "@owner": box.id})
    return one(call, changed, shape=CALENDAR, context=f"users('{call.params['user-id']}')/calendars")


def remove(call: Call) -> Reply:
    """Deletes a calendar that was made: 204. Raises GraphFault 400 for the two that every mailbox has."""
    box = mailbox(call)
    known = _pick(call, box)
    if known["isDefaultCalendar"] or known["id"] == calendar_id(box.id, 1):
        raise GraphFault(400, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
    box.folders.remove(known["id"])
    return Reply(204)


def _writable(call: Call) -> JSON:
    return {key: value for key, value in body_of(call, "calendar").items() if key in ("name", "color", "hexColor")}


ROUTES = [
    Route("GET", "/users/{user-id}/calendar", own_calendar),
    Route("PATCH", "/users/{user-id}/calendar", change),
    Route("GET", "/users/{user-id}/calendars", calendars),
    Route("POST", "/users/{user-id}/calendars", create),
    Route("GET", "/users/{user-id}/calendars/{calendar-id}", calendar),
    Route("PATCH", "/users/{user-id}/calendars/{calendar-id}", change),
    Route("DELETE", "/users/{user-id}/calendars/{calendar-id}", remove),
]
