"""Service principals, app roles and delegated grants."""

from typing import Any

import pytest

from simulator.core import Token
from simulator.directory.first_party import EXCHANGE, GRAPH, graph_permissions
from simulator.directory.founding import OPERATOR_ROLES
from tests.simulator.directory.asking import CREATE, Asker, told

CALENDARS = "798ee544-9d2d-430c-a058-570e29e34338"
NOBODY = "00000000-0000-0000-0000-00000000dead"


def test_microsofts_services_are_there_with_every_permission(ask: Asker) -> None:
    graph = ask.service(GRAPH)
    roles = {role["value"]: role["id"] for role in graph["appRoles"]}
    scopes = {one["value"]: one["id"] for one in graph["oauth2PermissionScopes"]}
    table = graph_permissions()
    assert roles == {name: row["application"] for name, row in table.items() if "application" in row}
    assert scopes == {name: row["delegated"] for name, row in table.items() if "delegated" in row}
    assert roles["Calendars.Read"] == CALENDARS
    assert ask.service(EXCHANGE)["displayName"] == "Office 365 Exchange Online"


def test_a_service_principal_is_made_once(ask: Asker) -> None:
    app = ask.app("Phone", web={"redirectUris": ["https://x.example"]})
    reply = ask.reply("POST", "/servicePrincipals", {"appId": app["appId"].upper(), "tags": ["HideApp"]})
    assert reply.status == 201
    assert reply.body["displayName"] == "Phone"
    assert reply.body["replyUrls"] == ["https://x.example"]
    assert reply.body["appOwnerOrganizationId"] == ask.tenant.id
    fault = ask.refusal("POST", "/servicePrincipals", {"appId": app["appId"]})
    assert told(fault) == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert "already in use" in fault.message


def test_a_service_principal_needs_an_application(ask: Asker) -> None:
    fault = ask.refusal("POST", "/servicePrincipals", {"appId": NOBODY})
    assert told(fault) == (400, "NoBackingApplicationObject")
    assert ask.refusal("POST", "/servicePrincipals", {}).message.startswith("A value is required for property 'appId'")
    assert ask.refusal("POST", "/servicePrincipals", {"appId": NOBODY, "displayNam": "x"}).status == 400


def test_upsert_by_app_id(ask: Asker) -> None:
    app = ask.app()
    path = f"/servicePrincipals(appId='{app['appId']}')"
    assert ask.refusal("PATCH", path, {"tags": ["a"]}).status == 404
    assert ask.reply("PATCH", path, {"tags": ["a"]}, headers=CREATE).status == 201
    assert ask.reply("PATCH", path, {"tags": ["b"]}, headers=CREATE).status == 204
    found = ask.get(path)
    assert found["tags"] == ["b"]
    ask.reply("PATCH", f"/servicePrincipals/{found['id']}", {"accountEnabled": False})
    assert ask.get(path)["accountEnabled"] is False
    assert ask.refusal("PATCH", path, {"appId": NOBODY}).status == 400


def granted(ask: Asker) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    graph = ask.service(GRAPH)
    _, client = ask.app_with_principal()
    return graph, client, {"principalId": client["id"], "resourceId": graph["id"], "appRoleId": CALENDARS}


def test_an_app_role_is_granted_from_either_side(ask: Asker) -> None:
    graph, client, body = granted(ask)
    reply = ask.reply("POST", f"/servicePrincipals/{client['id']}/appRoleAssignments", body)
    assert reply.status == 201
    assert reply.body["principalDisplayName"] == "Phone"
    assert (reply.body["principalType"], reply.body["resourceDisplayName"]) == ("ServicePrincipal", "Microsoft Graph")
    other = {**body, "appRoleId": "DF021288-BDEF-4463-88DB-98F22DE89214"}
    assert ask.reply("POST", f"/servicePrincipals/{graph['id']}/appRoleAssignedTo", other).status == 201
    mine = ask.values(f"/servicePrincipals/{client['id']}/appRoleAssignments")
    assert {row["appRoleId"] for row in mine} == {CALENDARS, "df021288-bdef-4463-88db-98f22de89214"}
    theirs = ask.values(f"/servicePrincipals/{graph['id']}/appRoleAssignedTo?$filter=principalId eq {client['id']}")
    assert {row["id"] for row in theirs} == {row["id"] for row in mine}
    assert len({row["id"] for row in ask.values(f"/servicePrincipals/{graph['id']}/appRoleAssignedTo")}) == len(
        ask.tenant.collection("appRoleAssignments")
    )


