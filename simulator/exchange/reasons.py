"""Why a script is refused, in words, where the name of what was refused tells."""

import re

from simulator.exchange.tables import cmdlets

# What people type and scripts must not; the names that PowerShell gives them
ALIASES = {
    "%": "ForEach-Object",
    "?": "Where-Object",
    "cat": "Get-Content",
    "cd": "Set-Location",
    "copy": "Copy-Item",
    "cp": "Copy-Item",
    "curl": "Invoke-WebRequest",
    "del": "Remove-Item",
    "dir": "Get-ChildItem",
    "echo": "Write-Output",
    "fl": "Format-List",
    "foreach": "ForEach-Object",
    "ft": "Format-Table",
    "gc": "Get-Content",
    "gci": "Get-ChildItem",
    "gm": "Get-Member",
    "group": "Group-Object",
    "icm": "Invoke-Command",
    "iex": "Invoke-Expression",
    "ipcsv": "Import-Csv",
    "ls": "Get-ChildItem",
    "measure": "Measure-Object",
    "mv": "Move-Item",
    "ren": "Rename-Item",
    "rm": "Remove-Item",
    "select": "Select-Object",
    "sleep": "Start-Sleep",
    "sls": "Select-String",
    "sort": "Sort-Object",
    "tee": "Tee-Object",
    "type": "Get-Content",
    "wget": "Invoke-WebRequest",
    "where": "Where-Object",
    "write": "Write-Output",
}
_QUOTES = re.compile("[\u2018-\u201f]")
_DASHES = re.compile("[\u2013-\u2015]")
_CMDLET = re.compile(r"[A-Za-z]+-[A-Za-z][A-Za-z0-9]*")
_WORDS = frozenset("class enum trap data filter workflow parallel sequence configuration using break continue".split())  # noqa: SIM905


def reason(what: str, product: str) -> str:
    """Why `what` is refused in a product; empty where its name does not tell."""
    if _QUOTES.search(what):
        return "it is a typographic quotation mark, as mail programs and web pages make them"
    if _DASHES.search(what):
        return "it is a typographic dash, as mail programs and web pages make them"
    if what.lower() in ALIASES and what.lower() not in _WORDS:
        return f"it is an alias; write {ALIASES[what.lower()]}"
    if _CMDLET.fullmatch(what):
        return _cmdlet(what, product)
    return ""


def _cmdlet(name: str, product: str) -> str:
    found = next((page for key, page in cmdlets().items() if key.lower() == name.lower()), None)
    if found is not None and product not in found["products"]:
        return f"Exchange {product} does not have it; --product says which Exchange is meant"
    return "the rehearsal does not have this cmdlet, or not as it is used here"
