"""The log of requests: what it tells, what it hides, and that it stays small."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.requestlog import MASK, SECRETS, Entry, RequestLog, masked


def _entry(number: int = 1, **more: Any) -> Entry:
    return Entry("2026-11-21T08:00:00.000Z", "GET", f"https://localhost/v1.0/users?n={number}", "app", 200, **more)


def test_a_line_has_the_fields_of_the_contract() -> None:
    log = RequestLog()
    log.add(_entry(request=b"{}", response=b"{}"))
    (line,) = [json.loads(text) for text in log.lines()]
    assert list(line) == ["time", "method", "url", "app", "status", "fault"]


def test_bodies_come_when_asked_for_and_large_ones_whole() -> None:
    log = RequestLog()
    rows = {"value": [{"id": str(n)} for n in range(5_000)]}
    log.add(_entry(request=b'{"a":1}', response=json.dumps(rows).encode()))
    (line,) = [json.loads(text) for text in log.lines(bodies=True)]
    assert line["requestBody"] == {"a": 1}
    assert line["responseBody"] == rows


def test_old_bodies_go_before_memory_does_and_their_lines_stay() -> None:
    log = RequestLog(budget=3_000)
    for number in range(10):
        log.add(_entry(number, request=b"x" * 1_000))
    lines = [json.loads(text) for text in log.lines(bodies=True)]
    assert len(lines) == 10
    assert [line["requestBody"] is None for line in lines] == [True] * 7 + [False] * 3


def test_the_number_of_lines_can_be_bounded() -> None:
    log = RequestLog(limit=3)
    for number in range(10):
        log.add(_entry(number))
    assert len(log) == 3
    log.clear()
    assert list(log.lines()) == []


@pytest.mark.parametrize("name", sorted(SECRETS - {"code"}))
def test_secrets_are_hidden_in_json_at_any_depth(name: str) -> None:
    body = {"requests": [{"body": {name: "Geheimnis", "other": "seen"}}]}
    shown = masked(json.dumps(body).encode())
    assert shown["requests"][0]["body"] == {name: MASK, "other": "seen"}


@given(st.text(min_size=1), st.sampled_from(sorted(SECRETS)))
def test_secrets_are_hidden_in_forms(value: str, name: str) -> None:
    from urllib.parse import urlencode

    shown = masked(urlencode({"client_id": "abc", name: value}).encode())
    assert parse_qs(shown) == {"client_id": ["abc"], name: [MASK]}


def test_an_error_keeps_its_code() -> None:
    body = {"error": {"code": "Request_BadRequest", "message": "no"}}
    assert masked(json.dumps(body).encode()) == body


def test_a_code_in_a_page_is_hidden() -> None:
    shown = masked(b'<form><input type="hidden" name="code" value="1.AbC"></form>')
    assert "AbC" not in shown
    assert MASK in shown


def test_text_that_is_neither_stays() -> None:
    assert masked(b"42") == 42
    assert masked("Å".encode()) == "Å"
    assert masked(b"") is None


def test_a_bounded_log_lets_go_of_bodies_with_their_lines() -> None:
    log = RequestLog(limit=2, budget=10_000)
    entries = [_entry(number, request=b"x" * 4_000) for number in range(6)]
    for entry in entries:
        log.add(entry)
    assert [entry.request is None for entry in entries] == [True] * 4 + [False] * 2
