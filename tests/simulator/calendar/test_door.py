"""Events through the door and through Graph, over the wire."""

from typing import Any

from simulator.exchange import PROPAGATION
from tests.simulator.client import Served

EVENT: dict[str, Any] = {
    "id": "e1",
    "subject": "Seeded",
    "start": {"dateTime": "2026-11-23T10:00:00", "timeZone": "W. Europe Standard Time"},
    "end": {"dateTime": "2026-11-23T11:00:00", "timeZone": "W. Europe Standard Time"},
}
VIEW = "/users/{}/calendarView?startDateTime=2026-11-23T00:00:00Z&endDateTime=2026-11-24T00:00:00Z&$top=40"


async def reader(served: Served) -> str:
    """A token of an app that may read calendars, and nothing else."""
    principal = {"id": "11111111-1111-4111-8111-111111111111", "appId": "22222222-2222-4222-8222-222222222222"}
    graph = next(
        sp
        for sp in served.tenant.collection("servicePrincipals").iterate()
        if sp["appId"] == "00000003-0000-0000-c000-000000000000"
    )
    role = next(role["id"] for role in graph["appRoles"] if role["value"] == "Calendars.Read")
    app = {"id": "33333333-3333-4333-8333-333333333333", "appId": principal["appId"], "displayName": "Reader"}
    secret = {"keyId": "44444444-4444-4444-8444-444444444444", "secretText": "reader-secret"}
    grant = {"principalId": principal["id"], "resourceId": graph["id"], "appRoleId": role}
    await served.door(
        "POST",
        "/seed",
        {
            "applications": [{**app, "passwordCredentials": [secret]}],
            "servicePrincipals": [{**principal, "displayName": "Reader"}],
            "appRoleAssignments": [grant],
        },
    )
    got = await served.by_secret(app["appId"], "reader-secret")
    assert got.status == 200, got.body
    return str(got.body["access_token"])


def owner_of(served: Served) -> Any:
    assert served.tenant.population is not None
    return served.tenant.population.at(0)


async def test_seeded_events_are_seen_by_graph_and_listed_by_owner(served: Served) -> None:
    owner = owner_of(served)
    seeded = await served.door("POST", "/seed", {"events": [{**EVENT, "@owner": owner["userPrincipalName"]}]})
    assert seeded.status == 200
    token = await reader(served)
    rows = (await served.graph("GET", VIEW.format(owner["id"]), token)).body["value"]
    assert next(row for row in rows if row["id"] == "e1")["start"]["dateTime"] == "2026-11-23T09:00:00.0000000"
    mine = (await served.door("GET", f"/state/events?owner={owner['mail']}")).body
    every = (await served.door("GET", "/state/events")).body
    assert {row["id"] for row in mine} == {row["id"] for row in every if row["@owner"] == owner["id"]}
    assert next(row for row in mine if row["id"] == "e1")["start"] == EVENT["start"]
    assert (await served.door("GET", "/state/events?owner=nobody@contoso.com")).body == []


async def test_an_event_that_cannot_be_is_refused_with_a_sentence(served: Served) -> None:
    refused = await served.door(
        "POST", "/seed", {"events": [{**EVENT, "@owner": "a@b", "end": EVENT["start"] | {"timeZone": "X"}}]}
    )
    assert refused.status == 400
    assert "'X' is not supported" in refused.body["error"]


async def test_emptied_calendars_stay_empty(served: Served) -> None:
    await served.door("DELETE", "/state/events")
    assert (await served.door("GET", "/state/events")).body == []
    batch = [{"id": str(n), "method": "GET", "url": VIEW.format(a["id"])} for n, a in enumerate([owner_of(served)] * 3)]
    answers = await served.batch(*batch, token=await reader(served))
    assert [row["body"]["value"] for row in answers.values()] == [[], [], []]


async def test_parts_of_a_batch_have_their_own_preferences(served: Served) -> None:
    owner = owner_of(served)
    await served.door("POST", "/seed", {"events": [{**EVENT, "@owner": owner["id"]}]})
    part = {"method": "GET", "url": f"/users/{owner['id']}/events/e1?$select=start"}
    wish = {"Prefer": 'outlook.timezone="Tokyo Standard Time"'}
    answers = await served.batch({"id": "1", **part}, {"id": "2", **part, "headers": wish}, token=await reader(served))
    assert answers["1"]["body"]["start"] == {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "UTC"}
    tokyo = {"dateTime": "2026-11-23T18:00:00.0000000", "timeZone": "Tokyo Standard Time"}
    assert answers["2"]["body"]["start"] == tokyo
    assert answers["2"]["headers"]["Preference-Applied"] == wish["Prefer"]


async def test_a_policy_shuts_the_app_out_after_an_hour(served: Served) -> None:
    token = await reader(served)
    path = VIEW.format(owner_of(served)["id"])
    policy = {
        "id": "p1",
        "AppId": "22222222-2222-4222-8222-222222222222",
        "AccessRight": "RestrictAccess",
        "ScopeName": "Empty group",
        "@created": served.tenant.stamp(),
    }
    await served.door("POST", "/seed", {"applicationAccessPolicies": [policy]})
    assert (await served.graph("GET", path, token)).status == 200
    await served.door("POST", "/clock", {"advance": f"{PROPAGATION.total_seconds():.0f}s"})
    shut = await served.graph("GET", path, await reader(served))
    assert (shut.status, shut.error) == (403, "ErrorAccessDenied")
    assert shut.body["error"]["message"] == "Access to OData is disabled."
