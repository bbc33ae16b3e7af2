"""RBAC-scoped mode with the scripts themselves, rehearsed in the simulated Exchange: new, and moved from a policy."""

import json
import subprocess
import sys
from typing import Any

from tests.provision import planted
from tests.provision.lab import Lab
from tests.provision.test_rbac_mode import ZONE, changes, declared, links, roles
from tests.tenant import ROOT


def tenantry(lab: Lab, *words: str) -> str:
    """Any command in the workspace."""
    done = subprocess.run(
        [sys.executable, "-m", "tenantry", *words],
        cwd=lab.root,
        env={**lab.environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def run_script(lab: Lab, command: str, *more: str) -> None:
    """What the plan says: renders the script and (as the Exchange administrator) runs it."""
    words = command.removeprefix("tenantry ").replace("--out DIR", "--out scripts").split()
    script = tenantry(lab, *words, "-o", "csv").splitlines()[1].split(",")[1]
    tenantry(lab, "scripts", "rehearse", script, *more)


def named(plan: dict[str, Any]) -> str:
    """The command that the plan names."""
    (script,) = [c for c in plan["changes"] if c["action"] == "script"]
    return str(script["after"]["command"])


def test_the_named_script_gives_the_right_and_verify_proves_it(lab: Lab) -> None:
    planted.workspace(lab, ZONE, f'{ZONE}\nscoping = "rbac"')
    command = named(lab.json("plan")[0])
    lab.json("apply", "--yes")
    run_script(lab, command)
    lab.tenant.advance("3h")
    found = links(lab)
    assert {name: link["ok"] for name, link in found.items()} == dict.fromkeys(found, True)
    tenantry(lab, "sync", "check")  # ends with 3 where a link is broken
    run_script(lab, "tenantry scripts render evidence contoso --out DIR")
    tenantry(lab, "audit", "collect", "--out", "snapshot", "--exchange", "exchange")
    findings = json.loads(tenantry(lab, "audit", "run", "--snapshot", "snapshot", "-o", "json"))["findings"]
    ours = {f["check"]: f["verdict"] for f in findings if f["object"]["id"] == planted.app(lab)["id"]}
    assert ours["permission-missing"] == ours["permission-excess"] == "pass"
    assert ours["calendar-tenant-wide"] in ("pass", "conditional")  # the night desk's group is nested


def test_moved_from_a_policy_without_a_gap(lab: Lab) -> None:
    command = named(lab.json("plan")[0])
    assert "access-policy" in command
    lab.json("apply", "--yes")
    run_script(lab, command)
    lab.tenant.advance("3h")
    assert links(lab)["scoped"]["ok"] is True
    planted.workspace(lab, ZONE, f'{ZONE}\nscoping = "rbac"')
    migrate = named(lab.json("plan")[0])
    assert "--migrate" in migrate
    lab.json("apply", "--yes")
    run_script(lab, migrate)
    assert links(lab)["scoped"]["ok"] is True
    run_script(lab, "tenantry scripts render evidence contoso --out DIR")
    assert changes(lab) == []
    lab.tenant.advance("2h")
    assert ("revoke", "appRoleAssignment", "Calendars.Read") in changes(lab)
    assert links(lab)["scoped"]["ok"] is True
    lab.json("apply", "--yes")
    assert roles(lab) == declared(lab) == {"User.Read.All"}
    lab.tenant.advance("2h")
    assert links(lab)["scoped"]["ok"] is True
    (left,) = [d for d in lab.json("plan")[0]["drift"] if d["object"] == "mailboxScope"]
    assert "-Finish" in left["fact"]
    run_script(lab, migrate, "--argument", "Finish")
    assert lab.tenant.state("applicationAccessPolicies") == []
    lab.tenant.advance("2h")
    assert links(lab)["scoped"]["ok"] is True
