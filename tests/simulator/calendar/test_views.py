"""Reading mailboxes: who has one, windows, zones, floating days, pages, projections, the door's truth."""

from typing import Any

import pytest

from simulator.core import Token
from simulator.population import Kind
from simulator.tenant import Tenant
from tests.simulator.calendar.asking import ask, at, make_tenant, meeting, pages, person, refused, view, weekly

DAY = ("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z")


@pytest.fixture
def tenant() -> Tenant:
    made = make_tenant()
    made.collection("events").clear()
    return made


def put(tenant: Tenant, owner: str, **event: Any) -> None:
    tenant.collection("events").put({"@owner": owner, **event})


def test_the_owner_may_be_named_by_id_or_principal_name_in_any_case(tenant: Tenant) -> None:
    account = person(tenant)
    put(tenant, account["userPrincipalName"].upper(), id="one", subject="by name", **meeting())
    put(tenant, account["id"], id="two", subject="by id", **meeting())
    for name in (account["id"], account["userPrincipalName"].upper()):
        assert {row["subject"] for row in view(tenant, name, *DAY)} == {"by name", "by id"}


def test_an_owner_seeded_after_the_event_is_found(tenant: Tenant) -> None:
    put(tenant, "Late@Contoso.com", id="one", **meeting())
    tenant.seed({"users": [{"id": "u-late", "userPrincipalName": "late@contoso.com", "mail": "late@contoso.com"}]})
    assert [row["id"] for row in view(tenant, "late@contoso.com", *DAY)] == ["one"]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (Kind.GUEST, (404, "MailboxNotEnabledForRESTAPI")),
        (Kind.NO_MAIL, (404, "MailboxNotEnabledForRESTAPI")),
        (Kind.ON_PREMISES, (404, "MailboxNotEnabledForRESTAPI")),
    ],
)
def test_accounts_without_mailbox(tenant: Tenant, kind: Kind, outcome: tuple[int, str]) -> None:
    address = f"/users/{person(tenant, kind)['id']}"
    for path in (
        f"/calendarView?startDateTime={DAY[0]}&endDateTime={DAY[1]}",
        "/events",
        "/calendar",
        "/mailboxSettings",
    ):
        assert refused(tenant, address + path) == outcome


@pytest.mark.parametrize("kind", [Kind.DISABLED, Kind.ROOM, Kind.SHARED])
def test_disabled_accounts_rooms_and_shared_mailboxes_have_calendars(tenant: Tenant, kind: Kind) -> None:
    assert view(tenant, person(tenant, kind)["id"], *DAY) == []


@pytest.mark.parametrize("name", ["nobody@contoso.com", "11111111-1111-4111-8111-111111111111"])
def test_unknown_people(tenant: Tenant, name: str) -> None:
    assert refused(tenant, f"/users/{name}/events") == (404, "Request_ResourceNotFound")


def test_a_signed_in_person_sees_the_own_calendar_only(tenant: Tenant) -> None:
    own, other = person(tenant)["id"], person(tenant, Kind.OTHER_MAIL)["id"]
    signed_in = Token("app", frozenset(), frozenset({"Calendars.Read"}), own)
    assert ask(tenant, f"/users/{own}/calendar", token=signed_in).status == 200
    assert refused(tenant, f"/users/{other}/calendar", token=signed_in) == (403, "ErrorAccessDenied")
    shared = Token("app", frozenset(), frozenset({"Calendars.Read.Shared"}), own)
    assert refused(tenant, f"/users/{other}/calendar", token=shared) == (403, "ErrorAccessDenied")
    tenant.seed({"mailboxFolderPermissions": [{"@owner": other, "User": own, "AccessRights": "Reviewer"}]})
    assert ask(tenant, f"/users/{other}/calendar", token=shared).status == 200
    assert refused(tenant, f"/users/{other}/calendar", token=signed_in) == (403, "ErrorAccessDenied")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "ErrorInvalidParameter"),
        ("startDateTime=2026-11-23T00:00:00Z", "ErrorInvalidParameter"),
        ("startDateTime=tomorrow&endDateTime=2026-11-23T00:00:00Z", "ErrorInvalidParameter"),
        ("startDateTime=2026-11-24T00:00:00Z&endDateTime=2026-11-23T00:00:00Z", "ErrorInvalidParameter"),
        ("startDateTime=2020-01-01T00:00:00Z&endDateTime=2025-01-01T00:00:00Z", "ErrorCalendarViewRangeTooBig"),
        ("startDateTime=2026-11-23T00:00:00Z&endDateTime=2026-11-24T00:00:00Z&$top=0", "Request_BadRequest"),
        ("startDateTime=2026-11-23T00:00:00Z&endDateTime=2026-11-24T00:00:00Z&$select=nonsense", "BadRequest"),
    ],
)
def test_windows_that_are_none(tenant: Tenant, query: str, code: str) -> None:
    assert refused(tenant, f"/users/{person(tenant)['id']}/calendarView?{query}") == (400, code)


