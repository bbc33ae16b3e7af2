"""Users, groups, members, roles, as an administrator's tool reads and writes them."""

from typing import Any

import pytest

from tests.simulator.directory.asking import EVENTUAL, Asker, told

ELEVEN = {
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
}  # fmt: skip
PASSWORD = {"passwordProfile": {"password": "Aa1!aaaa"}}
NOBODY = "00000000-0000-0000-0000-00000000dead"


def ref(object_id: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{object_id}"}


def new_user(ask: Asker, name: str, **more: Any) -> dict[str, Any]:
    body = {
        "accountEnabled": True,
        "displayName": name,
        "mailNickname": name,
        "passwordProfile": {"password": "Aa1!aaaa"},
    }
    made: dict[str, Any] = ask.post("/users", {**body, "userPrincipalName": f"{name}@{ask.tenant.domain}", **more})
    return made


def new_group(ask: Asker, name: str, **more: Any) -> dict[str, Any]:
    body = {"displayName": name, "mailEnabled": False, "mailNickname": name, "securityEnabled": True}
    made: dict[str, Any] = ask.post("/groups", {**body, **more})
    return made


def test_users_show_eleven_properties_by_themselves(people: Asker) -> None:
    rows = people.values("/users?$top=999")
    assert len(rows) == 301
    assert all(set(row) == ELEVEN for row in rows)
    assert any(row["mail"] is None for row in rows)


def test_all_users_come_page_by_page(people: Asker) -> None:
    first = people.get("/users")
    assert len(first["value"]) == 100
    assert "$skiptoken=" in first["@odata.nextLink"]
    rows = people.everything("/users?$select=id,mail")
    assert len({row["id"] for row in rows}) == len(rows) == 301
    assert all(set(row) == {"id", "mail"} for row in rows)


def test_awkward_pages_lose_and_repeat_nobody() -> None:
    ask = Asker(users=300)
    ask.tenant.awkward = True
    sizes = []
    url = "/users?$filter=accountEnabled eq false"
    found: list[str] = []
    while url:
        body = ask.get(url)
        sizes.append(len(body["value"]))
        found += [row["id"] for row in body["value"]]
        url = body.get("@odata.nextLink", "").removeprefix("https://graph.example/v1.0")
    expected = [row["id"] for row in ask.tenant.collection("users").iterate() if row["accountEnabled"] is False]
    assert found == expected
    assert len(set(sizes)) > 1
    assert len(ask.everything("/users")) == 301


def test_a_user_is_found_by_id_and_name_in_any_case(people: Asker) -> None:
    row = people.values("/users?$top=3")[2]
    for name in (row["id"], row["userPrincipalName"], row["userPrincipalName"].upper()):
        assert people.get(f"/users/{name}")["id"] == row["id"]
    assert people.get(f"/users/{row['id']}?$select=id,aboutMe,proxyAddresses,assignedLicenses")["aboutMe"] is None
    assert told(people.refusal("GET", f"/users/{NOBODY}")) == (404, "Request_ResourceNotFound")
    assert people.refusal("GET", "/users/nobody@contoso.com").status == 404


def test_guests_are_reached_by_their_escaped_name(people: Asker) -> None:
    guest = people.values("/users?$filter=userType eq 'Guest'&$top=1")[0]
    assert "#EXT#" in guest["userPrincipalName"]
    assert people.get(f"/users/{guest['userPrincipalName']}")["id"] == guest["id"]


def test_counting_wants_its_header(people: Asker) -> None:
    reply = people.reply("GET", "/users/$count", headers=EVENTUAL)
    assert (reply.body, reply.content_type) == (b"301", "text/plain")
    assert told(people.refusal("GET", "/users/$count")) == (400, "Request_BadRequest")
    assert "@odata.count" not in people.get("/users?$count=true")
    body = people.get("/users?$count=true&$top=2", headers=EVENTUAL)
    assert body["@odata.count"] == 301
    url = body["@odata.nextLink"].removeprefix("https://graph.example/v1.0")
    assert "@odata.count" not in people.get(url, headers=EVENTUAL)
    enabled = people.reply("GET", "/users/$count?$filter=accountEnabled eq false", headers=EVENTUAL).body
    assert int(enabled) == sum(not row["accountEnabled"] for row in people.tenant.collection("users").iterate())


def test_a_user_is_made_changed_and_deleted(ask: Asker) -> None:
    user = new_user(ask, "anna")
    assert user["displayName"] == "anna"
    path = f"/users/{user['id']}"
    assert ask.reply("PATCH", path, {"department": "Sales", "mail": "a@x.example"}).status == 204
    assert ask.get(f"{path}?$select=department,mail") == {
        "@odata.context": "https://graph.example/v1.0/$metadata#users(department,mail)/$entity",
        "department": "Sales",
        "mail": "a@x.example",
    }
    assert ask.values("/users?$filter=mail eq 'A@x.example'")[0]["id"] == user["id"]
    assert ask.reply("DELETE", path).status == 204
    assert ask.refusal("GET", path).status == 404


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"userPrincipalName": "x@elsewhere.example"}, "domain portion"),
        ({"userPrincipalName": "ADMIN@contoso.onmicrosoft.com"}, "userPrincipalName already exists"),
        ({"passwordProfile": {}}, "password"),
        ({"accountEnabled": None}, "accountEnabled"),
        ({"accountEnabled": "yes"}, "accountEnabled"),
        ({"proxyAddresses": ["SMTP:x@y.example"]}, "read-only"),
    ],
)
def test_a_user_that_cannot_be_is_refused(ask: Asker, more: dict[str, Any], words: str) -> None:
    body = {
        "accountEnabled": True,
        "displayName": "x",
        "mailNickname": "x",
        "passwordProfile": {"password": "Aa1!aaaa"},
    }
    fault = ask.refusal("POST", "/users", {**body, "userPrincipalName": f"x@{ask.tenant.domain}", **more})
    assert fault.status == 400
    assert words in fault.message


