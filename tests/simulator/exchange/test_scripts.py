"""The golden scripts in the simulated Exchange: the first run works, the second changes nothing, a stop resumes."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.exchange import rbac
from tests.simulator.exchange.stage import Run, run, staged
from tests.templates.examples import EXAMPLES

JSON = dict[str, Any]
NAMES = [name for name in EXAMPLES if "migrate" not in name]
WORKING = [name for name in NAMES if not name.startswith(("evidence", "teardown"))]
ONCE = [name for name in WORKING if "-20" not in name and not name.endswith("-se")]


def prepared(name: str) -> Any:
    """A tenant for a script: reviewers need their user, on premises and in the cloud."""
    shell = staged()
    if name.startswith("reviewer"):
        shell.run("New-Mailbox", Name="Monitor", MicrosoftOnlineServicesID="monitor@contoso.com", Password="x")
    return shell


def state(shell: Any) -> JSON:
    """What is stored of the tenant, without times and ids that differ from run to run."""
    found = shell.tenant.save()["collections"]
    return {name: rows for name, rows in found.items() if name != "exchangeAppCaches"}


def told(shell: Any) -> str:
    """The tenant's Exchange in words that do not depend on when and in which order it came about."""
    words = []
    for name in ("groupMembers", "mailboxFolderPermissions", "mailboxPermissions", "calendarProcessing"):
        words += sorted(
            json.dumps(row, sort_keys=True, default=list) for row in shell.tenant.collection(name).iterate()
        )
    for name, keys in (
        ("applicationAccessPolicies", ("AppId", "AccessRight")),
        ("managementScopes", ("Name",)),
    ):
        words += sorted(str([row.get(key) for key in keys]) for row in shell.tenant.collection(name).iterate())
    rights = rbac.assignments(shell.tenant)
    words += sorted(f"{row['Name']} in {row.get('CustomResourceScope')}" for row in rights)
    words += sorted(str(row.get("mail")) for row in shell.tenant.collection("groups").iterate())
    return "\n".join(words)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_run_works_and_the_second_changes_nothing(name: str, tmp_path: Path) -> None:
    shell = prepared(name)
    first = run(shell, name, tmp_path).check()
    if name in WORKING:
        assert first.changes
    before = state(shell)
    second = run(shell, name, tmp_path).check()
    assert second.changes == []
    assert state(shell) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_if_changes_nothing(name: str, tmp_path: Path) -> None:
    shell = prepared(name)
    before = state(shell)
    first = run(shell, name, tmp_path, what_if=True).check()
    assert first.changes == []
    assert state(shell) == before
    if name in WORKING:
        assert first.what_ifs


@pytest.mark.parametrize("name", ONCE)
def test_a_stop_anywhere_and_a_second_run_end_the_same(name: str, tmp_path: Path) -> None:
    whole = prepared(name)
    calls = run(whole, name, tmp_path / "whole").check().calls
    for stop in range(calls):
        shell = prepared(name)
        folder = tmp_path / str(stop)
        assert run(shell, name, folder, stop=stop).stopped
        run(shell, name, folder).check()
        assert told(shell) == told(whole), stop


def test_prompts_are_listed(tmp_path: Path) -> None:
    shell = prepared("access-policy")
    asked = run(shell, "access-policy", tmp_path).check()
    assert asked.prompts
    quiet = run(prepared("access-policy"), "access-policy", tmp_path / "quiet", arguments={"Confirm": False}).check()
    assert quiet.prompts == []


def test_changes_have_their_line(tmp_path: Path) -> None:
    example = EXAMPLES["access-policy"]().content.decode("utf-8-sig").splitlines()
    found: Run = run(prepared("access-policy"), "access-policy", tmp_path).check()
    for change in found.changes:
        assert change["cmdlet"] in example[change["line"] - 1]
