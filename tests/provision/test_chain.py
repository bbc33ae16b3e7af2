"""From an empty tenant to a provisioned one, as a user does it, looked at through the door."""

import json
from pathlib import Path

import pytest

from tests.openapi.log import check_log, report
from tests.provision.lab import Lab, as_it_should_be
from tests.tenant import simulated

GRAPH = "00000003-0000-0000-c000-000000000000"


def test_apply_makes_exactly_what_the_profile_asks_for_and_twice_makes_nothing(lab: Lab) -> None:
    planned = lab.json("plan", "--exit-code", expect=3)
    assert [c["object"] for c in planned[0]["changes"]][:2] == ["application", "servicePrincipal"]
    assert lab.writes() == []
    applied = lab.json("apply", "--yes")
    assert applied[0]["outcome"] == "done"
    as_it_should_be(lab)
    lab.tenant.forget()
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    assert lab.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert lab.writes() == []


def test_every_request_and_answer_is_what_microsoft_describes(lab: Lab) -> None:
    for args in (["apply", "--yes"], ["verify"], ["rotate", "--yes"], ["undo", "--yes"], ["apply", "--yes", "--prune"]):
        lab.run(*args)
    assert lab.run("destroy", "--yes", "--purge").returncode == 0
    problems, _ = check_log(lab.tenant.requests(bodies=True))
    assert not problems, report(problems)


def test_owner_and_marker_are_on_the_app(lab: Lab) -> None:
    lab.json("apply", "--yes")
    (app,) = lab.apps()
    assert app["uniqueName"] == "tenantry-telia"
    assert "tenantry:contoso/telia" in app["tags"]
    assert "contoso/telia" in app["notes"]


def test_the_portals_user_read_goes_from_manifest_and_grant(lab: Lab) -> None:
    lab.json("apply", "--yes")
    (app,) = lab.apps()
    principals = lab.tenant.state("servicePrincipals")
    principal = next(p for p in principals if p["appId"] == app["appId"])
    graph = next(p for p in principals if p["appId"] == GRAPH)
    scope = next(s["id"] for s in graph["oauth2PermissionScopes"] if s["value"] == "User.Read")
    app["requiredResourceAccess"][0]["resourceAccess"].append({"id": scope, "type": "Scope"})
    grant = {"id": "portal", "clientId": principal["id"], "consentType": "AllPrincipals", "principalId": None}
    lab.tenant.seed(
        applications=[app], oauth2PermissionGrants=[{**grant, "resourceId": graph["id"], "scope": "User.Read"}]
    )
    changes = lab.json("plan")[0]["changes"]
    assert [(c["action"], c["object"]) for c in changes] == [
        ("update", "requiredResourceAccess"),
        ("revoke", "oauth2PermissionGrant"),
    ]
    lab.json("apply", "--yes")
    as_it_should_be(lab)


