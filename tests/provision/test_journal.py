"""The journal: on disk before the write goes out, and what later runs read from it."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provision import journal
from provision.journal import History, Journal, What
from tenantry.errors import GraphError, UsageError

CONTRACT = {"time", "run", "operator", "step", "phase", "action", "object", "id"}


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def what(action: str = "create", kind: str = "application", name: str = "x") -> What:
    return What("contoso", "telia", action, kind, name)


def lines(root: Path, run: str = "r1") -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.path_of(root, run).read_text(encoding="utf-8").splitlines()]


def no_answer(status: int = 0) -> GraphError:
    return GraphError(status=status, code="x", message="y", method="POST", path="/p")


async def test_a_line_before_and_a_line_after(tmp_path: Path) -> None:
    book = Journal(tmp_path, "r1")
    book.operators["contoso"] = "admin@contoso.com"
    async with book.write(what(), Clock()) as writing:
        (before,) = lines(tmp_path)
        writing.id = "new-id"
    before, after = lines(tmp_path)
    assert set(before) >= CONTRACT
    assert (before["phase"], before["id"], before["step"]) == ("before", "", 1)
    assert (after["phase"], after["id"], after["step"], after["outcome"]) == ("after", "new-id", 1, "done")
    assert after["operator"] == "admin@contoso.com"
    assert after["time"] == "2026-11-21T08:00:00.000000Z"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (no_answer(), "unknown"),
        (no_answer(504), "unknown"),
        (no_answer(403), "failed"),
        (asyncio.CancelledError(), "unknown"),
        (OSError(), "failed"),
    ],
)
async def test_how_a_write_ended(tmp_path: Path, error: BaseException, outcome: str) -> None:
    with pytest.raises(type(error)):
        async with Journal(tmp_path, "r1").write(what(), Clock()):
            raise error
    assert lines(tmp_path)[-1]["outcome"] == outcome


async def test_steps_of_writes_side_by_side_stay_apart(tmp_path: Path) -> None:
    book = Journal(tmp_path, "r1")
    async with book.write(what(name="a"), Clock()), book.write(what(name="b"), Clock()):
        pass
    assert [(e["name"], e["step"], e["phase"]) for e in lines(tmp_path)] == [
        ("a", 1, "before"),
        ("b", 2, "before"),
        ("b", 2, "after"),
        ("a", 1, "after"),
    ]


def test_the_folder_is_kept_out_of_git(tmp_path: Path) -> None:
    asyncio.run(_write_one(tmp_path))
    assert (tmp_path / ".tenantry" / ".gitignore").read_text() == "*\n"


async def _write_one(root: Path) -> None:
    async with Journal(root, "r1").write(what(), Clock()):
        pass


async def test_a_last_line_cut_short_by_a_crash_is_left_out(tmp_path: Path) -> None:
    await _write_one(tmp_path)
    path = journal.path_of(tmp_path, "r1")
    path.write_bytes(path.read_bytes()[:-20])
    assert [entry.phase for entry in journal.read(tmp_path, "r1")] == ["before"]


def test_an_unknown_run_is_named_with_the_known_ones(tmp_path: Path) -> None:
    asyncio.run(_write_one(tmp_path))
    with pytest.raises(UsageError, match="no journal of run 'r2'") as error:
        journal.read(tmp_path, "r2")
    assert "r1" in error.value.fix


async def test_orphans_are_tries_neither_stored_nor_removed_nor_refused(tmp_path: Path) -> None:
    book, clock = Journal(tmp_path, "r1"), Clock()

    async def credential(action: str, name: str, error: GraphError | None = None) -> None:
        with contextlib.suppress(GraphError):
            async with book.write(what(action, "credential", name), clock):
                if error:
                    raise error

    await credential("create", "stored")
    await credential("store", "stored")
    await credential("create", "lost")
    await credential("create", "unknown", no_answer())
    await credential("create", "refused", no_answer(400))
    await credential("create", "removed")
    await credential("delete", "removed")
    await credential("create", "store failed")
    with pytest.raises(OSError, match="full"):
        async with book.write(what("store", "credential", "store failed"), clock):
            raise OSError("disk full")
    assert set(History(tmp_path).orphans("contoso/telia")) == {"lost", "unknown", "store failed"}
    assert History(tmp_path).orphans("contoso/other") == {}


async def test_whether_an_app_was_made_and_not_deleted(tmp_path: Path) -> None:
    assert not History(tmp_path).made_app("contoso/telia")
    await _write_one(tmp_path)
    assert History(tmp_path).made_app("contoso/telia")
    async with Journal(tmp_path, "r2").write(what("delete"), Clock()):
        pass
    assert not History(tmp_path).made_app("contoso/telia")
