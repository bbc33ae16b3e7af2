"""The files a script may touch: those below one folder, by absolute path, as UTF-8."""

from pathlib import Path

from simulator.dialect.refuse import Refused


class Files:
    """A folder of the machine that stands for the script's disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def resolve(self, path: str) -> Path:
        """The path, which must be absolute and inside the folder."""
        found = Path(path)
        if not found.is_absolute() or not found.resolve().is_relative_to(self.root):
            raise Refused(path)
        return found

    def write(self, path: Path, words: str) -> None:
        """Writes text as it is."""
        path.write_bytes(words.encode("utf-8", "surrogatepass"))

    def append(self, path: Path, words: str) -> None:
        """Adds text at the end."""
        with path.open("ab") as file:
            file.write(words.encode("utf-8", "surrogatepass"))

    def read(self, path: Path) -> str:
        """The text, without a BOM."""
        if not path.is_file():
            raise Refused(str(path))
        return path.read_bytes().decode("utf-8-sig")

    def is_file(self, path: Path) -> bool:
        """True for a file."""
        return path.is_file()
