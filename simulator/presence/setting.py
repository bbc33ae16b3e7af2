"""Setting presence: an application's session, the preferred presence, the status message, the work location.

learn.microsoft.com/graph/api/presence-setpresence and its neighbours. All answer 200 without a body.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from simulator.calendar.zones import UnknownZoneError, zone
from simulator.clock import parse_time, stamp
from simulator.core import Call, Reply, Route
from simulator.directory.common import is_guid
from simulator.directory.durations import duration
from simulator.odata import types
from simulator.presence.reading import missing, person_of, store_of, wrong
from simulator.presence.rules import APP_PAIRS, LONGEST, PREFERRED_PAIRS, SHORTEST

JSON = dict[str, Any]

DAY, WEEK = timedelta(days=1), timedelta(days=7)
PLACES = ("unspecified", "office", "remote", "timeOff")
ITEM = "/users/{user-id}/presence"


def set_presence(call: Call) -> Reply:
    """The state of the calling application's session."""
    body = _body(call)
    lasts = _lasts(body, SHORTEST)
    if not SHORTEST <= lasts <= LONGEST:
        raise wrong("The expirationDuration must be between PT5M and PT4H.")
    entry = _entry(call, body, APP_PAIRS, lasts)
    row = _row(call)
    _put(call, row, {"@sessions": {**_living(call, row), _session(call, body): entry}})
    return Reply(200)


def clear_presence(call: Call) -> Reply:
    """Ends the session; 404 where there is none."""
    session, row = _session(call, _body(call)), _row(call)
    sessions = _living(call, row)
    if session not in sessions:
        raise missing(f"There is no presence session with id {session}.")
    _put(call, row, {"@sessions": {key: one for key, one in sessions.items() if key != session}})
    return Reply(200)


def set_preferred(call: Call) -> Reply:
    """What the person wants to be shown, whatever their sessions say."""
    body = _body(call)
    default = DAY if body.get("availability") in ("Busy", "DoNotDisturb") else WEEK
    _put(call, _row(call), {"@preferred": _entry(call, body, PREFERRED_PAIRS, _lasts(body, default))})
    return Reply(200)


def clear_preferred(call: Call) -> Reply:
    """Back to what the sessions say."""
    _put(call, _row(call), {"@preferred": None})
    return Reply(200)


def set_message(call: Call) -> Reply:
    """The status message; its expiry is kept in UTC."""
    given = _body(call).get("statusMessage")
    if not isinstance(given, dict) or not isinstance(given.get("message"), dict):
        raise wrong("A value is required for statusMessage.")
    if set(given) - set(types.properties("presenceStatusMessage")):
        raise wrong("The statusMessage holds an unknown property.")
    text = {"content": given["message"].get("content") or "", "contentType": "text"}
    message = {"message": text, "publishedDateTime": stamp(call.tenant.now()), "expiryDateTime": _expiry(given)}
    _put(call, _row(call), {"statusMessage": message if text["content"] else None})
    return Reply(200)


def set_location(source: str, call: Call) -> Reply:
    """Where the person works today, said by themselves (`manual`) or found out (`automatic`)."""
    body = _body(call)
    kind = str(body.get("workLocationType") or "")
    if kind not in PLACES:
        raise wrong("The workLocationType is not valid.")
    row = _row(call)
    known = row.get("workLocation") or {}
    if source == "manual" or known.get("source") != "manual":  # what the person said wins
        place = {"workLocationType": kind, "placeId": body.get("placeId"), "source": source}
        _put(call, row, {"workLocation": place})
    return Reply(200)


def clear_location(source: str | None, call: Call) -> Reply:
    """Forgets the work location; `source`: only one that came this way."""
    row = _row(call)
    if source is None or (row.get("workLocation") or {}).get("source") == source:
        _put(call, row, {"workLocation": None})
    return Reply(200)


def _row(call: Call) -> JSON:
    row = store_of(call).of(person_of(call)["id"])
    assert row is not None
    return row


def _put(call: Call, row: JSON, change: JSON) -> None:
    """Writes an entry back; what was computed for reading is left out of it."""
    kept = {key: value for key, value in row.items() if key not in ("availability", "activity", "sequenceNumber")}
    store_of(call).put({**kept, **change, "@set": stamp(call.tenant.now())})


def _body(call: Call) -> JSON:
    if not isinstance(call.body, dict):
        raise wrong("The request body is empty.")
    return call.body


def _session(call: Call, body: JSON) -> str:
    """The session id: the calling application's own id."""
    found = str(body.get("sessionId") or "").lower()
    if not is_guid(found) or found != call.token.app_id:
        raise wrong("The sessionId must be the id of the calling application.")
    return found


def _living(call: Call, row: JSON) -> JSON:
    now = call.tenant.now()
    return {key: one for key, one in (row.get("@sessions") or {}).items() if parse_time(one["expires"]) > now}


def _entry(call: Call, body: JSON, pairs: frozenset[tuple[str, str]], lasts: timedelta) -> JSON:
    pair = (str(body.get("availability") or ""), str(body.get("activity") or ""))
    if pair not in pairs:
        raise wrong(f"The combination of availability '{pair[0]}' and activity '{pair[1]}' is not supported.")
    now = call.tenant.now()
    return {"availability": pair[0], "activity": pair[1], "set": stamp(now), "expires": stamp(now + lasts)}


def _lasts(body: JSON, default: timedelta) -> timedelta:
    given = body.get("expirationDuration")
    try:
        lasts = default if given is None else duration(str(given))
    except ValueError:
        raise wrong("The expirationDuration is not a valid ISO 8601 duration.") from None
    if lasts <= timedelta(0):
        raise wrong("The expirationDuration must be longer than nothing.")
    return lasts


def _expiry(given: JSON) -> JSON | None:
    ends = given.get("expiryDateTime")
    if ends is None:
        return None
    try:
        moment = datetime.fromisoformat(str(ends["dateTime"])).replace(tzinfo=zone(str(ends.get("timeZone") or "UTC")))
    except (KeyError, TypeError, ValueError, UnknownZoneError):
        raise wrong("The expiryDateTime is not valid.") from None
    return {"dateTime": f"{moment.astimezone(zone('UTC')):%Y-%m-%dT%H:%M:%S.0000000}", "timeZone": "UTC"}


ROUTES = [
    Route("POST", f"{ITEM}/setPresence", set_presence),
    Route("POST", f"{ITEM}/clearPresence", clear_presence),
    Route("POST", f"{ITEM}/setUserPreferredPresence", set_preferred),
    Route("POST", f"{ITEM}/clearUserPreferredPresence", clear_preferred),
    Route("POST", f"{ITEM}/setStatusMessage", set_message),
    Route("POST", f"{ITEM}/setManualLocation", partial(set_location, "manual")),
    Route("POST", f"{ITEM}/setAutomaticLocation", partial(set_location, "automatic")),
    Route("POST", f"{ITEM}/clearLocation", partial(clear_location, None)),
    Route("POST", f"{ITEM}/clearAutomaticLocation", partial(clear_location, "automatic")),
]
