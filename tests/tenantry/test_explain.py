"""Codes become sentences; texts are never parsed for meaning beyond their code."""

import re
from pathlib import Path

import pytest

from tenantry import explain
from tenantry.explain import GRAPH, SIGN_IN
from tests import shared

TEXT = (
    "AADSTS7000215: Invalid client secret provided. Trace ID: 11111111-2222-3333-4444-555555555555 "
    "Correlation ID: 22222222-2222-3333-4444-555555555555 Timestamp: 2026-01-01 00:00:00Z"
)


def test_code_trace_and_meaning() -> None:
    code, trace, meaning = explain.sign_in(TEXT)
    assert (code, trace) == ("AADSTS7000215", "11111111-2222-3333-4444-555555555555")
    assert meaning is not None
    assert "value, not its id" in meaning.fix
    assert explain.sign_in(TEXT, secret="1b2c3d4e-5f60-7a8b-9c0d-1e2f3a4b5c6d")[2] != meaning
    assert explain.sign_in(TEXT, secret="Zq8Q~abc")[2] == meaning
    assert explain.sign_in("AADSTS99999999: new") == ("AADSTS99999999", "", None)
    assert explain.sign_in("no code at all") == ("", "", None)


def test_every_explanation_is_sentences() -> None:
    for code, meaning in SIGN_IN.items():
        assert re.fullmatch(r"AADSTS\d{5,7}", code)
        assert meaning.what[0].isupper()
        assert meaning.what.endswith(".")
        assert meaning.fix.endswith(".")
    assert all(text.endswith(".") for text in GRAPH.values())


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "Authorization_RequestDenied", "whoami"),
        (403, "ErrorAccessDenied", "mailbox"),
        (403, "SomethingNew", "whoami"),
        (400, "CredentialInvalidLifetimeAsPerAppPolicy", "shorter"),
        (429, "TooManyRequests", "throttles"),
        (418, "Teapot", ""),
    ],
)
def test_answers_of_graph(status: int, code: str, words: str) -> None:
    assert words in explain.graph(status, code)
    assert bool(explain.graph(status, code)) == bool(words)


@pytest.mark.shared
def test_every_code_of_the_reference_is_explained() -> None:
    facts = Path(shared.path("graph/FACTS.md")).read_text(encoding="utf-8")
    table = facts[facts.index("| code | HTTP | error") :]
    codes = re.findall(r"^\| (\d{5,7}) \|", table, re.MULTILINE)
    assert len(codes) >= 13
    pitfalls = Path(shared.path("facts/provisioning.md")).read_text(encoding="utf-8")
    codes += re.findall(r"AADSTS(\d{5,7})", pitfalls[pitfalls.index("## 7") :])
    assert {f"AADSTS{code}" for code in codes} <= set(SIGN_IN)
