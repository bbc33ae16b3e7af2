"""Applications as the service documents them, refusals included."""

from typing import Any

import pytest

from simulator.core import Token
from simulator.directory.quota import MOST
from tests.simulator.directory.asking import CREATE, ORIGIN, Asker, told

ACCESS = [
    {
        "resourceAppId": "00000003-0000-0000-c000-000000000000",
        "resourceAccess": [{"id": "798ee544-9d2d-430c-a058-570e29e34338", "type": "Role"}],
    }
]


def test_a_new_application_is_answered_whole(ask: Asker) -> None:
    reply = ask.reply(
        "POST", "/applications", {"displayName": "Phone", "tags": ["a"], "requiredResourceAccess": ACCESS}
    )
    assert reply.status == 201
    assert reply.body["@odata.context"] == f"{ORIGIN}/v1.0/$metadata#applications/$entity"
    assert reply.body["signInAudience"] == "AzureADandPersonalMicrosoftAccount"
    assert reply.body["requiredResourceAccess"] == ACCESS
    assert reply.headers["Location"].endswith(reply.body["id"])
    found = ask.get(f"/applications/{reply.body['id']}")
    assert found == reply.body


def test_it_is_found_by_app_id_and_unique_name_and_filter(ask: Asker) -> None:
    app = ask.app("O'Hara’s", uniqueName="tenantry/x")
    assert ask.get(f"/applications(appId='{app['appId']}')")["id"] == app["id"]
    assert ask.get("/applications(uniqueName='tenantry%2Fx')?$select=id")["id"] == app["id"]
    assert [row["id"] for row in ask.values("/applications?$filter=displayName eq 'O''Hara’s'")] == [app["id"]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "displayName"),
        ({"displayName": ""}, "displayName"),
        ({"displayName": 7}, "displayName"),
        ({"displayName": "x", "colour": "red"}, "Invalid property 'colour'"),
        ({"displayName": "x", "appId": "1"}, "read-only"),
        ({"displayName": "x", "signInAudience": "Everybody"}, "signInAudience"),
        ({"displayName": "x", "tags": "one"}, "tags"),
        ({"displayName": "x" * 257}, "displayName"),
        ({"displayName": "x", "web": {"redirect": []}}, "web"),
        (
            {"displayName": "x", "requiredResourceAccess": [{"resourceAppId": "x", "resourceAccess": [{"id": "no"}]}]},
            "required",
        ),
        ({"displayName": "x", "requiredResourceAccess": [*ACCESS, *ACCESS]}, "requiredResourceAccess"),
        ({"displayName": "x", "passwordCredentials": [{"secretText": "mine"}]}, "service actions"),
        ({"displayName": "x", "keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify"}]}, "certificate"),
    ],
)
def test_a_body_that_is_wrong_is_refused(ask: Asker, body: Any, words: str) -> None:
    fault = ask.refusal("POST", "/applications", body)
    assert fault.status == 400
    assert words in fault.message


