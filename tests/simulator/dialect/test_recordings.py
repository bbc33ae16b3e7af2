"""Every recorded case gives exactly the recorded outcome, or is refused by a name that stands on its line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.dialect.__main__ import one
from tests import shared
from tests.simulator.dialect.agree import agrees, rows

pytestmark = pytest.mark.shared
LEAST = 0.55  # of the cases that must run and agree


def test_each_case_agrees_or_is_refused_by_name_and_line() -> None:
    agreed, wrong = 0, []
    cases = shared.lines("powershell/behaviour.jsonl")
    for case in cases:
        made = one(case)
        if "refused" in made:
            if made["refused"] not in rows(case["code"])[made["line"] - 1]:
                wrong.append((case["id"], made))
        elif not agrees(made, case):
            wrong.append((case["id"], made))
        else:
            agreed += 1
    assert not wrong
    assert agreed >= LEAST * len(cases)


def test_messages_of_ending_errors_are_the_recorded_ones() -> None:
    for case in shared.lines("powershell/behaviour.jsonl"):
        made = one(case)
        if "refused" not in made and made["error"]:
            assert made["error"]["message"] == case["error"]["message"], case["id"]


def test_the_command_prints_one_record_a_line(tmp_path: Path) -> None:
    cases = shared.lines("powershell/behaviour.jsonl")[:25]
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(json.dumps({"id": c["id"], "code": c["code"]}) + "\n" for c in cases), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "simulator.dialect", str(file)], capture_output=True, check=True, cwd=shared.ROOT
    )
    made = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [m["id"] for m in made] == [c["id"] for c in cases]
    assert made == [one(case) for case in cases]
