"""PSScriptAnalyzer's rules as our own checks, held to its recorded findings, rule and line; and the golden scripts."""

from collections import Counter
from typing import Any

import pytest

from tests import shared
from tests.templates.checks import analyzer
from tests.templates.checks.source import BOM, Source
from tests.templates.examples import EXAMPLES
from tests.templates.golden.__main__ import FOLDER
from tests.templates.scanner import ScannerError

# Of the recorded scripts the scanner refuses to read these: a double quote, a backtick, and a backtick in a name.
UNREAD = {"double-quotes-constant", "misleading-backtick-bad", "reserved-char-bad"}
ELSEWHERE = {"PSAvoidUsingDoubleQuotesForConstantString", "PSMisleadingBacktick"}  # the scanner's refusals


def findings(source: Source) -> Counter[tuple[str, int]]:
    """How often each rule finds something on each line."""
    return Counter((name, number) for name, rule in analyzer.RULES.items() for number in rule(source))


def recorded(row: dict[str, Any]) -> Counter[tuple[str, int]]:
    """What the analyzer found; a finding about the whole file has no line, here 0."""
    return Counter((one["rule"], one["line"] or 0) for one in row["findings"])


@pytest.mark.shared
def test_every_recorded_finding_and_no_other() -> None:
    """85 of the 88 recorded scripts are read, and of these every finding of the 32 rules agrees."""
    rows, read = shared.lines("powershell/lint.jsonl"), 0
    for row in rows:
        try:
            source = Source.of((BOM if row["bom"] else b"") + row["code"].encode())
        except ScannerError:
            assert row["id"] in UNREAD
            continue
        read += 1
        assert findings(source) == recorded(row), row["id"]
    assert read >= 85
    assert {one["rule"] for row in rows for one in row["findings"]} - ELSEWHERE <= set(analyzer.RULES)


@pytest.mark.shared
def test_every_rule_has_a_recorded_finding() -> None:
    """So each of them fails where it should."""
    found = {one["rule"] for row in shared.lines("powershell/lint.jsonl") for one in row["findings"]}
    assert set(analyzer.RULES) <= found


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_found_in_a_golden_script(name: str) -> None:
    assert findings(Source.of((FOLDER / f"{name}.ps1").read_bytes())) == Counter()
