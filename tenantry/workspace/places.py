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
    "keyvault": (("name", "vault"), ("vault",)),
}
_NAMES = {"environment": r"[A-Za-z_][A-Za-z0-9_]*", "keyring": r".{1,200}", "keyvault": r"[0-9A-Za-z-]{1,127}"}
VAULT = re.compile(
    r"https://(([A-Za-z][0-9A-Za-z-]{1,22}[0-9A-Za-z])\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)"
    r"|(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?)/?"
)
"""Addresses of vaults in every cloud, and of one on this machine."""
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
        allowed, needed = _STORES[kind]
        for name in ("path", "name", "vault"):
            if name in table and name not in allowed:
                self.document.report((*at, name), f"does not belong to a store of kind {kind}.")
            if name in needed and name not in table:
                self.document.report((*at, name), f"is missing: a store of kind {kind} needs it.")
        given = {name: table[name] for name in allowed if name in table}
        if kind == "keyring":
            given.setdefault("name", owner)
        if kind == "keyvault":
            given.setdefault("name", re.sub("[^0-9A-Za-z]+", "-", f"tenantry-{owner}"))
            given["vault"] = self._vault(given.get("vault", ""), (*at, "vault"))
        if "path" in given:
            given["path"] = self.inside(given["path"], (*at, "path"), secret=True)
        if "name" in given and not re.fullmatch(_NAMES[kind], given["name"]):
            self.document.report((*at, "name"), f'"{given["name"]}" cannot name an entry of kind {kind}.')
        self.claim("|".join(str(value).lower() for value in (kind, *given.values())), "store", at, owner)
        return None if len(self.document.problems) > before else StoreRef(kind=kind, **given)

    def _vault(self, text: str, at: KeyPath) -> str:
        """The vault's address without a slash at its end; reports what is none."""
        if text and not VAULT.fullmatch(text):
            self.document.report(at, f'"{text}" is not the address of a vault.', "Write https://NAME.vault.azure.net.")
        return text.rstrip("/").lower()

    def token(self, table: dict[str, Any], at: KeyPath, owner: str) -> StoreRef | None:
        """Where an issuer's tokens lie: a file anywhere on this machine, or an environment variable."""
        kind = table.get("kind")
        if kind == "file" and table.keys() == {"kind", "path"}:
            return StoreRef(kind="file", path=table["path"])  # another program's: it may lie anywhere
        if kind not in (None, "file", "environment"):
            fix = "Use file or environment: whoever issues the token puts it there."
            self.document.report((*at, "kind"), f"a federated credential is not kept in a {kind}.", fix)
            return None
        return None if kind is None else self.store(table, at, owner)

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
