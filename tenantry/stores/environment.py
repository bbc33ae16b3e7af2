"""An environment variable that somebody else sets: read-only."""

import os
from typing import NoReturn

from tenantry.errors import UsageError
from tenantry.stores.base import StoredCredential, decode


class EnvironmentStore:
    """The variable holds the bare secret value, or a certificate with its key as PEM text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self) -> StoredCredential | None:
        """The credential; None where the variable is not set."""
        value = os.environ.get(self._name)
        return None if value is None else decode(value, self.describe())

    def write(self, credential: StoredCredential) -> NoReturn:  # noqa: ARG002 (the protocol's)
        """Always a UsageError: nothing here outlives this process."""
        raise UsageError(
            f"An {self.describe()} cannot be written.", fix="Choose a store of kind file or keyring in tenantry.toml."
        )

    def delete(self) -> None:
        """Nothing to do: whoever set the variable removes it."""

    def describe(self) -> str:
        """`environment variable NAME`."""
        return f"environment variable {self._name}"
