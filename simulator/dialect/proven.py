"""Only what is proven runs: every primitive step of a run is known by a key, and the key must stand in a table.

A key is a few words: the kind of step (`op`, `call`, `cast`, `argument`, …) and what it works on (`-eq int string`). The
table, proven.txt, is data: the keys that recordings of the real engine exercise in cases where we agree with them, and
those that the golden scripts use. `python -m tests.simulator.dialect.prove` writes it, a test compares it.
"""

import re
import uuid
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

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


def class_of(value: Value) -> str:
    """The kind of a value, as keys name it: its type, for text whether it is plain, for collections their size."""
    found = PLAIN.get(type(value))
    if found is not None:
        return found
    if isinstance(value, str):
        return ("text" if value else "empty") if value.isascii() else "letters"
    if isinstance(value, Array | NetList):
        return f"{tail(value.kind)}{'[]' if isinstance(value, Array) else ''}{sized(len(value))}"
    if isinstance(value, NetType):
        return f"type:{tail(value.name)}"
    if isinstance(value, Hash | Entry):
        return tail(value.kind)
    if isinstance(value, Obj):
        return "object" if value.type == CUSTOM else tail(value.type)
    if isinstance(value, Enum | Opaque):
        return tail(value.type)
    return tail(str(getattr(value, "NET", type(value).__name__)))


@cache
def tail(name: str) -> str:
    """A type's short name."""
    return name.partition("[")[0].rpartition(".")[2].replace("Object", "")


def sized(count: int) -> str:
    """None, one, several."""
    return str(count) if count < 2 else "n"


class Certain:
    """The shipped table: keys that are proven, and patterns of such as are certain for a written reason.

    A pattern is a line of words; a word may be several with `|` between them, `*` ends one that may go on.
    """

    def __init__(self, keys: Iterable[Key], patterns: Iterable[str]) -> None:
        self.keys = set(keys)
        self.patterns: dict[tuple[str, int], list[list[list[str]]]] = {}
        for line in patterns:
            words = [word.split("|") if "|" in word and word != "|" else [word] for word in line.split(" ")]
            for head in words[0]:
                self.patterns.setdefault((head, len(words)), []).append(words)
        self.never: set[Key] = set()

    def __contains__(self, key: object) -> bool:
        if key in self.keys:
            return True
        if key in self.never or not isinstance(key, tuple):
            return False
        fits = any(fit(key, words) for words in self.patterns.get((key[0], len(key)), ()))
        (self.keys if fits else self.never).add(key)
        return fits


def fit(key: Key, words: list[list[str]]) -> bool:
    """Whether a key is one of a pattern's."""
    return all(
        any(w == part or (w.endswith("*") and part.startswith(w[:-1])) for w in choices)
        for part, choices in zip(key, words, strict=True)
    )


class Every:
    """A table that has every key."""

    def __contains__(self, key: object) -> bool:
        return True


class Seen:
    """A table that has every key and remembers what it was asked for."""

    def __init__(self) -> None:
        self.keys: set[Key] = set()

    def __contains__(self, key: object) -> bool:
        assert isinstance(key, tuple)
        self.keys.add(key)
        return True


class Table:
    """What `use` asks; another one can be put in its place for a while."""

    def __init__(self, keys: Container[Key]) -> None:
        self.keys = keys


def patterns() -> list[str]:
    """What is certain though no recording shows it, without the reasons."""
    return [line for line in CERTAIN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]


def shipped() -> Certain:
    """The table that the program runs with."""
    rows = PROVEN.read_text(encoding="utf-8").splitlines()
    return Certain((tuple(row.split(" ")) for row in rows), patterns())


TABLE = Table(Every())


def use(*key: str) -> None:
    """A step that is about to be taken.

    Raises:
        Refused: It is not proven.
    """
    if key not in TABLE.keys:
        raise Refused("", why=" ".join(key))


QUOTED = re.compile(r"""'[^']*'|"[^"]*"|\[[^\]]*\]|[0-9.]*[0-9]|<[^>]*>|/\S+""")


def told(message: str) -> None:
    """The engine's own words of an error, which a script is about to see: their form, without what they quote.

    Raises:
        Refused: They are not proven.
    """
    use("told", "_".join(QUOTED.sub("9", message).split())[:120])


@contextmanager
def within(keys: Container[Key]) -> Iterator[None]:
    """Runs with another table."""
    before, TABLE.keys = TABLE.keys, keys
    try:
        yield
    finally:
        TABLE.keys = before
