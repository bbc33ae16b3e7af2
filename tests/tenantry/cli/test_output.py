"""Tables, JSON, CSV and Markdown; names from a tenant cannot harm the terminal or the spreadsheet."""

import csv
import io
import json
import sys
from pathlib import Path

import msgspec
import pytest

from tenantry.cli import output, progress
from tenantry.cli.output import render
from tenantry.redact import Secret

ROWS: list[dict[str, object]] = [
    {"name": "Åsa | O'Brien", "ok": True, "tags": ["a", "b"]},
    {"name": "evil\x1b[2J\u202etxt", "ok": False, "tags": None},
]


def test_table_and_markdown() -> None:
    table = render("table", ROWS, ["name", "ok", "tags"], None)
    assert table.splitlines()[0].split() == ["name", "ok", "tags"]
    assert "Åsa | O'Brien" in table
    assert "\\u001b[2J\\u202etxt" in table
    assert "\x1b" not in table
    markdown = render("md", ROWS, ["name", "ok"], None)
    assert "| Åsa \\| O'Brien" in markdown
    assert render("table", [], ["a"], None) == "(nothing)\n"
    assert render("md", [], ["a"], None).startswith("| a")


def test_csv_is_read_back_and_runs_no_formula() -> None:
    rows = [{"a": value} for value in ("=1+1", "@x", "+46 8 123", "-5", "-cmd", 'q"q,\n', None)]
    got = [row["a"] for row in csv.DictReader(io.StringIO(render("csv", rows, ["a"], None)))]
    assert got == ["'=1+1", "'@x", "+46 8 123", "-5", "'-cmd", 'q"q,\n', ""]


class Thing(msgspec.Struct):
    path: Path
    secret: Secret


def test_json_of_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"thing": Thing(Path("a"), Secret("Zq8Q~hidden-value")), "å": 1}
    shown = render("json", [], None, data)
    assert json.loads(shown) == {"thing": {"path": "a", "secret": "***"}, "å": 1}
    assert "å" in shown
    monkeypatch.setattr(sys, "platform", "win32")
    assert render("json", [], None, {"å": "中"}).isascii()


def test_a_wide_table_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdout", Terminal())
    shown = render("table", [{"a": "x", "text": "word " * 40}], None, None)
    assert max(map(len, shown.splitlines())) <= 60
    assert shown.count("word") == 40
    two = render("table", [{"short": "x", "a": "word " * 20, "b": "text " * 30}], None, None)
    assert max(map(len, two.splitlines())) <= 60
    assert output.visible("a\tb") == "a\\u0009b"


def test_progress_is_drawn_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Progress("reading", 2000) as shown:
        shown.step(1000)
        shown.note("people")
    err = capsys.readouterr().err
    assert "reading 1,000 of 2,000 people" in err
    assert err.endswith("\r")
    with progress.Progress("reading", shown=False) as shown:
        shown.step()
    assert capsys.readouterr().err == ""
