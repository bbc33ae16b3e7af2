"""Files and stores that `tenantry.toml` names: inside the workspace, complete, and not shared by mistake."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from tenantry.integration import StoreRef
from tenantry.toml import Document
from tenantry.toml.positions import Path as KeyPath

# Which keys each kind of store takes, and which of them it needs.
_STORES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "file": (("path",), ("path",)),
    "keyring": (("name",), ()),
    "environment": (("name",), ("name",)),
}
_NAMES = {"environment": r"[A-Za-z_][A-Za-z0-9_]*", "keyring": r".{1,200}"}
_OURS = ("tenantry.toml", "integrations", ".tenantry", "profiles", ".git", ".gitignore")


@dataclass
class Places:
    """Checks places of one workspace and remembers which are taken."""

    document: Document
    root: Path
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def store(self, table: dict[str, Any], at: KeyPath, owner: str) -> StoreRef | None:
        """The store that the table names, or None after reporting what is wrong with it."""
        before = len(self.document.problems)
        kind = table.get("kind")
        if kind is None:
            return None  # reported already
        if kind == "keyvault":
            self.document.report((*at, "kind"), "keyvault comes with a later version.", "Use keyring or file.")
            return None
        allowed, needed = _STORES[kind]
        for name in ("path", "name", "vault"):
            if name in table and name not in allowed:
                self.document.report((*at, name), f"does not belong to a store of kind {kind}.")
            if name in needed and name not in table:
                self.document.report((*at, name), f"is missing: a store of kind {kind} needs it.")
        given = {name: table[name] for name in allowed if name in table}
        if kind == "keyring":
            given.setdefault("name", owner)
        if "path" in given:
            given["path"] = self.inside(given["path"], (*at, "path"), secret=True)
        if "name" in given and not re.fullmatch(_NAMES[kind], given["name"]):
            self.document.report((*at, "name"), f'"{given["name"]}" cannot name an entry of kind {kind}.')
        self.claim("|".join(str(value).lower() for value in (kind, *given.values())), "store", at, owner)
        return None if len(self.document.problems) > before else StoreRef(kind=kind, **given)

    def inside(self, text: str, at: KeyPath, *, secret: bool = False) -> str | None:
        """A relative path with forward slashes that stays in the workspace; None after reporting why not."""
        path = PurePosixPath(text.replace("\\", "/"))
        windows = PureWindowsPath(text)
        if path.is_absolute() or windows.drive or windows.root:
            self.document.report(at, "must be relative to the workspace.")
            return None
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root.resolve()) or target == self.root.resolve():
            self.document.report(at, f'"{text}" leads out of the workspace.', "Keep it inside.")
            return None
        if secret and path.parts and path.parts[0].lower() in _OURS:
            self.document.report(at, f'"{text}" is where the workspace keeps other things.', "Use secrets/NAME.")
            return None
        if target.is_dir():
            self.document.report(at, f'"{text}" is a folder.', "Name a file.")
            return None
        return str(path)

    def claim(self, place: str, what: str, at: KeyPath, owner: str) -> None:
        """Reports where another integration has the same place already."""
        first = self.taken.setdefault((what, place), owner)
        if first.lower() != owner.lower():  # two of one name are told as that
            self.document.report(at, f"{first} has the same {what}.", "Give each its own.")

    def url(self, text: str, at: KeyPath) -> None:
        """Reports an address that records must not be sent to: no https, no host, a password inside."""
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            self.document.report(at, "is not an address.", "Write https://host/path.")
            return
        loopback = host in ("localhost", "127.0.0.1", "::1")
        if not host or parts.scheme not in ("https", "http"):
            self.document.report(at, "is not a web address.", "Write https://host/path.")
        elif parts.scheme == "http" and not loopback:
            self.document.report(at, "must be https, since records are personal data.")
        if parts.username or parts.password:
            self.document.report(at, "holds a user name or password.", "Name the secret with `secret = { kind = … }`.")
