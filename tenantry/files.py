"""Writing files so that nothing is ever half-written, and private ones are private from their first byte."""

import contextlib
import os
import tempfile
import time
from pathlib import Path


def write_atomic(path: Path, data: bytes | str, *, private: bool = False) -> None:
    """Replaces `path` by `data` in one step; text is written as UTF-8 without BOM and with its own line ends.

    Args:
        path: The file; missing folders are made (0700 when private).
        data: The whole new content.
        private: Mode 0600. On Windows the file inherits the folder's rights, so keep it in the user's own folder.
    """
    raw = data.encode() if isinstance(data, str) else data
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            Path(name).chmod(0o666 & ~_umask())
        _take_its_place(Path(name), path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _take_its_place(new: Path, old: Path) -> None:
    """Renames; where Windows has the old file open for a moment (a virus scanner), tries again for a second."""
    for _ in range(20):
        try:
            new.replace(old)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.05)
        else:
            return
    new.replace(old)


def _umask() -> int:
    """The process's umask; there is no way to read it but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
