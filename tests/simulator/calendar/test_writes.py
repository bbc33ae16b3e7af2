"""Writing events through Graph: what the service completes, refuses, and makes of single instances."""

from typing import Any

import pytest

from simulator.tenant import Tenant
from tests.simulator.calendar.asking import JSON, ask, at, make_tenant, pages, refused, view

BODY = {
    "subject": "Möte",
    "start": at("2026-11-23T10:00:00", "Europe/Stockholm"),
    "end": at("2026-11-23T11:00:00", "Europe/Stockholm"),
}
SERIES = {
    **BODY,
    "recurrence": {
        "pattern": {"type": "Weekly", "interval": 1, "daysOfWeek": ["Monday"]},
        "range": {"type": "numbered", "numberOfOccurrences": 4, "startDate": "2026-11-23"},
    },
}
WINDOW = ("2026-11-20T00:00:00Z", "2027-01-20T00:00:00Z")


@pytest.fixture
def tenant() -> Tenant:
    made = make_tenant()
    made.collection("events").clear()
    return made


@pytest.fixture
def owner(tenant: Tenant) -> str:
    assert tenant.population is not None
    return str(tenant.population.at(0)["id"])


def make(tenant: Tenant, owner: str, **changes: Any) -> JSON:
    reply = ask(tenant, f"/users/{owner}/events", "POST", {**BODY, **changes})
    assert reply.status == 201
    made: JSON = reply.body
    return made


def test_a_new_event_is_whole(tenant: Tenant, owner: str) -> None:
    body = {"contentType": "HTML", "content": "<p>Hej &amp; h\u00e5</p>"}
    attendees = [{"emailAddress": {"address": "a@b.example"}, "type": "Optional"}]
    made = make(
        tenant, owner, body=body, attendees=attendees, location={"displayName": "Öresund"}, isOnlineMeeting=True
    )
    assert made["start"] == {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "UTC"}
    assert made["originalStartTimeZone"] == "Europe/Stockholm"
    assert made["body"]["contentType"] == "html"
    assert made["bodyPreview"] == "Hej & hå"
    assert made["attendees"][0]["status"]["response"] == "none"
    assert made["attendees"][0]["type"] == "optional"
    assert made["locations"] == [made["location"]]
    assert made["onlineMeetingProvider"] == "teamsForBusiness"
    assert (made["isOrganizer"], made["type"], made["showAs"]) == (True, "singleInstance", "busy")
    again = ask(tenant, f"/users/{owner}/events/{made['id']}").body
    assert again == made
    assert [row["id"] for row in view(tenant, owner, *WINDOW)] == [made["id"]]


@pytest.mark.parametrize("path", ["calendar/events", "calendars/{id}/events"])
def test_other_ways_to_the_same_calendar(tenant: Tenant, owner: str, path: str) -> None:
    own, birthdays = (row["id"] for row in pages(tenant, f"/users/{owner}/calendars"))
    made = ask(tenant, f"/users/{owner}/{path.format(id=own)}", "POST", BODY).body
    assert [row["id"] for row in pages(tenant, f"/users/{owner}/{path.format(id=own)}")] == [made["id"]]
    window = f"startDateTime={WINDOW[0]}&endDateTime={WINDOW[1]}"
    assert len(pages(tenant, f"/users/{owner}/calendars/{own}/calendarView?{window}")) == 1
    assert pages(tenant, f"/users/{owner}/calendars/{birthdays}/calendarView?{window}") == []
    assert refused(tenant, f"/users/{owner}/calendars/{birthdays}/events", "POST", BODY) == (403, "ErrorAccessDenied")
    assert refused(tenant, f"/users/{owner}/calendars/other/events") == (404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start": None}, "ErrorPropertyValidationFailure"),
        ({"end": at("2026-11-22T00:00:00")}, "ErrorPropertyValidationFailure"),
        ({"start": at("soon")}, "ErrorPropertyValidationFailure"),
        ({"start": at("2026-11-23T10:00:00", "Nowhere")}, "TimeZoneNotSupportedException"),
        ({"isAllDay": True}, "ErrorPropertyValidationFailure"),
        ({"colour": "red"}, "RequestBodyRead"),
        ({"showAs": "asleep"}, "RequestBodyRead"),
        ({"isAllDay": "yes"}, "RequestBodyRead"),
        ({"reminderMinutesBeforeStart": True}, "RequestBodyRead"),
        ({"attendees": {}}, "RequestBodyRead"),
        ({"location": "Öresund"}, "RequestBodyRead"),
        ({"location": {"where": "?"}}, "RequestBodyRead"),
        ({"recurrence": {"pattern": {"type": "weekly"}}}, "ErrorPropertyValidationFailure"),
    ],
)
def test_bodies_that_are_refused(tenant: Tenant, owner: str, changes: JSON, code: str) -> None:
    assert refused(tenant, f"/users/{owner}/events", "POST", {**BODY, **changes}) == (400, code)
    assert pages(tenant, f"/users/{owner}/events") == []


def test_a_body_is_needed(tenant: Tenant, owner: str) -> None:
    assert refused(tenant, f"/users/{owner}/events", "POST", None) == (400, "BadRequest")


def test_a_transaction_makes_one_event(tenant: Tenant, owner: str) -> None:
    make(tenant, owner, transactionId="T1")
    assert refused(tenant, f"/users/{owner}/events", "POST", {**BODY, "transactionId": "T1"})[0] == 409
    make(tenant, owner, transactionId="T2")
    assert len(pages(tenant, f"/users/{owner}/events")) == 2


