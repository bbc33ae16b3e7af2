"""Every golden script with stub cmdlets of the reference data: in a real PowerShell, and in our own dialect.

The stubs are written apart from the simulated Exchange, so what both say of a script is said twice. A script gives one
object, the same as in rehearsal; a second run and -WhatIf change nothing.
"""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests import shared
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import run
from tests.simulator.exchange.test_scripts import prepared
from tests.templates.checks.commands import COMMON, arguments
from tests.templates.checks.source import _PARSER, Source, text, walk
from tests.templates.examples import APP, EXAMPLES
from tests.templates.pwsh import module
from tests.templates.pwsh.play import Played, by_file, comparable, in_dialect, in_powershell, organization

PRODUCTS = ("online", "2010", "2013", "2016", "2019", "se", "2007")
WORKING = [name for name in EXAMPLES if not name.startswith(("evidence", "teardown"))]


def ready(name: str) -> Shell:
    """A tenant for a script; one that is moved to RBAC has a policy to be moved away from."""
    shell: Shell = prepared(name)
    if "migrate" in name:
        group = "switchboard@contoso.com"
        shell.run("New-ApplicationAccessPolicy", AppId=APP, PolicyScopeGroupID=group, AccessRight="RestrictAccess")
    return shell


def judge(name: str, played: dict[str, Played], shell: Shell, folder: Path) -> None:
    """One object a run, the same as in rehearsal; nothing is changed by -WhatIf and by a second run."""
    before = json.dumps(organization(shell, EXAMPLES[name]), sort_keys=True, default=str)
    known = before + EXAMPLES[name]().content.decode()
    rehearsed = run(shell, name, folder / "rehearsed").check().result
    assert rehearsed is not None
    assert [len(step.results) for step in played.values()] == [1, 1, 1]
    assert comparable(played["first"].results[0], known) == comparable(rehearsed, known)
    assert json.dumps(json.loads(played["what-if"].state), sort_keys=True) == before
    assert played["what-if"].results[0]["WhatIf"] is True
    assert played["second"].state == played["first"].state
    assert not played["second"].results[0].get("Changes")
    if name in WORKING:
        assert played["first"].state != played["what-if"].state


@pytest.mark.shared
@pytest.mark.parametrize("name", EXAMPLES)
def test_with_the_stubs_in_our_dialect(name: str, tmp_path: Path) -> None:
    shell = ready(name)
    judge(name, in_dialect(shell, EXAMPLES[name], tmp_path), shell, tmp_path)


@pytest.mark.shared
@pytest.mark.parametrize("name", [name for name in EXAMPLES if not re.search("-(2013|2016|2019|se|2007)", name)])
def test_with_stubs_that_show_little(name: str, tmp_path: Path) -> None:
    """Properties that a script does not need may be missing, and an address may stand in place of a person."""
    shell = ready(name)
    played = in_dialect(shell, EXAMPLES[name], tmp_path, bare=True)
    assert [len(step.results) for step in played.values()] == [1, 1, 1]
    assert played["second"].state == played["first"].state
    assert not played["second"].results[0].get("Changes")
    assert not played["first"].results[0].get("Failed")
    if name in WORKING:
        assert played["first"].state != played["what-if"].state


@pytest.fixture
def pwsh() -> str:
    """The real PowerShell; the test skips, and says so, where none is on PATH (an error where one is required)."""
    found = shutil.which("pwsh")
    if found is None:
        assert "TENANTRY_REQUIRE_PWSH" not in os.environ, "pwsh is required here"
        pytest.skip("no pwsh on PATH: the scripts were not run in a real PowerShell")
    return found


@pytest.mark.shared
@pytest.mark.pwsh
@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_with_the_stubs_in_a_real_powershell(name: str, pwsh: str, tmp_path: Path) -> None:
    shell = ready(name)
    judge(name, in_powershell(pwsh, shell, EXAMPLES[name], tmp_path), shell, tmp_path)


@pytest.mark.shared
@pytest.mark.pwsh
def test_a_script_runs_by_file_unattended(pwsh: str, tmp_path: Path) -> None:
    """As a task of the machine would run it: the module is found by #Requires, the exit code says how it went."""
    done = by_file(pwsh, ready("ews-allow"), EXAMPLES["ews-allow"], tmp_path, "-Confirm:$false")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["Changes"]
    other = by_file(pwsh, ready("ews-allow"), EXAMPLES["ews-allow"], tmp_path, "-Confirm:$false", tenant=APP)
    assert other.returncode == 1
    assert "this script is for" in other.stderr


@pytest.mark.shared
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_call_fits_one_parameter_set(name: str) -> None:
    """PowerShell takes the set that has all that is given, and of several the default one; else it refuses."""
    example = EXAMPLES[name]
    source = Source.of(example().content)
    known = module.pages(example.product)
    for node in source.nodes("command"):
        cmdlet = text(node.children[0])
        if cmdlet not in known:
            continue
        given = {*arguments(source, node)[0]} - {*COMMON, *module.OF_POWERSHELL}
        sets = module.usable_sets(known[cmdlet], example.product)
        fits = [
            one["name"] for one in sets if module.mandatory(one) <= given <= module.mandatory(one) | {*one["optional"]}
        ]
        assert len(fits) == 1 or module.default_set(sets) in fits, (cmdlet, given, fits)


@pytest.mark.shared
@pytest.mark.parametrize("product", PRODUCTS)
def test_the_stubs_parse(product: str) -> None:
    text = "\n".join([module.LOAD % "'x'", *module.functions(product), module.SAVE])
    root = _PARSER.parse(text.encode()).root_node
    assert [node.start_point for node in walk(root) if node.type == "ERROR" or node.is_missing] == []
    assert text.count("\nfunction ") >= 10


@pytest.mark.shared
def test_every_cmdlet_of_the_scripts_has_a_stub() -> None:
    names = {row for row in shared.load("exchange/cmdlets.json")["exchange"] if row in module.bodies()}
    assert names == set(module.bodies()) - {"helpers"}
