"""The vendor's own multi-tenant app: a link is opened, its service principal taken on, its registration left alone."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.openapi.log import check_log, report
from tests.provision.admin import accept, granted
from tests.provision.test_wrong_inputs import contents
from tests.provision.users_lab import UsersLab

APP = "7e1ec0de-0000-4000-8000-0000000000aa"
REDIRECT = "https://switchboard.example/consented"
WANTED = {"User.Read.All", "Presence.Read.All delegated", "User.Read delegated"}


@pytest.fixture
def vendor(lab: Any) -> UsersLab:
    """A workspace whose presence comes by the vendor's app."""
    options = f'vendor_app = "{APP.upper()}", vendor_redirect = "{REDIRECT}"'
    more = "# the vendor's app has no credential here"
    return UsersLab(lab.root, lab.tenant, options=options, more=more)


def link_of(vendor: UsersLab) -> str:
    (link,) = vendor.json("consent-link")
    return str(link["url"])


def emitted(vendor: UsersLab) -> dict[str, Any]:
    path = vendor.root / "integrations" / "contoso" / "telia.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def principals(vendor: UsersLab) -> list[dict[str, Any]]:
    return [p for p in vendor.tenant.state("servicePrincipals") if p["appId"] == APP]


def test_the_plan_says_that_the_link_is_next(vendor: UsersLab) -> None:
    (planned,) = vendor.json("plan", "--exit-code", expect=3)
    step = next(c for c in planned["changes"] if c["object"] == "servicePrincipal")
    assert (step["action"], step["role"]) == ("script", "Privileged Role Administrator")
    query = parse_qs(urlsplit(step["after"]["link"]).query)
    ready = vendor.tenant.ready
    assert query == {
        "client_id": [APP],
        "scope": [f"{ready['graph']}/.default"],
        "redirect_uri": [REDIRECT],
        "state": ["contoso/telia"],
    }
    assert step["after"]["link"].startswith(f"{ready['login']}/{ready['tenantId']}/v2.0/adminconsent?")
    assert not {c["object"] for c in planned["changes"]} & {"application", "credential", "owner", "integrationFile"}
    assert step["after"]["link"] == link_of(vendor)


def test_from_the_link_to_the_integration_file(vendor: UsersLab) -> None:
    first = vendor.run("apply", "--yes")
    assert first.returncode == 4, first.stderr
    assert "Left to others: contoso/telia: script servicePrincipal" in first.stderr
    assert principals(vendor) == []
    accept(vendor, link_of(vendor))
    assert granted(vendor, APP) == WANTED
    vendors = vendor.tenant.state("vendorApplications")
    vendor.json("apply", "--yes")
    file = emitted(vendor)
    (principal,) = principals(vendor)
    assert file["app"] == {
        "appId": APP, "objectId": "", "servicePrincipalId": principal["id"], "uniqueName": "",
    }  # fmt: skip
    assert file["credential"] is None
    assert len(file["permissions"]["granted"]) == 3
    assert len(vendor.users()) == len(file["integration_users"]) > 0
    vendor.tenant.forget()
    assert vendor.json("plan", "--exit-code")[0]["changes"] == []
    assert vendor.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert vendor.writes() == []
    assert vendor.tenant.state("vendorApplications") == vendors
    assert vendor.tenant.state("applications") == [
        app for app in vendor.tenant.state("applications") if app["appId"] != APP
    ]
    problems, _ = check_log(vendor.tenant.requests(bodies=True))
    assert not problems, report(problems)


def test_what_is_missing_is_granted_there_later_and_excess_is_drift(vendor: UsersLab) -> None:
    accept(vendor, link_of(vendor))
    (principal,) = principals(vendor)
    graph = next(p for p in vendor.tenant.state("servicePrincipals") if p["displayName"] == "Microsoft Graph")
    excess = next(role["id"] for role in graph["appRoles"] if role["value"] == "Mail.Read")
    kept = [g for g in vendor.tenant.state("appRoleAssignments") if g["principalId"] != principal["id"]]
    vendor.tenant.delete("/state/appRoleAssignments")
    more = {"principalId": principal["id"], "resourceId": graph["id"], "appRoleId": excess}
    vendor.tenant.seed(appRoleAssignments=[*kept, more])
    (planned,) = vendor.json("plan")
    assert "User.Read.All" in {c["name"] for c in planned["changes"] if c["object"] == "appRoleAssignment"}
    assert "Mail.Read" in {d["name"] for d in planned["drift"]}
    vendor.json("apply", "--yes")
    assert granted(vendor, APP) == WANTED | {"Mail.Read"}
    vendor.json("destroy", "--yes")
    assert granted(vendor, APP) == WANTED - {"User.Read.All"} | {"Mail.Read"}
    assert len(principals(vendor)) == 1
    assert not (vendor.root / "integrations" / "contoso" / "telia.json").exists()


def test_the_service_principal_goes_only_when_that_is_said(vendor: UsersLab) -> None:
    accept(vendor, link_of(vendor))
    vendor.json("apply", "--yes")
    (gone,) = vendor.json("destroy", "--delete-adopted", "--yes")
    assert "servicePrincipal" in {c["object"] for c in gone["changes"] if c["action"] == "delete"}
    assert principals(vendor) == []
    assert granted(vendor, APP) == set()


def test_adopt_says_that_it_is_the_link(vendor: UsersLab) -> None:
    before = contents(vendor.root)
    done = vendor.run("adopt", "contoso/telia", "--app-id", APP, "--yes")
    assert done.returncode == 2
    assert "its app is the vendor's" in done.stderr
    assert contents(vendor.root) == before


def test_the_sheet_names_the_vendors_app_and_no_secret(vendor: UsersLab, tmp_path: Path) -> None:
    accept(vendor, link_of(vendor))
    vendor.json("apply", "--yes")
    vendor.json("handover", "--out", str(tmp_path / "out"))
    for path in (tmp_path / "out").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert vendor.tenant.ready["tenantId"] in text
        assert "Client secret" not in text
