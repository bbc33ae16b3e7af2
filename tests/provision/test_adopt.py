"""`adopt`: an app that is there already becomes ours by its client id, and can be given back as it was."""

import json
from typing import Any

import pytest

from tests.openapi.log import check_log, report
from tests.provision.lab import Lab
from tests.provision.test_kills import killed_at
from tests.provision.test_wrong_inputs import contents

GRAPH = "00000003-0000-0000-c000-000000000000"
APP = "33333333-3333-4333-8333-333333333333"
OBJECT = "22222222-2222-4222-8222-222222222222"
PRINCIPAL = "55555555-5555-4555-8555-555555555555"
SECRET = "44444444-4444-4444-8444-444444444444"
COLLECTIONS = ("applications", "servicePrincipals", "appRoleAssignments", "oauth2PermissionGrants", "owners")


def ids(lab: Lab) -> dict[str, str]:
    """Graph's permission ids by name."""
    graph = next(p for p in lab.tenant.state("servicePrincipals") if p["appId"] == GRAPH)
    roles = {role["value"]: role["id"] for role in graph["appRoles"]}
    scopes = {f"{scope['value']} delegated": scope["id"] for scope in graph["oauth2PermissionScopes"]}
    return {**roles, **scopes, "graph": graph["id"]}


def theirs(lab: Lab, **more: Any) -> None:
    """Somebody's app: declared and granted is more than the profile asks, and less."""
    known = ids(lab)
    access = [{"id": known["Calendars.Read"], "type": "Role"}, {"id": known["Mail.Read"], "type": "Role"}]
    access.append({"id": known["User.Read delegated"], "type": "Scope"})
    secret = {"keyId": SECRET, "displayName": "Vendor", "secretText": "v" * 30, "hint": "vvv"}
    secret |= {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2030-01-01T00:00:00Z"}
    app = {
        "id": OBJECT,
        "appId": APP,
        "displayName": "Old switchboard app",
        "signInAudience": "AzureADMyOrg",
        "tags": ["finance"],
        "notes": "Ask Karin.",
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": access}],
        "passwordCredentials": [secret],
        **more,
    }
    lab.tenant.seed(applications=[app])
    lab.tenant.seed(servicePrincipals=[{"id": PRINCIPAL, "appId": APP, "displayName": "Old switchboard app"}])
    role = {"principalId": PRINCIPAL, "resourceId": known["graph"]}
    lab.tenant.seed(
        appRoleAssignments=[
            {"id": "theirs-1", "appRoleId": known["Calendars.Read"], **role},
            {"id": "theirs-2", "appRoleId": known["Mail.Read"], **role},
        ]
    )
    grant = {"id": "theirs", "clientId": PRINCIPAL, "consentType": "AllPrincipals", "principalId": None}
    lab.tenant.seed(oauth2PermissionGrants=[{**grant, "resourceId": known["graph"], "scope": "Mail.Read"}])


def app_of(lab: Lab) -> dict[str, Any]:
    (app,) = [a for a in lab.tenant.state("applications") if a["appId"] == APP]
    return app


def granted(lab: Lab) -> set[str]:
    names = {value: key for key, value in ids(lab).items()}
    found = [g for g in lab.tenant.state("appRoleAssignments") if g["principalId"] == PRINCIPAL]
    return {names[g["appRoleId"]] for g in found}


def state(lab: Lab) -> dict[str, Any]:
    return {name: lab.tenant.state(name) for name in COLLECTIONS[:4]}


def adopt(lab: Lab, *args: str) -> Any:
    return lab.json("adopt", "contoso/telia", "--app-id", APP, "--yes", *args)


def test_it_shows_everything_first_and_writes_the_marker_only(lab: Lab) -> None:
    theirs(lab)
    before = state(lab)
    done = lab.run("adopt", "contoso/telia", "--app-id", APP)
    assert done.returncode == 2
    assert "Adopt this app" in done.stderr
    assert "Then `tenantry provision apply contoso/telia` would do this" in done.stdout
    for text in ("adoption Old switchboard app", "User.Read.All", "Mail.Read", "create credential secret", "Vendor"):
        assert text in done.stdout
    assert state(lab) == before
    (shown,) = adopt(lab)
    assert [c["object"] for c in shown["changes"]] == ["adoption"]
    assert {c["object"] for c in shown["then"]} >= {"appRoleAssignment", "credential", "integrationFile"}
    assert {d["name"] for d in shown["drift"]} >= {"Mail.Read", "Vendor"}
    app = app_of(lab)
    assert app["tags"] == ["finance", "tenantry", "tenantry:contoso/telia"]
    assert app["notes"] == "Ask Karin."
    assert app["uniqueName"] is None
    assert granted(lab) == {"Calendars.Read", "Mail.Read"}


@pytest.mark.parametrize("unique", [None, "somebodys-key", "tenantry-telia"])
def test_afterwards_apply_treats_it_as_ours(lab: Lab, unique: str | None) -> None:
    theirs(lab, uniqueName=unique)
    adopt(lab)
    lab.json("apply", "--yes")
    assert len([a for a in lab.tenant.state("applications") if "tenantry" in (a["tags"] or ())]) == 1
    app = app_of(lab)
    assert app["uniqueName"] == unique
    assert {c["keyId"] for c in app["passwordCredentials"]} == {SECRET, lab.stored()["id"]}
    assert granted(lab) == {"Calendars.Read", "User.Read.All", "Mail.Read"}
    file = json.loads((lab.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    assert file["app"] == {
        "appId": APP, "objectId": OBJECT, "servicePrincipalId": PRINCIPAL, "uniqueName": unique or "",
        "displayName": "Old switchboard app",
    }  # fmt: skip
    lab.tenant.forget()
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    assert lab.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert lab.writes() == []
    lab.json("rotate", "--yes")
    lab.json("retire", "--now", "--yes")
    assert {c["keyId"] for c in app_of(lab)["passwordCredentials"]} == {SECRET, lab.stored()["id"]}
    assert lab.json("adopt", "contoso/telia", "--app-id", APP, "--yes")[0]["changes"] == []


def test_another_workspace_of_the_same_names_finds_it_by_its_tag(lab: Lab) -> None:
    theirs(lab)
    adopt(lab)
    lab.json("apply", "--yes")
    other = Lab(lab.root.parent / "other", lab.tenant)
    (planned,) = other.json("plan")
    assert not [c for c in planned["changes"] if c["object"] == "application"]
    (gone,) = other.json("destroy", "--yes")
    assert "adoption" in [c["object"] for c in gone["changes"]]
    assert app_of(other)["tags"] == ["finance"]
    assert [c["keyId"] for c in app_of(other)["passwordCredentials"]] == [SECRET]


def test_destroy_gives_it_back_and_undo_takes_it_again(lab: Lab) -> None:
    theirs(lab)
    before = state(lab)
    adopt(lab)
    lab.json("apply", "--yes")
    taken = state(lab)
    lab.json("destroy", "--yes")
    after = state(lab)
    (was,), (now,) = ([a for a in s["applications"] if a["appId"] == APP] for s in (before, after))
    gone = {e["id"] for api in was["requiredResourceAccess"] for e in api["resourceAccess"]}
    left = {e["id"] for api in now["requiredResourceAccess"] for e in api["resourceAccess"]}
    assert gone - left == {ids(lab)["User.Read delegated"]}  # forbidden, and taken away by apply; nothing of ours stays
    assert left <= gone
    same = {"requiredResourceAccess", "deletedDateTime"}
    assert {k: v for k, v in now.items() if k not in same} == {k: v for k, v in was.items() if k not in same}
    for name in COLLECTIONS[1:4]:
        assert after[name] == before[name], name
    assert not (lab.root / ".tenantry" / "adopted" / "contoso" / "telia.json").exists()
    assert not (lab.root / "secrets" / "telia").exists()
    assert lab.json("destroy", "--yes")[0]["changes"] == []
    done = lab.run("undo", "--yes")
    assert done.returncode == 0, done.stderr
    assert "removed for good" in done.stderr
    assert granted(lab) == {"Calendars.Read", "User.Read.All", "Mail.Read"}
    assert app_of(lab)["tags"] == next(a for a in taken["applications"] if a["appId"] == APP)["tags"]
    lab.json("apply", "--yes")
    assert lab.json("plan", "--exit-code")[0]["changes"] == []


def test_undo_of_the_adoption(lab: Lab) -> None:
    theirs(lab)
    before = state(lab)
    adopt(lab)
    lab.json("undo", "--yes")
    assert state(lab) == before
    assert not (lab.root / ".tenantry" / "adopted" / "contoso" / "telia.json").exists()
    (planned,) = lab.json("plan")
    assert planned["changes"][0]["object"] == "application"


def test_it_is_deleted_only_when_that_is_said(lab: Lab) -> None:
    theirs(lab)
    adopt(lab)
    (gone,) = lab.json("destroy", "--delete-adopted", "--purge", "--yes")
    assert [c["object"] for c in gone["changes"]] == ["application", "deletedApplication", "adoptionNote"]
    assert [a for a in lab.tenant.state("applications") if a["appId"] == APP] == []


def test_an_app_without_a_service_principal_gets_one_and_loses_it_again(lab: Lab) -> None:
    theirs(lab)
    for name in ("appRoleAssignments", "oauth2PermissionGrants", "servicePrincipals"):
        kept = [thing for thing in lab.tenant.state(name) if PRINCIPAL not in thing.values()]
        lab.tenant.delete(f"/state/{name}")
        lab.tenant.seed(**{name: kept})
    before = state(lab)
    adopt(lab)
    lab.json("apply", "--yes")
    assert len([p for p in lab.tenant.state("servicePrincipals") if p["appId"] == APP]) == 1
    lab.json("destroy", "--yes")
    after = state(lab)
    for name in COLLECTIONS[1:4]:
        assert after[name] == before[name], name


def as_object_id(lab: Lab) -> str:
    return OBJECT


def as_principal_id(lab: Lab) -> str:
    return PRINCIPAL


def vendors(lab: Lab) -> str:
    foreign = "7e1ec0de-0000-4000-8000-0000000000aa"
    lab.tenant.seed(
        servicePrincipals=[
            {
                "appId": foreign,
                "displayName": "Vendor",
                "appOwnerOrganizationId": "7e1ec0de-0000-4000-8000-000000000001",
            }
        ]
    )
    return foreign


def somebody_elses(lab: Lab) -> str:
    app = app_of(lab)
    lab.tenant.seed(applications=[{**app, "tags": ["tenantry", "tenantry:contoso/other"]}])
    return APP


def a_second(lab: Lab) -> str:
    lab.json("apply", "--yes")
    return APP


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (lambda _: "Old switchboard app", "is not a client id"),
        (lambda _: "12345678-0000-4000-8000-000000000000", "the tenant has no app with the client id"),
        (as_object_id, "is the object id of the app registration 'Old switchboard app', not its client id"),
        (as_principal_id, "is the object id of the enterprise application"),
        (vendors, "is another organisation's app"),
        (lambda _: GRAPH, "is another organisation's app"),
        (somebody_elses, "belongs to contoso/other"),
        (a_second, "it has an app already"),
    ],
)
def test_refused_with_one_sentence_and_nothing_changed(lab: Lab, given: Any, text: str) -> None:
    theirs(lab)
    app_id = given(lab)
    before, tenant = contents(lab.root), state(lab)
    done = lab.run("adopt", "contoso/telia", "--app-id", app_id, "--yes")
    assert done.returncode == 2, done.stderr
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(lab.root) == before
    assert state(lab) == tenant


def test_a_namesake_is_untouched_by_it_all(lab: Lab) -> None:
    theirs(lab)
    twin = {"id": "66666666-6666-4666-8666-666666666666", "appId": "77777777-7777-4777-8777-777777777777"}
    lab.tenant.seed(applications=[{**twin, "displayName": "Old switchboard app", "tags": ["theirs"]}])
    before = [a for a in lab.tenant.state("applications") if a["id"] == twin["id"]]
    adopt(lab)
    for args in (["apply", "--yes", "--prune"], ["rotate", "--yes"], ["destroy", "--yes"]):
        lab.json(*args)
    assert [a for a in lab.tenant.state("applications") if a["id"] == twin["id"]] == before


def test_what_goes_out_is_as_microsoft_describes_it(lab: Lab) -> None:
    theirs(lab)
    lab.tenant.forget()
    adopt(lab)
    lab.json("apply", "--yes")
    lab.json("destroy", "--yes")
    lab.json("undo", "--yes")
    problems, _ = check_log(lab.tenant.requests(bodies=True))
    assert not problems, report(problems)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["adopt", "destroy"])
def test_killed_anywhere_and_run_again(lab: Lab, command: str) -> None:
    theirs(lab)
    before = state(lab)
    args = ("adopt", "contoso/telia", "--app-id", APP, "--yes") if command == "adopt" else ("destroy", "--yes")
    if command == "destroy":
        adopt(lab)
    for n in range(6, 60, 2):
        if not killed_at(lab, n, *args):
            break
    assert n > 14
    if command == "adopt":
        lab.json("destroy", "--yes")
    assert state(lab) == before
