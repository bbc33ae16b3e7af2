"""Keyrings that fail, chosen by PYTHON_KEYRING_BACKEND."""

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
