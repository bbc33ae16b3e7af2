"""The state file of `tenantry simulate --state`: what the tenants hold, kept from one run to the next.

Written by the simulator: {"version", "tenants": {id: …}}. A file by hand may be a plain seed for the first tenant:
{collection: [objects]}.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import msgspec

from simulator.clock import parse_time, stamp
from simulator.world import World

VERSION = 1


class StateError(Exception):
    """The state file does not fit; the message says why, in a sentence."""


def load(world: World, path: Path) -> None:
    """Brings the tenants to what the file says; nothing where there is no file yet."""
    if not path.exists():
        return
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(given, dict):
        raise StateError(f"{path} holds no JSON object.")
    if "version" not in given:
        _seed(world, path, given)
        return
    if given["version"] != VERSION:
        raise StateError(f"{path} is of version {given['version']}; this simulator reads version {VERSION}.")
    for tenant in world.tenants:
        if tenant.id not in given["tenants"]:
            raise StateError(f"{path} holds no tenant {tenant.id}; was it written with another --seed or --tenants?")
        tenant.load(given["tenants"][tenant.id])
    world.clock.set(max(world.clock.now(), parse_time(given["now"])))


def save(world: World, path: Path) -> None:
    """Writes the file anew, all of it or nothing."""
    tenants = {tenant.id: tenant.save() for tenant in world.tenants}
    text = msgspec.json.encode({"version": VERSION, "now": stamp(world.clock.now()), "tenants": tenants})
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        draft.write_bytes(text)
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _seed(world: World, path: Path, given: dict[str, Any]) -> None:
    if not all(isinstance(rows, list) for rows in given.values()):
        raise StateError(f"{path} is neither a saved state nor a seed {{collection: [objects]}}.")
    try:
        world.tenants[0].seed(given)
    except (KeyError, TypeError, AttributeError) as error:
        raise StateError(f"{path} cannot be used as a seed: {error!r}") from None
