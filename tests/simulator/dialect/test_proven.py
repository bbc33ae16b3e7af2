"""Only what is proven runs: the table comes from recordings and golden scripts, and what is not in it is refused."""

import random

import pytest

from simulator.dialect import proven
from simulator.dialect.__main__ import one
from simulator.dialect.proven import Key, Table
from simulator.dialect.refuse import Refused
from tests.simulator.dialect import prove

LEAST = 0.45  # of all recorded cases, where the table is made without them


@pytest.mark.shared
def test_the_table_is_what_recordings_and_golden_scripts_prove() -> None:
    assert proven.PROVEN.read_text(encoding="utf-8") == prove.table(), "python -m tests.simulator.dialect.prove"


@pytest.mark.shared
def test_cases_that_the_table_does_not_know_still_run_often_enough() -> None:
    """Five times the table is made of four fifths of the recordings, and the other fifth is run by it."""
    cases = prove.recorded()
    rules = Table((), proven.written(proven.CERTAIN))
    rest = {name: {key for key in keys if not rules.proven(key)} for name, keys in cases.items()}
    names = random.Random(5).sample(sorted(rest), len(rest))
    ran = 0
    for part in range(5):
        held_out = names[part::5]
        known = set[Key]().union(*(rest[name] for name in names if name not in held_out))
        ran += sum(rest[name] <= known for name in held_out)
    assert ran >= LEAST * 425


def test_a_rule_has_choices_and_open_ends() -> None:
    table = Table([("op", "+", "int", "int")], ["op -eq|-ne text|int *", "call List`1* add text"])
    assert table.proven(("op", "+", "int", "int"))
    assert table.proven(("op", "-ne", "int", "guid"))
    assert table.proven(("call", "List`1n", "add", "text"))
    assert not table.proven(("op", "-lt", "int", "int"))
    assert not table.proven(("op", "-eq", "text"))
    assert not table.proven(("call", "ArrayListn", "add", "text"))


def test_a_wider_table_takes_other_letters_and_lengths_but_no_other_kind() -> None:
    table = Table((), ["op -join []1 text"]).wider()
    assert table.proven(("op", "-join", "[]n", "letters"))
    assert not table.proven(("op", "-join", "[]n", "int"))
    assert not table.proven(("op", "-join", "Hashtable", "text"))


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("'{0:P1}' -f 0.5", "-f"),
        ("1\n'abc'.Normalize()", "Normalize"),
        ("[math]::Pow(2.5, 3.5)", "Pow"),
        ("$x = @(1, 2)\n$x -band 2", "-band"),
        ("1 | Get-Unique -InputObject 2", "Get-Unique"),
    ],
)
def test_what_is_not_proven_is_refused_by_name_and_line(code: str, named: str) -> None:
    assert one({"id": "x", "code": code}) == {"id": "x", "refused": named, "line": code.count("\n") + 1}


def test_a_refusal_says_what_exactly_was_asked() -> None:
    with pytest.raises(Refused, match=r"outside the dialect \(op -shl double int\)"):
        proven.use("op", "-shl", "double", "int")


def test_the_engines_words_are_known_by_their_form() -> None:
    seen = proven.Seen()
    with proven.within(seen):
        proven.told('Cannot convert value "abc" to type "System.Int32". Error: "The input string \'a\' was not"')
    assert seen.known == {("told", "Cannot_convert_value_9_to_type_9._Error:_9")}
