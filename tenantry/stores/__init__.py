"""Credential stores. To add one: a module beside these, a line in `open_store`, its keys in `workspace/places.py`."""

from pathlib import Path

from tenantry.errors import UsageError
from tenantry.integration import StoreRef
from tenantry.redact import Secret
from tenantry.stores.base import Store, StoredCredential
from tenantry.stores.environment import EnvironmentStore
from tenantry.stores.file import FileStore
from tenantry.stores.keyring import KeyringStore

__all__ = ["Store", "StoredCredential", "open_store", "read_secret"]


def open_store(ref: StoreRef, root: Path) -> Store:
    """The store that `ref` names; file paths are relative to `root` (the workspace or the integration file's root)."""
    if ref.kind == "file" and ref.path:
        return FileStore(root / ref.path, ref.path)
    if ref.kind == "keyring" and ref.name:
        return KeyringStore(ref.name)
    if ref.kind == "environment" and ref.name:
        return EnvironmentStore(ref.name)
    if ref.kind == "keyvault" and ref.name and ref.vault:
        from tenantry.stores.keyvault import KeyVaultStore

        return KeyVaultStore(ref.vault, ref.name)
    raise UsageError(f"The store of kind {ref.kind} lacks its path or name.", fix="Name it in tenantry.toml.")


def read_secret(ref: StoreRef, root: Path) -> Secret:
    """The secret text in a store, such as a webhook's signing secret; bare values are fine.

    Raises:
        UsageError: Nothing is stored there, or no secret.
    """
    store = open_store(ref, root)
    stored = store.read()
    if stored is None or stored.secret is None:
        raise UsageError(f"There is no secret in the {store.describe()}.", fix="Put it there.")
    return stored.secret
