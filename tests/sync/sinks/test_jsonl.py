"""The JSON lines sink: whole lines only, nothing twice after a crash."""

import json
from pathlib import Path

import pytest

from sync.model import Pending, record_body
from sync.sinks.interface import SinkError
from sync.sinks.jsonl import JsonLines
from tests.sync.make import record


def waiting(*numbers: int) -> list[Pending]:
    """Records of one person by sequence; the outbox id is the sequence too."""
    return [Pending(n, "u1@contoso.com", record_body(record("u1@contoso.com", n, subject="Åsa 🎄"))) for n in numbers]


def sequences(path: Path) -> list[int]:
    return [json.loads(line)["sequence"] for line in path.read_text(encoding="utf-8").splitlines()]


async def test_records_are_appended_a_line_each(tmp_path: Path) -> None:
    sink = JsonLines(tmp_path / "new" / "folder" / "out.jsonl")
    assert await sink.open(waiting(1)) == []
    assert (await sink.deliver(waiting(1, 2))).taken == [1, 2]
    assert (await sink.deliver(waiting(3))).taken == [3]
    assert sequences(tmp_path / "new" / "folder" / "out.jsonl") == [1, 2, 3]


async def test_a_line_cut_by_a_crash_is_cut_off_and_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    first, second = waiting(1, 2)
    path.write_bytes(first.body + b"\n" + second.body[:-7])
    sink = JsonLines(path)
    assert await sink.open([second]) == []
    await sink.deliver([second])
    assert sequences(path) == [1, 2]


async def test_a_whole_last_line_without_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    first, second = waiting(1, 2)
    path.write_bytes(first.body)
    sink = JsonLines(path)
    assert await sink.open([first, second]) == [1]
    await sink.deliver([second])
    assert sequences(path) == [1, 2]


async def test_what_was_written_before_a_crash_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    await JsonLines(path).deliver(waiting(1, 2))
    assert await JsonLines(path).open(waiting(2, 3)) == [2]


async def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    sink = JsonLines(tmp_path / "out.jsonl")
    await sink.deliver(waiting(1))
    (tmp_path / "out.jsonl").rename(tmp_path / "old.jsonl")
    await sink.deliver(waiting(2))
    assert sequences(tmp_path / "out.jsonl") == [2]


async def test_a_folder_in_the_way_is_a_failure_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").mkdir()
    sink = JsonLines(tmp_path / "out.jsonl")
    delivery = await sink.deliver(waiting(1))
    assert (delivery.taken, str(tmp_path / "out.jsonl") in str(delivery.failure)) == ([], True)
    with pytest.raises(SinkError):
        await sink.open([])
