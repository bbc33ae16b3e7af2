"""The people file: CSV with the columns address, key and follow; read with every problem and its line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tenantry.errors import ConfigurationError, Problem
from tenantry.integration import People, Person
from tenantry.toml.document import closest, shown
from tenantry.workspace.model import Integration

COLUMNS = ("address", "key", "follow")
_ADDRESS = re.compile(r"[^@\s,;\"]+@[^@\s,;\"]+\.[^@\s,;\"]+")
_YES_NO = {"": None} | dict.fromkeys(("true", "yes", "1", "ja", "y", "j"), True)
_FOLLOW: Mapping[str, bool | None] = _YES_NO | dict.fromkeys(("false", "no", "0", "nej", "n"), False)
_MOST = 100  # problems shown of one file


def resolve_people(root: Path, integration: Integration) -> People:
    """Whom the integration syncs: everybody, or the persons of its CSV file.

    Raises:
        ConfigurationError: Everything wrong with the file.
    """
    if integration.people == "all":
        return People(all=True)
    return People(listed=read_people(root / integration.people))


def read_people(path: Path) -> tuple[Person, ...]:
    """The persons of a CSV file (UTF-8, a byte order mark allowed; separated by commas, semicolons or tabs).

    Raises:
        ConfigurationError: Everything wrong with it: unreadable, columns, addresses, duplicates; each with its line.
    """
    reading = _Reading(path)
    people = tuple(reading.people(_text(path)))
    if reading.problems:
        more = len(reading.problems) - _MOST
        tail = [Problem(f"{more} more problems.", where=shown(path))] if more > 0 else []
        raise ConfigurationError([*reading.problems[:_MOST], *tail])
    return people


@dataclass
class _Reading:
    """One file being read: its problems, and on which line each address and key was first met."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    addresses: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def people(self, text: str) -> Iterator[Person]:
        """Every good line as a Person; the others become problems."""
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        header: list[str] | None = None
        line = 1
        try:
            for row in rows:
                here, line = line, rows.line_num + 1
                if not any(cell.strip() for cell in row):
                    continue
                if header is None:
                    header = self._header(row, here)
                elif "address" in header and (person := self._person(dict(zip(header, row, strict=False)), row, here)):
                    if len(row) > len(header):
                        self._report(here, "", f"has {len(row)} cells, the header has {len(header)}.")
                    yield person
        except csv.Error as error:
            self._report(line, "", f"is not CSV: {error}.")
        if header is None:
            self._report(1, "", "is empty.", f"Begin with the line {','.join(COLUMNS)}.")

    def _header(self, row: Sequence[str], line: int) -> list[str]:
        names = [cell.strip().lower() for cell in row]
        for name in dict.fromkeys(names):
            if name not in COLUMNS:
                self._report(line, name, "unknown column.", closest(name, [c for c in COLUMNS if c not in names]))
            elif names.count(name) > 1:
                self._report(line, name, "this column comes twice.")
        misspelt = any(problem.fix == 'Did you mean "address"?' for problem in self.problems)
        if "address" not in names and not misspelt:
            self._report(line, "address", "this column is missing.", f"Begin with the line {','.join(COLUMNS)}.")
        return names

    def _person(self, cells: Mapping[str, str], row: Sequence[str], line: int) -> Person | None:
        address = cells["address"].strip() if cells.get("address") else ""
        key = cells.get("key", "").strip() or address.lower()
        follow = cells.get("follow", "").strip().lower()
        before = len(self.problems)
        if not _ADDRESS.fullmatch(address):
            self._report(line, "address", f'"{address}" is not an address.' if address else "is empty.")
        elif (first := self.addresses.setdefault(address.lower(), line)) != line:
            self._report(line, "address", f"{address} is on line {first} already.", "One line a person.")
        elif (first := self.keys.setdefault(key, line)) != line:
            self._report(line, "key", f'"{key}" is on line {first} already.', "A key belongs to one person.")
        if any(ord(character) < 32 for character in "".join(row)):
            self._report(line, "", "holds control characters.")
        if follow not in _FOLLOW:
            self._report(line, "follow", f'"{follow}" is not yes, no or empty.')
        return None if len(self.problems) > before else Person(address=address, key=key, follow=_FOLLOW[follow])

    def _report(self, line: int, column: str, what: str, fix: str = "") -> None:
        self.problems.append(Problem(what, where=f"{shown(self.path)}:{line}", field=column, fix=fix))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigurationError([Problem(f"cannot be read: {error.strerror}.", where=shown(path))]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{shown(path)}:{raw.count(bytes([10]), 0, error.start) + 1}"
        raise ConfigurationError([Problem("is not UTF-8.", where=where, fix="Save it as CSV UTF-8.")]) from error


def _delimiter(text: str) -> str:
    """What separates the names of the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)