def test_an_app_role_is_granted_once_and_revoked(ask: Asker) -> None:
    _, client, body = granted(ask)
    path = f"/servicePrincipals/{client['id']}/appRoleAssignments"
    made = ask.post(path, body)
    fault = ask.refusal("POST", path, body)
    assert (fault.status, fault.code) == (400, "Request_BadRequest")
    assert fault.message == "Permission being assigned already exists on the object"
    assert ask.get(f"{path}/{made['id']}")["appRoleId"] == CALENDARS
    assert ask.reply("DELETE", f"{path}/{made['id']}").status == 204
    assert ask.refusal("DELETE", f"{path}/{made['id']}").status == 404
    assert ask.post(path, body)["id"] == made["id"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"appRoleId": NOBODY}, "was not found on application"),
        ({"appRoleId": None}, "A value is required"),
        ({"appRoleId": "Calendars.Read"}, "Invalid value"),
        ({"resourceId": NOBODY}, "Not a valid reference update."),
        ({"principalId": NOBODY}, "Not a valid reference update."),
    ],
)
def test_a_grant_that_cannot_be_is_refused(ask: Asker, change: dict[str, Any], words: str) -> None:
    _, client, body = granted(ask)
    fault = ask.refusal("POST", f"/servicePrincipals/{client['id']}/appRoleAssignments", {**body, **change})
    assert fault.status == 400
    assert words in fault.message


def test_people_have_app_roles_too(ask: Asker) -> None:
    admin = ask.values("/users")[0]
    _, client, _ = granted(ask)
    zero = "00000000-0000-0000-0000-000000000000"
    body = {"principalId": admin["id"], "resourceId": client["id"], "appRoleId": zero}
    made = ask.post(f"/users/{admin['userPrincipalName']}/appRoleAssignments", body)
    assert (made["principalType"], made["principalDisplayName"]) == ("User", "Åsa Admin")
    assert len(ask.values(f"/users/{admin['id']}/appRoleAssignments?$filter=resourceId eq {client['id']}")) == 1


def delegated(ask: Asker, scope: str = "User.Read") -> dict[str, Any]:
    graph, client, _ = granted(ask)
    return {"clientId": client["id"], "consentType": "AllPrincipals", "resourceId": graph["id"], "scope": scope}


def test_a_delegated_grant_lives(ask: Asker) -> None:
    body = delegated(ask)
    reply = ask.reply("POST", "/oauth2PermissionGrants", body)
    assert reply.status == 201
    assert reply.body["principalId"] is None
    path = f"/oauth2PermissionGrants/{reply.body['id']}"
    fault = ask.refusal("POST", "/oauth2PermissionGrants", body)
    assert told(fault) == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert fault.message == "Permission entry already exists."
    assert ask.reply("PATCH", path, {"scope": "User.Read Calendars.Read"}).status == 204
    assert ask.get(path)["scope"] == "User.Read Calendars.Read"
    assert ask.reply("PATCH", path, {"scope": ""}).status == 204
    rows = ask.values(f"/oauth2PermissionGrants?$filter=clientId eq '{body['clientId']}'")
    assert [row["scope"] for row in rows] == [""]  # emptied is not revoked
    assert ask.values(f"/servicePrincipals/{body['clientId']}/oauth2PermissionGrants") == rows
    assert ask.reply("DELETE", path).status == 204
    assert ask.refusal("GET", path).status == 404