def test_managers(ask: Asker) -> None:
    user = new_user(ask, "anna")
    admin = ask.values("/users")[0]
    assert ask.refusal("GET", f"/users/{user['id']}/manager").status == 404
    ask.tenant.seed({"users": [{"id": user["id"], "@manager": admin["id"]}]})
    assert ask.get(f"/users/{user['id']}/manager")["id"] == admin["id"]
    assert [row["id"] for row in ask.values(f"/users/{admin['id']}/directReports")] == [user["id"]]
    expanded = ask.get(f"/users/{user['id']}?$expand=manager($select=displayName)")
    assert expanded["manager"]["displayName"] == "Åsa Admin"
    assert "@manager" not in ask.get(f"/users/{user['id']}")


def test_licences_follow_from_the_user(people: Asker) -> None:
    row = next(row for row in people.tenant.collection("users").iterate() if row["assignedLicenses"])
    details = people.values(f"/users/{row['id']}/licenseDetails")
    assert details[0]["skuPartNumber"] == "ENTERPRISEPACK"
    assert people.get(f"/users/{row['id']}/licenseDetails/{details[0]['id']}")["skuId"] == details[0]["skuId"]
    assert people.refusal("GET", f"/users/{row['id']}/licenseDetails/none").status == 404
    sku = people.values("/subscribedSkus")[0]
    assert people.get(f"/subscribedSkus/{sku['id']}")["consumedUnits"] == 301
    assert people.refusal("GET", "/subscribedSkus/none").status == 404


