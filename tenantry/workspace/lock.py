"""One writer a workspace: a lock file that names its holder, and the `.tenantry` folder it lies in."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from tenantry.clock import SystemClock
from tenantry.errors import UsageError
from tenantry.files import write_atomic

FOLDER = ".tenantry"


def folder(root: Path) -> Path:
    """The workspace's own folder for journal, locks and state; made when first asked for, kept out of git.

    Raises:
        UsageError: It cannot be made.
    """
    path = root / FOLDER
    if not path.is_dir():
        try:
            path.mkdir(parents=True, exist_ok=True)
            write_atomic(path / ".gitignore", "*\n")
        except OSError as error:
            what = f"The workspace's own folder {path} cannot be made: {error.strerror}."
            raise UsageError(
                what, fix="It holds journal and locks; make room for it, or give yourself the right."
            ) from error
    return path


@contextlib.contextmanager
def lock(root: Path, name: str = "apply") -> Iterator[None]:
    """Holds the workspace for one writer. The operating system frees it even when the holder is killed.

    Raises:
        UsageError: Somebody else holds it; names the process, the machine and since when.
    """
    from filelock import FileLock, Timeout

    guard = FileLock(folder(root) / f"{name}.lock", timeout=0)
    holder = folder(root) / f"{name}.holder.json"
    try:
        guard.acquire()
    except Timeout as error:
        fix = "Wait until it is done, or end that process."
        raise UsageError(f"Another {name} is running in {root}: {_whose(holder)}.", fix=fix) from error
    try:
        now = SystemClock().now().isoformat(timespec="seconds").replace("+00:00", "Z")
        write_atomic(holder, json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now}) + "\n")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink()
        guard.release()


def _whose(holder: Path) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {who['pid']} on {who['host']}, since {who['since']}"
    return "by a process that has not said its name yet"
