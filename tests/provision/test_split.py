"""An operator without all rights: does their part, hands on the rest, and sees it done."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from provision import rights
from provision.model.change import Plan, change
from provision.split import divide
from tests.openapi.log import check_log, report
from tests.provision.admin import accept, with_only
from tests.provision.lab import Lab, as_it_should_be
from tests.provision.test_wrong_inputs import contents

OWNED = ("Application.ReadWrite.OwnedBy", "Directory.Read.All", "Policy.Read.All")


def test_who_does_what_in_three_forms(lab: Lab) -> None:
    with_only(lab, *OWNED)
    before = contents(lab.root)
    (one,) = lab.json("split")
    mine = {(c["action"], c["object"]) for c in one["mine"]}
    assert mine >= {("create", "application"), ("create", "servicePrincipal"), ("create", "credential")}
    others = {(left["change"]["object"], left["how"], left["person"]) for left in one["others"]}
    assert ("appRoleAssignment", "command", "Privileged Role Administrator") in others
    assert ("mailboxScope", "script", "Exchange Administrator") in others
    assert all(left["lacking"] for left in one["others"])
    text = lab.run("split").stdout
    assert "You can do this now, with `tenantry provision apply contoso/telia --mine`" in text
    assert "For the role Privileged Role Administrator: run this command" in text
    assert "AppRoleAssignment.ReadWrite.All" in text
    markdown = lab.run("split", "-o", "md").stdout
    assert "## Privileged Role Administrator (or a Global Administrator)" in markdown
    assert "    tenantry scripts render" in markdown
    assert "User.Read.All" in lab.run("split", "-o", "csv").stdout
    assert contents(lab.root) == before
    assert lab.writes() == []


def test_apply_mine_then_the_link_then_all_is_well(lab: Lab) -> None:
    with_only(lab, *OWNED)
    done = lab.run("apply", "--yes")
    assert done.returncode == 2
    assert "`tenantry provision split contoso/telia` says" in done.stderr
    assert lab.writes() == []
    done = lab.run("apply", "--mine", "--yes")
    assert done.returncode == 4, done.stderr
    assert "Left to others: contoso/telia: grant appRoleAssignment Calendars.Read, grant app" in done.stderr
    link = next(word for word in done.stderr.split() if "adminconsent" in word)
    (app,) = lab.apps()
    query = parse_qs(urlsplit(link).query)
    assert query["client_id"] == [app["appId"]]
    assert query["state"] == ["contoso/telia"]
    (one,) = lab.json("split")
    assert one["mine"] == []
    assert {left["text"] for left in one["others"]} == {link}
    assert link in lab.run("split", "-o", "md").stdout
    page, back = accept(lab, link)
    assert "Calendars.Read (application)" in page
    assert back["admin_consent"] == "True"
    lab.json("apply", "--yes")  # the same weak operator: only the address where the link landed is taken off
    assert lab.apps()[0]["web"]["redirectUris"] == []
    as_it_should_be(lab)
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    problems, _ = check_log(lab.tenant.requests(bodies=True))
    assert not problems, report(problems)


def test_application_readwrite_ownedby_alone_is_enough_for_the_app(lab: Lab) -> None:
    with_only(lab, "Application.ReadWrite.OwnedBy")
    (one,) = lab.json("split")
    assert {c["object"] for c in one["mine"]} == {"application", "servicePrincipal", "credential", "integrationFile"}
    done = lab.run("apply", "--mine", "--yes")
    assert done.returncode == 4, done.stderr
    accept(lab, next(word for word in done.stderr.split() if "adminconsent" in word))
    lab.json("apply", "--yes")
    as_it_should_be(lab)
    assert lab.json("plan", "--exit-code")[0]["changes"] == []
    assert "cannot be read with these rights" in lab.run("plan").stdout


def test_mine_with_all_rights_is_the_whole(lab: Lab) -> None:
    lab.json("apply", "--mine", "--yes")
    as_it_should_be(lab)


def test_without_any_right_to_write_nothing_is_mine(lab: Lab) -> None:
    with_only(lab, "Application.Read.All", "Directory.Read.All", "Policy.Read.All")
    (one,) = lab.json("split")
    assert one["mine"] == []
    assert {left["change"]["object"] for left in one["others"]} >= {"application", "credential", "integrationFile"}
    done = lab.run("apply", "--mine", "--yes")
    assert done.returncode == 4
    assert lab.writes() == []
    assert not (lab.root / "integrations").exists()


def test_an_app_of_somebody_elses_making_is_not_mine_to_change(lab: Lab) -> None:
    lab.json("apply", "--yes")
    lab.tenant.delete("/state/appRoleAssignments")
    with_only(lab, *OWNED)
    (app,) = lab.apps()
    lab.tenant.seed(applications=[{**app, "tags": ["tenantry:contoso/telia"]}])
    (one,) = lab.json("split")
    assert one["mine"] == []
    assert "Application.ReadWrite.All" in json.dumps([left["lacking"] for left in one["others"]])


DEVELOPER = {"scp": "Application.ReadWrite.All Directory.Read.All", "wids": [rights.ROLES["Application Developer"]]}


@pytest.mark.parametrize(("owns", "mine"), [(True, {"credential"}), (False, set())])
def test_an_application_developer_may_do_it_to_their_own_app(owns: bool, mine: set[str]) -> None:
    changes = (
        change("create", "credential", "secret", right=rights.APPLICATION, reason=""),
        change("grant", "appRoleAssignment", "Calendars.Read", right=rights.APP_ROLE, reason=""),
        change("grant", "oauth2PermissionGrant", "Graph", right=rights.DELEGATED, reason=""),
    )
    plan = Plan(tenant="t", integration="i", checksum="", changes=changes, drift=())
    lacking = divide(plan, DEVELOPER, owns=owns)
    assert {c.object for c in changes if c.key not in lacking} == mine
    assert "role" in " ".join(lacking.values())


def test_what_hangs_on_something_left_is_left_too() -> None:
    changes = (
        change("create", "application", "x", right=rights.APPLICATION, reason=""),
        change("create", "credential", "secret", right=rights.LOCAL, reason=""),
        change("create", "integrationFile", "f", right=rights.LOCAL, reason=""),
    )
    plan = Plan(tenant="t", integration="i", checksum="", changes=changes, drift=())
    lacking = divide(plan, {"roles": []}, owns=True)
    assert lacking["create", "integrationFile", "f"] == "application x first"
    assert len(lacking) == 3