def test_too_many_permissions_are_refused(ask: Asker) -> None:
    entries = [{"id": f"00000000-0000-0000-0000-{n:012d}", "type": "Role"} for n in range(401)]
    access = [{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": entries}]
    fault = ask.refusal("POST", "/applications", {"displayName": "x", "requiredResourceAccess": access})
    assert told(fault) == (400, "Directory_ResourceSizeExceeded")


def test_a_patch_replaces_what_it_names(ask: Asker) -> None:
    app = ask.app(tags=["old"], web={"homePageUrl": "https://a.example"})
    body = {"tags": ["new"], "web": {"redirectUris": ["https://b.example"]}, "notes": None}
    reply = ask.reply("PATCH", f"/applications/{app['id']}", body)
    assert (reply.status, reply.body) == (204, None)
    found = ask.get(f"/applications/{app['id']}")
    assert found["tags"] == ["new"]
    assert found["web"]["homePageUrl"] == "https://a.example"
    assert found["web"]["redirectUris"] == ["https://b.example"]
    assert app["tags"] == ["old"]  # what was answered before did not change


def test_a_patch_by_app_id_does_not_make(ask: Asker) -> None:
    missing = "/applications(appId='00000000-0000-0000-0000-00000000dead')"
    assert told(ask.refusal("PATCH", missing, {"displayName": "x"}, headers=CREATE)) == (
        404,
        "Request_ResourceNotFound",
    )


def test_the_service_principal_follows_its_application(ask: Asker) -> None:
    app, principal = ask.app_with_principal()
    ask.reply("PATCH", f"/applications/{app['id']}", {"displayName": "Renamed"})
    assert ask.get(f"/servicePrincipals/{principal['id']}")["appDisplayName"] == "Renamed"


def test_upsert_makes_once_and_then_changes(ask: Asker) -> None:
    path = "/applications(uniqueName='tenantry.contoso.telia')"
    assert told(ask.refusal("PATCH", path, {"displayName": "A"})) == (404, "Request_ResourceNotFound")
    first = ask.reply("PATCH", path, {"displayName": "A"}, headers=CREATE)
    assert first.status == 201
    assert first.body["uniqueName"] == "tenantry.contoso.telia"
    again = ask.reply("PATCH", path, {"displayName": "B"}, headers=CREATE)
    assert (again.status, again.body) == (204, None)
    assert ask.get(path)["displayName"] == "B"
    assert len(ask.values("/applications?$filter=uniqueName eq 'tenantry.contoso.telia'")) == 1


def test_a_unique_name_is_taken_even_from_the_bin(ask: Asker) -> None:
    app = ask.app(uniqueName="mine")
    fault = ask.refusal("POST", "/applications", {"displayName": "x", "uniqueName": "mine"})
    assert fault.message == "Another object with the same value for property uniqueName already exists."
    ask.reply("DELETE", f"/applications/{app['id']}")
    fault = ask.refusal("PATCH", "/applications(uniqueName='mine')", {"displayName": "x"}, headers=CREATE)
    assert told(fault) == (400, "Request_BadRequest")
    ask.reply("DELETE", f"/directory/deletedItems/{app['id']}")
    assert ask.reply("PATCH", "/applications(uniqueName='mine')", {"displayName": "x"}, headers=CREATE).status == 201


def test_a_unique_name_is_set_once(ask: Asker) -> None:
    app = ask.app()
    ask.reply("PATCH", f"/applications/{app['id']}", {"uniqueName": "first"})
    ask.reply("PATCH", f"/applications/{app['id']}", {"uniqueName": "first"})
    fault = ask.refusal("PATCH", f"/applications/{app['id']}", {"uniqueName": "second"})
    assert "read-only" in fault.message


def test_identifier_uris_are_unique(ask: Asker) -> None:
    ask.app(identifierUris=["api://one"])
    fault = ask.refusal("POST", "/applications", {"displayName": "x", "identifierUris": ["api://one"]})
    assert "identifierUris" in fault.message


def test_ids_of_another_form_are_refused(ask: Asker) -> None:
    assert ask.refusal("GET", "/applications/seven").status == 400
    missing = "00000000-0000-0000-0000-00000000dead"
    fault = ask.refusal("GET", f"/applications/{missing}")
    assert told(fault) == (404, "Request_ResourceNotFound")
    assert missing in fault.message


def test_a_person_owns_what_it_makes_and_so_does_an_app_that_may_only_own(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    person = Token("client", frozenset(), frozenset({"Application.ReadWrite.All"}), admin)
    app = ask.post("/applications", {"displayName": "x"}, token=person)
    assert ask.tenant.owns(admin, app["id"])
    limited = Token("client", frozenset({"Application.ReadWrite.OwnedBy"}), frozenset(), ask.principal["id"])
    other = ask.post("/applications", {"displayName": "x"}, token=limited)
    assert ask.tenant.owns(ask.principal["id"], other["id"])
    third = ask.app()
    assert ask.values(f"/applications/{third['id']}/owners") == []


def test_owners_can_be_named_at_creation(ask: Asker) -> None:
    admin = ask.values("/users")[0]["id"]
    links = [f"https://graph.microsoft.com/v1.0/directoryObjects/{admin}"]
    app = ask.post("/applications", {"displayName": "x", "owners@odata.bind": links})
    assert [row["id"] for row in ask.values(f"/applications/{app['id']}/owners")] == [admin]
    strangers = ["https://graph.microsoft.com/v1.0/users('00000000-0000-0000-0000-00000000dead')"]
    assert ask.refusal("POST", "/applications", {"displayName": "x", "owners@odata.bind": strangers}).status == 404
    assert ask.refusal("POST", "/applications", {"displayName": "x", "owners@odata.bind": links * 21}).status == 400


def test_who_is_no_administrator_has_a_quota(ask: Asker) -> None:
    ask.tenant.seed({"applications": [{"displayName": str(n), "@creator": ask.principal["id"]} for n in range(MOST)]})
    assert told(ask.refusal("POST", "/applications", {"displayName": "x"})) == (403, "Directory_QuotaExceeded")
    admin = ask.values("/users")[0]["id"]
    assert ask.post("/applications", {"displayName": "x"}, token=Token("c", frozenset(), frozenset({"s"}), admin))


def test_expand_shows_owners(ask: Asker) -> None:
    app = next(row for row in ask.values("/applications?$expand=owners") if row["displayName"] == "Rehearsal operator")
    assert [owner["displayName"] for owner in app["owners"]] == ["Åsa Admin"]
    assert app["owners"][0]["@odata.type"] == "#microsoft.graph.user"
    one = ask.get(f"/applications/{app['id']}?$expand=owners($select=id)")
    assert set(one["owners"][0]) == {"id", "@odata.type"}
    wide = ask.get(f"/applications/{app['id']}?$expand=owners($select=displayName,accountEnabled,userType)")
    assert wide["owners"][0] == {
        "@odata.type": "#microsoft.graph.user",
        "displayName": "Åsa Admin",
        "accountEnabled": True,
        "userType": "Member",
    }
    assert ask.refusal("GET", "/applications?$expand=colour").status == 400
    assert ask.refusal("GET", "/applications?$expand=tokenLifetimePolicies").code == "Request_UnsupportedQuery"
