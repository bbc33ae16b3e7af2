"""What a lagging replica answers, and that it catches up."""

import pytest

from simulator.core import GraphFault
from simulator.directory.first_party import GRAPH
from tests.simulator.directory.asking import CREATE, Asker, told

CALENDARS = "798ee544-9d2d-430c-a058-570e29e34338"


@pytest.fixture
def late() -> Asker:
    """A tenant whose writes take a minute, more or less."""
    return Asker(lag=60)


def test_a_new_application_is_unknown_for_a_while(late: Asker) -> None:
    app = late.app(uniqueName="mine")
    for path in (
        f"/applications/{app['id']}",
        f"/applications(appId='{app['appId']}')",
        "/applications(uniqueName='mine')",
    ):
        assert late.get(path)["id"] == app["id"]
        assert told(late.refusal("GET", path, stale=True)) == (404, "Request_ResourceNotFound")
    by_id = f"/applications/{app['id']}"
    assert late.refusal("PATCH", by_id, {"tags": []}, stale=True).status == 404
    assert late.refusal("POST", f"{by_id}/addPassword", {}, stale=True).status == 404
    assert late.values("/applications?$filter=displayName eq 'Phone'", stale=True) == []
    late.clock.advance(61)
    assert late.get(by_id, stale=True)["id"] == app["id"]


def test_upserts_know_their_key_at_once(late: Asker) -> None:
    path = "/applications(uniqueName='mine')"
    assert late.reply("PATCH", path, {"displayName": "A"}, headers=CREATE).status == 201
    assert late.reply("PATCH", path, {"displayName": "B"}, headers=CREATE, stale=True).status == 204


def test_changes_and_removals_come_late_too(late: Asker) -> None:
    app = late.app()
    path = f"/applications/{app['id']}"
    late.clock.advance(61)
    late.reply("PATCH", path, {"tags": ["a"]})
    late.clock.advance(30)
    late.reply("PATCH", path, {"tags": ["b"]})
    assert late.get(path, stale=True)["tags"] == []
    late.clock.advance(31)
    assert late.get(path, stale=True)["tags"] == ["a"]
    late.reply("PATCH", path, {"notes": "x"}, stale=True)  # a change is applied to the newest state
    assert late.get(path)["tags"] == ["b"]
    late.reply("DELETE", path)
    assert late.get(path, stale=True)["id"] == app["id"]
    assert late.refusal("PATCH", path, {"tags": []}, stale=True).status == 404
    late.clock.advance(61)
    assert late.refusal("GET", path, stale=True).status == 404


def test_a_service_principal_of_an_unknown_application_is_refused_in_two_ways(late: Asker) -> None:
    app = late.app()
    faults = {told(late.refusal("POST", "/servicePrincipals", {"appId": app["appId"]}, stale=True)) for _ in range(40)}
    assert faults == {(400, "NoBackingApplicationObject"), (403, "Authorization_RequestDenied")}
    assert late.post("/servicePrincipals", {"appId": app["appId"]})["appId"] == app["appId"]


def test_a_grant_of_an_unknown_principal_is_refused_in_two_ways(late: Asker) -> None:
    graph = late.service(GRAPH)
    _, client = late.app_with_principal()
    body = {"principalId": client["id"], "resourceId": graph["id"], "appRoleId": CALENDARS}
    path = f"/servicePrincipals/{graph['id']}/appRoleAssignedTo"
    faults = {told(late.refusal("POST", path, body, stale=True)) for _ in range(40)}
    assert faults == {(400, "Request_BadRequest"), (404, "Request_ResourceNotFound")}
    made = late.post(path, body)
    assert late.refusal("POST", path, body).message == "Permission being assigned already exists on the object"
    assert made["id"] not in {row["id"] for row in late.everything(path, stale=True)}
    grant = {"clientId": client["id"], "consentType": "AllPrincipals", "resourceId": graph["id"], "scope": "User.Read"}
    assert late.refusal("POST", "/oauth2PermissionGrants", grant, stale=True).status == 404


def test_lists_of_delegated_grants_lag_unless_the_client_is_named(late: Asker) -> None:
    graph = late.service(GRAPH)
    _, client = late.app_with_principal()
    late.post(
        "/oauth2PermissionGrants",
        {"clientId": client["id"], "consentType": "AllPrincipals", "resourceId": graph["id"], "scope": "User.Read"},
    )
    assert late.values("/oauth2PermissionGrants") == []
    assert len(late.values(f"/oauth2PermissionGrants?$filter=clientId eq '{client['id']}'")) == 1
    late.clock.advance(91)
    assert len(late.values("/oauth2PermissionGrants")) == 1


def test_kinds_of_objects_lag_differently(late: Asker) -> None:
    _, client = late.app_with_principal()
    late.clock.advance(61)
    assert late.refusal("GET", f"/servicePrincipals/{client['id']}", stale=True).status == 404
    late.clock.advance(15)
    assert late.get(f"/servicePrincipals/{client['id']}", stale=True)["id"] == client["id"]


def test_the_advanced_index_is_never_fresh(late: Asker) -> None:
    late.app()
    headers = {"consistencylevel": "eventual"}
    url = "/applications?$count=true&$filter=displayName ne 'x'"
    before = late.get(url, headers=headers)
    late.clock.advance(61)
    after = late.get(url, headers=headers)
    assert len(after["value"]) == len(before["value"]) + 1


def test_owners_and_members_want_both_ends_known(late: Asker) -> None:
    app = late.app()
    admin = late.values("/users")[0]["id"]
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{admin}"}
    path = f"/applications/{app['id']}/owners"
    assert late.refusal("POST", f"{path}/$ref", link, stale=True).status == 404
    late.reply("POST", f"{path}/$ref", link)
    assert "already exist" in late.refusal("POST", f"{path}/$ref", link).message
    late.clock.advance(61)
    assert [row["id"] for row in late.values(path, stale=True)] == [admin]


def test_without_lag_replicas_are_one(ask: Asker) -> None:
    app = ask.app()
    assert ask.get(f"/applications/{app['id']}", stale=True)["id"] == app["id"]


def test_writes_that_meet_are_refused_for_a_second(late: Asker) -> None:
    path = f"/applications/{late.app()['id']}"

    def written() -> tuple[int, str]:
        try:
            return late.reply("PATCH", path, {"tags": []}).status, ""
        except GraphFault as fault:
            return told(fault)

    assert {written() for _ in range(40)} == {(204, ""), (409, "Directory_ConcurrencyViolation")}
    for _ in range(20):
        late.clock.advance(1)
        assert written() == (204, "")
