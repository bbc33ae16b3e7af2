"""Keyrings that fail, chosen by PYTHON_KEYRING_BACKEND."""

import json
import os
import signal
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError


class Deaf(KeyringBackend):
    """Says that it cannot store."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Nothing is ever there."""
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuses."""
        raise PasswordSetError("the keyring is locked")

    def delete_password(self, service: str, username: str) -> None:
        """Fine: nothing is there."""


class Forgetful(Deaf):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Pretends."""


class Moody(Deaf):
    """Kept in the file KEYRING_FILE. At the writes KEYRING_FAILS_AT ("2", "1,2", "all") it fails as KEYRING_FAILS says.

    before, during, after: raises an error that is no keyring's, having written nothing, half, all; differs: writes
    something else; lost: writes nonsense, and cannot be read from then on; kill-before, kill-after: the process dies.
    """

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        kept = self._kept()
        if "lost" in kept:
            raise RuntimeError("the collection is corrupt")
        return kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps it, or fails as asked for."""
        kept = self._kept()
        kept["writes"] = str(int(kept.get("writes", "0")) + 1)
        mood = os.environ.get("KEYRING_FAILS", "") if self._due(kept["writes"]) else ""
        written = {"during": password[: len(password) // 2], "differs": password[::-1], "lost": "?"}.get(mood, password)
        if mood == "lost":
            kept["lost"] = "yes"
        self._end("kill-before", mood)
        if mood != "before":
            kept[username] = written
        self._keep(kept)
        self._end("kill-after", mood)
        if mood in ("before", "during", "after"):
            raise RuntimeError("the secret service went away")

    def delete_password(self, service: str, username: str) -> None:
        """Forgets it."""
        kept = self._kept()
        kept.pop(username, None)
        self._keep(kept)

    def _due(self, n: str) -> bool:
        asked = os.environ.get("KEYRING_FAILS_AT", "")
        return asked == "all" or n in asked.split(",")

    def _end(self, moment: str, mood: str) -> None:
        if mood == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def _file(self) -> Path:
        return Path(os.environ["KEYRING_FILE"])

    def _kept(self) -> dict[str, str]:
        file = self._file()
        found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return found

    def _keep(self, kept: dict[str, str]) -> None:
        self._file().write_text(json.dumps(kept), encoding="utf-8")