@pytest.mark.parametrize(
    ("since", "until", "there"),
    [
        ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", False),  # ends where the event begins
        ("2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z", False),  # begins where it ends
        ("2026-11-23T10:59:59Z", "2026-11-23T12:00:00Z", True),
        ("2026-11-23T10:15:00Z", "2026-11-23T10:30:00Z", True),  # within
        ("2026-11-23T10:00:00", "2026-11-23T10:00:01", True),  # without offset it is UTC
        ("2026-11-23T12:00:00%2B02:00", "2026-11-23T12:30:00%2B02:00", True),
        ("2026-11-23T05:00:00.0000000-05:00", "2026-11-23T05:30:00.0000000-05:00", True),
        ("2026-11-23T12:00:00%2B01:00", "2026-11-23T13:00:00%2B01:00", False),
    ],
)
def test_the_window_is_half_open(tenant: Tenant, since: str, until: str, there: bool) -> None:
    owner = person(tenant)["id"]
    put(tenant, owner, id="one", **meeting())
    assert bool(view(tenant, owner, since, until)) is there


@pytest.mark.parametrize(("since", "there"), [("10:00:00", True), ("09:59:59", True), ("10:00:01", False)])
def test_an_event_without_length_counts_from_its_moment(tenant: Tenant, since: str, there: bool) -> None:
    owner = person(tenant)["id"]
    put(tenant, owner, id="one", **meeting(end="2026-11-23T10:00:00"))
    assert bool(view(tenant, owner, f"2026-11-23T{since}Z", "2026-11-23T12:00:00Z")) is there
    assert view(tenant, owner, "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z") == []


@pytest.mark.parametrize("wished", ["W. Europe Standard Time", "Europe/Stockholm", "w. europe standard time"])
def test_times_come_in_the_preferred_zone(tenant: Tenant, wished: str) -> None:
    owner = person(tenant)["id"]
    put(tenant, owner, id="one", **meeting(zone="Eastern Standard Time"))
    url = f"/users/{owner}/calendarView?startDateTime={DAY[0]}&endDateTime={DAY[1]}"
    reply = ask(tenant, url, prefer=f'outlook.timezone="{wished}"')
    assert reply.headers["Preference-Applied"] == f'outlook.timezone="{wished}"'
    row = reply.body["value"][0]
    assert row["start"] == {"dateTime": "2026-11-23T16:00:00.0000000", "timeZone": wished}
    assert row["originalStartTimeZone"] == "Eastern Standard Time"
    plain = ask(tenant, url)
    assert plain.headers == {}
    assert plain.body["value"][0]["start"] == {"dateTime": "2026-11-23T15:00:00.0000000", "timeZone": "UTC"}


def test_a_zone_that_nobody_knows_is_refused(tenant: Tenant) -> None:
    url = f"/users/{person(tenant)['id']}/events"
    assert refused(tenant, url, prefer='outlook.timezone="Mars/Olympus"') == (400, "TimeZoneNotSupportedException")