def test_groups_nest(ask: Asker) -> None:
    anna, bo = new_user(ask, "anna"), new_user(ask, "bo")
    outer, inner = new_group(ask, "outer"), new_group(ask, "inner")
    for group, member in ((outer, inner), (outer, anna), (inner, anna), (inner, bo), (inner, outer)):
        assert ask.reply("POST", f"/groups/{group['id']}/members/$ref", ref(member["id"])).status == 204
    fault = ask.refusal("POST", f"/groups/{outer['id']}/members/$ref", ref(anna["id"]))
    assert "One or more added object references already exist" in fault.message
    path = f"/groups/{outer['id']}"
    direct = ask.values(f"{path}/members")
    assert {(row["@odata.type"], row["id"]) for row in direct} == {
        ("#microsoft.graph.group", inner["id"]),
        ("#microsoft.graph.user", anna["id"]),
    }
    assert set(next(row for row in direct if row["id"] == anna["id"])) == ELEVEN | {"@odata.type"}
    assert {row["id"] for row in ask.values(f"{path}/transitiveMembers")} == {inner["id"], anna["id"], bo["id"]}
    assert {row["id"] for row in ask.values(f"{path}/transitiveMembers/microsoft.graph.user")} == {anna["id"], bo["id"]}
    assert ask.reply("GET", f"{path}/members/microsoft.graph.user/$count", headers=EVENTUAL).body == b"1"
    assert len(ask.values(f"{path}/members/$ref")) == 2
    member_of = {row["id"] for row in ask.values(f"/users/{bo['id']}/transitiveMemberOf")}
    assert member_of == {inner["id"], outer["id"]}
    assert [row["id"] for row in ask.values(f"/users/{bo['id']}/memberOf/microsoft.graph.group")] == [inner["id"]]
    assert ask.reply("GET", f"/users/{bo['id']}/memberOf/$count", headers=EVENTUAL).body == b"1"
    checked = ask.post(f"/users/{bo['id']}/checkMemberGroups", {"groupIds": [outer["id"], NOBODY]})
    assert checked["value"] == [outer["id"]]
    got = ask.post(f"/directoryObjects/{bo['id']}/getMemberGroups", {"securityEnabledOnly": True})
    assert set(got["value"]) == {inner["id"], outer["id"]}
    assert ask.reply("DELETE", f"{path}/members/{anna['id']}/$ref").status == 204
    assert ask.refusal("DELETE", f"{path}/members/{anna['id']}/$ref").status == 404
    assert ask.get(f"{path}?$expand=members")["members"][0]["id"] == inner["id"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"displayName": None}, "displayName"),
        ({"mailEnabled": True}, "mail-enabled security"),
        ({"mail": "x@y.example"}, "read-only"),
        ({"members@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{NOBODY}"]}, "does not exist"),
    ],
)
def test_a_group_that_cannot_be_is_refused(ask: Asker, body: dict[str, Any], words: str) -> None:
    plain = {"displayName": "x", "mailEnabled": False, "mailNickname": "x", "securityEnabled": True}
    assert words in ask.refusal("POST", "/groups", {**plain, **body}).message
    assert len(ask.tenant.collection("groups")) == 0


