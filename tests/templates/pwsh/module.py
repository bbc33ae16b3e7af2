"""A PowerShell module of stub cmdlets: parameters as the reference pages have them, behaviour from `bodies.ps1`.

The cmdlets know a small organization (a JSON file, see `seed`) and change it, so that a second run finds what a first
one did. They are stricter than Exchange where that shows a fault of a script: every change asks unless told not to, and
gives something back.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import shared

JSON = dict[str, Any]
BODIES = Path(__file__).with_name("bodies.ps1")
REFERENCE = {"online": "EXO", "se": "SE"}
OF_POWERSHELL = ("Confirm", "WhatIf", "Verbose", "Debug")
NAME = "ExchangeOnlineManagement"
LOAD = """\
$ignoreCase = [System.StringComparison]::OrdinalIgnoreCase
$store = [ordered]@{}
$seed = [System.IO.File]::ReadAllText(%s) | ConvertFrom-Json
foreach ($property in $seed.PSObject.Properties) {
    $store[$property.Name] = $property.Value
    if ($property.Value -is [array]) {
        $store[$property.Name] = New-Object -TypeName System.Collections.ArrayList
        foreach ($row in $property.Value) {
            $null = $store[$property.Name].Add($row)
        }
    }
}
"""
SAVE = """
# The organization as it is now, for the test
function Get-StubState {
    [CmdletBinding()]
    [OutputType([string])]
    param()
    ConvertTo-Json -InputObject $store -Depth 8
}
"""


def bodies() -> dict[str, str]:
    """What each cmdlet does, and `helpers`."""
    parts = re.split(r"^#= (\S+)\n", BODIES.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def pages(product: str) -> dict[str, JSON]:
    """The cmdlets with a body that a product has, as the reference pages show them."""
    reference = shared.load("exchange/cmdlets.json")
    short = REFERENCE.get(product, product)
    section = reference["exchange_2007"] if product == "2007" else reference["exchange"]
    return {
        name: section[name]
        for name in bodies()
        if name in section and short in section[name].get("applies_to", [short])
    }


def functions(product: str, *, flat: bool = False) -> Iterator[str]:
    """The text of every cmdlet; `flat`: without parameter sets and checks of values."""
    of_each = bodies()
    yield of_each["helpers"] + "\n"
    for name, page in pages(product).items():
        yield function(name, page, of_each[name], product, flat=flat)


def function(name: str, page: JSON, body: str, product: str, *, flat: bool) -> str:
    """One cmdlet as an advanced function."""
    sets = usable_sets(page, product)
    shown = [parameter(given, page, sets, flat=flat) for given in available(page, product)]
    lines = [f"function {name} {{", f"    {binding(page, sets)}", "    param(", ",\n".join(shown), "    )"]
    if page["should_process"]:
        lines += [f"    if (-not $PSCmdlet.ShouldProcess('{name}', 'Change')) {{", "        return", "    }"]
    return "\n".join([*(line for line in lines if line), *(f"    {line}".rstrip() for line in body.split("\n")), "}\n"])


def binding(page: JSON, sets: list[JSON]) -> str:
    """The attribute of a cmdlet: whether it asks, and which set it takes where several fit."""
    words = ["SupportsShouldProcess = $true", "ConfirmImpact = 'High'"] if page["should_process"] else []
    default = default_set(sets)
    words += [f"DefaultParameterSetName = '{default}'"] if default else []
    return f"[CmdletBinding({', '.join(words)})]"


def default_set(sets: list[JSON]) -> str:
    """The pages do not tell the default: Identity, then Default, then the one with the fewest mandatory parameters."""
    names = [one["name"] for one in sets]
    if len(names) < 2:
        return ""
    for name in ("Identity", "Default"):
        if name in names:
            return name
    return str(min(sets, key=lambda one: len(mandatory(one)))["name"])


def mandatory(one: JSON) -> set[str]:
    """The parameters that a set must have, the switch that chooses it included."""
    return {*one["mandatory"], *one.get("selector_switches", [])}


def available(page: JSON, product: str) -> list[str]:
    """The parameters of a cmdlet in a product, PowerShell's own left out."""
    short = REFERENCE.get(product, product)
    named = page["parameters"].items()
    return [name for name, row in named if name not in OF_POWERSHELL and short in row.get("applies_to", [short])]


def usable_sets(page: JSON, product: str) -> list[JSON]:
    """The parameter sets whose mandatory parameters the product has."""
    here = {*available(page, product)}
    return [one for one in page["parameter_sets"] if mandatory(one) <= here]


