"""Delta rounds: everything once, then what changed, and the end of a token's life."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.simulator.directory.asking import Asker, told

JSON = dict[str, Any]


def round_of(ask: Asker, url: str, **more: Any) -> tuple[list[JSON], str]:
    """All objects of a round and the link to the next."""
    found: list[JSON] = []
    while True:
        body = ask.get(url, **more)
        found += body["value"]
        link = body.get("@odata.nextLink") or body["@odata.deltaLink"]
        url = link.partition("/v1.0")[2]
        if "@odata.deltaLink" in body:
            assert "@odata.nextLink" not in body
            return found, url


@pytest.fixture
def busy() -> Asker:
    """A tenant of 300 people to be changed."""
    return Asker(users=300)


def test_a_first_round_tells_everybody_once(busy: Asker) -> None:
    rows, link = round_of(busy, "/users/delta?$select=displayName,mail")
    assert len({row["id"] for row in rows}) == len(rows) == 301
    assert all(set(row) == {"id", "displayName", "mail"} for row in rows)
    assert "$deltatoken=" in link
    assert round_of(busy, link)[0] == []


def test_the_next_round_tells_what_changed(busy: Asker) -> None:
    _, link = round_of(busy, "/users/delta?$select=displayName,accountEnabled")
    one, two, three = (row["id"] for row in busy.values("/users?$top=3&$select=id"))
    busy.reply("PATCH", f"/users/{one}", {"accountEnabled": False})
    busy.reply("DELETE", f"/users/{two}")
    busy.reply("DELETE", f"/users/{three}")
    busy.reply("DELETE", f"/directory/deletedItems/{three}")
    rows, link = round_of(busy, link, headers={"prefer": "odata.maxpagesize=1"})
    assert rows[0] | {"displayName": ""} == {"id": one, "displayName": "", "accountEnabled": False}
    assert rows[1:] == [
        {"id": two, "@removed": {"reason": "changed"}},
        {"id": three, "@removed": {"reason": "deleted"}},
    ]
    assert round_of(busy, link)[0] == []
    busy.reply("POST", f"/directory/deletedItems/{two}/restore")
    assert [row["id"] for row in round_of(busy, link)[0]] == [two]


def test_changes_during_a_round_are_told_after_it(busy: Asker) -> None:
    first = busy.get("/users/delta")
    someone = first["value"][0]["id"]
    busy.reply("PATCH", f"/users/{someone}", {"jobTitle": "New"})
    _, link = round_of(busy, first["@odata.nextLink"].partition("/v1.0")[2])
    assert [row["jobTitle"] for row in round_of(busy, link)[0]] == ["New"]


def test_latest_tells_nobody(busy: Asker) -> None:
    body = busy.get("/users/delta?$deltatoken=latest")
    assert body["value"] == []
    someone = busy.values("/users?$top=1")[0]["id"]
    busy.reply("PATCH", f"/users/{someone}", {"jobTitle": "New"})
    assert len(round_of(busy, body["@odata.deltaLink"].partition("/v1.0")[2])[0]) == 1


def test_only_some_may_be_asked_for(busy: Asker) -> None:
    one, two = (row["id"] for row in busy.values("/users?$top=2&$select=id"))
    rows, link = round_of(busy, f"/users/delta?$filter=id eq '{one}'")
    assert [row["id"] for row in rows] == [one]
    for key in (one, two):
        busy.reply("PATCH", f"/users/{key}", {"jobTitle": "New"})
    assert [row["id"] for row in round_of(busy, link)[0]] == [one]


@pytest.mark.parametrize(
    "query",
    [
        "$top=5",
        "$orderby=displayName",
        "$expand=manager",
        "$filter=displayName eq 'x'",
        "$filter=id",
        "$filter=" + " or ".join(f"id eq '{n}'" for n in range(51)),
        "$skiptoken=abc",
        "$select=colour",
    ],
)
def test_what_delta_does_not_take(busy: Asker, query: str) -> None:
    assert busy.refusal("GET", f"/users/delta?{query}").status == 400


def test_a_token_lives_seven_days_and_not_past_a_clearing(busy: Asker) -> None:
    _, link = round_of(busy, "/users/delta")
    busy.clock.advance(6 * 86400)
    _, link = round_of(busy, link)
    busy.clock.advance(8 * 86400)
    fault = busy.refusal("GET", link)
    assert told(fault) == (410, "syncStateNotFound")
    assert urlsplit(fault.headers["Location"]).query == "$deltatoken="
    _, link = round_of(busy, "/users/delta?$deltatoken=")
    busy.tenant.collection("users").clear()
    assert busy.refusal("GET", link).status == 410


def test_applications_have_it_too(ask: Asker) -> None:
    _, link = round_of(ask, "/applications/delta")
    app = ask.app()
    ask.post(f"/applications/{app['id']}/addPassword", {})
    rows, _ = round_of(ask, link)
    assert [(row["id"], row["passwordCredentials"][0]["secretText"]) for row in rows] == [(app["id"], None)]
    assert len(round_of(ask, "/servicePrincipals/delta")[0]) == len(ask.tenant.collection("servicePrincipals"))


def group(ask: Asker, name: str) -> str:
    given = {"displayName": name, "mailEnabled": False, "mailNickname": name, "securityEnabled": True}
    return str(ask.post("/groups", given)["id"])


def enter(ask: Asker, group_id: str, who: str) -> None:
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{who}"}
    ask.reply("POST", f"/groups/{group_id}/members/$ref", link)


def test_groups_come_with_their_members(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    first, second = group(ask, "first"), group(ask, "second")
    enter(ask, first, admin)
    rows, link = round_of(ask, "/groups/delta")
    told_members = {row["id"]: row.get("members@delta") for row in rows}
    assert told_members == {first: [{"@odata.type": "#microsoft.graph.user", "id": admin}], second: None}
    enter(ask, second, admin)
    ask.reply("DELETE", f"/groups/{first}/members/{admin}/$ref")
    ask.reply("PATCH", f"/groups/{second}", {"description": "x"})
    rows, link = round_of(ask, link, headers={"prefer": "odata.maxpagesize=1"})
    changes = {row["id"]: row["members@delta"] for row in rows}
    assert changes[first][0]["@removed"] == {"reason": "deleted"}
    assert "@removed" not in changes[second][0]
    assert round_of(ask, link)[0] == []


def test_many_groups_with_changed_members_are_told_page_by_page(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    groups = [group(ask, f"g{number}") for number in range(7)]
    _, link = round_of(ask, "/groups/delta?$select=displayName,members")
    for one in groups:
        enter(ask, one, admin)
    rows, _ = round_of(ask, link, headers={"prefer": "odata.maxpagesize=2"})
    assert [row["id"] for row in rows] == groups
    assert all(set(row) == {"id", "displayName", "members@delta"} for row in rows)


def test_delegated_grants(ask: Asker) -> None:
    _, principal = ask.app_with_principal()
    graph = ask.service("00000003-0000-0000-c000-000000000000")
    _, link = round_of(ask, "/oauth2PermissionGrants/delta")
    given = {"clientId": principal["id"], "consentType": "AllPrincipals", "resourceId": graph["id"], "scope": "A"}
    made = ask.post("/oauth2PermissionGrants", given)
    rows, link = round_of(ask, link)
    assert [row["scope"] for row in rows] == ["A"]
    ask.reply("DELETE", f"/oauth2PermissionGrants/{made['id']}")
    assert round_of(ask, link)[0] == [{"id": made["id"], "@removed": {"reason": "deleted"}}]
