"""No script can hang or fill the machine, and nothing that is read wrong ends in an error of ours."""

import json
import re
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.dialect.__main__ import one
from tests import shared
from tests.simulator.dialect.agree import rows

ENDLESS = {
    "a loop": "while ($true) { $a = 1 }",
    "a for loop": "for (;;) { }",
    "do until": "$try = 0\ndo { $try++ } until ($false)",
    "a function that calls itself": "function f { f }\nf",
    "a block that calls itself": "$b = { & $b }\n& $b",
    "in finally": "try { 1 } finally { while ($true) { } }",
    "a pattern": "('a' * 40) -match '^(a+)+$'",
    "choices in a pattern": "('a' * 40 + 'b') -match '^(a|a)*$'",
    "many repetitions": "('a' * 5000) -match 'a*a*a*a*a*b'",
    "a wildcard": "('a' * 3000) -like '*a*a*a*a*a*b'",
}
HUGE = {
    "text": "$s = 'a' * 1GB",
    "doubled text": "$s = 'ab'\nwhile ($true) { $s += $s }",
    "text in text": "$s = 'a' * 60000\n$s.Replace('a', $s)",
    "a pattern's text": "$s = 'a' * 60000\n$s -replace 'a', $s",
    "joined text": "$s = 'a' * 60000\n(@($s) * 60000) -join ''",
    "padded text": "'a'.PadLeft(2000000000)",
    "a wide place": "'{0,2000000000}' -f 1",
    "many digits": "'{0:D999999999}' -f 1",
    "made text": "[string]::new('a', 2147483647)",
    "a range": "$a = 1..1000000000",
    "a repeated array": "$a = @(1) * 2147483647",
    "a doubled array": "$a = @(1)\nwhile ($true) { $a += $a }",
    "a builder": "$b = [System.Text.StringBuilder]::new()\nwhile ($true) { [void]$b.Append('x' * 1000000) }",
}
DEEP = {
    "brackets": "(" * 5000 + "1" + ")" * 5000,
    "braces": "{" * 3000,
    "signs": "-not " * 5000 + "1",
    "casts": "[int]" * 5000 + "1",
    "text in text": '"' + "$(" * 3000 + "1" + ")" * 3000 + '"',
    "a long sum": "+".join(["1"] * 20_000),
    "members of members": "$a" + ".b" * 10_000,
    "arrays in arrays": "$a = @()\nforeach ($i in 1..100000) { $a = ,$a }\n$a",
    "a table in itself": "$h = @{}\n$h.a = $h\n$h | ConvertTo-Json",
    "an array in itself": '$a = @(1)\n$a[0] = $a\n"$a"',
}
ODD = {
    "many digits": "9" * 5000,
    "text of many digits": "[int]('9' * 5000)",
    "a large power": "1e999999",
    "behind the last day": "([datetime]'9999-12-31').AddDays(5)",
    "before the first day": "([datetime]'0001-01-01').AddDays(-1)",
    "half a character": '"\ud800"',
    "no character": "\0",
    "a file elsewhere": "Get-Content -LiteralPath /etc/passwd",
    "a file above": "Get-Content -LiteralPath (Join-Path -Path $TestDir -ChildPath '../x')",
}


def named_on_its_line(made: dict[str, Any], code: str) -> bool:
    """Whether what was refused stands where it is said to stand."""
    return bool(made["refused"]) and made["refused"] in rows(code)[made["line"] - 1]


@pytest.mark.parametrize("code", [*ENDLESS.values(), *HUGE.values(), *DEEP.values(), *ODD.values()])
def test_what_would_take_too_much_is_refused_by_name_and_line(code: str) -> None:
    assert named_on_its_line(one({"id": "x", "code": code}), code)


@pytest.mark.parametrize(
    ("code", "given"),
    [("", []), ("  \n", []), ("\ufeff1", ["1"]), ("1\r\n2\r3\n4", ["1", "2", "3", "4"]), ("\n" * 50_000, [])],
)
def test_odd_but_fine(code: str, given: list[str]) -> None:
    assert [value["v"] for value in one({"id": "x", "code": code})["output"]] == given


TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"\n]*\"|\$\w+|-?\w+(?:-\w+)*|\s+|.", re.S)
VALUES = """
'' 'å' 0 -1 2147483647 2147483648 1.5 $null @() @(1) @{} "x" $true [int] '1e3' 1kb '{0}' '*' '(' @(1,2,3) '\\d+'
[pscustomobject]@{a=1} 1e308 '١' {1} '0x1F' ,@() $_ $x '-' [string]$null
""".split()  # noqa: SIM905 (values read better so)


@cache
def recordings() -> list[dict[str, Any]]:
    """The recorded cases, read once."""
    return shared.lines("powershell/behaviour.jsonl")


def changed(code: str, others: list[str], random: Random) -> str:
    """A script with some of its tokens taken out, swapped, doubled or replaced."""
    tokens = TOKEN.findall(code)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        new = random.choice([*VALUES, *others])
        way = random.randrange(4)
        if way == 0:
            tokens[at] = ""
        elif way == 1:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        else:
            tokens[at] = new if way == 2 else tokens[at] + new
    return "".join(tokens)


@pytest.mark.shared
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=st.randoms(use_true_random=False))
def test_changed_recordings_run_or_are_refused_by_name_and_line(random: Random) -> None:
    cases = recordings()
    code = changed(random.choice(cases)["code"], TOKEN.findall(random.choice(cases)["code"]), random)
    made = one({"id": "x", "code": code})
    if "refused" in made:
        assert named_on_its_line(made, code), made
    else:
        assert json.loads(json.dumps(made)) == made
        assert set(made) == {"id", "parseErrors", "output", "error", "errors", "warnings", "verbose"}


@settings(max_examples=100, deadline=None)
@given(code=st.text(max_size=60))
def test_any_text_runs_or_is_refused(code: str) -> None:
    made = one({"id": "x", "code": code})
    assert "refused" not in made or made["refused"] in rows(code)[made["line"] - 1]
