"""Integration users in a simulated tenant: made, adopted, undone, destroyed; and what is others' survives all of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.openapi.log import check_log, report
from tests.provision.users_lab import MFA, UsersLab, group, mfa_policy, passwords_of, users_as_they_should_be
from tests.tenant import SimulatedTenant, simulated

EXCLUDE = f'exclude_from = ["{MFA}"]'


@pytest.fixture
def tenant() -> Iterator[SimulatedTenant]:
    with simulated(users=20, seed=5) as started:
        yield started


@pytest.fixture
def lab(tenant: SimulatedTenant, tmp_path: Path) -> UsersLab:
    """A tenant with a policy that asks for MFA and spares a group of somebody else's."""
    mfa_policy(tenant, exclude=[group(tenant, "Break glass")])
    return UsersLab(tmp_path / "work", tenant, options=EXCLUDE)


def foreign(lab: UsersLab) -> list[str]:
    """The groups that the policy excludes, without ours."""
    mine = {one["id"] for one in lab.groups()}
    return [key for key in lab.excluded() if key not in mine]


def test_made_once_and_never_again(lab: UsersLab) -> None:
    planned = lab.json("plan", "--exit-code", expect=3)[0]
    exclusion = next(c for c in planned["changes"] if c["object"] == "conditionalAccessPolicy")
    assert exclusion["after"]["excludeGroups"][:-1] == exclusion["before"]["excludeGroups"] == lab.excluded()
    assert any("app_only" in note["fact"] for note in planned["notes"])
    assert lab.writes() == []
    lab.json("apply", "--yes")
    users_as_they_should_be(lab, 1, (MFA,))
    assert len(foreign(lab)) == 1
    lab.tenant.forget()
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    assert lab.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert lab.writes() == []


@pytest.mark.slow
def test_every_request_is_what_microsoft_describes_and_no_password_is_told(lab: UsersLab) -> None:
    said = []
    for args in (
        ["plan", "-o", "json"],
        ["apply", "--yes", "-vv"],
        ["verify", "-vv"],
        ["emit"],
        ["undo", "--yes", "-vv"],
        ["apply", "--yes", "--prune", "-vv"],
    ):
        done = lab.run(*args)
        assert done.returncode == 0, done.stderr
        said += [done.stdout, done.stderr]
    words = passwords_of(lab.root)
    done = lab.run("destroy", "--yes", "-vv")
    assert done.returncode == 0, done.stderr
    text = "".join([*said, done.stdout, done.stderr])
    files = [path.read_text(encoding="utf-8") for path in lab.root.rglob("*") if path.is_file()]
    log = lab.tenant.requests(bodies=True)
    assert words
    for word in words:
        assert word not in text
        assert not any(word in held for held in files)
        assert word not in json.dumps(log)
    problems, _ = check_log(log)
    assert not problems, report(problems)


@pytest.mark.slow
def test_as_many_as_the_people_take_each_with_its_own_people(lab: UsersLab) -> None:
    lab.list_people(1301)
    lab.json("apply", "--yes")
    users_as_they_should_be(lab, 3, (MFA,))
    first = {one["userPrincipalName"]: one["people"] for one in lab.file()["integration_users"]}
    assert all(len(people) <= 650 for people in first.values())
    assert len({one for people in first.values() for one in people}) == 1301
    lab.list_people(1302)
    assert lab.json("apply", "--yes")[0]["changes"] == 1
    second = {one["userPrincipalName"]: one["people"] for one in lab.file()["integration_users"]}
    assert all(set(first[user]) <= set(second[user]) for user in first)


