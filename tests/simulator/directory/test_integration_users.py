"""What a presence integration makes in the directory: accounts with passwords, exclusion groups, roles, units."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.core import Token
from simulator.directory.roles import ROLES
from tests.simulator.directory.asking import CREATE, Asker

JSON = dict[str, Any]
READER = ROLES["Directory Readers"]


def account(ask: Asker, name: str = "telia-1", password: str = "Sommar-2026!", **more: Any) -> JSON:
    profile = {"password": password, "forceChangePasswordNextSignIn": False}
    given = {"accountEnabled": True, "displayName": name, "mailNickname": name, "passwordProfile": profile}
    made: JSON = ask.post("/users", given | {"userPrincipalName": f"{name}@{ask.tenant.domain}"} | more)
    return made


def group(**more: Any) -> JSON:
    return {"displayName": "MFA", "mailEnabled": False, "mailNickname": "mfa", "securityEnabled": True, **more}


def without(ask: Asker, name: str) -> Token:
    return replace(ask.token, roles=ask.token.roles - {name})


def reference(ask: Asker, key: str) -> JSON:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{key}"}


def test_a_password_is_kept_and_never_told(ask: Asker) -> None:
    made = account(ask)
    assert "passwordProfile" not in made
    url = f"/users/{made['id']}"
    assert ask.get(f"{url}?$select=passwordProfile")["passwordProfile"] is None
    raw = ask.tenant.collection("users").get(made["id"]) or {}
    assert raw["passwordProfile"]["password"] == "Sommar-2026!"
    assert ask.reply("PATCH", url, {"passwordProfile": {"forceChangePasswordNextSignIn": True}}).status == 204
    raw = ask.tenant.collection("users").get(made["id"]) or {}
    assert raw["passwordProfile"] == {"password": "Sommar-2026!", "forceChangePasswordNextSignIn": True}


@pytest.mark.parametrize("password", ["", "short1!", "onlysmallletters", "12345678", "A" * 300 + "a1"])
def test_a_weak_password_is_refused(ask: Asker, password: str) -> None:
    with pytest.raises(Exception, match="password complexity"):
        account(ask, password=password)


def test_another_password_needs_its_own_permission(ask: Asker) -> None:
    url = f"/users/{account(ask)['id']}"
    token = without(ask, "User-PasswordProfile.ReadWrite.All")
    change = {"passwordProfile": {"password": "Vinter-2026!"}}
    assert ask.refusal("PATCH", url, change, token=token).status == 403
    assert ask.reply("PATCH", url, {"displayName": "New"}, token=token).status == 204


def test_a_new_account_has_no_second_factor(ask: Asker) -> None:
    made = account(ask)
    row = ask.get(f"/reports/authenticationMethods/userRegistrationDetails/{made['id']}")
    assert (row["isMfaRegistered"], row["methodsRegistered"]) == (False, [])
    methods = ask.values(f"/users/{made['id']}/authentication/methods")
    assert [one["@odata.type"] for one in methods] == ["#microsoft.graph.passwordAuthenticationMethod"]


def test_the_report_has_a_row_for_everybody(people: Asker) -> None:
    rows = people.everything("/reports/authenticationMethods/userRegistrationDetails")
    assert len(rows) == 301
    registered = [row for row in rows if row["isMfaRegistered"]]
    assert 150 < len(registered) < 301
    some = next(row for row in rows if len(row["methodsRegistered"]) == 2)
    methods = people.values(f"/users/{some['id']}/authentication/methods")
    assert len(methods) == 3
    again = people.get(f"/users/{some['id']}/authentication/methods/{methods[1]['id']}")
    assert again["phoneType"] == "mobile"
    assert people.refusal("GET", f"/users/{some['id']}/authentication/methods/none").status == 404


def test_a_group_is_made_once_by_its_unique_name(ask: Asker) -> None:
    url = "/groups(uniqueName='tenantry-mfa')"
    assert ask.refusal("PATCH", url, group()).status == 404
    made = ask.reply("PATCH", url, group(), headers=CREATE)
    assert (made.status, made.body["uniqueName"]) == (201, "tenantry-mfa")
    again = ask.reply("PATCH", url, {"description": "Excluded"}, headers=CREATE)
    assert (again.status, again.body) == (204, None)
    assert ask.get(url)["id"] == made.body["id"]
    assert ask.get(url)["description"] == "Excluded"
    assert ask.reply("DELETE", url).status == 204
    assert ask.refusal("GET", url).status == 404


def test_a_role_assignable_group_is_guarded(ask: Asker) -> None:
    token = without(ask, "RoleManagement.ReadWrite.Directory")
    given = group(isAssignableToRole=True)
    assert ask.refusal("POST", "/groups", given, token=token).status == 403
    assert ask.refusal("POST", "/groups", group(isAssignableToRole=True, visibility="Public")).status == 400
    assert ask.refusal("POST", "/groups", group(isAssignableToRole=True, securityEnabled=False)).status == 400
    made = ask.post("/groups", given)
    url, who = f"/groups/{made['id']}", account(ask)["id"]
    assert ask.refusal("PATCH", url, {"isAssignableToRole": False}).status == 400
    link = reference(ask, who)
    assert ask.refusal("POST", f"{url}/members/$ref", link, token=token).status == 403
    assert ask.reply("POST", f"{url}/members/$ref", link).status == 204
    assert ask.refusal("DELETE", f"{url}/members/{who}/$ref", token=token).status == 403
    assert ask.refusal("DELETE", url, token=token).status == 403


def test_roles_are_given_to_people_and_to_guarded_groups_only(ask: Asker) -> None:
    url = "/roleManagement/directory/roleAssignments"
    who = account(ask)["id"]
    given = {"principalId": who, "roleDefinitionId": READER, "directoryScopeId": "/"}
    made = ask.reply("POST", url, given)
    assert made.status == 201
    assert ask.refusal("POST", url, given).status == 400
    plain, guarded = ask.post("/groups", group()), ask.post("/groups", group(isAssignableToRole=True))
    assert ask.refusal("POST", url, given | {"principalId": plain["id"]}).status == 400
    assert ask.reply("POST", url, given | {"principalId": guarded["id"]}).status == 201
    assert ask.refusal("POST", url, given | {"roleDefinitionId": who}).status == 404
    assert ask.reply("DELETE", f"{url}/{made.body['id']}").status == 204


def test_administrative_units(ask: Asker) -> None:
    url = "/directory/administrativeUnits"
    made = ask.post(url, {"displayName": "Stockholm"})
    who = account(ask)["id"]
    members = f"{url}/{made['id']}/members"
    assert ask.reply("POST", f"{members}/$ref", reference(ask, who)).status == 204
    assert ask.refusal("POST", f"{members}/$ref", reference(ask, who)).status == 400
    assert [row["id"] for row in ask.values(members)] == [who]
    assert [row["displayName"] for row in ask.values(f"{url}?$filter=displayName eq 'Stockholm'")] == ["Stockholm"]
    assert ask.reply("DELETE", f"{members}/{who}/$ref").status == 204
    assert ask.refusal("DELETE", f"{members}/{who}/$ref").status == 404
    assert ask.reply("DELETE", f"{url}/{made['id']}").status == 204
    assert ask.refusal("GET", f"{url}/{made['id']}").status == 404


def test_units_can_be_seeded(ask: Asker) -> None:
    ask.tenant.seed({"administrativeUnits": [{"displayName": "Malmö", "isMemberManagementRestricted": True}]})
    (unit,) = ask.values("/directory/administrativeUnits")
    assert unit["isMemberManagementRestricted"] is True
