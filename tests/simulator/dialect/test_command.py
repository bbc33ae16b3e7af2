"""`python -m simulator.dialect`: its lines, its sentences for what is no case, its exit codes."""

import json
from pathlib import Path

import pytest

from simulator.dialect import __main__ as command
from simulator.dialect.__main__ import main

GOOD = '{"id": "a", "code": "1"}'


def run(capsys: pytest.CaptureFixture[str], path: Path, content: bytes) -> tuple[int, list[str], list[str]]:
    """(exit code, ids that were printed, sentences)"""
    path.write_bytes(content)
    code = main([str(path)])
    told = capsys.readouterr()
    return code, [json.loads(line)["id"] for line in told.out.splitlines()], told.err.splitlines()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"id": "b"}', '"code" is missing or no text.'),
        ('{"code": "1"}', '"id" is missing or no text.'),
        ('{"id": "b", "code": 5}', '"code" is missing or no text.'),
        ("[1]", 'is no object. Write {"id": "…", "code": "…"}.'),
        ("{'id': 1}", "is no JSON ("),
        ("[" * 100_000, "is no JSON ("),
    ],
)
def test_a_line_that_is_no_case_gets_one_sentence_and_the_others_run(
    line: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.jsonl"
    code, ids, told = run(capsys, path, f"{GOOD}\n{line}\n\n{GOOD}\n".encode())
    assert (code, ids, len(told)) == (2, ["a", "a"], 1)
    assert told[0].startswith(f"{path}:2: ")
    assert sentence in told[0]


def test_bom_crlf_and_blank_lines_are_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, tmp_path / "c", f"\ufeff{GOOD}\r\n\r\n{GOOD}".encode()) == (0, ["a", "a"], [])


def test_a_file_that_is_not_there_or_not_utf_8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert run(capsys, tmp_path / "c", GOOD.encode("utf-16"))[0] == 2
    assert main([]) == 2


def test_an_error_of_ours_is_no_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("deep inside")

    monkeypatch.setattr(command, "run", broken)
    path = tmp_path / "c"
    path.write_text(GOOD, encoding="utf-8")
    assert main([str(path)]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == {"id": "a", "refused": "internal error: KeyError: 'deep inside'", "line": 1}
    assert told.err == "a: internal error: KeyError: 'deep inside'\n"