def test_651_people_of_the_tenant_with_one_user(tmp_path: Path) -> None:
    with simulated(users=800, seed=3) as tenant:
        lab = UsersLab(tmp_path / "work", tenant, options="integration_users = 1")
        before = sorted((str(path), path.read_bytes()) for path in lab.root.rglob("*") if path.is_file())
        done = lab.run("apply", "--yes")
        assert done.returncode == 2
        assert "1 integration user can watch 650 people" in done.stderr
        assert lab.writes() == []
        kept = [
            (str(path), path.read_bytes())
            for path in lab.root.rglob("*")
            if path.is_file() and ".tenantry" not in path.parts
        ]
        assert sorted(kept) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ('exclude_from = ["Require MFAA"]', 'Did you mean "Require MFA"?'),
        ('exclude_from = ["Twin"]', "Write the id of the one that is meant"),
        ('existing_users = ["nobody@contoso.onmicrosoft.com"]', "has no account nobody@"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_written(lab: UsersLab, options: str, says: str) -> None:
    for n in (1, 2):
        twin = mfa_policy(lab.tenant, name=f"Twin {n}")
        lab.tenant.seed(conditionalAccessPolicies=[{**twin, "displayName": "Twin"}])
    lab.say(options=options)
    done = lab.run("apply", "--yes")
    assert done.returncode == 2
    assert says in done.stderr
    assert lab.writes() == []


@pytest.mark.slow
def test_an_existing_account_is_used_and_never_changed_or_deleted(lab: UsersLab) -> None:
    anna = next(user for user in lab.tenant.state("users") if user["mail"])
    lab.say(options=f'{EXCLUDE}, existing_users = ["{anna["userPrincipalName"]}"]')
    planned = lab.json("plan")[0]
    assert any(note["object"] == "integrationPassword" for note in planned["notes"])
    lab.json("apply", "--yes")
    assert lab.users() == []
    (ours,) = lab.groups()
    assert lab.members(ours["id"]) == [anna["id"]]
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    links = {link["link"]: link for link in lab.json("verify", expect=3)[0]["links"]}
    assert "holds no password" in links["credential"]["fact"]
    path = lab.root / "secrets" / f"telia.{anna['userPrincipalName'].lower()}"
    path.write_text(lab.tenant.ready["operator"]["password"] + "\n", encoding="utf-8")
    path.chmod(0o600)
    assert lab.run("verify").returncode == 0
    lab.json("apply", "--yes")
    assert lab.run("destroy", "--yes").returncode == 0
    assert next(user for user in lab.tenant.state("users") if user["id"] == anna["id"]) == anna
    assert path.exists()
    assert lab.groups() == []


@pytest.mark.slow
def test_an_existing_accounts_password_is_set_on_request_only(lab: UsersLab) -> None:
    anna = next(user for user in lab.tenant.state("users") if user["mail"])
    lab.say(options=f'{EXCLUDE}, existing_users = ["{anna["userPrincipalName"]}"], reset_passwords = true')
    lab.json("apply", "--yes")
    upn = anna["userPrincipalName"].lower()
    now = next(user for user in lab.tenant.state("users") if user["id"] == anna["id"])
    assert now["passwordProfile"]["password"] == lab.password(upn)["secret"]
    assert lab.password(upn)["id"] == anna["id"]
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    assert lab.run("verify").returncode == 0


@pytest.mark.slow
def test_a_lost_store_means_a_new_password_that_works(lab: UsersLab) -> None:
    lab.json("apply", "--yes")
    old = lab.password(lab.upn())["secret"]
    (lab.root / "secrets" / f"telia.{lab.upn()}").unlink()
    (change,) = lab.json("plan", "--exit-code", expect=3)[0]["changes"]
    assert (change["object"], change["risk"]) == ("integrationPassword", "high")
    lab.json("apply", "--yes")
    assert lab.password(lab.upn())["secret"] != old
    users_as_they_should_be(lab, 1, (MFA,))
    assert lab.run("verify").returncode == 0


@pytest.mark.slow
def test_foreign_members_and_exclusions_survive_every_command_but_prune(lab: UsersLab) -> None:
    lab.json("apply", "--yes")
    (ours,) = lab.groups()
    stranger = lab.tenant.state("users")[3]["id"]
    lab.tenant.seed(groupMembers=[{"groupId": ours["id"], "memberId": stranger}])
    other = mfa_policy(lab.tenant, name="Another", exclude=[ours["id"], foreign(lab)[0]])
    kept = foreign(lab)
    for args in (["apply", "--yes"], ["rotate", "--yes"], ["emit"], ["verify"], ["undo", "--yes"], ["apply", "--yes"]):
        assert lab.run(*args).returncode == 0
        assert stranger in lab.members(ours["id"])
        assert foreign(lab) == kept
        assert lab.excluded("Another") == other["conditions"]["users"]["excludeGroups"]
    drift = {(d["object"], d["name"]) for d in lab.json("plan")[0]["drift"]}
    assert {kind for kind, _ in drift} >= {"exclusionGroupMember", "conditionalAccessPolicy"}
    lab.json("apply", "--yes", "--prune")
    assert stranger not in lab.members(ours["id"])
    assert lab.excluded("Another") == kept
    assert foreign(lab) == kept
    users_as_they_should_be(lab, 1, (MFA,))


@pytest.mark.slow
def test_destroy_and_undo_take_away_only_what_we_made(lab: UsersLab) -> None:
    people, kept = lab.tenant.state("users"), lab.excluded()
    groups = lab.tenant.state("groups")
    for args in (["undo", "--yes"], ["destroy", "--yes"]):
        lab.json("apply", "--yes")
        assert lab.run(*args).returncode == 0
        assert lab.tenant.state("users") == people
        assert lab.tenant.state("groups") == groups
        assert lab.excluded() == kept
        assert list((lab.root / "secrets").glob("*")) == []
    lab.json("apply", "--yes")
    users_as_they_should_be(lab, 1, (MFA,))


@pytest.mark.slow
def test_what_lies_in_the_way_of_our_names_is_not_taken_over(lab: UsersLab) -> None:
    namesake = group(lab.tenant, "Telia presence: integration users without MFA", members=["x"])
    lab.json("apply", "--yes")
    assert namesake not in lab.excluded()
    users_as_they_should_be(lab, 1, (MFA,))
    assert lab.run("destroy", "--yes").returncode == 0
    assert namesake in {one["id"] for one in lab.tenant.state("groups")}
    someone = lab.tenant.state("users")[2]
    lab.tenant.seed(users=[{**someone, "userPrincipalName": lab.upn()}])
    lab.tenant.forget()
    done = lab.run("apply", "--yes")
    assert done.returncode == 2
    assert "Tenantry did not make it" in done.stderr
    assert lab.writes() == []


@pytest.mark.slow
def test_switching_to_app_only_and_pruning_leaves_nothing(lab: UsersLab) -> None:
    people, kept = lab.tenant.state("users"), lab.excluded()
    lab.json("apply", "--yes")
    lab.say(options="app_only = true")
    lab.json("apply", "--yes")
    users = {d["object"] for d in lab.json("plan")[0]["drift"]}
    assert users >= {"integrationUser", "exclusionGroup", "conditionalAccessPolicy"}
    assert lab.users()
    lab.json("apply", "--yes", "--prune")
    assert (lab.users(), lab.groups(), lab.excluded()) == ([], [], kept)
    assert lab.tenant.state("users") == people
    assert passwords_of(lab.root) == []
    assert lab.json("plan", "--prune", "--exit-code")[0]["changes"] == []


def test_consent_for_the_users_only(lab: UsersLab) -> None:
    lab.say(options=f"{EXCLUDE}, consent_users_only = true")
    lab.json("apply", "--yes")
    (user,) = lab.users()
    (app,) = lab.apps()
    principal = next(p["id"] for p in lab.tenant.state("servicePrincipals") if p["appId"] == app["appId"])
    (grant,) = [g for g in lab.tenant.state("oauth2PermissionGrants") if g["clientId"] == principal]
    assert (grant["consentType"], grant["principalId"]) == ("Principal", user["id"])
    assert sorted(grant["scope"].split()) == ["Presence.Read.All", "User.Read"]
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    assert lab.run("verify").returncode == 0


@pytest.mark.slow
def test_two_integrations_share_a_policy_and_no_user(lab: UsersLab) -> None:
    lab.names.append("second")
    lab.say()
    lab.json("apply", "--yes")
    assert len(lab.excluded()) == 3
    assert {one["userPrincipalName"] for one in lab.users("contoso/second")} == {lab.upn(1, "second")}
    assert lab.run("destroy", "contoso/second", "--yes").returncode == 0
    users_as_they_should_be(lab, 1, (MFA,))
    assert len(lab.excluded()) == 2


def test_passwords_are_handed_over_apart(lab: UsersLab) -> None:
    lab.json("apply", "--yes")
    secret = lab.root / "handed" / "secret.txt"
    done = lab.run("handover", "--out", str(lab.root / "sheets"), "--secret-file", str(secret))
    assert done.returncode == 0, done.stderr
    handed = secret.with_name("secret.users.csv")
    assert handed.stat().st_mode & 0o777 == 0o600
    word = lab.password(lab.upn())["secret"]
    assert handed.read_text(encoding="utf-8") == f"user,password\n{lab.upn()},{word}\n"
    sheets = "".join(path.read_text(encoding="utf-8") for path in (lab.root / "sheets").iterdir())
    assert lab.upn() in sheets
    assert word not in sheets


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["keyring", "environment"])
def test_other_stores(lab: UsersLab, kind: str, tmp_path: Path) -> None:
    lab.variables["PYTHON_KEYRING_BACKEND"] = "tests.provision.keyrings.Moody"
    lab.variables["KEYRING_FILE"] = str(tmp_path / "ring.json")
    store = f'kind = "{kind}", name = "TELIA"'
    lab.say(more=f'[tenant.integration.credential]\nkind = "secret"\nstore = {{ {store} }}\n')
    done = lab.run("apply", "--yes")
    if kind == "environment":
        assert done.returncode == 2
        assert f"TELIA_{lab.upn().upper().replace('@', '_').replace('.', '_').replace('-', '_')}" in done.stderr
        assert lab.writes() == []
        return
    assert done.returncode == 0, done.stderr
    assert lab.run("verify").returncode == 0
    assert lab.json("plan", "--exit-code")[0]["changes"] == []


