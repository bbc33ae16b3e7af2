"""Where a snapshot's files lie: a folder, or a .zip of one. Names are POSIX paths below its root."""

import zipfile
from pathlib import Path
from typing import IO, Protocol

from tenantry.errors import UsageError

_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what file managers leave behind, never evidence


class Source(Protocol):
    """Read access to the files of a snapshot."""

    title: str

    def names(self) -> list[str]:
        """All files, sorted."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes as a stream."""
        ...

    def read(self, name: str) -> bytes:
        """The whole file."""
        ...


class FolderSource:
    """A snapshot as a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.title = folder.as_posix()

    def names(self) -> list[str]:
        """All files, sorted."""
        paths = (path for path in self.folder.rglob("*") if path.is_file() and path.name not in _LITTER)
        return sorted(path.relative_to(self.folder).as_posix() for path in paths)

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes as a stream."""
        return (self.folder / name).open("rb")

    def read(self, name: str) -> bytes:
        """The whole file."""
        return (self.folder / name).read_bytes()


class ZipSource:
    """A snapshot as a .zip, with the files at its top or in one folder."""

    def __init__(self, path: Path) -> None:
        self.title = path.as_posix()
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise UsageError(f"{path} is no folder and no readable .zip ({error}).") from error
        files = [info.filename for info in self._zip.infolist() if not info.is_dir()]
        self._names = {
            name.removeprefix(prefix): name for prefix in [_top(files)] for name in files if not _litter(name)
        }

    def names(self) -> list[str]:
        """All files, sorted."""
        return sorted(self._names)

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes as a stream, its CRC checked on the way."""
        return self._zip.open(self._names[name])

    def read(self, name: str) -> bytes:
        """The whole file."""
        return self._zip.read(self._names[name])


def _litter(name: str) -> bool:
    return name.rsplit("/", 1)[-1] in _LITTER or name.startswith("__MACOSX/")


def _top(files: list[str]) -> str:
    """The one folder that holds everything, with its slash; empty where files lie at the top."""
    tops = {name.partition("/")[0] for name in files if not _litter(name)}
    one = next(iter(tops), "")
    inside = len(tops) == 1 and all("/" in name for name in files if not _litter(name))
    return f"{one}/" if inside and one not in ("integrations", "exchange") else ""
