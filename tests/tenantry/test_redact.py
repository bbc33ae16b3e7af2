"""Secrets hide themselves; what looks like one is masked on its way out."""

import copy
import json
import logging
import pickle
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry import log
from tenantry.redact import Secret, redact

VALUE = 'Zq8Q~some/secret+value="with\'all" å'


def test_a_secret_hides_in_every_form() -> None:
    secret = Secret(VALUE)
    assert secret.reveal() == VALUE
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>20}", f"{[secret]}", repr({"a": secret})]
    for text in shown:
        assert VALUE not in text
        assert "***" in text
    with pytest.raises(TypeError):
        json.dumps(secret)
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)
    assert secret == Secret(VALUE)
    assert secret != Secret("other1")
    assert secret != VALUE
    assert len({secret, Secret(VALUE)}) == 1
    assert not Secret("")


def test_known_secrets_are_masked_however_they_are_spelled() -> None:
    Secret(VALUE)
    for text in (VALUE, json.dumps({"a": VALUE}), f"client={quote_plus(VALUE)}&b=1"):
        assert "some" not in redact(f"x {text} y")


@given(st.text(min_size=6, max_size=40).filter(lambda text: text.strip("* ") and "*" not in text))
def test_any_remembered_text_is_gone(value: str) -> None:
    Secret(value)
    assert value not in redact(f"before {value} after {value}")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer eyJ0eXAi.eyJhdWQi.c2ln",
        "bearer abcdefghijklmnop",
        "token eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.abc-_def",
        '{"secretText": "abc~defgh"}',
        "client_secret=abc~defgh&x=1",
        'password: "abc~defgh"',
        "'refresh_token': 'abc~defgh'",
        "-----BEGIN RSA PRIVATE KEY-----\nabc~defgh\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nabc~defgh cut off",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    masked = redact(text)
    for leak in ("abc~defgh", "abcdefghijklmnop", "eyJhdWQi"):
        assert leak not in masked
    assert "***" in masked


def test_ordinary_words_stay() -> None:
    for text in ("The user name or the password is wrong.", "tenant 8f0c-2222 in https://x.y/z?a=b", "secrets/telia"):
        assert redact(text) == text


def record(message: str, *args: object, **known: str) -> logging.LogRecord:
    made = logging.LogRecord("tenantry.x", logging.INFO, "f", 1, message, args, None)
    made.created = 1767225600.5
    for name, value in log.fields(**known).items():
        setattr(made, name, value)
    return made


def test_log_lines_as_json_and_text() -> None:
    Secret(VALUE)
    line = json.loads(log.JsonLines().format(record("got %s", VALUE, tenant="contoso", request_id="r-1")))
    assert line == {
        "time": "2026-01-01T00:00:00.500Z",
        "level": "info",
        "message": "got ***",
        "tenant": "contoso",
        "integration": None,
        "request_id": "r-1",
    }
    text = log.Text().format(record("å %s", "x", tenant="contoso", integration="telia", request_id="r-1"))
    assert text == "00:00:00 INFO contoso/telia: å x (request id r-1)"


def test_tracebacks_in_the_log_are_masked() -> None:
    Secret(VALUE)
    try:
        raise ValueError(VALUE)
    except ValueError as error:
        made = record("failed")
        made.exc_info = (ValueError, error, error.__traceback__)
    for formatter in (log.JsonLines(), log.Text()):
        shown = formatter.format(made)
        assert "Traceback" in shown
        assert "some/secret" not in shown


LEVELS = [
    (0, "text", False, 30),
    (0, "json", False, 20),
    (0, "text", True, 40),
    (1, "text", True, 20),
    (2, "json", False, 10),
    (5, "text", False, 10),
]


@pytest.mark.parametrize(("verbose", "style", "quiet", "level"), LEVELS)
def test_levels(verbose: int, style: str, quiet: bool, level: int) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, {name: logging.getLogger(name).level for name in log.OURS})
    try:
        log.configure(verbose=verbose, style=style, quiet=quiet)
        assert logging.getLogger("tenantry").level == level
        assert logging.getLogger("azure").getEffectiveLevel() >= logging.WARNING
        assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING
    finally:
        root.handlers = before[0]
        root.setLevel(before[1])
        for name, old in before[2].items():
            logging.getLogger(name).setLevel(old)