OWN = """name = "own-desk"
title = "Own desk: presence"
about = "Presence for a switchboard of our own."
display_name = "Own desk"
calls = [{ call = "POST /communications/getPresencesByUserId", type = "delegated" }]
[[permissions]]
name = "Presence.Read.All"
type = "delegated"
serves = ["POST /communications/getPresencesByUserId"]
[integration_users]
each = 4
name = "desk"
display_name = "Desk {number}"
group = "Desk accounts"
[credential]
kinds = ["certificate"]
lifetime = 90
longest = 365
"""


@pytest.mark.slow
def test_a_profile_of_ones_own_with_a_certificate(tenant: SimulatedTenant, tmp_path: Path) -> None:
    (tmp_path / "work" / "profiles").mkdir(parents=True)
    (tmp_path / "work" / "profiles" / "own-desk.toml").write_text(OWN, encoding="utf-8")
    more = '[tenant.integration.credential]\nkind = "certificate"\nstore = { kind = "file", path = "secrets/telia" }\n'
    lab = UsersLab(tmp_path / "work", tenant, profile="own-desk", more=more)
    lab.list_people(9)
    lab.json("apply", "--yes")
    names = sorted(user["userPrincipalName"].partition("@")[0] for user in lab.users())
    assert names == ["desk", "desk-2", "desk-3"]
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    links = {link["link"]: link for link in lab.json("verify", expect=3)[0]["links"]}
    assert {name for name, link in links.items() if link["ok"] is False} == {"addresses"}  # the list is made up
