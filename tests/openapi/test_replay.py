"""Microsoft's v1.0 examples of the simulated operations are answered as published, but for a committed list."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import shared
from tests.openapi.examples import Example, examples
from tests.openapi.replay import SIMULATED, differences, replay
from tests.openapi.spec import operations

pytestmark = [pytest.mark.shared, pytest.mark.slow]
HERE = Path(__file__).parent
JSON = dict[str, Any]


def listed(name: str) -> list[JSON]:
    found: list[JSON] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return found


EXCEPTED = {rule["example"]: rule["why"] for rule in listed("replay_exceptions.json")}


def published() -> list[Example]:
    file = shared.folder() / "graph" / "examples.json"
    return list(examples(json.loads(file.read_text(encoding="utf-8"))["documents"])) if file.exists() else []


@pytest.mark.parametrize(
    "example", [one for one in published() if one.operation in SIMULATED], ids=lambda one: one.name
)
def test_an_example_replays_or_stands_on_the_list(example: Example) -> None:
    outcome = replay(example)
    if example.name in EXCEPTED:
        assert outcome.problems, f"{example.name} replays: take it off replay_exceptions.json"
    else:
        assert not outcome.problems, f"{example.operation}\n" + "\n".join(outcome.problems)


def test_there_are_examples() -> None:
    shared.path("graph/examples.json")
    assert sum(one.operation in SIMULATED for one in published()) > 130


def test_what_is_not_simulated_stands_on_a_list_too() -> None:
    rules = listed("unsimulated.json")
    for operation in sorted({one.operation for one in published()} - SIMULATED):
        assert any(re.fullmatch(rule["operation"], operation) for rule in rules), operation
    for rule in rules:
        assert rule["why"]
        absent = set(operations()) - SIMULATED
        assert any(re.fullmatch(rule["operation"], name) for name in absent), f"{rule}: all of it is simulated by now"


def test_the_lists_name_reasons() -> None:
    assert all(rule["why"] and rule["source"] for rule in listed("replay_exceptions.json"))
    assert len(EXCEPTED) == len(listed("replay_exceptions.json"))


def test_differences_are_told() -> None:
    told = {"a": 1, "b": [{"id": "2", "c": True}], "d": None, "e": "x", "@odata.etag": "y"}
    assert list(differences(told, {**told, "more": 1}, "")) == []
    assert list(differences(told, {"a": "1", "b": [], "d": 5}, "body")) == [
        "body.a: '1' instead of 1",
        "body.b: empty",
        "body.e: missing",
    ]
    rows = [{}, {"id": "2", "c": 5}]
    assert list(differences(told["b"], rows, "b")) == ["b[0].c: 5 instead of True"]
    assert list(differences(told["b"], [*rows, {"id": "3", "c": False}], "b")) == []
    assert list(differences({"a": {}}, {"a": []}, "b")) == ["b.a: list instead of an object"]
    assert list(differences([1], {}, "b")) == ["b: dict instead of a list"]
