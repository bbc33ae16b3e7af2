"""On which line each key of a TOML text stands. `tomllib` reads the values but forgets the places.

The text must be valid TOML (parse it with `tomllib` first): this reader follows structure and skips values.
"""

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+")  # a number, boolean or the first half of a date and time
_CLOCK = re.compile(r" (?=\d\d:)[^\s,\]}#]+")  # its second half, after a blank


def positions(text: str) -> Mapping[Path, int]:
    """Line (from 1) of every table, key and array element, by its path in what `tomllib.loads` returns.

    A table that only exists as part of a longer header or dotted key stands where it was first named.
    `()` is line 1.
    """
    reader = _Reader(text)
    reader.document()
    return reader.lines


class _Reader:
    """One pass over the text. `at` is the offset; `line` follows it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {(): 1}
        self._arrays: dict[Path, int] = {}  # array of tables -> index of its last element

    def document(self) -> None:
        """Headers and key-value lines to the end."""
        table: Path = ()
        while True:
            self._blank()
            if self.at >= len(self.text):
                return
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self.line
        double = self.text.startswith("[[", self.at)
        self._skip(2 if double else 1)
        names = self._key()
        self._skip(2 if double else 1)
        path: Path = ()
        for name in names[:-1]:
            path = self._inside((*path, name), line)
        path = (*path, names[-1])
        if not double:
            self.lines[path] = self.lines[path] if path in self._arrays else line
            return path
        self.lines.setdefault(path, line)
        self._arrays[path] = self._arrays.get(path, -1) + 1
        path = (*path, self._arrays[path])
        self.lines[path] = line
        return path

    def _inside(self, path: Path, line: int) -> Path:
        """The table that `path` means in a longer key: the last element where it is an array of tables."""
        self.lines.setdefault(path, line)
        return (*path, self._arrays[path]) if path in self._arrays else path

    def _pair(self, table: Path) -> None:
        line = self.line
        names = self._key()
        path = table
        for name in names[:-1]:
            path = self._inside((*path, name), line)
        path = (*path, names[-1])
        self.lines[path] = line
        self._space()
        self._skip(1)  # the equals sign
        self._space()
        self._value(path)

    def _key(self) -> list[str]:
        """A bare, quoted or dotted key, decoded; stands behind it afterwards."""
        names: list[str] = []
        while True:
            self._space()
            if self._peek() in "\"'":
                start = self.at
                self._string()
                names.append(tomllib.loads(f"k = {self.text[start : self.at]}")["k"])
            else:
                found = _BARE.match(self.text, self.at)
                assert found is not None, f"no key at line {self.line}"
                names.append(found[0])
                self._skip(len(found[0]))
            self._space()
            if self._peek() != ".":
                return names
            self._skip(1)

    def _value(self, path: Path) -> None:
        first = self._peek()
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            for pattern in (_SCALAR, _CLOCK):
                found = pattern.match(self.text, self.at)
                self._skip(len(found[0]) if found else 0)

    def _array(self, path: Path) -> None:
        self._skip(1)
        index = 0
        while True:
            self._blank(",")
            if self._peek() == "]":
                self._skip(1)
                return
            self.lines[(*path, index)] = self.line
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._skip(1)
        while True:
            self._blank(",")
            if self._peek() == "}":
                self._skip(1)
                return
            self._pair(path)

    def _string(self) -> None:
        quote = self.text[self.at]
        end = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self._skip(len(end))
        while not self.text.startswith(end, self.at):
            self._skip(2 if quote == '"' and self._peek() == "\\" else 1)
        self._skip(len(end))
        while len(end) == 3 and self._peek() == quote:  # up to two quotes may stand before the closing three
            self._skip(1)

    def _blank(self, also: str = "") -> None:
        """Past white space, line ends, comments and what `also` names."""
        while self.at < len(self.text):
            if self._peek() == "#":
                end = self.text.find("\n", self.at)
                self._skip((end if end >= 0 else len(self.text)) - self.at)
            elif self._peek() in " \t\r\n" + also:
                self._skip(1)
            else:
                return

    def _space(self) -> None:
        while self._peek() in (" ", "\t"):
            self._skip(1)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip(self, count: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count
