"""What the door tells of events is what Graph shows: generated ones, those written over them, those that cannot be."""

import json
from typing import Any

import pytest

from simulator.population import has_mailbox
from simulator.tenant import Tenant
from tests.simulator.calendar.asking import JSON, ask, at, make_tenant, meeting, pages, refused, weekly


@pytest.fixture
def tenant() -> Tenant:
    made = make_tenant()
    made.collection("events").clear()
    return made


def test_generated_events_are_the_same_through_graph_and_through_the_door() -> None:
    tenant = make_tenant(users=40)
    store: Any = tenant.collection("events")
    truth = list(store.iterate())
    assert len(truth) == len(store) > 200
    by_owner: dict[str, set[str]] = {}
    for raw in truth:
        by_owner.setdefault(raw["@owner"], set()).add(raw["id"])
        assert store.get(raw["id"]) == raw
    for account in tenant.collection("users").iterate():
        if has_mailbox(account):
            rows = pages(tenant, f"/users/{account['id']}/events?$top=100")
            assert {row["id"] for row in rows} == by_owner.get(account["id"], set())
            assert {raw["id"] for raw in store.of(account["mail"])} >= {row["id"] for row in rows}
        else:
            assert account["id"] not in by_owner


def test_another_store_of_the_same_seed_has_the_same_events() -> None:
    first, second = (list(make_tenant(users=12).collection("events").iterate()) for _ in range(2))
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_a_generated_event_can_be_replaced_and_deleted() -> None:
    tenant = make_tenant(users=12)
    store = tenant.collection("events")
    raw = next(iter(store.iterate()))
    store.put({**raw, "subject": "written over"})
    assert ask(tenant, f"/users/{raw['@owner']}/events/{raw['id']}").body["subject"] == "written over"
    store.remove(raw["id"])
    assert refused(tenant, f"/users/{raw['@owner']}/events/{raw['id']}") == (404, "ErrorItemNotFound")
    saved = store.save()
    again = make_tenant(users=12)
    again.collection("events").load(saved)
    assert [e["id"] for e in again.collection("events").iterate()] == [e["id"] for e in store.iterate()]


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ({"id": "x", **meeting()}, "@owner"),
        ({"@owner": "a@b", "id": "x"}, "start and end"),
        ({"@owner": "a@b", "id": "x", **meeting(end="2026-11-22T00:00:00")}, "ends before"),
        ({"@owner": "a@b", "id": "x", **meeting(zone="Nowhere")}, "Nowhere"),
        ({"@owner": "a@b", "id": "x", **meeting(start="soon")}, "soon"),
        ({"@owner": "a@b", "id": "x", **meeting(), "recurrence": {"pattern": {}, "range": {}}}, "None"),
        ({"@owner": "a@b", "id": "x", "isAllDay": True, **meeting()}, "at midnight"),
        (
            {"@owner": "a@b", "id": "x", "isAllDay": True, **meeting("2026-11-23T00:00:00", "2026-11-23T00:00:00")},
            "day",
        ),
        ({"@owner": "a@b", **weekly(**{"@exceptions": {"2026-11-09": "moved"}})}, "neither null"),
        ({"@owner": "a@b", **weekly(**{"@exceptions": {"soon": None}})}, "soon"),
        (
            {"@owner": "a@b", **weekly(**{"@exceptions": {"2026-11-09": {"end": at("2026-11-08T00:00:00")}}})},
            "ends before",
        ),
        ({"@owner": "a@b", **weekly(**{"@exceptions": {"2026-11-09": {"start": at("2026-11-08", "Mars")}}})}, "Mars"),
    ],
)
def test_events_that_cannot_take_place_are_not_stored(tenant: Tenant, event: JSON, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        tenant.collection("events").put(event)
    assert len(tenant.collection("events")) == 0


def test_a_small_tenant_holds_every_kind_of_event() -> None:
    truth = list(make_tenant(users=300).collection("events").iterate())
    assert {e["showAs"] for e in truth} == {"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"}
    assert {e["sensitivity"] for e in truth} == {"normal", "personal", "private", "confidential"}
    responses = {e["responseStatus"]["response"] for e in truth}
    assert responses == {"none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded"}
    assert {e["isCancelled"] for e in truth} == {e["isAllDay"] for e in truth} == {True, False}
    masters = [e for e in truth if e["type"] == "seriesMaster"]
    assert {m["recurrence"]["range"]["type"] for m in masters} == {"endDate", "noEnd", "numbered"}
    assert len({m["recurrence"]["pattern"]["type"] for m in masters}) == 5
    changes = [change for m in masters for change in m["@exceptions"].values()]
    assert None in changes
    assert any(change and "start" in change for change in changes)
    assert any(e["start"] == e["end"] for e in truth)
    assert len({e["start"]["timeZone"] for e in truth}) > 8
    private = {e["subject"].removeprefix("Inställt: ") for e in truth if e["sensitivity"] != "normal"}
    assert not private & {e["subject"] for e in truth if e["sensitivity"] == "normal"}


def test_generated_events_name_people_as_they_are_called_now() -> None:
    tenant = make_tenant(users=12)
    users = tenant.collection("users")
    raw = next(e for e in tenant.collection("events").iterate() if e["isOrganizer"])
    address = f"/users/{raw['@owner']}/events/{raw['id']}"
    assert ask(tenant, address).body["organizer"] == raw["organizer"]
    account = users.get(raw["@owner"])
    assert account is not None
    users.put({**account, "displayName": "Nytt Namn"})
    assert ask(tenant, address).body["organizer"]["emailAddress"]["name"] == "Nytt Namn"