def test_changing_an_event_gives_it_a_new_change_key(tenant: Tenant, owner: str) -> None:
    made = make(tenant, owner)
    patch = {"subject": "Nytt", "showAs": "oof", "id": "mine", "@odata.etag": "x"}
    changed = ask(tenant, f"/users/{owner}/events/{made['id']}", "PATCH", patch)
    assert changed.status == 200
    assert (changed.body["subject"], changed.body["showAs"], changed.body["id"]) == ("Nytt", "oof", made["id"])
    assert changed.body["changeKey"] != made["changeKey"]
    assert changed.body["start"] == made["start"]


def test_one_instance_is_changed_and_another_deleted(tenant: Tenant, owner: str) -> None:
    master = ask(tenant, f"/users/{owner}/events", "POST", SERIES).body
    assert master["recurrence"]["pattern"]["daysOfWeek"] == ["monday"]
    assert master["recurrence"]["range"]["recurrenceTimeZone"] == "Europe/Stockholm"
    first, second, third, fourth = view(tenant, owner, *WINDOW)
    changed = ask(tenant, f"/users/{owner}/events/{second['id']}", "PATCH", {"start": at("2026-12-01T07:00:00")}).body
    assert (changed["type"], changed["start"]["dateTime"][:16]) == ("exception", "2026-12-01T07:00")
    assert changed["end"]["dateTime"][:16] == "2026-12-01T08:00"
    assert ask(tenant, f"/users/{owner}/events/{third['id']}", "DELETE").status == 204
    rows = view(tenant, owner, *WINDOW)
    assert [row["id"] for row in rows] == [first["id"], second["id"], fourth["id"]]
    ask(tenant, f"/users/{owner}/events/{second['id']}", "PATCH", {"subject": "Ett till"})
    again = ask(tenant, f"/users/{owner}/events/{second['id']}").body
    assert (again["subject"], again["start"]["dateTime"][:16]) == ("Ett till", "2026-12-01T07:00")
    door = tenant.collection("events").get(master["id"])
    assert door is not None
    assert door["@exceptions"]["2026-12-07"] is None
    assert ask(tenant, f"/users/{owner}/events/{master['id']}", "DELETE").status == 204
    assert view(tenant, owner, *WINDOW) == []


def test_an_instance_becomes_all_day_and_back(tenant: Tenant, owner: str) -> None:
    ask(tenant, f"/users/{owner}/events", "POST", SERIES)
    first = view(tenant, owner, *WINDOW)[0]
    day = {"isAllDay": True, "start": at("2026-11-23T00:00:00"), "end": at("2026-11-24T00:00:00")}
    changed = ask(tenant, f"/users/{owner}/events/{first['id']}", "PATCH", day).body
    assert (changed["isAllDay"], changed["start"]["dateTime"][:16]) == (True, "2026-11-23T00:00")
    alone = ask(tenant, f"/users/{owner}/events/{first['id']}", prefer='outlook.timezone="Asia/Tokyo"').body
    assert alone["start"] == {"dateTime": "2026-11-23T00:00:00.0000000", "timeZone": "Asia/Tokyo"}


def test_deleting_what_is_not_there(tenant: Tenant, owner: str) -> None:
    assert refused(tenant, f"/users/{owner}/events/nothing", "DELETE") == (404, "ErrorItemNotFound")


def invite(tenant: Tenant, owner: str, **more: Any) -> str:
    """An invitation from somebody else."""
    times = {side: BODY[side] for side in ("start", "end")}
    tenant.collection("events").put(
        {"id": "invited", "@owner": owner, "responseStatus": {"response": "notResponded"}, **times, **more}
    )
    return f"/users/{owner}/events/invited"


@pytest.mark.parametrize(
    ("action", "response", "shown"),
    [
        ("accept", "accepted", "busy"),
        ("decline", "declined", "free"),
        ("tentativelyAccept", "tentativelyAccepted", "tentative"),
    ],
)
def test_invitations_are_answered(tenant: Tenant, owner: str, action: str, response: str, shown: str) -> None:
    address = invite(tenant, owner)
    reply = ask(tenant, f"{address}/{action}", "POST", {"comment": "ok", "sendResponse": True})
    assert (reply.status, reply.body) == (202, None)
    event = ask(tenant, address).body
    assert (event["responseStatus"]["response"], event["showAs"]) == (response, shown)
    own = make(tenant, owner)
    assert refused(tenant, f"/users/{owner}/events/{own['id']}/{action}", "POST") == (400, "ErrorInvalidRequest")


def test_one_instance_of_an_invitation_is_declined(tenant: Tenant, owner: str) -> None:
    recurrence = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "noEnd", "startDate": "2026-11-23"}}
    invite(tenant, owner, recurrence=recurrence)
    ask(tenant, f"/users/{owner}/events/invited.20261124/decline", "POST", {})
    rows = view(tenant, owner, "2026-11-23T00:00:00Z", "2026-11-26T00:00:00Z")
    assert [row["responseStatus"]["response"] for row in rows] == ["notResponded", "declined", "notResponded"]


def test_only_organizers_cancel(tenant: Tenant, owner: str) -> None:
    assert refused(tenant, f"{invite(tenant, owner)}/cancel", "POST", {}) == (400, "ErrorInvalidRequest")
    single = make(tenant, owner)
    assert ask(tenant, f"/users/{owner}/events/{single['id']}/cancel", "POST", {"Comment": "sorry"}).status == 202
    assert refused(tenant, f"/users/{owner}/events/{single['id']}") == (404, "ErrorItemNotFound")
    master = ask(tenant, f"/users/{owner}/events", "POST", SERIES).body
    first = next(row for row in view(tenant, owner, *WINDOW) if row["seriesMasterId"] == master["id"])
    assert ask(tenant, f"/users/{owner}/events/{first['id']}/cancel", "POST", {}).status == 202
    assert first["id"] not in {row["id"] for row in view(tenant, owner, *WINDOW)}
