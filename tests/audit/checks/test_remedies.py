"""A finding about Exchange names the script that mends it by a command that can be copied and run."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tenantry.cli.main import run
from tests.audit.checks.test_calendar_tenant_wide import ASSIGNMENTS, POLICIES, assignments, policies
from tests.audit.checks.test_rbac_mode import withheld
from tests.audit.evidence import Files, assignment, changed, one, policy
from tests.templates.test_cli import workspace

Plant = Callable[[Files], object]
EVIDENCE = "scripts render evidence contoso --product online"
POLICY = "scripts render access-policy contoso/telia --product online"
RBAC = "scripts render rbac contoso/telia --product online"


def without(*names: str) -> Plant:
    """The same evidence, less these files."""
    return lambda files: [files.pop(name) for name in names]


@pytest.mark.parametrize(
    ("check", "plant", "command"),
    [
        ("calendar-tenant-wide", policies(), POLICY),
        ("calendar-tenant-wide", policies(policy(AccessRight="DenyAccess")), POLICY),
        ("calendar-tenant-wide", without(POLICIES), EVIDENCE),
        ("calendar-tenant-wide", without(ASSIGNMENTS), EVIDENCE),
        ("calendar-tenant-wide", assignments(assignment(CustomResourceScope="")), RBAC),
        ("permission-missing", withheld, RBAC),
    ],
)
def test_the_command_named_writes_the_script(check: str, plant: Plant, command: str, tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    finding = one(tmp_path / "evidence", changed(plant), check)
    (named,) = re.findall(r"`tenantry ([^`]+)`", finding.remediation)
    assert named == command
    assert run([*shlex.split(named), "-w", str(workspace(tmp_path))]) == 0
    kind = named.split()[2]
    assert [path.name for path in (tmp_path / "scripts").glob("*.ps1")] == [
        f"{kind}-contoso.ps1" if kind == "evidence" else f"{kind}-contoso-telia.ps1"
    ]
