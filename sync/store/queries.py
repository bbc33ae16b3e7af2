"""Reads the named queries of `sql/queries.sql` and the migrations; no SQL stands in Python."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def queries() -> dict[str, str]:
    """Each named query's text."""
    _, *pieces = _NAME.split(read("queries.sql"))
    return {name: text.strip() for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


@cache
def migrations() -> tuple[str, ...]:
    """The scripts that lead from nothing to the newest version, in order; their count is that version."""
    folder = files("sync.store").joinpath("sql", "migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple(read(f"migrations/{name}") for name in names)


def read(name: str) -> str:
    """One file below `sql/`."""
    return files("sync.store").joinpath("sql", *name.split("/")).read_text(encoding="utf-8")
