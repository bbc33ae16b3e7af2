"""A private file (0600, replaced atomically)."""

import logging
import os
from pathlib import Path

from tenantry.errors import UsageError
from tenantry.files import write_atomic
from tenantry.stores.base import StoredCredential, decode, encode

_log = logging.getLogger(__name__)


class FileStore:
    """One file below the workspace; `shown` is its path as the workspace names it."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown

    def read(self) -> StoredCredential | None:
        """The credential; None where there is no file. Warns where others may read it."""
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise UsageError(f"The {self.describe()} cannot be read: {reason}.") from None
        if os.name == "posix" and self._path.stat().st_mode & 0o077:
            _log.warning("The %s can be read by others; run chmod 600 on it.", self.describe())
        return decode(text, self.describe())

    def write(self, credential: StoredCredential) -> None:
        """Writes the file, private from its first byte."""
        try:
            write_atomic(self._path, encode(credential), private=True)
        except OSError as error:
            raise UsageError(f"The {self.describe()} cannot be written: {error.strerror}.") from None

    def delete(self) -> None:
        """Removes the file."""
        self._path.unlink(missing_ok=True)

    def describe(self) -> str:
        """`file secrets/telia`."""
        return f"file {self._shown}"
