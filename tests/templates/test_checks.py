"""Each check of the scripts fails where it should: a failing example for every rule."""

import pytest

from tests.templates.checks import rules
from tests.templates.checks.commands import check_commands
from tests.templates.checks.frame import frame
from tests.templates.checks.source import BOM, Source
from tests.templates.examples import EXAMPLES
from tests.templates.scanner import ScannerError, line_of, read_whole, scan


def source(code: str) -> Source:
    """A script of that code, with BOM and CRLF."""
    return Source.of(BOM + code.replace("\n", "\r\n").encode())


BAD: list[tuple[rules.Rule, str]] = [
    (rules.parses, "if ($a {"),
    (rules.parses, "'a' 'b' -eq"),
    (rules.layout, "$a = 1 "),
    (rules.layout, "if ($a) {\n  $b\n}"),
    (rules.layout, "if ($a) {\n\t$b\n}"),
    (rules.layout, "$a = " + "1 + " * 40 + "1"),
    (rules.braces, "if ($a)\n{\n    $b\n}"),
    (rules.braces, "$a = 1;"),
    (rules.braces, "if ($a) { # so\n    $b\n}"),
    (rules.parameters_used, "param([string]$Name)\nfunction Get-It {\n    $Name\n}\nGet-It"),
    (rules.should_process, "[CmdletBinding(SupportsShouldProcess = $true)]\nparam([string]$A)\n$A"),
    (rules.braces, "$a = @(foreach ($b in $c) {\n    $b\n})"),
    (rules.no_classes, "class A { }"),
    (rules.functions, "function Ensure-It {\n    [CmdletBinding()]\n    param()\n    $null = 1\n}"),
    (rules.functions, "function Set-It {\n    [CmdletBinding()]\n    param()\n    $null = 1\n}"),
    (rules.functions, "function Get-Items {\n    [CmdletBinding()]\n    param()\n    $null = 1\n}"),
    (rules.functions, "function Add-It {\n    $null = 1\n}"),
    (rules.functions, "function Get-It {\n    [CmdletBinding()]\n    param()\n    return 'x'\n}"),
    (rules.engine_2, "#Requires -Version 2.0\n$a = [ordered]@{}"),
    (rules.engine_2, "#Requires -Version 2.0\nConvertTo-Json -InputObject $a"),
    (rules.engine_2, "#Requires -Version 2.0\n$a | Where-Object Name"),
    (rules.engine_2, "#Requires -Version 2.0\nNew-Object -TypeName 'System.Collections.Generic.HashSet[string]'"),
    (rules.no_dynamic_code, "& $name"),
    (rules.no_dynamic_code, ". .\\other.ps1"),
    (rules.no_dynamic_code, "Invoke-Expression -Command $a"),
    (rules.no_dynamic_code, "[scriptblock]::Create($a)"),
    (rules.parameters, "param(\n    [string]$Name = 'x'\n)"),
    (rules.parameters, "param([string]$Password)"),
    (rules.parameters, "param([string]$UserName)"),
    (rules.parameters, "param([switch]$Verbose)"),
    (rules.parameters, "Get-It -ComputerName 'server'"),
    (rules.parameters_used, "param([string]$Name)\n$a = 1"),
    (rules.variables_used, "$a = 1\n$b = 2\nGet-It -X $b"),
    (rules.parameters_kept, "param([switch]$Remove)\n$remove = @{}\n$remove"),
    (rules.variables_plain, "$global:a = 1"),
    (rules.variables_plain, "$env:PATH"),
    (rules.variables_plain, "$args = 1"),
    (rules.variables_plain, "$matches = 1"),
    (rules.null_on_the_left, "if ($a -eq $null) { 1 }"),
    (rules.conditions, "if ($a = 1) { 1 }"),
    (rules.conditions, "if ($a > 1) { 1 }"),
    (rules.catches, "try {\n    1\n} catch {\n}"),
    (rules.should_process, "[CmdletBinding()]\nparam()\n1"),
    (
        rules.should_process,
        "[CmdletBinding(SupportsShouldProcess = $true)]\nparam()\nif ($a) {\n    New-ManagementScope -Name 'x'\n}",
    ),
    (rules.linguistic, "$a -in $b"),
    (rules.linguistic, "$a -notcontains $b"),
    (rules.linguistic, "$appId = 'x'\ntry {\n    $b -eq $appId\n} finally {\n    1\n}"),
    (rules.engine_5, "[Text.StringBuilder]::new()"),
    (rules.engine_5, "$a ?? $b"),
    (rules.engine_5, "Get-A && Get-B"),
    (rules.engine_5, "$b = $a ? 1 : 2"),
]


@pytest.mark.parametrize(("rule", "code"), BAD)
def test_a_rule_fails_where_it_should(rule: rules.Rule, code: str) -> None:
    assert list(rule(source(code))) != []


