"""The folder a snapshot grows in. Finished files stay, so that an interrupted collection goes on where it stopped."""

import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from audit import manifest as manifests
from audit.manifest import Digest, FileNote, Manifest
from audit.times import moment, shown
from tenantry import __version__
from tenantry.errors import UsageError
from tenantry.files import write_atomic

UNFINISHED = "collecting.json"
_STALE = timedelta(hours=24)  # evidence of one time: what is older is read again


class Progress(msgspec.Struct, kw_only=True):
    """`collecting.json`: what is finished so far. `keys` says with which question each file was read."""

    tenant: str
    started: str
    tool: str
    files: dict[str, FileNote] = {}
    keys: dict[str, str] = {}


class Store:
    """A snapshot in the making. `out` is the folder or .zip that it becomes."""

    def __init__(self, out: Path, tenant: str, now: datetime) -> None:
        """Begins, or takes up what an interrupted collection left.

        Raises:
            UsageError: There is something else already, or it is of another tenant.
        """
        self.out = out
        self.zipped = out.suffix.lower() == ".zip"
        self.folder = out.with_name(f"{out.name}.partial") if self.zipped else out
        self._check()
        self.progress = self._resume(tenant, now) or Progress(
            tenant=tenant, started=shown(now), tool=f"tenantry {__version__}"
        )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._save()

    def done(self, file: str, key: str) -> bool:
        """True where the file is finished, was read with the same question, and is as it was written."""
        note = self.progress.files.get(file)
        path = self.folder / file
        return (
            note is not None and self.progress.keys.get(file) == key and path.is_file() and _hash(path) == note.sha256
        )

    async def stream(self, file: str, lines: AsyncIterator[bytes], now: datetime) -> FileNote:
        """Writes the lines as they come; the file appears under its name when it is complete."""
        path, digest, rows = self._part(file), Digest(), 0
        with path.open("wb") as target:
            async for line in lines:
                digest.update(line)
                digest.update(b"\n")
                target.write(line)
                target.write(b"\n")
                rows += 1
            target.flush()
            os.fsync(target.fileno())
        path.replace(self.folder / file)
        return FileNote(sha256=digest.hexdigest(), rows=rows, bytes=digest.size, collected=shown(now))

    def put(self, file: str, data: bytes, now: datetime) -> FileNote:
        """Writes a whole small file."""
        write_atomic(self.folder / file, data, private=True)
        digest = Digest()
        digest.update(data)
        return FileNote(sha256=digest.hexdigest(), rows=1, bytes=len(data), collected=shown(now))

    def finish(self, file: str, note: FileNote, key: str) -> None:
        """Remembers that the file is complete."""
        self.progress.files[file] = note
        self.progress.keys[file] = key
        self._save()

    def seal(self, manifest: Manifest) -> str:
        """Writes the manifest, takes away what does not belong, zips where asked; the manifest's SHA-256."""
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and name not in manifest.files:
                path.unlink()
        data = manifests.encode(manifest)
        write_atomic(self.folder / manifests.NAME, data, private=True)
        if self.zipped:
            self._zip()
        digest = Digest()
        digest.update(data)
        return digest.hexdigest()

    def _part(self, file: str) -> Path:
        path = self.folder / f"{file}.part"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        return path

    def _save(self) -> None:
        write_atomic(self.folder / UNFINISHED, msgspec.json.encode(self.progress), private=True)

    def _check(self) -> None:
        fix = "Choose another name for --out; evidence is never overwritten."
        if self.zipped and self.out.exists():
            raise UsageError(f"{self.out} exists already.", fix=fix)
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is a file.", fix=fix)
        unfinished = (self.folder / UNFINISHED).exists()
        if self.folder.is_dir() and not unfinished and any(self.folder.iterdir()):
            kind = "is a finished snapshot" if (self.folder / manifests.NAME).exists() else "holds other files"
            raise UsageError(f"{self.folder} {kind}.", fix=fix)

    def _resume(self, tenant: str, now: datetime) -> Progress | None:
        try:
            progress = msgspec.json.decode((self.folder / UNFINISHED).read_bytes(), type=Progress)
        except (OSError, msgspec.DecodeError):
            return None
        if progress.tenant != tenant:
            fix = "Choose another name for --out."
            raise UsageError(f"{self.folder} is an unfinished snapshot of tenant {progress.tenant}.", fix=fix)
        began = moment(progress.started)
        fresh = began is not None and now - began < _STALE and progress.tool == f"tenantry {__version__}"
        return progress if fresh else None

    def _zip(self) -> None:
        """One .zip, the same bytes for the same files, then the folder goes."""
        part = self.out.with_name(f"{self.out.name}.part")
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as target:
            for path in sorted(self.folder.rglob("*")):
                if path.is_file():
                    info = zipfile.ZipInfo(path.relative_to(self.folder).as_posix())
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.external_attr = 0o600 << 16
                    with path.open("rb") as source, target.open(info, "w", force_zip64=True) as sink:
                        shutil.copyfileobj(source, sink, 1 << 20)
        part.replace(self.out)
        shutil.rmtree(self.folder)


def _hash(path: Path) -> str:
    digest = Digest()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
