"""Only what is proven runs: every primitive step of a run is known by a key, and the key must stand in a table.

A key is a few words: the kind of step (`op`, `call`, `cast`, `argument`, …) and what it works on (`-eq int text`).
proven.txt holds the keys that recordings of the real engine exercise in cases where we agree with them, and those that
the golden scripts use: `python -m tests.simulator.dialect.prove` writes it, a test compares it. certain.txt holds rules
for what is certain without a recording, each group for a reason.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    CUSTOM,
    Array,
    Builder,
    Byte,
    Char,
    Entry,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
    Int64,
    NetException,
    NetList,
    NetType,
    Nothing,
    Obj,
    Once,
    Opaque,
    Record,
    Reference,
    ScriptBlock,
    Switch,
    Value,
)

Key = tuple[str, ...]
PROVEN = Path(__file__).with_name("proven.txt")
CERTAIN = Path(__file__).with_name("certain.txt")
PLAIN: dict[type, str] = {
    type(None): "null",
    Nothing: "nothing",
    bool: "bool",
    int: "int",
    Int64: "long",
    Byte: "byte",
    float: "double",
    Decimal: "decimal",
    Char: "char",
    uuid.UUID: "guid",
    Switch: "switch",
    ErrorRecord: "record",
    NetException: "exception",
    ScriptBlock: "block",
    HashSet: "set",
    Builder: "builder",
    Record: "message",
    Once: "input",
    Reference: "ref",
}


@cache
def tail(name: str) -> str:
    """A type's short name."""
    return name.partition("[")[0].rpartition(".")[2].replace("Object", "")


def plain(words: str) -> str:
    """Words of a script as they may stand in a key: without blanks, and without the two signs of patterns."""
    return words.replace(" ", "_").replace("*", "times").replace("|", "or")


def sized(count: int) -> str:
    """None, one, several."""
    return str(count) if count < 2 else "n"


def class_of(value: Value) -> str:
    """The kind of a value, as keys name it: its type, for text whether it is plain, for collections their size."""
    found = PLAIN.get(type(value))
    if found is not None:
        return found
    for type_, name in NAMED:
        if isinstance(value, type_):
            return name(value)
    return tail(str(getattr(value, "NET", type(value).__name__)))


def of_text(value: str) -> str:
    """Text of ASCII, of other letters too, or none at all."""
    return ("text" if value else "empty") if value.isascii() else "letters"


NAMED: list[tuple[Any, Callable[[Any], str]]] = [
    (str, of_text),
    (Obj, lambda v: "object" if v.type == CUSTOM else tail(v.type)),
    (Array, lambda v: f"{tail(v.kind)}[]{sized(len(v))}"),
    (NetList, lambda v: f"{tail(v.kind)}{sized(len(v))}"),
    (NetType, lambda v: f"type:{tail(v.name)}"),
    (Hash | Entry, lambda v: tail(v.kind)),
    (Enum | Opaque, lambda v: tail(v.type)),
]


TEXTS: tuple[str, ...] = ("text", "letters", "empty")
SIZED = re.compile(r"(.*\[\]|(?:ArrayList|List`1|Collection`1|Queue`1|Stack`1))[01n]")


class Table:
    """Keys that are known to be proven, and rules that tell of any other key whether it is."""

    def __init__(self, known: Iterable[Key] = (), rules: Iterable[str] = ()) -> None:
        self.known = set(known)
        self.rules: dict[tuple[str, int], list[list[list[str]]]] = {}
        for line in rules:
            words = [word.split("|") for word in line.split(" ")]
            for head in words[0]:
                self.rules.setdefault((head, len(words)), []).append(words[1:])

    def proven(self, key: Key) -> bool:
        """Whether a key is proven; if so it is known from now on."""
        if key not in self.known:
            if not any(fits(key, words) for words in self.rules.get((key[0], len(key)), ())):
                return False
            self.known.add(key)
        return True

    def wider(self) -> "Table":
        """The same for scripts whose data vary from tenant to tenant: see `Wide`."""
        return Wide(self)


class Wide(Table):
    """A table in which text of any letters is text, and a list of any length is a list."""

    def __init__(self, narrow: Table) -> None:
        super().__init__(narrow.known)
        self.narrow = narrow

    def proven(self, key: Key) -> bool:
        """Whether the key is proven for some text and some length."""
        if not any(self.narrow.proven(one) for one in product(*map(alike, key))):
            return False
        self.known.add(key)
        return True


@cache
def alike(word: str) -> tuple[str, ...]:
    """A kind of value and its like: text of other letters, a collection of another size."""
    if word in TEXTS:
        return TEXTS
    found = SIZED.fullmatch(word)
    return tuple(found[1] + size for size in "01n") if found else (word,)


def fits(key: Key, words: list[list[str]]) -> bool:
    """Whether a key is one of a rule's: in a rule `|` stands between choices, and `*` ends one that may go on."""
    return all(
        any(part == word or (word.endswith("*") and part.startswith(word[:-1])) for word in choices)
        for part, choices in zip(key[1:], words, strict=True)
    )


class Seen(Table):
    """A table in which every key is proven; it remembers what it was asked for."""

    def proven(self, key: Key) -> bool:
        """Remembers it."""
        self.known.add(key)
        return True

    def wider(self) -> Table:
        """Itself: it is as wide as can be."""
        return self


NAME = re.compile(r"\{([A-Z]+)\}")


def written(file: Path) -> list[str]:
    """The rules in a file; `{NAME}` stands for the choices of a line `NAME = a|b`."""
    names: dict[str, str] = {}
    out = []
    for row in file.read_text(encoding="utf-8").splitlines():
        line = NAME.sub(lambda found: names[found[1]], row)
        head, equals, choices = line.partition(" = ")
        if equals and head.isupper():
            names[head] = choices
        elif line and not line.startswith("#"):
            out.append(line)
    return out


def shipped() -> Table:
    """The table that the program runs with: what is proven, and what is certain for a written reason."""
    rows = written(PROVEN)
    rules = [row for row in rows if "|" in row or "*" in row]
    return Table((tuple(row.split(" ")) for row in rows if row not in rules), [*rules, *written(CERTAIN)])


@dataclass
class Held:
    """Which table is asked."""

    table: Table


HELD = Held(shipped())


def use(*key: str) -> None:
    """A step that is about to be taken.

    Raises:
        Refused: It is not proven.
    """
    table = HELD.table
    if key not in table.known and not table.proven(key):
        raise Refused("", why=" ".join(key))


QUOTED = re.compile(r"""'[^']*'|"[^"]*"|\[[^\]]*\]|[0-9.]*[0-9]|<[^>]*>|/\S+""")


def told(message: str) -> None:
    """The engine's own words of an error, which a script is about to see: their form, without what they quote.

    Raises:
        Refused: They are not proven.
    """
    use("told", plain("_".join(QUOTED.sub("9", message).split())[:120]))


def shown(record: ErrorRecord) -> None:
    """An error's id, type and category, which are about to be seen; a script's own words do not count.

    Raises:
        Refused: They are not proven.
    """
    id_ = "own" if record.exception.given else plain(record.id.partition(",")[0])
    use("shown", id_, record.exception.type, str(record.category))


@contextmanager
def within(table: Table) -> Iterator[None]:
    """Runs with another table."""
    before, HELD.table = HELD.table, table
    try:
        yield
    finally:
        HELD.table = before