def parameter(name: str, page: JSON, sets: list[JSON], *, flat: bool) -> str:
    """One parameter with its sets, its accepted words and its type."""
    row = page["parameters"][name]
    if flat:
        plain = {"switch", "string", "string[]", "bool", "int"}
        return f"        {'[' + row['stub'] + ']' if row['stub'] in plain else ''}${name}"
    lines = []
    for one in sets:
        if name in mandatory(one) or name in one["optional"]:
            words = [] if len(sets) == 1 else [f"ParameterSetName = '{one['name']}'"]
            words += ["Mandatory = $true"] if name in mandatory(one) else []
            lines += [f"        [Parameter({', '.join(words)})]"] if words else []
    if row.get("values"):
        lines.append("        [ValidateSet(" + ", ".join(f"'{value}'" for value in row["values"]) + ")]")
    return "\n".join([*lines, f"        [{row['stub']}]${name}"])


def write(folder: Path, product: str) -> Path:
    """The module as files, in a folder of its name; the environment's TENANTRY_STUB_SEED names its organization."""
    place = folder / NAME
    place.mkdir(parents=True)
    text = LOAD % "$env:TENANTRY_STUB_SEED" + "\n" + "\n".join(functions(product)) + SAVE
    exported = ", ".join(f"'{name}'" for name in [*pages(product), "Get-StubState"])
    (place / f"{NAME}.psm1").write_text(text, encoding="utf-8-sig", newline="\r\n")
    manifest = (
        f"@{{\n    RootModule = '{NAME}.psm1'\n    ModuleVersion = '3.9.2'\n    FunctionsToExport = @({exported})\n}}\n"
    )
    (place / f"{NAME}.psd1").write_text(manifest, encoding="utf-8-sig", newline="\r\n")
    return place


def seed(shell: Any) -> JSON:
    """A simulated tenant as the stubs' organization."""
    recipients = {row["Guid"]: row for name in ("Get-Recipient", "Get-Mailbox") for row in shell.run(name)}
    groups = [row for row in recipients.values() if row["RecipientTypeDetails"].startswith("MailUniversal")]
    members = [
        {"Group": group["Guid"], "Member": member["Guid"]}
        for group in groups
        for member in shell.run("Get-DistributionGroupMember", Identity=group["Guid"])
    ]
    boxes = [row["Guid"] for row in shell.run("Get-Mailbox")]
    rooms = [row["Guid"] for row in shell.run("Get-Mailbox") if row["RecipientTypeDetails"] == "RoomMailbox"]
    folders = [
        row | {"Mailbox": box}
        for box in boxes
        for row in shell.run("Get-MailboxFolderStatistics", Identity=box, FolderScope="Calendar")
    ]
    return {
        "Connected": False,
        "Made": 0,
        "Odd": False,
        "Tenant": shell.one("Get-ConnectionInformation")["TenantID"],
        "Principal": "RecipientPrincipal",
        "Place": recipients[boxes[0]]["DistinguishedName"].partition(",")[2],
        "InUnit": recipients[boxes[0]]["Name"],
        "Connection": shell.one("Get-ConnectionInformation"),
        "Config": shell.one("Get-OrganizationConfig"),
        "Recipients": list(recipients.values()),
        "Members": members,
        "Folders": folders,
        "Policies": shell.run("Get-ApplicationAccessPolicy"),
        "Processing": [shell.one("Get-CalendarProcessing", Identity=room) | {"Guid": room} for room in rooms],
    } | {table: [] for table in ("Pointers", "Scopes", "Assignments", "Rights")}


TOLD = {
    "Recipients": "ExternalDirectoryObjectId Guid PrimarySmtpAddress RecipientTypeDetails DistinguishedName Name "
    "UserPrincipalName",
    "Processing": "Guid AutomateProcessing AddOrganizerToSubject DeleteSubject RemovePrivateProperty",
    "Folders": "Mailbox FolderType FolderId",
    "Policies": "Identity AppId AccessRight ScopeName ScopeIdentityRaw",
    "Connection": "Organization",
    "Config": "EwsAllowedAppIDs",
}


def bare(organization: JSON) -> JSON:
    """The organization as somebody else's stubs may show it: few properties, and texts in place of objects."""
    made = organization | {"Odd": True}
    for table, words in TOLD.items():
        rows = made[table] if isinstance(made[table], list) else [made[table]]
        kept = [{name: row[name] for name in words.split() if name in row} for row in rows]
        made[table] = kept if isinstance(made[table], list) else kept[0]
    return made


def save(path: Path, organization: JSON) -> None:
    """The organization as the module reads it."""
    path.write_text(json.dumps(organization, default=str), encoding="utf-8")
