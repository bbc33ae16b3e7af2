"""Appends records to a file, one JSON object a line. What is said to be taken is on the disk."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from sync.model import Pending
from sync.sinks.interface import Delivery, SinkError

TAIL = 1 << 20  # bytes looked back over for a cut line; longer lines do not occur


class JsonLines:
    """See `sync.sinks.interface.Sink`. The file may be moved away at any time: each delivery opens it anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def open(self, waiting: Sequence[Pending]) -> list[int]:
        """Mends a last line that a crash cut off; finds which waiting records were written before it."""
        return await asyncio.to_thread(self._open, waiting)

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        """Writes all of them with one fsync, or none."""
        try:
            await asyncio.to_thread(self._append, b"".join(record.body + b"\n" for record in records))
        except SinkError as failure:
            return Delivery([], {}, failure)
        return Delivery([record.id for record in records], {})

    async def close(self) -> None:
        """Nothing is held open."""

    def _open(self, waiting: Sequence[Pending]) -> list[int]:
        try:
            written = set(_mend(self._path))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SinkError(f"{self._path} cannot be read: {error.strerror}") from error
        return [record.id for record in waiting if record.body in written]

    def _append(self, data: bytes) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                before = file.tell()
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(before)
                    raise
        except OSError as error:
            raise SinkError(f"{self._path} cannot be written: {error.strerror}") from error


def _mend(path: Path) -> list[bytes]:
    """Cuts a half-written last line off (or ends it, if it is whole); returns the last lines of the file."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        tail = file.read()
        *lines, last = tail.split(b"\n")
        if last and _whole(last):
            file.write(b"\n")
            lines.append(last)
        elif last:
            file.truncate(size - len(last))
        os.fsync(file.fileno())
    return lines


def _whole(line: bytes) -> bool:
    """Whether the line is a JSON value on its own."""
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        return False
    return True
