"""A golden script with the stub cmdlets: in a real PowerShell, or in our own dialect where there is none."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.dialect import proven
from simulator.dialect.cmdlets.core import core
from simulator.dialect.engine import Engine, run_script
from simulator.dialect.files import Files
from simulator.dialect.values import Switch
from simulator.exchange.console import console
from simulator.exchange.engine import Host, as_json
from tests.simulator.exchange.shell import Shell
from tests.templates.examples import Example
from tests.templates.pwsh import module

JSON = dict[str, Any]
MODULE_PATH = "PSModulePath"
STEPS = ("what-if", "first", "second")
OF_THE_PLACE = ("Rows", "Folder", "Collected", "Journals")
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
STOP = "$ErrorActionPreference = 'Stop'\n"
RUNNER = """\
param(
    [string]$Module,
    [string]$Script,
    [string]$Password
)
$ErrorActionPreference = 'Stop'
Import-Module -Name $Module
[System.IO.File]::WriteAllText('before.state.json', (Get-StubState))
foreach ($step in @('what-if', 'first', 'second')) {
    $call = @{ Confirm = $false }
    if ($step -eq 'what-if') {
        $call = @{ WhatIf = $true }
    }
    if ($Password) {
        $call.Password = New-Object -TypeName System.Security.SecureString
        $call.Password.AppendChar('x')
    }
    $given = @(& $Script @call)
    $told = @{ count = $given.Count; result = $given[-1] }
    $file = Join-Path -Path (Get-Location).Path -ChildPath ($step + '.json')
    [System.IO.File]::WriteAllText($file, (ConvertTo-Json -InputObject $told -Depth 6))
    $file = Join-Path -Path (Get-Location).Path -ChildPath ($step + '.state.json')
    [System.IO.File]::WriteAllText($file, (Get-StubState))
}
"""


@dataclass
class Played:
    """What a script gave in one step (`results` holds every object it let out), and the organization afterwards."""

    results: list[JSON]
    state: str


def organization(shell: Shell, example: Example) -> JSON:
    """The simulated tenant as the stubs know it."""
    made = module.seed(shell)
    return made | {"Principal": "RecipientPrincipal" if example.product == "online" else "ADRecipient"}


def in_dialect(shell: Shell, example: Example, folder: Path, *, bare: bool = False) -> dict[str, Played]:
    """Plays the three steps in our dialect, the stubs written into the script; `bare`: they show little."""
    store = folder / "store.json"
    made = organization(shell, example)
    module.save(store, module.bare(made) if bare else made)
    stubs = module.LOAD % f"'{store}'" + "\n".join(module.functions(example.product, flat=True))
    source = example().content.decode("utf-8-sig").replace("\r\n", "\n")
    assert source.count(STOP) == 1
    keep = f"\n[System.IO.File]::WriteAllText('{store}', (ConvertTo-Json -InputObject $store -Depth 8))\n"
    with proven.within(proven.Seen()):
        return {step: _step(shell, source.replace(STOP, STOP + stubs) + keep, store, step) for step in STEPS}


def _step(shell: Shell, source: str, store: Path, step: str) -> Played:
    around = console(shell.session, lambda _: True, lambda *_: None)
    engine = Engine(Files(store.parent), {**core(), **around}, lambda _: False)
    engine.host = Host(shell.session, shell.clock.advance)
    given = {"WhatIf": Switch(True)} if step == "what-if" else {"Confirm": Switch(False)}
    ended = run_script(source, engine, given, str(store.parent / "script.ps1"))
    assert ended.error is None, f"{ended.error.record.exception.message} (line {ended.error.record.line})"
    return Played([as_json(value) for value in ended.output], store.read_text(encoding="utf-8"))


def in_powershell(pwsh: str, shell: Shell, example: Example, folder: Path) -> dict[str, Played]:
    """Plays the three steps in a real PowerShell, unattended."""
    script = _laid_out(shell, example, folder)
    (folder / "run.ps1").write_text(RUNNER, encoding="utf-8-sig", newline="\r\n")
    words = ["-File", str(folder / "run.ps1"), "-Module", str(folder / "modules" / module.NAME), "-Script", str(script)]
    words += ["-Password", "x"] if "Password" in parameters_of(script.read_bytes()) else []
    done = _powershell(pwsh, folder, words)
    assert done.returncode == 0, done.stdout + done.stderr
    return {step: _told(folder, step) for step in STEPS}


def by_file(
    pwsh: str, shell: Shell, example: Example, folder: Path, *words: str, tenant: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs a script by -File; `tenant`: the stubs are connected to that one."""
    script = _laid_out(shell, example, folder)
    if tenant:
        made = organization(shell, example)
        module.save(folder / "seed.json", made | {"Connection": made["Connection"] | {"TenantID": tenant}})
    return _powershell(pwsh, folder, ["-File", str(script), "-ResultPath", str(folder / "result.json"), *words])


def _laid_out(shell: Shell, example: Example, folder: Path) -> Path:
    if not (folder / "modules").exists():
        module.write(folder / "modules", example.product)
    module.save(folder / "seed.json", organization(shell, example))
    script = example()
    (folder / script.name).write_bytes(script.content)
    return folder / script.name


def _powershell(pwsh: str, folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(folder / "modules"), os.environ.get(MODULE_PATH, "")))
    names = {"TENANTRY_STUB_SEED": str(folder / "seed.json"), MODULE_PATH: path, "POWERSHELL_TELEMETRY_OPTOUT": "1"}
    return subprocess.run(
        [pwsh, "-NoProfile", "-NonInteractive", *words],
        cwd=folder,
        env=os.environ | names,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _told(folder: Path, step: str) -> Played:
    told = json.loads((folder / f"{step}.json").read_text(encoding="utf-8"))
    results = [told["result"]] * told["count"]
    return Played(results, (folder / f"{step}.state.json").read_text(encoding="utf-8"))


def parameters_of(content: bytes) -> set[str]:
    """The names of a script's parameters."""
    block = content.decode("utf-8-sig").split("\nparam(", 1)[1].split("\n)", 1)[0]
    return set(re.findall(r"\]\$(\w+)", block))


def comparable(result: JSON, known: str) -> JSON:
    """A result without what differs from place to place: paths, times, and ids that `known` does not hold."""
    kept = {name: value for name, value in result.items() if name not in OF_THE_PLACE}
    text = json.dumps(kept, ensure_ascii=False)
    loaded: JSON = json.loads(GUID.sub(lambda found: found[0] if found[0] in known else "a new id", text))
    return loaded
