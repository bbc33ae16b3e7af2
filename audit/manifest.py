"""`manifest.json`: what a snapshot holds, how it was read, and what could not be read.

It is the proof of the snapshot: each file with SHA-256 and row count. `audit run` refuses what does not match.
"""

import hashlib
from typing import Any

import msgspec

VERSION = 1
NAME = "manifest.json"


class TenantNote(msgspec.Struct, frozen=True, kw_only=True):
    """Whose evidence it is."""

    name: str
    id: str
    cloud: str = "global"


class FileNote(msgspec.Struct, frozen=True, kw_only=True):
    """One file: hash, rows (1 for a single object), size, when it was read and from where."""

    sha256: str
    rows: int
    bytes: int
    collected: str = ""
    source: tuple[str, ...] = ()


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read: why, Microsoft's answer, and the permission that would help."""

    file: str
    why: str
    status: int = 0
    code: str = ""
    needs: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole file. `permissions` and `directory_roles` are those of the token that read."""

    version: int = VERSION
    tool: str
    tenant: TenantNote
    started: str
    collected: str
    operator: dict[str, str] = {}
    permissions: tuple[str, ...] = ()
    directory_roles: tuple[str, ...] = ()
    calls: dict[str, int] = {}
    integrations: tuple[str, ...] = ()
    files: dict[str, FileNote] = {}
    not_read: tuple[Gap, ...] = ()


def encode(manifest: Manifest) -> bytes:
    """The manifest as it is written: readable, files in order of their names."""
    ordered = msgspec.structs.replace(manifest, files=dict(sorted(manifest.files.items())))
    return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"


def decode(raw: bytes) -> Manifest:
    """Reads a manifest.

    Raises:
        msgspec.DecodeError: It is not one (ValidationError where only its shape is wrong).
    """
    return msgspec.json.decode(raw, type=Manifest)


class Digest:
    """SHA-256 and size of what passes by."""

    def __init__(self) -> None:
        self._hash: Any = hashlib.sha256()
        self.size = 0

    def update(self, data: bytes) -> None:
        """The next piece."""
        self._hash.update(data)
        self.size += len(data)

    def hexdigest(self) -> str:
        """The hash of all pieces so far, lower-case hex."""
        text: str = self._hash.hexdigest()
        return text
