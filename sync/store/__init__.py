"""Where sync keeps what it knows. `interface` says what a store does; each other module is one."""

from pathlib import Path

from sync.store.interface import Store

__all__ = ["Store", "open_store"]


def open_store(path: Path) -> Store:
    """The store of one integration, made where it is missing."""
    from sync.store.sqlite import SqliteStore

    return SqliteStore(path)
