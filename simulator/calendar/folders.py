"""The calendars of a mailbox: the own one, and an empty one of birthdays, as most mailboxes have."""

from hashlib import blake2b
from typing import Any

from simulator.calendar.mailbox import Mailbox, mailbox
from simulator.calendar.shape import change_key
from simulator.core import Call, GraphFault, Reply, Route
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]
CALENDAR = Shape("calendar", always=("id",))
_DEFAULT_NAMES = {"sv": "Kalender", "nb": "Kalender", "fi": "Kalenteri", "pl": "Kalendarz"}
_BIRTHDAY_NAMES = {"sv": "Födelsedagar", "nb": "Bursdager", "fi": "Syntymäpäivät", "pl": "Urodziny"}


def calendar_id(owner: str, number: int) -> str:
    """The id of a mailbox's calendar: 0 is the own one."""
    return "AAMkADCal" + blake2b(f"{owner}/{number}".encode(), digest_size=15).hexdigest()


def calendars_of(box: Mailbox) -> list[JSON]:
    """Both calendars, the own one first; their names are in the language of the mailbox."""
    language = str(box.account.get("preferredLanguage") or "en")[:2]
    own = _calendar(box, 0, _DEFAULT_NAMES.get(language, "Calendar"))
    birthdays = _calendar(box, 1, _BIRTHDAY_NAMES.get(language, "Birthdays"))
    return [own, birthdays | {"isDefaultCalendar": False, "canEdit": False, "canShare": False, "isRemovable": True}]


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
    for one_of in calendars_of(box):
        if one_of["id"] == call.params["calendar-id"]:
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


ROUTES = [
    Route("GET", "/users/{user-id}/calendar", own_calendar),
    Route("GET", "/users/{user-id}/calendars", calendars),
    Route("GET", "/users/{user-id}/calendars/{calendar-id}", calendar),
]