def test_one_person_and_everybody_are_two_grants(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    body = delegated(ask)
    ask.post("/oauth2PermissionGrants", body)
    ask.post("/oauth2PermissionGrants", {**body, "consentType": "Principal", "principalId": admin})
    assert len(ask.values(f"/users/{admin}/oauth2PermissionGrants")) == 1
    assert len(ask.values("/oauth2PermissionGrants")) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"consentType": "Everybody"}, 400),
        ({"consentType": None}, 400),
        ({"principalId": NOBODY}, 400),
        ({"consentType": "Principal"}, 400),
        ({"consentType": "Principal", "principalId": NOBODY}, 404),
        ({"clientId": NOBODY}, 404),
        ({"resourceId": GRAPH}, 404),
        ({"scope": "x" * 3851}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_a_delegated_grant_that_cannot_be_is_refused(ask: Asker, change: dict[str, Any], status: int) -> None:
    assert ask.refusal("POST", "/oauth2PermissionGrants", {**delegated(ask), **change}).status == status


def test_only_the_scope_of_a_grant_changes(ask: Asker) -> None:
    made = ask.post("/oauth2PermissionGrants", delegated(ask))
    assert ask.refusal("PATCH", f"/oauth2PermissionGrants/{made['id']}", {"clientId": NOBODY}).status == 400


def test_owners_come_and_go(ask: Asker) -> None:
    app, principal = ask.app_with_principal()
    admin = ask.values("/users")[0]["id"]
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{admin}"}
    for path in (f"/applications/{app['id']}", f"/servicePrincipals/{principal['id']}"):
        assert ask.reply("POST", f"{path}/owners/$ref", link).status == 204
        fault = ask.refusal("POST", f"{path}/owners/$ref", link)
        assert "One or more added object references already exist" in fault.message
        owner = ask.values(f"{path}/owners")[0]
        assert (owner["@odata.type"], owner["id"]) == ("#microsoft.graph.user", admin)
        links = ask.get(f"{path}/owners/$ref")["value"]
        assert links == [f"https://graph.example/v1.0/directoryObjects/{admin}"]
        assert ask.reply("DELETE", f"{path}/owners/{admin}/$ref").status == 204
        assert ask.refusal("DELETE", f"{path}/owners/{admin}/$ref").status == 404
    stranger = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{NOBODY}"}
    assert ask.refusal("POST", f"/applications/{app['id']}/owners/$ref", stranger).status == 404
    assert ask.refusal("POST", f"/applications/{app['id']}/owners/$ref", {}).status == 400


def test_an_apps_own_service_principal_owns_it(ask: Asker) -> None:
    app, principal = ask.app_with_principal()
    assert ask.tenant.owns(principal["id"], app["id"])
    assert not ask.tenant.owns(ask.principal["id"], app["id"])


def test_federated_credentials(ask: Asker) -> None:
    app = ask.app()
    path = f"/applications/{app['id']}/federatedIdentityCredentials"
    audience = ["api://AzureADTokenExchange"]
    body = {"name": "runner", "issuer": "https://issuer.example", "subject": "sync", "audiences": audience}
    made = ask.reply("POST", path, body)
    assert made.status == 201
    assert ask.get(f"{path}/runner")["id"] == made.body["id"]
    assert ask.refusal("POST", path, body).status == 409
    assert ask.refusal("POST", path, {**body, "name": "other"}).status == 400
    assert ask.refusal("POST", path, {**body, "name": "o", "subject": "s", "audiences": []}).status == 400
    assert ask.reply("PATCH", f"{path}/{made.body['id']}", {"subject": "sync2"}).status == 204
    assert ask.refusal("PATCH", f"{path}/runner", {"name": "x"}).status == 400
    assert [row["subject"] for row in ask.values(path)] == ["sync2"]
    for number in range(19):
        ask.post(path, {**body, "name": f"n{number}", "subject": str(number)})
    assert (
        ask.refusal("POST", path, {**body, "name": "last", "subject": "last"}).code == "Directory_ResourceSizeExceeded"
    )
    assert ask.reply("DELETE", f"{path}/runner").status == 204
    assert ask.refusal("GET", f"{path}/runner").status == 404


def test_roles_can_be_expanded(ask: Asker) -> None:
    row = ask.get(f"/servicePrincipals/{ask.principal['id']}?$expand=appRoleAssignments")
    assert len(row["appRoleAssignments"]) == len(OPERATOR_ROLES)
    assert {one["resourceDisplayName"] for one in row["appRoleAssignments"]} == {"Microsoft Graph"}


def test_disguised_denials_are_for_apps_alone(ask: Asker) -> None:
    person = Token("client", frozenset(), frozenset({"Application.ReadWrite.All"}), ask.values("/users")[0]["id"])
    fault = ask.refusal("POST", "/servicePrincipals", {"appId": NOBODY}, token=person)
    assert fault.code == "NoBackingApplicationObject"
