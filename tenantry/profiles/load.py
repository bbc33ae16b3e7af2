"""Finds and reads profiles: the built-in ones beside this file, and a workspace's own under `profiles/`."""

from collections.abc import Mapping
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
    own = root / "profiles" / f"{name}.toml" if root else None
    if name in BUILT_IN:
        path = _FOLDER / f"{name}.toml"
    elif own is not None and name in names(root):
        path = own
    else:
        raise UsageError(f'There is no profile "{name}".', fix=closest(name, names(root)))
    return read_file(path)


def read_file(path: Path) -> Profile:
    """The same for a file anywhere.

    Raises:
        ConfigurationError: Everything that is wrong with it, with file and line.
    """
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
