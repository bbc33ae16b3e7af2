"""The operating system's keyring: Credential Manager, Keychain, Secret Service."""

import secrets
from contextlib import suppress

from tenantry.errors import UsageError
from tenantry.stores.base import StoredCredential, decode, encode

SERVICE = "tenantry"
_BESIDE = " (trial)"
_FIX = "Unlock it, or choose a store of kind file in tenantry.toml."


class KeyringStore:
    """One entry of the service `tenantry`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self) -> StoredCredential | None:
        """The credential; None where there is no such entry."""
        import keyring
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(SERVICE, self._name)
        except KeyringError as error:
            raise self._unusable(error) from None
        return None if text is None else decode(text, self.describe())

    def write(self, credential: StoredCredential) -> None:
        """Replaces the entry."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(SERVICE, self._name, encode(credential))
        except (KeyringError, OSError) as error:  # Windows refuses long values with an OSError of its own
            raise self._unusable(error) from None

    def trial(self, credential: StoredCredential) -> None:
        """Stores and reads something of the same length beside the entry, which a failure then leaves alone."""
        import keyring
        from keyring.errors import KeyringError

        beside, text = f"{self._name}{_BESIDE}", secrets.token_hex(len(encode(credential)))[: len(encode(credential))]
        try:
            keyring.set_password(SERVICE, beside, text)
            kept = keyring.get_password(SERVICE, beside) == text
            with suppress(KeyringError):
                keyring.delete_password(SERVICE, beside)
        except (KeyringError, OSError) as error:
            raise self._unusable(error) from None
        if not kept:
            raise UsageError(f"The {self.describe()} does not keep what is written to it.", fix=_FIX)

    def delete(self) -> None:
        """Removes the entry."""
        import keyring
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            keyring.delete_password(SERVICE, self._name)
        except PasswordDeleteError:
            return
        except KeyringError as error:
            raise self._unusable(error) from None

    def describe(self) -> str:
        """`keyring entry tenantry/NAME`."""
        return f"keyring entry {SERVICE}/{self._name}"

    def _unusable(self, error: Exception) -> UsageError:
        return UsageError(f"The {self.describe()} is out of reach ({type(error).__name__}).", fix=_FIX)