def test_a_foreign_scope_and_a_foreign_secret_survive(lab: Lab) -> None:
    lab.json("apply", "--yes")
    (app,) = lab.apps()
    principals = lab.tenant.state("servicePrincipals")
    principal = next(p for p in principals if p["appId"] == app["appId"])
    graph = next(p for p in principals if p["appId"] == GRAPH)
    grant = {"id": "theirs", "clientId": principal["id"], "consentType": "AllPrincipals", "principalId": None}
    foreign = {"keyId": "11111111-1111-4111-8111-111111111111", "displayName": "Vendor", "secretText": "x" * 30}
    foreign |= {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2030-01-01T00:00:00Z"}
    lab.tenant.seed(
        applications=[{**app, "passwordCredentials": [*app["passwordCredentials"], foreign]}],
        oauth2PermissionGrants=[{**grant, "resourceId": graph["id"], "scope": "Mail.Read User.Read"}],
    )
    planned = lab.json("apply", "--yes")
    assert planned[0]["changes"] == 1
    assert {d["object"] for d in lab.json("plan")[0]["drift"]} == {"credential", "oauth2PermissionGrant"}
    (kept,) = [g for g in lab.tenant.state("oauth2PermissionGrants") if g["clientId"] == principal["id"]]
    assert kept["scope"] == "Mail.Read"
    assert len(lab.apps()[0]["passwordCredentials"]) == 2
    lab.json("apply", "--yes", "--prune")
    as_it_should_be(lab)


def test_a_namesake_is_warned_of_and_untouched(lab: Lab) -> None:
    namesake = {
        "id": "22222222-2222-4222-8222-222222222222",
        "appId": "33333333-3333-4333-8333-333333333333",
        "displayName": "Telia Switchboard Calendar Integration",
        "passwordCredentials": [{"keyId": "44444444-4444-4444-8444-444444444444", "secretText": "y" * 30}],
    }
    lab.tenant.seed(applications=[namesake])
    before = lab.tenant.get("/state/applications")
    assert "not ours" in lab.json("plan")[0]["drift"][0]["fact"]
    lab.json("apply", "--yes", "--prune")
    as_it_should_be(lab)
    lab.json("destroy", "--yes", "--purge")
    after = [a for a in lab.tenant.state("applications") if a["id"] == namesake["id"]]
    assert after == [a for a in before if a["id"] == namesake["id"]]


def test_destroy_leaves_nothing_of_ours_and_everything_of_others(lab: Lab) -> None:
    before = {name: lab.tenant.state(name) for name in ("applications", "servicePrincipals", "appRoleAssignments")}
    lab.json("apply", "--yes")
    gone = lab.json("destroy", "--yes", "--purge")
    assert [c["object"] for c in gone[0]["changes"]] == [
        "application", "deletedApplication", "storedCredential", "integrationFile",
    ]  # fmt: skip
    assert {name: lab.tenant.state(name) for name in before} == before
    assert lab.tenant.state("deletedItems") == []
    assert not (lab.root / "secrets" / "telia").exists()
    assert not (lab.root / "integrations" / "contoso" / "telia.json").exists()
    assert lab.json("destroy", "--yes")[0]["changes"] == []


def test_an_app_destroyed_and_wanted_again_is_made_anew(lab: Lab) -> None:
    lab.json("apply", "--yes")
    lab.json("destroy", "--yes")
    (planned,) = lab.json("plan")
    assert planned["changes"][0]["object"] == "deletedApplication"
    assert planned["changes"][0]["risk"] == "high"
    lab.json("apply", "--yes")
    as_it_should_be(lab)


def test_undo_takes_back_the_run_and_nothing_else(lab: Lab) -> None:
    before = lab.tenant.state("applications")
    lab.json("apply", "--yes")
    assert lab.run("undo").returncode == 2  # asks, and there is no terminal
    assert len(lab.json("undo", "--yes")) == 3
    assert lab.tenant.state("applications") == before
    assert not (lab.root / "secrets" / "telia").exists()
    assert lab.run("undo", "--yes").returncode == 2
    lab.json("apply", "--yes")
    as_it_should_be(lab)


def test_rotate_overlaps_and_undo_of_it_keeps_what_works(lab: Lab) -> None:
    lab.json("apply", "--yes")
    old = lab.stored()["id"]
    lab.json("rotate", "--yes")
    new = lab.stored()["id"]
    assert {c["keyId"] for c in lab.apps()[0]["passwordCredentials"]} == {old, new}
    done = lab.run("undo", "--yes")
    assert "stays" in done.stderr
    assert lab.stored()["id"] == new
    lab.json("apply", "--yes", "--prune")
    as_it_should_be(lab)


def test_two_integrations_and_one_that_fails(tmp_path: Path) -> None:
    with simulated(users=20, seed=12) as tenant:
        lab = Lab(tmp_path / "work", tenant, names=["telia", "second"])
        toml = (lab.root / "tenantry.toml").read_text(encoding="utf-8")
        owner = tenant.ready["operator"]["userPrincipalName"]
        head, tail = toml.rsplit(f'owners = ["{owner}"]', 1)
        (lab.root / "tenantry.toml").write_text(f'{head}owners = ["ghost@nowhere.example"]{tail}', encoding="utf-8")
        done = lab.run("apply", "--yes")
        assert done.returncode == 4
        assert "contoso/second: owners: the tenant has no user 'ghost@nowhere.example'" in done.stderr
        as_it_should_be(lab)
        (lab.root / "tenantry.toml").write_text(toml, encoding="utf-8")
        lab.json("apply", "--yes")
        as_it_should_be(lab, "telia")
        as_it_should_be(lab, "second")


def test_a_tenant_that_cannot_be_signed_in_to_stops_no_other(tmp_path: Path) -> None:
    with simulated(users=20, seed=13, tenants=2) as tenant:
        lab = Lab(tmp_path / "work", tenant)
        table = lab.toml().split("\n[[tenant]]\n", 1)[1].replace('name = "contoso"', 'name = "fabrikam"')
        theirs = tenant.tenants[1]
        table = table.replace(tenant.ready["tenantId"], theirs["tenantId"]).replace("secrets/", "secrets/fabrikam-")
        (lab.root / "tenantry.toml").write_text(f"{lab.toml()}\n[[tenant]]\n{table}", encoding="utf-8")
        done = lab.run("apply", "--yes")
        assert done.returncode == 4
        assert "1 of 2 integrations could not be applied" in done.stderr
        assert "fabrikam" in done.stderr
        as_it_should_be(lab)


def holding(root: Path, text: str) -> list[Path]:
    """Files below `root` with the text in them."""
    files = [path for path in root.rglob("*") if path.is_file()]
    return sorted(path for path in files if text in path.read_text(encoding="utf-8", errors="replace"))


def test_no_secret_is_anywhere_but_in_its_store(lab: Lab) -> None:
    said = []
    for args in (["plan"], ["apply", "--yes", "-vv"], ["verify", "-vv"], ["rotate", "--yes", "-vv"], ["undo", "--yes"]):
        done = lab.run(*args)
        said += [done.stdout, done.stderr]
    out, secret_file = lab.root / "sheets", lab.root / "handed" / "secret.txt"
    done = lab.run("handover", "--out", str(out), "--secret-file", str(secret_file))
    said += [done.stdout, done.stderr]
    secret = lab.stored()["secret"]
    operator = lab.tenant.ready["operator"]["clientSecret"]
    assert secret_file.read_text(encoding="utf-8") == secret
    assert secret_file.stat().st_mode & 0o777 == 0o600
    assert holding(lab.root, secret) == sorted([secret_file, lab.root / "secrets" / "telia"])
    assert secret not in "".join(said)
    assert operator not in "".join(said)
    assert holding(lab.root, operator) == []


def test_the_sheet_says_what_goes_where_in_two_languages(lab: Lab) -> None:
    lab.json("apply", "--yes")
    lab.json("handover", "--out", str(lab.root / "sheets"))
    app_id = lab.apps()[0]["appId"]
    names = {path.name for path in (lab.root / "sheets").iterdir()}
    assert names == {f"contoso-telia.{language}.{kind}" for language in ("en", "sv") for kind in ("md", "html")}
    for path in (lab.root / "sheets").iterdir():
        text = path.read_text(encoding="utf-8")
        assert app_id in text
        assert lab.tenant.ready["tenantId"] in text
    assert "Klienthemlighet" in (lab.root / "sheets" / "contoso-telia.sv.md").read_text(encoding="utf-8")


def test_a_secrets_id_in_place_of_its_value_is_caught(lab: Lab) -> None:
    lab.json("apply", "--yes")
    path = lab.root / "secrets" / "telia"
    held = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**held, "secret": held["id"]}), encoding="utf-8")
    done = lab.run("handover", "--out", str(lab.root / "sheets"))
    assert done.returncode == 2
    assert "the id of a secret, not its value" in done.stderr
    assert not (lab.root / "sheets").exists()
    links = {link["link"]: link for link in lab.json("verify", expect=3)[0]["links"]}
    assert links["credential"]["ok"] is False


@pytest.mark.parametrize("restriction", ["passwordAddition", "passwordLifetime"])
def test_the_tenants_policy_is_read_before_the_first_write(lab: Lab, restriction: str) -> None:
    (policy,) = lab.tenant.state("defaultAppManagementPolicy")
    life = "P30D" if restriction == "passwordLifetime" else None
    rule = {"restrictionType": restriction, "state": "enabled", "maxLifetime": life}
    rule["restrictForAppsCreatedAfterDateTime"] = "2020-01-01T00:00:00Z"
    restrictions = {**(policy.get("applicationRestrictions") or {}), "passwordCredentials": [rule]}
    lab.tenant.seed(defaultAppManagementPolicy=[{**policy, "isEnabled": True, "applicationRestrictions": restrictions}])
    done = lab.run("apply", "--yes")
    if restriction == "passwordLifetime":
        assert done.returncode == 0, done.stderr
        assert "allows 30 days at most" in done.stdout
        as_it_should_be(lab)
    else:
        assert done.returncode == 2
        assert "forbids new client secrets" in done.stderr
        assert lab.writes() == []
