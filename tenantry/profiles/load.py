"""Finds and reads profiles: the built-in ones beside this file, and a workspace's own under `profiles/`."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tenantry.errors import UsageError
from tenantry.profiles.contradictions import contradictions
from tenantry.profiles.model import Profile
from tenantry.profiles.settle import settled
from tenantry.toml import check, closest
from tenantry.toml import read as read_toml

if TYPE_CHECKING:
    from tenantry.workspace.model import Integration

BUILT_IN = (  # one line a file beside this one; a test compares
    "telia-calendar",
    "telia-presence",
    "maptician-rooms",
    "xphone-calendar",
    "bredband2-calendar",
    "calendar",
    "presence",
    "rooms",
)

_FOLDER = Path(__file__).parent


def names(root: Path | None) -> list[str]:
    """Every profile that can be named: built in, then the workspace's own."""
    own = sorted(path.stem for path in (root / "profiles").glob("*.toml")) if root else []
    return [*BUILT_IN, *(name for name in own if name not in BUILT_IN)]


def read(name: str, root: Path | None) -> Profile:
    """The profile of that name, whole: with all its options and conditions.

    Raises:
        UsageError: There is none (with a suggestion).
        ConfigurationError: Everything that is wrong with it, with file and line.
    """
    if name in BUILT_IN:
        return built_in(name)
    if root is None or name not in names(root):
        raise UsageError(f'There is no profile "{name}".', fix=closest(name, names(root)))
    return read_file(root / "profiles" / f"{name}.toml")


@cache
def built_in(name: str) -> Profile:
    """One of ours, which a test has checked as `read_file` would: a plan must not wait for that each time."""
    return msgspec.convert(tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8")), Profile)


def read_file(path: Path) -> Profile:
    """The same for a file anywhere.

    Raises:
        ConfigurationError: Everything that is wrong with it, with file and line.
    """
    try:
        told = path.stat()
    except OSError:
        return _read_file.__wrapped__(path, 0, 0)
    return _read_file(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=64)
def _read_file(path: Path, changed: int, size: int) -> Profile:
    """Read once for the thousands of integrations that may name it; again where the file changed."""
    del changed, size
    document = read_toml(path)
    contradictions(document, check(document, document.data, Profile))
    document.settle()
    return msgspec.convert(document.data, Profile)


def load(name: str, root: Path | None, values: Mapping[str, Any] | None = None) -> Profile:
    """The profile as it is under these options (defaults where left out); no condition is left in it.

    Raises:
        UsageError: There is none (with a suggestion).
        ConfigurationError: Everything that is wrong with it, with file and line.
    """
    return settled(read(name, root), values or {})


def of(integration: "Integration", root: Path | None) -> Profile:
    """The profile of an integration, under its options and its scope of mailboxes."""
    return load(integration.profile, root, facts(integration))


def facts(integration: "Integration") -> dict[str, Any]:
    """What conditions may speak of: the integration's options, and whether every mailbox is in scope."""
    return {**integration.options, "all_mailboxes": integration.mailboxes.all}
