"""Cases made to find where the dialect differs from the engine: each runs as expected, or is refused by name.

One line of `cases/TOPIC.jsonl` is `{"id", "code"}` with what the engine gives, as in a recording; a field that is left
out is empty. They are not recorded: the outcomes come from the engine's documentation, source and own tests, or from a
run of ours that was read through against these.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.dialect.__main__ import one
from tests.simulator.dialect.agree import agrees, rows

FOLDER = Path(__file__).with_name("cases")
EMPTY: dict[str, Any] = {"parseErrors": [], "output": [], "error": None, "errors": [], "warnings": [], "verbose": []}
LEAST = 0.6  # of the cases that must run and agree
# what a mutation puts in a value's place
VALUES = (
    """
$null|''|@()|1.5|@{a=1}|[pscustomobject]@{A=1}|{ 1 }|$true|'x'|[char]'a'|[datetime]'2024-01-02'|(1,2)|[guid]::Empty|-1
5L|0|@($null)|'å'|'10'|[timespan]'01:00:00'|[version]'1.2'|1.10d|[int]|[regex]'a'|$args|@(@(1),2)|[double]::NaN|$_|$Error
(1..3)|[System.Collections.Generic.List[string]]@('a','b')|[System.Text.StringBuilder]::new()|[switch]$true|[ordered]@{a=1}|$input
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def cases() -> list[dict[str, Any]]:
    """All cases, with every field."""
    found: list[dict[str, Any]] = []
    for file in sorted(FOLDER.glob("*.jsonl")):
        found += [EMPTY | json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return found


CASES = cases()


def stands_there(made: dict[str, Any], code: str) -> bool:
    """Whether what a refusal names stands on its line."""
    return made["refused"] != "" and made["refused"] in rows(code)[made["line"] - 1]


@pytest.mark.parametrize("topic", sorted({str(case["id"]).partition("/")[0] for case in CASES}))
def test_each_case_runs_as_expected_or_is_refused_by_name_and_line(topic: str) -> None:
    wrong = []
    for case in CASES:
        if case["id"].startswith(f"{topic}/"):
            made = one(case)
            if not (stands_there(made, case["code"]) if "refused" in made else agrees(made, case)):
                wrong.append((case["id"], case["code"], made))
    assert not wrong


def test_most_cases_run() -> None:
    ran = sum("refused" not in one(case) for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES) >= 1000
    assert ran >= LEAST * len(CASES)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("$ErrorActionPreference = 'Continue'\n$ErrorActionPreference", ("$ErrorActionPreference", 2)),
        ("$ErrorActionPreference = 'Foo'", ("$ErrorActionPreference", 1)),
        ("$ConfirmPreference = -1", ("$ConfirmPreference", 1)),
        ("$WhatIfPreference = 'x'", ("$WhatIfPreference", 1)),
        ("$ErrorActionPreference = 'continue'\n\"$ErrorActionPreference\"", ("$ErrorActionPreference", 2)),
    ],
)
def test_the_kind_of_an_assigned_preference_is_the_engines_to_tell(code: str, told: tuple[str, int]) -> None:
    made = one({"id": "x", "code": code})
    assert (made["refused"], made["line"]) == told


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_values_place_there_is_an_outcome_or_a_refusal(data: st.DataObject) -> None:
    code = str(data.draw(st.sampled_from(CASES))["code"])
    words = [word for word in ("'", "$x", "$_", "1", "2", "$a", "$h", "@()") if word in code]
    for word in data.draw(st.lists(st.sampled_from(words or ["1"]), min_size=1, max_size=2)):
        if word == "'":
            head, _, rest = code.partition("'")
            code = head + data.draw(st.sampled_from(VALUES)) + rest.partition("'")[2]
        else:
            code = code.replace(word, data.draw(st.sampled_from(VALUES)), 1)
    if any(sign in code for sign in ("while", "until", "for (")):
        return  # it might never end
    made = one({"id": "x", "code": code})
    assert "refused" not in made or stands_there(made, code)