def test_groups_are_made_with_people_and_changed(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    bound = [f"https://graph.microsoft.com/v1.0/users/{admin}"]
    group = new_group(ask, "g", uniqueName="u", **{"members@odata.bind": bound, "owners@odata.bind": bound})
    path = f"/groups/{group['id']}"
    assert ask.values(f"{path}/owners")[0]["id"] == ask.values(f"{path}/members")[0]["id"] == admin
    bo = new_user(ask, "bo")["id"]
    more = [f"https://graph.microsoft.com/v1.0/users/{bo}"]
    ask.reply("PATCH", path, {"description": "d", "members@odata.bind": more})
    assert ask.get(path)["description"] == "d"
    assert len(ask.values(f"{path}/members")) == 2
    assert ask.refusal("POST", "/groups", {
        "displayName": "x", "mailEnabled": False, "mailNickname": "x", "securityEnabled": True, "uniqueName": "u",
    }).status == 400  # fmt: skip
    assert ask.reply("DELETE", path).status == 204


def test_dynamic_groups_fill_themselves(people: Asker) -> None:
    group = people.values("/groups?$filter=groupTypes/any(t:t eq 'DynamicMembership')")[0]
    admin = people.values("/users?$filter=startswith(userPrincipalName,'admin@')")[0]["id"]
    fault = people.refusal("POST", f"/groups/{group['id']}/members/$ref", ref(admin))
    assert "dynamic membership" in fault.message


def test_big_groups_page(people: Asker) -> None:
    group = people.values("/groups?$filter=mail eq 'everyone@contoso.onmicrosoft.com'")[0]
    rows = people.everything(f"/groups/{group['id']}/members?$select=id,mail")
    assert len(rows) == len({row["id"] for row in rows}) == 300
    assert set(rows[0]) == {"@odata.type", "id", "mail"}


def test_objects_of_any_kind(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    app = ask.app()["id"]
    assert ask.get(f"/directoryObjects/{admin}")["@odata.type"] == "#microsoft.graph.user"
    assert ask.refusal("GET", f"/directoryObjects/{NOBODY}").status == 404
    found = ask.post("/directoryObjects/getByIds", {"ids": [admin, app, NOBODY]})["value"]
    assert [row["@odata.type"] for row in found] == ["#microsoft.graph.user", "#microsoft.graph.application"]
    only = ask.post("/directoryObjects/getByIds", {"ids": [admin, app], "types": ["user"]})["value"]
    assert [row["id"] for row in only] == [admin]
    assert ask.refusal("POST", "/directoryObjects/getByIds", {"ids": [admin] * 1001}).status == 400


def test_roles_are_given_in_two_ways(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    roles = ask.values("/directoryRoles")
    assert [row["displayName"] for row in roles] == ["Global Administrator"]
    assert ask.values(f"/directoryRoles/{roles[0]['id']}/members")[0]["id"] == admin
    reader = next(row for row in ask.values("/directoryRoleTemplates") if row["displayName"] == "Global Reader")
    role = ask.post("/directoryRoles", {"roleTemplateId": reader["id"]})
    assert ask.refusal("POST", "/directoryRoles", {"roleTemplateId": reader["id"]}).status == 400
    assert ask.refusal("POST", "/directoryRoles", {"roleTemplateId": NOBODY}).status == 400
    anna = new_user(ask, "anna")["id"]
    path = f"/directoryRoles/{role['id']}/members"
    assert ask.reply("POST", f"{path}/$ref", ref(anna)).status == 204
    assert ask.refusal("POST", f"{path}/$ref", ref(anna)).status == 400
    assert len(ask.values(f"{path}/$ref")) == 1
    assert ask.get(f"/directoryRoles(roleTemplateId='{reader['id']}')")["id"] == role["id"]
    kinds = [row["@odata.type"] for row in ask.values(f"/users/{anna}/memberOf")]
    assert kinds == ["#microsoft.graph.directoryRole"]
    management = "/roleManagement/directory/roleAssignments"
    url = f"{management}?$filter=principalId eq '{anna}'&$expand=principal"
    assert ask.values(url)[0]["principal"]["displayName"] == "anna"
    assert ask.reply("DELETE", f"{path}/{anna}/$ref").status == 204
    assert ask.refusal("DELETE", f"{path}/{anna}/$ref").status == 404
    body = {"principalId": anna, "roleDefinitionId": reader["id"], "directoryScopeId": "/"}
    made = ask.post(management, body)
    assert ask.refusal("POST", management, body).status == 400
    assert (
        ask.get(f"{management}/{made['id']}?$expand=roleDefinition")["roleDefinition"]["displayName"] == "Global Reader"
    )
    assert ask.reply("DELETE", f"{management}/{made['id']}").status == 204
    assert ask.get(f"/roleManagement/directory/roleDefinitions/{reader['id']}")["templateId"] == reader["id"]
    assert len(ask.values("/roleManagement/directory/roleDefinitions")) == len(ask.values("/directoryRoleTemplates"))
