"""Everything of a generated event but its times: subject, states, place, people; drawn when somebody looks."""

from datetime import datetime, time, timedelta
from typing import Any

from simulator.calendar.making import Place, event_id, times
from simulator.calendar.shape import NO_TIME, blank, location, recipient, settle
from simulator.calendar.texts import BODY, CATEGORIES, PLACES, PREFIXES, PRIVATE_SUBJECTS, SUBJECTS
from simulator.population import Kind, Population, kind_of
from simulator.population.ids import mix

JSON = dict[str, Any]

_SHOWN = (*("busy",) * 10, "tentative", "tentative", "oof", "oof", "free", "free", "workingElsewhere", "unknown")
_SENSITIVITY = (*("normal",) * 16, "private", "private", "confidential", "personal")
_RESPONSES = (
    *("organizer",) * 7,
    *("accepted",) * 6,
    "tentativelyAccepted",
    "tentativelyAccepted",
    "notResponded",
    "notResponded",
    "declined",
    "declined",
    "none",
)


def dressed(people: Population, place: Place, owner: JSON) -> JSON | None:
    """The raw event in a slot of `owner`'s mailbox, as the door shows it; None where the slot is empty."""
    when = times(place)
    if when is None:
        return None
    draw = mix(place.draw, 43)
    identity = event_id(people.ids, place.account, place.slot)
    made_on = datetime.combine(place.anchor, time(8)) - timedelta(days=10, minutes=draw % 9999)
    made = blank(identity, owner, f"{made_on.isoformat()}.0000000Z") | when
    _people(made, draw, people, place)
    if kind_of(place.account) is Kind.ROOM:
        _as_room_booking(made)
    else:
        _words(made, draw)
        _states(made, draw)
    _where(made, draw)
    return settle(made)


def _words(made: JSON, draw: int) -> None:
    made["sensitivity"] = _SENSITIVITY[draw // 64 % len(_SENSITIVITY)]
    if made["sensitivity"] != "normal":
        made["subject"] = PRIVATE_SUBJECTS[draw // 2048 % len(PRIVATE_SUBJECTS)]
    elif draw // 2048 % 6 == 0:
        made["subject"] = f"{PREFIXES[draw // 2**16 % len(PREFIXES)]} {SUBJECTS[draw // 2**20 % 6]}"
    else:
        made["subject"] = SUBJECTS[draw // 2**20 % len(SUBJECTS)]
    content = BODY.format(subject=(made["subject"] or "").replace("<", "&lt;"))
    made["body"] = {"contentType": "html", "content": content}
    made["bodyPreview"] = f"Dagordning & länkar: {made['subject'] or ''}"
    made["categories"] = [CATEGORIES[draw // 2**26 % 3]] if draw // 2**28 % 8 == 0 else []
    made["importance"] = ("normal", "normal", "normal", "high", "low")[draw // 2**31 % 5]


def _states(made: JSON, draw: int) -> None:
    made["showAs"] = _SHOWN[draw // 2**34 % len(_SHOWN)]
    if draw // 2**39 % 20 == 0:
        made["isCancelled"] = True
        made["subject"] = f"Inställt: {made['subject'] or ''}"


def _people(made: JSON, draw: int, people: Population, place: Place) -> None:
    response = _RESPONSES[draw // 2**44 % len(_RESPONSES)]
    if response == "organizer" or len(people) < 2:
        return
    other = people.at((place.account + 1 + draw // 2**49 % (len(people) - 1)) % len(people))
    me, made["organizer"] = made["organizer"], recipient(other)
    answered = made["createdDateTime"][:19] + "Z" if response not in ("none", "notResponded") else NO_TIME
    made["responseStatus"] = {"response": response, "time": answered}
    status = {"response": "none", "time": NO_TIME}
    made["attendees"] = [{"type": "required", "status": status, **me}]


def _as_room_booking(made: JSON) -> None:
    """A room's attendant puts the organizer in place of the subject and drops body and private flag."""
    made["subject"] = made["organizer"]["emailAddress"]["name"]
    made["responseStatus"] = {"response": "accepted", "time": made["createdDateTime"][:19] + "Z"}


def _where(made: JSON, draw: int) -> None:
    if draw // 2**52 % 2:
        made["location"] = location(PLACES[draw // 2**53 % len(PLACES)])
        made["locations"] = [made["location"]]
    if draw // 2**57 % 4 == 0:
        made["isOnlineMeeting"] = True
