"""A snapshot as `audit run` reads it: a folder or a .zip of it, hashes checked first, rows streamed after.

Without a manifest, or with one that does not match, only `unverified=True` reads on, and the report says so.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from audit import manifest as manifests
from audit.exchange import Export, decode_export
from audit.manifest import Manifest
from audit.source import FolderSource, Source, ZipSource
from tenantry import integration as integrations
from tenantry.errors import ConfigurationError, Problem, UsageError
from tenantry.integration import IntegrationFile

T = TypeVar("T")


class Snapshot:
    """Evidence read at one time. `doubts` is empty for a snapshot that its manifest proves."""

    def __init__(self, source: Source, manifest: Manifest | None, sha256: str, doubts: tuple[str, ...]) -> None:
        self.source = source
        self.manifest = manifest
        self.sha256 = sha256
        self.doubts = doubts
        self._names = frozenset(source.names())

    @property
    def tenant(self) -> str:
        """The tenant's id; empty where nothing tells it."""
        if self.manifest is not None:
            return self.manifest.tenant.id
        if self.integrations:
            return self.integrations[0][1].tenant.id
        return self._organization.id

    @property
    def name(self) -> str:
        """The tenant's display name; empty where nothing tells it."""
        return self._organization.display_name or ""

    @cached_property
    def _organization(self) -> "_Organization":
        return next(self.rows("organization.json", _Organization), _Organization())

    @property
    def collected(self) -> str:
        """When the evidence was read, RFC 3339; empty where nothing tells it."""
        return self.manifest.collected if self.manifest else ""

    def why_missing(self, name: str) -> str | None:
        """Why the file is no evidence, or None if it is."""
        if self.manifest is not None:
            for gap in self.manifest.not_read:
                if gap.file == name:
                    return gap.why
        return None if name in self._names else "is not in the snapshot."

    def rows(self, name: str, type: type[T]) -> Iterator[T]:  # noqa: A002 (as msgspec names it)
        """The rows of a file, one at a time; nothing where the file is missing.

        Raises:
            UsageError: A line is no JSON object of that kind; names file and line.
        """
        if name not in self._names:
            return
        decoder = msgspec.json.Decoder(type)
        with self.source.open(name) as stream:
            lines = stream if name.endswith(".jsonl") else [stream.read()]
            for number, line in enumerate(lines, 1):
                if text := line.strip().removeprefix(b"\xef\xbb\xbf"):
                    try:
                        yield decoder.decode(text)
                    except msgspec.DecodeError as error:
                        raise _unreadable(f"{self.source.title}/{name}:{number}", error) from error

    @cached_property
    def integrations(self) -> tuple[tuple[str, IntegrationFile], ...]:
        """The integration files that were copied in, with their names in the snapshot."""
        found = []
        for name in sorted(n for n in self._names if n.startswith("integrations/") and n.endswith(".json")):
            where = Path(f"{self.source.title}/{name}")
            found.append((name, integrations.parse(self.source.read(name), where)))
        return tuple(found)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """What the Exchange evidence script wrote."""
        names = sorted(n for n in self._names if n.startswith("exchange/") and n.endswith(".json"))
        return tuple(decode_export(name, self.source.read(name)) for name in names)

    def exported(self, cmdlet: str) -> tuple[Export, ...] | None:
        """The exports of one cmdlet, or None where there is none."""
        found = tuple(export for export in self.exports if export.cmdlet.casefold() == cmdlet.casefold())
        return found or None


class _Organization(msgspec.Struct, rename="camel"):
    id: str = ""
    display_name: str | None = None


def open_snapshot(path: Path, *, unverified: bool = False) -> Snapshot:
    """Opens a snapshot and holds it to its manifest.

    Raises:
        UsageError: There is no snapshot, it has no manifest, or a file differs from it (`unverified` reads on).
    """
    source = _source(path)
    names = source.names()
    if not names:
        raise UsageError(f"{path} is empty.", fix="Make a snapshot with `tenantry audit collect --out SNAPSHOT`.")
    hashes = {name: _hash(source, name) for name in names}
    manifest, doubts = _manifest(source, hashes)
    if doubts and not unverified:
        fix = "Collect it again; --unverified judges it as it is, and the report says so."
        raise ConfigurationError([Problem(doubt, where=str(path), fix=fix) for doubt in doubts])
    if manifest is not None:
        sha256 = hashes[manifests.NAME]
    else:
        sha256 = hashlib.sha256("".join(f"{hashes[n]}  {n}\n" for n in sorted(hashes)).encode()).hexdigest()
    return Snapshot(source, manifest, sha256, tuple(doubts))


def _source(path: Path) -> Source:
    if path.is_dir():
        return FolderSource(path)
    if path.is_file():
        return ZipSource(path)
    raise UsageError(f"{path} does not exist.", fix="Give the folder or .zip that `tenantry audit collect` wrote.")


def _manifest(source: Source, hashes: dict[str, str]) -> tuple[Manifest | None, list[str]]:
    """The manifest, and every way in which the files differ from it."""
    if manifests.NAME not in hashes:
        return None, ["has no manifest.json, so nothing proves that its files are as they were read."]
    try:
        manifest = manifests.decode(source.read(manifests.NAME))
    except msgspec.DecodeError as error:
        return None, [f"has a manifest.json that cannot be read ({error})."]
    if manifest.version > manifests.VERSION:
        raise UsageError(f"{source.title} was written by a newer version ({manifest.tool}).", fix="Update tenantry.")
    doubts = [f"{name} was changed after it was collected." for name in _changed(manifest, hashes)]
    doubts += [f"{name} is named in manifest.json but is not there." for name in sorted({*manifest.files} - {*hashes})]
    extra = sorted({*hashes} - {*manifest.files} - {manifests.NAME})
    doubts += [f"{name} is not in manifest.json; it was added later." for name in extra]
    return manifest, doubts


def _changed(manifest: Manifest, hashes: dict[str, str]) -> list[str]:
    return sorted(name for name, note in manifest.files.items() if hashes.get(name, note.sha256) != note.sha256)


def _hash(source: Source, name: str) -> str:
    digest = manifests.Digest()
    try:
        with source.open(name) as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:  # RuntimeError: the file has a password
        raise UsageError(
            f"{source.title}: {name} cannot be read ({error}).", fix="Copy or collect it again."
        ) from error
    return digest.hexdigest()


def _unreadable(where: str, error: Exception) -> UsageError:
    return UsageError(f"{where}: {error}.", fix="One Graph object in JSON a line is expected.")
