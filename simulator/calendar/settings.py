"""Settings of a mailbox: time zone, language, working hours, automatic replies."""

from typing import Any

from simulator.calendar.bodies import body_of
from simulator.calendar.mailbox import Mailbox, mailbox, zone_name
from simulator.calendar.zones import UnknownZoneError, zone
from simulator.core import Call, GraphFault, Reply, Route
from simulator.odata import Shape, one
from simulator.population import Kind, kind_of
from simulator.population.kinds import CYCLE

JSON = dict[str, Any]
SETTINGS = Shape("mailboxSettings")
NEWER = 47  # place in the cycle of accounts of a mailbox whose purpose is newer than the API
_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]
_LANGUAGES = {"sv-SE": "svenska (Sverige)", "en-US": "English (United States)", "nb-NO": "norsk bokmål (Norge)"}


def settings_of(call: Call, box: Mailbox) -> JSON:
    """The settings of a mailbox, with what its owner changed."""
    name = zone_name(call.tenant, box.account)
    locale = str(box.account.get("preferredLanguage") or "en-US")
    made = {
        "archiveFolder": None,
        "timeZone": name,
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "userPurpose": _purpose(call, box),
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": {"dateTime": "2026-01-01T08:00:00.0000000", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-01-02T08:00:00.0000000", "timeZone": "UTC"},
        },
        "language": {"locale": locale, "displayName": _LANGUAGES.get(locale, locale)},
        "workingHours": {
            "daysOfWeek": _WEEK,
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": name},
        },
    }
    changed = call.tenant.collection("mailboxSettings").get(box.id) or {}
    return made | {key: value for key, value in changed.items() if key != "id"}


def _purpose(call: Call, box: Mailbox) -> str:
    people = call.tenant.population
    index = people.index(box.id) if people is not None else None
    if index is not None and index % CYCLE == NEWER:
        return "unknownFutureValue"  # what an older version of the API says of a purpose that it does not know
    kind = kind_of(index) if index is not None else Kind.PERSON
    return {Kind.ROOM: "room", Kind.SHARED: "shared"}.get(kind, "user")


def read(call: Call) -> Reply:
    """The settings of a mailbox."""
    made = settings_of(call, mailbox(call))
    reply = one(call, made, shape=SETTINGS, context=f"users('{call.params['user-id']}')/mailboxSettings")
    reply.body["@odata.context"] = reply.body["@odata.context"].removesuffix("/$entity")
    return reply


def change(call: Call) -> Reply:
    """Changes settings; nested ones keep what is not named. 200 with what was changed to."""
    box = mailbox(call)
    given = body_of(call, "mailboxSettings")
    if "timeZone" in given:
        try:
            zone(given["timeZone"])
        except UnknownZoneError as error:
            raise GraphFault(400, "TimeZoneNotSupportedException", str(error)) from None
    before = settings_of(call, box)
    kept = call.tenant.collection("mailboxSettings").get(box.id) or {"id": box.id}
    for key, value in given.items():
        nested = isinstance(value, dict) and isinstance(before.get(key), dict)
        kept = {**kept, key: {**before[key], **value} if nested else value}
    call.tenant.collection("mailboxSettings").put(kept, at_once=True)
    return read(call)


ROUTES = [
    Route("GET", "/users/{user-id}/mailboxSettings", read),
    Route("PATCH", "/users/{user-id}/mailboxSettings", change),
]
