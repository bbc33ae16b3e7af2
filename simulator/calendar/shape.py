"""The whole of a Graph event: what a new one has where nothing was said, and what an id brings with it."""

import base64
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

JSON = dict[str, Any]
NO_TIME = "0001-01-01T00:00:00Z"


def change_key(event_id: str, version: int) -> str:
    """A change key: another one for each version of an event."""
    return base64.b64encode(blake2b(f"{event_id}/{version}".encode(), digest_size=15).digest()).decode("ascii")


def blank(event_id: str, owner: JSON, created: str) -> JSON:
    """Every property of an event in the mailbox of `owner` (a raw user), as when it was just made by that person."""
    return {
        "@owner": owner["id"],
        "id": event_id,
        "createdDateTime": created,
        "lastModifiedDateTime": created,
        "changeKey": change_key(event_id, 0),
        "categories": [],
        "transactionId": None,
        "originalStartTimeZone": None,
        "originalEndTimeZone": None,
        "iCalUId": "040000008200E00074C5B7101A82E008" + blake2b(event_id.encode(), digest_size=24).hexdigest().upper(),
        "reminderMinutesBeforeStart": 15,
        "isReminderOn": True,
        "hasAttachments": False,
        "subject": None,
        "bodyPreview": "",
        "importance": "normal",
        "sensitivity": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "responseRequested": True,
        "seriesMasterId": None,
        "showAs": "busy",
        "type": "singleInstance",
        "webLink": f"https://outlook.office365.com/owa/?itemid={quote(event_id)}&exvsurl=1&path=/calendar/item",
        "onlineMeetingUrl": None,
        "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown",
        "allowNewTimeProposals": True,
        "isDraft": False,
        "hideAttendees": False,
        "recurrence": None,
        "onlineMeeting": None,
        "responseStatus": {"response": "organizer", "time": NO_TIME},
        "body": {"contentType": "html", "content": ""},
        "start": None,
        "end": None,
        "location": location(""),
        "locations": [],
        "attendees": [],
        "organizer": recipient(owner),
    }


def location(name: str) -> JSON:
    """A location that is no more than its name."""
    if not name:
        return {
            "displayName": "",
            "locationType": "default",
            "uniqueIdType": "unknown",
            "address": {},
            "coordinates": {},
        }
    return {"displayName": name, "locationType": "default", "uniqueId": name, "uniqueIdType": "private"}


def recipient(account: JSON) -> JSON:
    """An account as the organizer or an attendee."""
    address = account.get("mail") or account.get("userPrincipalName")
    return {"emailAddress": {"name": account.get("displayName"), "address": address}}


def complete(raw: JSON, base: JSON) -> JSON:
    """A partial event on top of a blank one: nested objects keep what was not said; times are taken as given."""
    made = dict(base)
    for key, value in raw.items():
        before = made.get(key)
        nested = isinstance(before, dict) and isinstance(value, dict) and key not in ("start", "end", "recurrence")
        made[key] = {**before, **value} if nested and before is not None else value
    if raw.get("location"):
        made["location"] = {**location(raw["location"].get("displayName") or ""), **raw["location"]}
    if raw.get("locations"):
        made["locations"] = [{"locationType": "default", "uniqueIdType": "unknown", **one} for one in raw["locations"]]
    elif raw.get("location"):
        made["locations"] = [made["location"]] if made["location"]["displayName"] else []
    return made


def settle(made: JSON) -> JSON:
    """Properties that follow from others: the kind of event, its original zones, who organizes, the preview."""
    made["type"] = "seriesMaster" if made.get("recurrence") else "singleInstance"
    if not made.get("recurrence"):
        made.pop("@exceptions", None)
    else:
        made.setdefault("@exceptions", {})
    for side in ("start", "end"):
        value = made.get(side) or {}
        made[side] = {"dateTime": value.get("dateTime"), "timeZone": value.get("timeZone") or "UTC"}
        made[f"original{side.title()}TimeZone"] = made[side]["timeZone"]
    made["isOrganizer"] = (made.get("responseStatus") or {}).get("response") in ("organizer", None)
    if made.get("isOnlineMeeting"):
        _go_online(made)
    return made


def _go_online(made: JSON) -> None:
    """A meeting in Teams has a link and a number to call; both follow from its id."""
    if made.get("onlineMeetingProvider") in (None, "unknown"):
        made["onlineMeetingProvider"] = "teamsForBusiness"
    if not made.get("onlineMeeting"):
        number = blake2b(made["id"].encode(), digest_size=8).digest()
        made["onlineMeeting"] = {
            "joinUrl": f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{number.hex()}%40thread.v2/0",
            "conferenceId": str(int.from_bytes(number, "big") % 10**9),
            "tollNumber": "+46 8 505 218 00",
        }
