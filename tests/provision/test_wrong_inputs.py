"""Wrong inputs: one clear message each, the right exit code, workspace and tenant as they were."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.provision.lab import Lab
from tests.provision.sweep.state import COLLECTIONS


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the workspace but the lock's."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.name.startswith("apply.")]
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.name != ".gitignore"}


def replace(old: str, new: str) -> Callable[[Lab], None]:
    def change(lab: Lab) -> None:
        path = lab.root / "tenantry.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def other_tenant(lab: Lab) -> None:
    replace(lab.tenant.ready["tenantId"], "00000000-0000-4000-8000-000000000000")(lab)


def other_domain(lab: Lab) -> None:
    replace(f'id = "{lab.tenant.ready["tenantId"]}"', 'domain = "fabrikam.example"')(lab)


def foreign_app(lab: Lab) -> None:
    lab.tenant.seed(applications=[{"uniqueName": "tenantry-telia", "displayName": "Somebody's"}])


def weak_operator(lab: Lab) -> None:
    """Takes AppRoleAssignment.ReadWrite.All from the operator."""
    client = lab.tenant.ready["operator"]["clientId"]
    principals = lab.tenant.state("servicePrincipals")
    graph = next(p for p in principals if p["appId"] == "00000003-0000-0000-c000-000000000000")
    role = next(r["id"] for r in graph["appRoles"] if r["value"] == "AppRoleAssignment.ReadWrite.All")
    me = next(p["id"] for p in principals if p["appId"] == client)
    grants = lab.tenant.state("appRoleAssignments")
    lab.tenant.delete("/state/appRoleAssignments")
    lab.tenant.seed(appRoleAssignments=[g for g in grants if (g["principalId"], g["appRoleId"]) != (me, role)])


def read_only_store(lab: Lab) -> None:
    replace('kind = "file", path = "secrets/telia"', 'kind = "environment", name = "X"')(lab)


def nothing(_: Lab) -> None:
    """The workspace is fine; the command line is not."""


def plan_file(text: str) -> Callable[[Lab], None]:
    def write(lab: Lab) -> None:
        (lab.root / "plan.json").write_text(text, encoding="utf-8")

    return write


def broken_evidence(lab: Lab) -> None:
    (lab.root / "exchange").mkdir()
    (lab.root / "exchange" / "Get-ApplicationAccessPolicy.json").write_text("[1]", encoding="utf-8")


APPLY = ("apply", "--yes")
CASES: list[tuple[str, Callable[[Lab], None], tuple[str, ...], int, str]] = [
    ("unknown name", nothing, ("apply", "contoso/tella", "--yes"), 2, 'There is no "contoso/tella"'),
    ("unknown profile", replace("telia-calendar", "telia-calender"), APPLY, 2, 'Did you mean "telia-calendar"?'),
    ("unknown owner", replace("admin@", "ghost@"), APPLY, 2, "the tenant has no user 'ghost@"),
    ("other tenant", other_tenant, APPLY, 2, "AZURE_TENANT_ID"),
    ("other domain", other_domain, APPLY, 1, "is no such tenant"),
    ("foreign app under our key", foreign_app, APPLY, 2, "not our marker"),
    ("too weak an operator", weak_operator, APPLY, 2, "needs the application permission AppRoleAssignment."),
    ("no terminal and no --yes", nothing, ("apply",), 2, "there is no terminal. Add --yes"),
    ("no such plan file", nothing, ("apply", "--plan", "gone.json"), 2, "gone.json"),
    ("not a plan", plan_file("{}x"), ("apply", "--plan", "{root}/plan.json"), 2, "is not a plan"),
    ("a plan of another", plan_file("[]"), ("apply", "--plan", "{root}/plan.json"), 2, "has no plan for contoso/telia"),
    ("another checksum", nothing, ("apply", "--checksum", "feed", "--yes"), 2, "moved since the plan was made"),
    (
        "two reviews",
        plan_file("[]"),
        ("apply", "--checksum", "x", "--plan", "{root}/plan.json"),
        2,
        "--checksum is for one",
    ),
    ("negative removals", nothing, ("apply", "--max-removals", "-1"), 2, "-1 is not in the range"),
    ("no run to undo", nothing, ("undo", "--yes"), 2, "There is no run to take back"),
    ("unknown run", nothing, ("undo", "20200101T000000Z-abcdef", "--yes"), 2, "There is no journal of run"),
    ("nothing to emit", nothing, ("emit",), 2, "there is no app to write about"),
    (
        "nothing to hand over",
        nothing,
        ("handover", "--out", "{root}/sheets"),
        2,
        "Run `tenantry provision apply` first",
    ),
    ("no folder to hand over to", nothing, ("handover",), 2, "--out"),
    ("store that cannot be written", read_only_store, APPLY, 2, "cannot be written"),
    ("evidence that is none", broken_evidence, ("verify",), 2, "is not an export of Exchange evidence"),
]


@pytest.mark.parametrize(("prepare", "args", "code", "says"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_wrong_input(lab: Lab, prepare: Callable[[Lab], None], args: tuple[str, ...], code: int, says: str) -> None:
    prepare(lab)
    before, tenant = contents(lab.root), [lab.tenant.state(name) for name in COLLECTIONS]
    done = lab.run(*(arg.format(root=lab.root) for arg in args))
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(lab.root) == before
    assert [lab.tenant.state(name) for name in COLLECTIONS] == tenant
    assert lab.writes() == []


def test_the_secret_of_one_integration_only(lab: Lab) -> None:
    lab.names.append("second")
    (lab.root / "tenantry.toml").write_text(lab.toml(), encoding="utf-8")
    done = lab.run("handover", "--out", str(lab.root / "x"), "--secret-file", str(lab.root / "s"))
    assert done.returncode == 2
    assert "--secret-file takes the secret of one integration" in done.stderr


def test_a_reviewed_plan_is_carried_out_only_while_it_is_the_plan(lab: Lab) -> None:
    reviewed = lab.root / "reviewed.json"
    reviewed.write_text(json.dumps(lab.json("plan")), encoding="utf-8")
    replace("Europe/Stockholm", "Europe/Oslo")(lab)
    assert lab.run("apply", "--plan", str(reviewed), "--yes").returncode == 0  # nothing of it is in the tenant's plan
    again = lab.run("apply", "--plan", str(reviewed), "--yes")
    assert again.returncode == 2
    assert "moved since the plan was made" in again.stderr


def test_two_apply_at_once(lab: Lab) -> None:
    lab.tenant.fault("hang", nth=3)
    first = lab.begin("apply", "--yes")
    while not lab.tenant.get("/faults")["held"]:
        assert first.poll() is None
    second = lab.run("apply", "--yes")
    assert second.returncode == 2
    assert "Another apply is running" in second.stderr
    lab.tenant.end_faults()
    assert first.wait(60) == 0
    first.communicate()
