"""The files a script may touch: those below one folder, as UTF-8."""

from pathlib import Path

from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import from_units, has_lone, to_units


class Files:
    """A folder of the machine that stands for the script's disk; relative paths are below it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def full(self, path: str) -> str:
        """An absolute path, as PowerShell works it out from the current folder."""
        found = Path(from_units(path))
        return to_units(str(found if found.is_absolute() else self.root / found))

    def resolve(self, path: str) -> Path:
        """The file of a path, which must be inside the folder.

        Raises:
            Refused: It is not.
        """
        found = Path(from_units(path))
        if not found.is_absolute() or not found.resolve().is_relative_to(self.root):
            raise Refused("")
        return found

    def write(self, path: Path, words: str) -> None:
        """Writes text as it is."""
        self.put(path, self.encoded(words))

    def encoded(self, words: str) -> bytes:
        """Text as UTF-8."""
        if has_lone(words):
            raise Refused("")
        return from_units(words).encode()

    def put(self, path: Path, content: bytes) -> None:
        """Writes bytes; the folder must be there."""
        if not path.parent.is_dir() or path.is_dir():
            raise Refused("")
        path.write_bytes(content)

    def append(self, path: Path, words: str) -> None:
        """Adds text at the end."""
        content = self.encoded(words)
        if not path.parent.is_dir() or path.is_dir():
            raise Refused("")
        with path.open("ab") as file:
            file.write(content)

    def read(self, path: Path) -> str:
        """The text, without a BOM."""
        if not path.is_file():
            raise Refused("")
        content = path.read_bytes()
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Refused("")
        try:
            return to_units(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise Refused("") from None

    def is_file(self, path: Path) -> bool:
        """True for a file."""
        return path.is_file()
