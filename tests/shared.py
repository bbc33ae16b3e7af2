"""Where the reference data beside the project lies. Without it, tests that need it skip and say so."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """The folder named by TENANTRY_SHARED, by default `../shared` beside the project."""
    return Path(os.environ.get("TENANTRY_SHARED") or ROOT.parent / "shared").resolve()


def path(name: str) -> Path:
    """One file of it; skips the calling test when the folder is not there (an error where it is required)."""
    file = folder() / name
    if not file.exists():
        reason = f"reference data {name} not found in {folder()} (set TENANTRY_SHARED)"
        if os.environ.get("TENANTRY_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return file


@cache
def load(name: str) -> Any:
    """One JSON file of it, parsed once; treat it as read-only."""
    return json.loads(path(name).read_text(encoding="utf-8"))


def lines(name: str) -> list[Any]:
    """One JSON-lines file of it."""
    with path(name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
