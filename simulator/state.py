"""The state file of `tenantry simulate --state`: what the tenants hold, kept from one run to the next.

Written by the simulator: {"version", "now", "made": {"seed", "users", "tenants", "cloud"}, "tenants": {id: …}}: what
came about since the tenants were made, so they must be made the same way again. A file by hand may be a plain seed for
the first tenant: {collection: [objects]}.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import msgspec

from simulator import collections
from simulator.clock import parse_time, stamp
from simulator.world import World

JSON = dict[str, Any]
VERSION = 1


class StateError(Exception):
    """The state file does not fit; the message says why, in a sentence."""


def load(world: World, path: Path, made: JSON | None = None) -> None:
    """Brings the tenants to what the file says; nothing where there is no file yet.

    `made` says how the tenants were made ({"seed", "users", "tenants", "cloud"}): it must be what the file says.
    """
    _writable(path)
    if not path.exists():
        return
    given = _read(path)
    if "version" not in given:
        _seed(world, path, given)
        return
    for name, value in (made or {}).items():
        told = _made(given).get(name, value)
        if told != value:
            raise StateError(f"{path} was written with --{name} {told}, not --{name} {value}.")
    for tenant in world.tenants:
        if tenant.id not in given["tenants"]:
            raise StateError(f"{path} holds no tenant {tenant.id}; was it written with another --seed or --tenants?")
        try:
            tenant.load(given["tenants"][tenant.id])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StateError(f"{path} is damaged: {error!r}.") from None
    world.clock.set(max(world.clock.now(), parse_time(given["now"])))


def made_with(path: Path) -> JSON:
    """How the tenants of a state file were made; empty where there is no file, or it is a seed by hand.

    Raises StateError for a file that cannot be read.
    """
    given = _read(path) if path.exists() else {}
    return _made(given) if "version" in given else {}


def _writable(path: Path) -> None:
    """Raises StateError where the file could not be written at the end: better to know at the start."""
    draft = _draft(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.unlink()
    except OSError as error:
        raise StateError(f"{path} cannot be written: {error.strerror}.") from None


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _made(given: JSON) -> JSON:
    found = given.get("made")
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> JSON:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(given, dict):
        raise StateError(f"{path} holds no JSON object.")
    if "version" in given and given["version"] != VERSION:
        raise StateError(f"{path} is of version {given['version']}; this simulator reads version {VERSION}.")
    if "version" in given and not (isinstance(given.get("tenants"), dict) and isinstance(given.get("now"), str)):
        raise StateError(f"{path} is damaged: it holds no tenants or no time.")
    return given


def save(world: World, path: Path, made: JSON | None = None) -> None:
    """Writes the file anew, all of it or nothing; `made` as `load` takes it."""
    tenants = {tenant.id: tenant.save() for tenant in world.tenants}
    head = {"version": VERSION, "now": stamp(world.clock.now()), "made": made or {}}
    text = msgspec.json.encode(head | {"tenants": tenants})
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path)
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
        collections.check(given)
    except ValueError as error:
        raise StateError(f"{path} is no seed: {error}.") from None
    try:
        world.tenants[0].seed(given)
    except (KeyError, TypeError, AttributeError) as error:
        raise StateError(f"{path} cannot be used as a seed: {error!r}") from None