def test_every_rule_has_a_failing_example() -> None:
    assert {rule for rule, _ in BAD} | {rules.encoding} == set(rules.RULES)


@pytest.mark.parametrize("raw", [b"$a = 1\r\n", BOM + b"$a = 1\n", BOM + b"$a\r\n$b\r", BOM + b"$a\n\r\n"])
def test_encoding_fails(raw: bytes) -> None:
    assert list(rules.encoding(Source.of(raw))) != []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("Get-Contact -Identity 'a' -ErrorAction Stop", "not a cmdlet of the table"),
        ("gci -ErrorAction Stop", "not a cmdlet of the table"),
        ("Get-Recipient 'a' -ErrorAction Stop", "positional"),
        ("Get-Recipient -Identity 'a'", "lacks -ErrorAction Stop"),
        ("Get-Recipient -Identiti 'a' -ErrorAction Stop", "no -Identiti"),
        ("Get-Recipient -identity 'a' -ErrorAction Stop", "no -identity (spelt so)"),
        ("Get-Recipient -Identity -ErrorAction Stop", "needs a value"),
        ("Get-Recipient -Database $a -ErrorAction Stop", "-Database does not exist in online"),
        ("Get-Recipient @unknown -ErrorAction Stop", "no hashtable"),
        ("Get-Recipient -Identity $a -Identity $b -ErrorAction Stop", "twice"),
        ("Connect-ExchangeOnline -ShowBanner:'no' -ErrorAction Stop", "truth value"),
        ("Test-ApplicationAccessPolicy -Identity $a -ErrorAction Stop", "lacks one of"),
        ("$x = @{ Type = 'Room' }\nNew-DistributionGroup @x", "-Type takes Distribution, Security, not Room"),
        ("$x = @{ Name = $n }\nNew-DistributionGroup @x -ErrorAction Stop", "lacks -WhatIf:$WhatIfPreference"),
        ("$x = @{ Nam = $n }\nNew-DistributionGroup @x -ErrorAction Stop", "no -Nam"),
        ("$x = @{}\n$x.Typo = 1\nNew-DistributionGroup @x -ErrorAction Stop", "no -Typo"),
        ("New-DistributionGroup -Name $n -WhatIf:$WhatIfPreference -ErrorAction Stop", "lacks -Confirm:$false"),
    ],
)
def test_a_call_is_refused(code: str, problem: str) -> None:
    assert problem in "\n".join(check_commands(source(code)))


def test_a_cmdlet_of_another_product_is_refused() -> None:
    call = source("Get-ApplicationAccessPolicy -ErrorAction Stop")
    assert list(check_commands(call)) == []
    assert "does not exist in 2016" in "\n".join(check_commands(call, "2016"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("#Requires -Version 5.1\r\n", "", "begin"),
        ("'5.1'", "", ""),
        ("\r\n\r\n<#", "\r\n<#", "blank line"),
        (".EXAMPLE", ".EXEMPEL", "no .EXAMPLE"),
        ("if ('å'.Length", "if ('a'.Length", "sentinel"),
        ("param(\r\n", "param(\r\n    [string]$A = 'data',\r\n", "before the sentinel"),
        ("Set-StrictMode -Version 3.0", "Set-StrictMode -Version Latest", "strict mode"),
        ("= 'Stop'", "= 'Continue'", "stop on error"),
    ],
)
def test_the_frame_is_held(old: str, new: str, problem: str) -> None:
    script = EXAMPLES["evidence"]().content.decode("utf-8-sig")
    found = "\n".join(frame(Source.of(BOM + script.replace(old, new).encode())))
    assert (problem in found) if problem else not found


@pytest.mark.parametrize(
    "code", ['$a = "x"', "$a = @'\nx\n'@", "Get-It `\n  -A", "$a = “x”", "Get-It –A", "$å = 1", "\ufeff$a"]
)
def test_the_scanner_refuses_what_no_script_holds(code: str) -> None:
    with pytest.raises(ScannerError, match="in line 1"):
        scan(code)


def test_the_scanner_takes_a_script_apart() -> None:
    found = scan("<# it's #>\n$a = 'x''y' # don't\n$b = 'ö’’'\n'c'#d")
    assert found.literals == ["x'y", "ö’", "c"]
    assert found.comments == ["<# it's #>", "# don't"]
    assert found.masked.endswith("$b = '1'\n'2'#d")


def test_the_oracle_itself_knows_a_broken_literal() -> None:
    for broken in ("x", "'x", "'x' y", "'x’ y"):
        with pytest.raises(ValueError, match="literal"):
            read_whole(broken)
    assert line_of("a\r\nb\nc\rd", 7) == 4