def test_all_day_events_float(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    put(tenant, owner, id="one", isAllDay=True, **meeting("2026-11-23T00:00:00", "2026-11-24T00:00:00", "Asia/Tokyo"))
    for zone in ("UTC", "Pacific/Honolulu", "W. Europe Standard Time"):
        for path in ("calendarView?startDateTime=2026-11-22T00:00:00Z&endDateTime=2026-11-26T00:00:00Z", "events"):
            row = pages(tenant, f"/users/{owner}/{path}", prefer=f'outlook.timezone="{zone}"')[0]
            assert row["start"] == {"dateTime": "2026-11-23T00:00:00.0000000", "timeZone": zone}
            assert row["end"]["dateTime"] == "2026-11-24T00:00:00.0000000"
    stockholm = 'outlook.timezone="Europe/Stockholm"'
    assert view(tenant, owner, "2026-11-22T22:00:00Z", "2026-11-22T23:00:00Z", prefer=stockholm) == []
    assert len(view(tenant, owner, "2026-11-22T23:00:00Z", "2026-11-22T23:01:00Z", prefer=stockholm)) == 1


def test_bodies_as_text(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    markup = "<html><body><p>Dagordning &amp; mat</p></body></html>"
    put(tenant, owner, id="one", body={"contentType": "html", "content": markup}, **meeting())
    text = ask(tenant, f"/users/{owner}/events/one", prefer='outlook.body-content-type="text"')
    assert text.body["body"] == {"contentType": "text", "content": "Dagordning & mat"}
    assert text.headers["Preference-Applied"] == 'outlook.body-content-type="text"'
    assert ask(tenant, f"/users/{owner}/events/one").body["body"]["content"] == markup


def test_a_series_keeps_its_wall_time_when_summer_time_ends(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    put(tenant, owner, **weekly())
    rows = view(tenant, owner, "2026-10-18T00:00:00Z", "2026-11-01T00:00:00Z")
    assert [row["start"]["dateTime"][:16] for row in rows] == ["2026-10-19T00:30", "2026-10-26T01:30"]
    assert [row["originalStart"] for row in rows] == ["2026-10-19T00:30:00Z", "2026-10-26T01:30:00Z"]


def test_times_that_a_night_has_twice_or_not_at_all(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    berlin = "W. Europe Standard Time"
    put(tenant, owner, id="twice", **meeting("2026-10-25T02:30:00", "2026-10-25T02:45:00", berlin))
    put(tenant, owner, id="never", **meeting("2027-03-28T02:30:00", "2027-03-28T03:30:00", berlin))
    rows = {
        row["id"]: (row["start"]["dateTime"][11:16], row["end"]["dateTime"][11:16])
        for row in pages(tenant, f"/users/{owner}/events")
    }
    assert rows == {"twice": ("00:30", "00:45"), "never": ("01:30", "01:30")}


def test_occurrences_exceptions_and_deleted_ones(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    moved = {**meeting("2026-11-24T08:00:00", "2026-11-24T09:00:00"), "showAs": "oof", "location": {"displayName": "X"}}
    put(tenant, owner, **weekly(**{"@exceptions": {"2026-11-09": None, "2026-11-16": moved}}))
    rows = view(tenant, owner, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
    assert [(row["type"], row["start"]["dateTime"][:10]) for row in rows] == [
        ("occurrence", "2026-11-02"),
        ("occurrence", "2026-11-23"),
        ("exception", "2026-11-24"),
        ("occurrence", "2026-11-30"),
    ]
    assert {row["seriesMasterId"] for row in rows} == {"series"}
    exception = rows[2]
    assert exception["originalStart"] == "2026-11-16T01:30:00Z"
    assert (exception["showAs"], exception["location"]["displayName"]) == ("oof", "X")
    assert exception["locations"] == [exception["location"]]
    for row in rows:
        assert ask(tenant, f"/users/{owner}/events/{row['id']}").body | {"@odata.context": ""} == row | {
            "@odata.context": ""
        }
        assert not [key for key in row if key.startswith("@") and not key.startswith("@odata.")]
    assert refused(tenant, f"/users/{owner}/events/series.20261109") == (404, "ErrorItemNotFound")
    assert refused(tenant, f"/users/{owner}/events/series.20261110") == (404, "ErrorItemNotFound")
    window = "startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-12-01T00:00:00Z"
    assert pages(tenant, f"/users/{owner}/events/series/instances?{window}") == rows


def test_an_exception_may_be_named_by_its_moment_and_change_its_end_only(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    longer = {"end": at("2026-11-09T05:00:00", "W. Europe Standard Time")}
    put(tenant, owner, **weekly(**{"@exceptions": {"2026-11-09T01:30:00Z": longer, "2026-11-16T02:30:00": None}}))
    rows = view(tenant, owner, "2026-11-08T00:00:00Z", "2026-11-20T00:00:00Z")
    times = [[row[side]["dateTime"][:16] for side in ("start", "end")] for row in rows]
    assert times == [["2026-11-09T01:30", "2026-11-09T04:00"]]


def test_events_lists_masters_and_singles(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    put(tenant, owner, **weekly())
    put(tenant, owner, id="one", **meeting())
    rows = pages(tenant, f"/users/{owner}/events")
    assert {row["id"]: row["type"] for row in rows} == {"series": "seriesMaster", "one": "singleInstance"}
    master = next(row for row in rows if row["id"] == "series")
    assert master["recurrence"]["pattern"]["type"] == "weekly"
    assert refused(tenant, f"/users/{owner}/events/one/instances?startDateTime={DAY[0]}&endDateTime={DAY[1]}")[0] == 400


def test_events_of_others_are_not_found(tenant: Tenant) -> None:
    put(tenant, person(tenant)["id"], id="one", **meeting())
    other = person(tenant, Kind.OTHER_MAIL)["id"]
    assert refused(tenant, f"/users/{other}/events/one") == (404, "ErrorItemNotFound")
    assert refused(tenant, f"/users/{other}/events/no.such.thing") == (404, "ErrorItemNotFound")


@pytest.mark.parametrize("name", ["AAMkAD" + "!" * 24, "AAMkAD" + "A" * 24, "AAMkAD", "aamkad" + "A" * 24])
def test_ids_that_look_like_ours_are_not_found(tenant: Tenant, name: str) -> None:
    assert refused(tenant, f"/users/{person(tenant)['id']}/events/{name}") == (404, "ErrorItemNotFound")
    assert refused(make_tenant(12), f"/users/{person(make_tenant(12))['id']}/events/{name}")[0] == 404


def test_events_are_found_by_owner() -> None:
    tenant = make_tenant(users=12)
    store: Any = tenant.collection("events")
    for account in tenant.collection("users").iterate():
        found = {event["id"] for event in store.find("@owner", account["id"])}
        assert found == {event["id"] for event in store.of(account["id"])}


def test_pages_are_ten_by_default_and_counted(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    for number in range(64):
        put(tenant, owner, id=f"e{number:02}", **meeting(f"2026-11-23T10:{number % 60:02}:00"))
    address = f"/users/{owner}/calendarView?startDateTime={DAY[0]}&endDateTime={DAY[1]}"
    first = ask(tenant, f"{address}&$count=true").body
    assert (len(first["value"]), first["@odata.count"]) == (10, 64)
    assert "$skip=10" in first["@odata.nextLink"]
    assert len(ask(tenant, f"{address}&$top=500").body["value"]) == 47  # awkward: pages are shorter than asked
    tenant.awkward = False
    assert len(ask(tenant, f"{address}&$top=500").body["value"]) == 64
    rows = pages(tenant, f"{address}&$top=7&$select=subject")
    assert len({row["id"] for row in rows}) == 64
    assert all(set(row) == {"@odata.etag", "id", "subject"} for row in rows)


def test_filter_and_order(tenant: Tenant) -> None:
    owner = person(tenant)["id"]
    for hour, state in ((9, "busy"), (10, "free"), (11, "busy")):
        put(tenant, owner, id=f"e{hour}", showAs=state, **meeting(f"2026-11-23T{hour:02}:00:00", "2026-11-23T12:00:00"))
    busy = view(tenant, owner, *DAY, "&$filter=showAs eq 'busy'&$orderby=start/dateTime desc")
    assert [row["id"] for row in busy] == ["e11", "e9"]
    later = pages(tenant, f"/users/{owner}/events?$filter=start/dateTime ge '2026-11-23T10:00'")
    assert {row["id"] for row in later} == {"e10", "e11"}
