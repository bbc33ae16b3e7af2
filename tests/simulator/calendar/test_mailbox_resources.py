"""Calendars, mailbox settings, free/busy and places."""

from typing import Any

import pytest

from simulator.population import Kind
from simulator.tenant import Tenant
from tests.simulator.calendar.asking import JSON, ask, at, make_tenant, pages, person, refused


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant()


def test_calendars_are_named_in_the_owners_language(tenant: Tenant) -> None:
    account = person(tenant)
    tenant.collection("users").put({**account, "preferredLanguage": "sv-SE"})
    own, birthdays = pages(tenant, f"/users/{account['id']}/calendars")
    assert (own["name"], birthdays["name"]) == ("Kalender", "Födelsedagar")
    assert own["isDefaultCalendar"]
    assert own["owner"]["address"] == account["mail"]
    alone = ask(tenant, f"/users/{account['id']}/calendar?$select=name").body
    assert {key: alone[key] for key in ("id", "name")} == {"id": own["id"], "name": "Kalender"}
    assert ask(tenant, f"/users/{account['id']}/calendars/{birthdays['id']}").body["canEdit"] is False
    assert refused(tenant, f"/users/{account['id']}/calendars/x") == (404, "ErrorItemNotFound")


def test_settings_are_read_and_changed(tenant: Tenant) -> None:
    address = f"/users/{person(tenant)['id']}/mailboxSettings"
    before = ask(tenant, address).body
    assert before["userPurpose"] == "user"
    assert before["workingHours"]["timeZone"]["name"] == before["timeZone"]
    assert before["@odata.context"].endswith("/mailboxSettings")
    changed = ask(
        tenant, address, "PATCH", {"timeZone": "Asia/Tokyo", "automaticRepliesSetting": {"status": "AlwaysEnabled"}}
    )
    assert changed.status == 200
    after = ask(tenant, address).body
    assert (after["timeZone"], after["automaticRepliesSetting"]["status"]) == ("Asia/Tokyo", "alwaysEnabled")
    assert after["automaticRepliesSetting"]["externalAudience"] == "all"
    assert ask(tenant, f"{address}?$select=timeZone").body.keys() == {"@odata.context", "timeZone"}
    assert refused(tenant, address, "PATCH", {"timeZone": "Nowhere"}) == (400, "TimeZoneNotSupportedException")


def test_working_hours_in_a_zone_of_ones_own(tenant: Tenant) -> None:
    address = f"/users/{person(tenant)['id']}/mailboxSettings"
    custom = {"@odata.type": "#microsoft.graph.customTimeZone", "name": "Customized Time Zone", "bias": -200}
    patch = {"workingHours": {"endTime": "18:30:00.0000000", "daysOfWeek": ["Monday", "Friday"], "timeZone": custom}}
    hours = ask(tenant, address, "PATCH", patch).body["workingHours"]
    assert (hours["daysOfWeek"], hours["timeZone"]) == (["monday", "friday"], custom)
    assert hours["startTime"] == "08:00:00.0000000"


def test_what_a_mailbox_is_for(tenant: Tenant) -> None:
    for kind, purpose in ((Kind.ROOM, "room"), (Kind.SHARED, "shared")):
        assert ask(tenant, f"/users/{person(tenant, kind)['id']}/mailboxSettings").body["userPurpose"] == purpose


def test_a_purpose_can_be_newer_than_the_api(tenant: Tenant) -> None:
    assert tenant.population is not None
    address = f"/users/{tenant.population.at(47)['id']}/mailboxSettings"
    assert ask(tenant, address).body["userPurpose"] == "unknownFutureValue"


def free_busy(tenant: Tenant, **changes: Any) -> Any:
    body = {"startTime": at("2026-11-23T08:00:00"), "endTime": at("2026-11-23T12:00:00"), "schedules": [], **changes}
    return ask(tenant, f"/users/{person(tenant)['id']}/calendar/getSchedule", "POST", body).body["value"]


def test_free_busy_shows_the_stronger_state_and_hides_private_ones(tenant: Tenant) -> None:
    account = person(tenant)
    store = tenant.collection("events")
    store.clear()
    times: dict[str, tuple[str, str, JSON]] = {
        "e1": ("08:00", "09:00", {"showAs": "tentative", "subject": "A", "location": {"displayName": "X"}}),
        "e2": ("08:30", "10:00", {"showAs": "oof", "subject": "hemligt", "sensitivity": "private"}),
        "e3": ("10:00", "10:30", {"showAs": "free", "subject": "B", "location": None}),
    }
    for name, (start, end, more) in times.items():
        span = {"start": at(f"2026-11-23T{start}:00"), "end": at(f"2026-11-23T{end}:00")}
        store.put({"id": name, "@owner": account["id"], **span, **more})
    day = {"start": at("2026-11-23T00:00:00"), "end": at("2026-11-24T00:00:00")}
    store.put({"id": "e4", "@owner": account["id"], "isAllDay": True, "showAs": "workingElsewhere", **day})
    found, missing = free_busy(tenant, schedules=[account["mail"], "nobody@contoso.com"], availabilityViewInterval=30)
    assert found["availabilityView"] == "13334444"
    assert [item.get("subject") for item in found["scheduleItems"]] == [None, "A", None, "B"]
    assert found["scheduleItems"][1]["location"] == "X"
    assert found["scheduleItems"][2]["isPrivate"] is True
    assert found["workingHours"]["startTime"] == "08:00:00.0000000"
    assert missing["error"]["responseCode"] == "ErrorMailRecipientNotFound"


