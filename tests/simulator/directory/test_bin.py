"""Soft delete: 30 days, with everything that hangs on an object."""

from simulator.directory.first_party import GRAPH
from tests.simulator.directory.asking import EVENTUAL, Asker, told

CALENDARS = "798ee544-9d2d-430c-a058-570e29e34338"
APPS = "/directory/deletedItems/microsoft.graph.application"
PRINCIPALS = "/directory/deletedItems/microsoft.graph.servicePrincipal"


def granted(ask: Asker) -> tuple[str, str]:
    graph = ask.service(GRAPH)
    app, client = ask.app_with_principal(uniqueName="mine")
    ends = {"principalId": client["id"], "resourceId": graph["id"], "appRoleId": CALENDARS}
    ask.post(f"/servicePrincipals/{client['id']}/appRoleAssignments", ends)
    body = {"clientId": client["id"], "consentType": "AllPrincipals", "resourceId": graph["id"], "scope": "User.Read"}
    ask.post("/oauth2PermissionGrants", body)
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{ask.values('/users')[0]['id']}"}
    ask.reply("POST", f"/applications/{app['id']}/owners/$ref", link)
    return app["id"], client["id"]


def test_an_application_goes_with_its_service_principal_and_grants(ask: Asker) -> None:
    roles = len(ask.tenant.collection("appRoleAssignments"))
    app, client = granted(ask)
    assert ask.reply("DELETE", f"/applications/{app}").status == 204
    assert ask.refusal("GET", f"/applications/{app}").status == 404
    assert ask.refusal("GET", f"/servicePrincipals/{client}").status == 404
    assert len(ask.tenant.collection("appRoleAssignments")) == roles
    assert len(ask.tenant.collection("oauth2PermissionGrants")) == 0
    deleted = ask.values(APPS)
    assert [(row["id"], row["deletedDateTime"]) for row in deleted] == [(app, "2026-11-21T08:00:00Z")]
    assert "@odata.type" not in deleted[0]
    assert [row["id"] for row in ask.values(PRINCIPALS)] == [client]
    assert ask.values(f"{APPS}?$filter=uniqueName eq 'mine'&$select=id") == [{"id": app}]


def test_the_application_comes_back_alone(ask: Asker) -> None:
    app, client = granted(ask)
    ask.reply("DELETE", f"/applications/{app}")
    reply = ask.reply("POST", f"/directory/deletedItems/{app}/restore")
    assert (reply.status, reply.body["@odata.type"]) == (200, "#microsoft.graph.application")
    assert ask.get(f"/applications/{app}")["deletedDateTime"] is None
    assert len(ask.values(f"/applications/{app}/owners")) == 1
    assert ask.refusal("GET", f"/servicePrincipals/{client}").status == 404
    ask.reply("POST", f"/directory/deletedItems/{client}/restore")
    assert len(ask.values(f"/servicePrincipals/{client}/appRoleAssignments")) == 1
    assert len(ask.values(f"/servicePrincipals/{client}/oauth2PermissionGrants")) == 1


def test_what_took_its_place_stays(ask: Asker) -> None:
    app, client = ask.app_with_principal()
    ask.reply("DELETE", f"/servicePrincipals/{client['id']}")
    ask.post("/servicePrincipals", {"appId": app["appId"]})
    assert ask.refusal("POST", f"/directory/deletedItems/{client['id']}/restore").status == 409


def test_purged_is_gone(ask: Asker) -> None:
    app = ask.app()["id"]
    ask.reply("DELETE", f"/applications/{app}")
    assert ask.get(f"/directory/deletedItems/{app}")["@odata.type"] == "#microsoft.graph.application"
    assert ask.reply("DELETE", f"/directory/deletedItems/{app}").status == 204
    assert ask.refusal("DELETE", f"/directory/deletedItems/{app}").status == 404
    assert ask.refusal("POST", f"/directory/deletedItems/{app}/restore").status == 404


def test_after_thirty_days_it_is_gone_by_itself(ask: Asker) -> None:
    app = ask.app(uniqueName="mine")["id"]
    ask.reply("DELETE", f"/applications/{app}")
    ask.clock.advance(29 * 86400)
    assert ask.get(f"/directory/deletedItems/{app}")["id"] == app
    ask.clock.advance(86400)
    assert ask.values(APPS) == []
    assert ask.post("/applications", {"displayName": "x", "uniqueName": "mine"})["uniqueName"] == "mine"


def test_the_kind_must_be_named(ask: Asker) -> None:
    assert told(ask.refusal("GET", "/directory/deletedItems")) == (400, "Request_BadRequest")


def test_users_and_groups_lie_there_too(ask: Asker) -> None:
    profile = {"password": "Secret-123", "forceChangePasswordNextSignIn": False}
    name = f"x@{ask.tenant.domain}"
    body = {"accountEnabled": True, "displayName": "X", "mailNickname": "x", "userPrincipalName": name}
    user = ask.post("/users", {**body, "passwordProfile": profile})
    group = {"displayName": "G", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True}
    security = ask.post("/groups", group)
    unified = ask.post("/groups", {**group, "mailEnabled": True, "mailNickname": "u", "groupTypes": ["Unified"]})
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user['id']}"}
    ask.reply("POST", f"/groups/{unified['id']}/members/$ref", link)
    for path in (f"/users/{user['id']}", f"/groups/{security['id']}", f"/groups/{unified['id']}"):
        ask.reply("DELETE", path)
    ask.clock.advance(5)
    assert "deletedDateTime" not in ask.values("/directory/deletedItems/microsoft.graph.user")[0]
    url = "/directory/deletedItems/microsoft.graph.group?$count=true&$orderBy=deletedDateTime asc&$select=DisplayName"
    assert ask.get(url, headers=EVENTUAL)["@odata.count"] == 2
    assert ask.refusal("POST", f"/directory/deletedItems/{security['id']}/restore").status == 400
    ask.reply("POST", f"/directory/deletedItems/{user['id']}/restore")
    ask.reply("POST", f"/directory/deletedItems/{unified['id']}/restore")
    assert ask.get(f"/users/{name}")["id"] == user["id"]
    assert "Secret-123" not in str(ask.get(f"/users/{name}?$select=passwordProfile"))


def test_a_persons_deleted_apps_can_be_asked_for(ask: Asker) -> None:
    app, _ = granted(ask)
    ask.reply("DELETE", f"/applications/{app}")
    admin = ask.values("/users")[0]["id"]
    body = {"userId": admin, "type": "Application"}
    assert [row["id"] for row in ask.post("/directory/deletedItems/getUserOwnedObjects", body)["value"]] == [app]
