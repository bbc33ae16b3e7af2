"""Wherever the reader accepts a script, it tells what the engine's parser told."""

from typing import Any

import pytest

from simulator.dialect.refuse import Refused
from simulator.dialect.static import Reading, read
from tests import shared
from tests.simulator.dialect.agree import rows

LEAST = 0.97  # of the recorded snippets that are read


def commands(made: Reading) -> list[tuple[Any, ...]]:
    """The commands of a reading, as recorded."""
    return sorted((c.start, c.end, c.name or "", sorted(c.parameters), sorted(c.splatted)) for c in made.commands)


@pytest.mark.shared
def test_commands_strings_members_and_types_agree_with_the_engine() -> None:
    read_ones, refused = 0, []
    cases = shared.lines("powershell/syntax.jsonl")
    for case in cases:
        try:
            made = read(case["source"])
        except Refused as refusal:
            refused.append((refusal, case["source"]))
            continue
        read_ones += 1
        assert not case["errors"], case["id"]
        recorded = [
            (c["start"], c["end"], c["name"] or "", sorted(c["parameters"]), sorted(c["splatted"]))
            for c in case["commands"]
        ]
        assert commands(made) == sorted(recorded), case["id"]
        strings = sorted((s.start, s.type, s.value) for s in made.strings)
        assert strings == sorted((s["start"], s["type"], s["value"]) for s in case["strings"]), case["id"]
        assert {m.lower() for m in made.members} == {m.lower() for m in case["members"]}, case["id"]
        assert sorted(made.types) == sorted(case["types"]), case["id"]
        named = {v.lower() for v in made.variables} | {"null"}
        assert named == {v.lower() for v in case["variables"]} | {"null"}, case["id"]
    assert read_ones >= LEAST * len(cases)
    assert all(refusal.what in rows(source)[refusal.line - 1] for refusal, source in refused)


@pytest.mark.shared
def test_recorded_literals_are_one_string_with_that_value() -> None:
    for case in shared.lines("powershell/literals.jsonl"):
        source = f"Get-Thing -Name '{case['escaped']}'"
        try:
            made = read(source)
        except Refused:
            continue
        assert [s.value for s in made.strings] == [case["text"]]
        assert [c.name for c in made.commands] == ["Get-Thing"]


def test_lines_count_by_cr_and_lf_only() -> None:
    made = read("# a\u2028b\n'x'\r\nGet-Thing -Name 'å😀'\rStop-It")
    assert [(c.name, c.line) for c in made.commands] == [("Get-Thing", 3), ("Stop-It", 4)]
    assert made.strings[1].start == 27