@pytest.mark.parametrize(
    "changes",
    [
        {"startTime": None},
        {"startTime": at("x")},
        {"endTime": at("2026-11-23T08:00:00")},
        {"endTime": at("2027-11-23T08:00:00")},
        {"availabilityViewInterval": 4},
        {"availabilityViewInterval": "often"},
    ],
)
def test_free_busy_needs_a_window(tenant: Tenant, changes: JSON) -> None:
    body = {"startTime": at("2026-11-23T08:00:00"), "endTime": at("2026-11-23T12:00:00"), "schedules": [], **changes}
    url = f"/users/{person(tenant)['id']}/calendar/getSchedule"
    assert refused(tenant, url, "POST", body) == (400, "ErrorInvalidParameter")


def test_rooms_and_their_lists(tenant: Tenant) -> None:
    rooms = pages(tenant, "/places/microsoft.graph.room")
    lists = pages(tenant, "/places/microsoft.graph.roomList")
    assert rooms
    assert len(lists) == 2
    assert ask(tenant, "/places/microsoft.graph.room?$count=true&$top=1").body["@odata.count"] == len(rooms)
    room = rooms[0]
    by_address = ask(tenant, f"/places/{room['emailAddress']}").body
    assert by_address["id"] == room["id"]
    assert by_address["@odata.type"] == "#microsoft.graph.room"
    assert ask(tenant, f"/places/{room['id']}/microsoft.graph.room").body["nickname"] == room["nickname"]
    assert refused(tenant, f"/places/{room['id']}/microsoft.graph.roomList") == (404, "ErrorItemNotFound")
    assert refused(tenant, "/places/none") == (404, "ErrorItemNotFound")
    inside = [pages(tenant, f"/places/{one['id']}/microsoft.graph.roomList/rooms") for one in lists]
    assert sorted(room["id"] for rows in inside for room in rows) == sorted(room["id"] for room in rooms)
    assert ask(tenant, f"/users/{room['emailAddress']}/calendar").status == 200


def test_bookings_of_rooms_show_the_organizer_instead_of_the_subject(tenant: Tenant) -> None:
    room = person(tenant, Kind.ROOM)
    bookings = pages(tenant, f"/users/{room['id']}/events")
    assert bookings
    for booking in bookings:
        assert booking["subject"] == booking["organizer"]["emailAddress"]["name"]
        assert (booking["sensitivity"], booking["body"]["content"]) == ("normal", "")


def test_calendars_are_made_changed_and_deleted(tenant: Tenant) -> None:
    address = f"/users/{person(tenant)['id']}"
    made = ask(tenant, f"{address}/calendars", "POST", {"name": "Projekt", "color": "LightBlue"})
    assert (made.status, made.body["color"], made.body["isDefaultCalendar"]) == (201, "lightBlue", False)
    assert not [key for key in made.body if key.startswith("@") and "odata" not in key]
    assert refused(tenant, f"{address}/calendars", "POST", {"name": "Projekt"}) == (409, "ErrorFolderExists")
    assert refused(tenant, f"{address}/calendars", "POST", {"color": "auto"}) == (400, "ErrorInvalidRequest")
    assert refused(tenant, f"{address}/calendars", "POST", {"name": "x", "shape": 1}) == (400, "RequestBodyRead")
    own = ask(tenant, f"{address}/calendar", "PATCH", {"name": "Mitt"})
    assert (own.status, own.body["name"]) == (200, "Mitt")
    named = f"{address}/calendars/{made.body['id']}"
    assert ask(tenant, named, "PATCH", {"name": "Annat"}).body["changeKey"] != made.body["changeKey"]
    assert {row["name"] for row in pages(tenant, f"{address}/calendars")} >= {"Mitt", "Annat"}
    assert pages(tenant, f"{named}/events") == []
    assert ask(tenant, named, "DELETE").status == 204
    assert refused(tenant, named) == (404, "ErrorItemNotFound")
    for kept in pages(tenant, f"{address}/calendars"):
        outcome = refused(tenant, f"{address}/calendars/{kept['id']}", "DELETE")
        assert outcome == (400, "ErrorDeleteDistinguishedFolder")
