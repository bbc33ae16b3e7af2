"""One TOML file: its data, on which line each key stands, and the problems found so far."""

import codecs
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenantry.errors import ConfigurationError, Problem
from tenantry.toml.positions import Path as KeyPath
from tenantry.toml.positions import positions

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PLACE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass
class Document:
    """What a file says. `report` collects; `settle` raises everything collected."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[KeyPath, int]
    problems: list[Problem] = field(default_factory=list)

    def report(self, at: KeyPath, what: str, fix: str = "") -> None:
        """One problem at a key path; the line is that of the key or of the nearest table around it."""
        inner = at
        while inner not in self.lines:
            inner = inner[:-1]
        self.problems.append(Problem(what, where=f"{shown(self.path)}:{self.lines[inner]}", field=dotted(at), fix=fix))

    def settle(self) -> None:
        """Raises ConfigurationError with every problem, in the order of the file."""
        if self.problems:
            raise ConfigurationError(sorted(dict.fromkeys(self.problems), key=_place))


def read(path: Path) -> Document:
    """Reads a TOML file (UTF-8, a byte order mark is allowed).

    Raises:
        ConfigurationError: It cannot be read, is no UTF-8, or is no TOML (with the line).
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _bad(path, f"cannot be read: {error.strerror}.") from error
    if raw.startswith(_UTF16):
        raise _bad(path, "is UTF-16.", "Save it as UTF-8.", line=1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _bad(path, "is not UTF-8.", "Save it as UTF-8.", line=line) from error
    try:
        data = tomllib.loads(text)
        lines = positions(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _PLACE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = _PLACE.sub("", str(error)).rstrip(".") or "nested too deeply"
        raise _bad(path, f"is not TOML: {what}.", "Strings need quotes, tables [brackets].", line=line) from error
    return Document(path, data, lines)


def dotted(at: KeyPath) -> str:
    """A key path as it would be written in a header; which element of a list is told by the line."""
    return ".".join(str(name) for name in at if isinstance(name, str))


def closest(given: object, known: Iterable[str]) -> str:
    """`Did you mean …?` for a misspelt name, or the list of what would do; empty where nothing would."""
    names = list(known)
    if not names:
        return ""
    lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(str(given).lower(), list(lower), n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{lower[near[0]]}"?'
    return f"Known: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}."


def shown(path: Path) -> str:
    """The path as a person would type it from where they are."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _place(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (problem.where, 0)


def _bad(path: Path, what: str, fix: str = "", line: int | None = None) -> ConfigurationError:
    place = shown(path) if line is None else f"{shown(path)}:{line}"
    return ConfigurationError([Problem(what, where=place, fix=fix)])
