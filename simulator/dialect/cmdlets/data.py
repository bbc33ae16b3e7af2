"""ConvertTo-Json and ConvertFrom-Json."""

import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from simulator.dialect.casts import as_int
from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.cmdlets.jsontext import Reader
from simulator.dialect.convert import decimal_text, double_text, listed, text
from simulator.dialect.dates import Moment
from simulator.dialect.faults import by_cmdlet
from simulator.dialect.members.properties import Property
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import has_lone
from simulator.dialect.values import (
    CUSTOM,
    Array,
    Enum,
    Hash,
    NetList,
    Obj,
    Switch,
    Value,
)


class Rows(list[tuple[str, Any]]):
    """The pairs of a table."""


CUT = "Resulting JSON is truncated as serialization has exceeded the set depth of {}."


@cmdlet("ConvertTo-Json", "InputObject@0|", "Depth:int", "Compress:switch", "AsArray:switch", "EnumsAsStrings:switch")
def TO_JSON(use: Use) -> Plain:  # noqa: N802 (a cmdlet of the list)
    """ConvertTo-Json: several piped objects become an array, one does not."""
    items: list[Value] = []
    depth = as_int(use.get("Depth")) if use.has("Depth") else 2
    if not 1 <= depth <= 100:
        raise Refused("")

    def end() -> None:
        if use.has("InputObject"):
            value = use.get("InputObject")
        elif not items:
            return
        else:
            value = items[0] if len(items) == 1 else Array.of(items)
        if use.flag("AsArray"):
            if use.has("InputObject"):
                raise Refused("")
            value = Array.of(items)
        writer = Writer(use, depth)
        made = writer.shape(value, 0)
        use.emit(laid_out(made, compress=use.flag("Compress")))
        if writer.cut:
            use.frame.engine.warn(use.frame, CUT.format(depth))

    return Plain(process=items.append, end=end)


class Writer:
    """Turns values into rows, lists and words of JSON."""

    def __init__(self, use: Use, depth: int) -> None:
        self.use, self.depth, self.cut = use, depth, False

    def shape(self, value: Value, level: int) -> Any:
        """A value: a string of JSON, a list, or rows of name and value."""
        word = self.simple(value)
        if word is not None:
            return word
        if level > self.depth:
            if not isinstance(value, Hash):
                raise Refused("")  # as text, in a form that is not settled
            self.cut = True
            return quoted(text(value))
        if isinstance(value, Array | NetList):
            return [self.shape(item, level + 1) for item in listed(value)]
        if isinstance(value, Hash | Obj):
            return self.rows(value, level)
        raise Refused("")

    def simple(self, value: Value) -> str | None:
        """A value that is one word of JSON."""
        if isinstance(value, Enum):
            return quoted(value.name) if self.use.flag("EnumsAsStrings") else str(value.number)
        return next((work(value) for kind, work in WORDS.items() if isinstance(value, kind)), None)

    def rows(self, value: Value, level: int) -> Rows:
        """The pairs of a table or an object."""
        if value.loose:
            raise Refused("")
        made = Rows()
        for name, item in value.items():
            if not isinstance(name, str):
                told = (
                    f"The type '{value.kind}' is not supported for serialization or deserialization of a dictionary. "
                    "Keys must be strings."
                )
                id_ = f"NonStringKeyInDictionary,{COMMANDS}.ConvertToJsonCommand"
                raise by_cmdlet(id_, "System.InvalidOperationException", told, "InvalidOperation", value)
            if isinstance(item, Property):
                raise Refused("")
            shown = self.switch(item, level + 1) if isinstance(item, Switch) else self.shape(item, level + 1)
            made.append((str(name), shown))
        if isinstance(value, Obj) and (value.type != CUSTOM or value.methods or value.host is not None):
            raise Refused("")
        return made

    def switch(self, item: Switch, level: int) -> Any:
        """A switch shows what it is made of."""
        if level > self.depth:
            raise Refused("")
        return Rows([("IsPresent", "true" if item.present else "false")])


def json_decimal(value: Decimal) -> str:
    """A Decimal: whole ones get a `.0`."""
    shown = decimal_text(value)
    return shown if "." in shown else f"{shown}.0"


def refuse(_: Value) -> str:
    """A value whose JSON is not settled."""
    raise Refused("")


def json_double(value: float) -> str:
    """A Double: whole ones keep a `.0`, what is no number becomes text."""
    shown = double_text(value)
    if shown in ("NaN", "Infinity", "-Infinity"):
        return f'"{shown}"'
    return shown if re.search(r"[.E]", shown) else f"{shown}.0"


def laid_out(value: Any, *, compress: bool, indent: str = "") -> str:
    """JSON as the engine lays it out; lines end with LF, as on the recorded machine."""
    if isinstance(value, str):
        return value
    rows = isinstance(value, Rows)
    opening, closing = ("{", "}") if rows else ("[", "]")
    inner = indent + "  "
    if rows:
        space = "" if compress else " "
        items = [f"{quoted(k)}:{space}{laid_out(v, compress=compress, indent=inner)}" for k, v in value]
    else:
        items = [laid_out(v, compress=compress, indent=inner) for v in value]
    if not items:
        return opening + closing
    if compress:
        return opening + ",".join(items) + closing
    return f"{opening}\n" + ",\n".join(inner + i for i in items) + f"\n{indent}{closing}"


ESCAPED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(words: str) -> str:
    """A JSON string with the escapes the engine writes."""
    if has_lone(words):
        raise Refused("")
    out = []
    for char in words:
        if char in ESCAPED:
            out.append(ESCAPED[char])
        elif ord(char) < 0x20 or char in "\u0085\u2028\u2029":
            out.append(f"\\u{ord(char):04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


# values that are one word of JSON; the first type that fits counts
WORDS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    str: lambda value: quoted(str(value)),
    int: text,
    Decimal: json_decimal,
    float: json_double,
    uuid.UUID: refuse,
    Moment: refuse,
}


@cmdlet("ConvertFrom-Json", "*InputObject:string@0|", "Depth:int", "AsHashtable:switch", "NoEnumerate:switch")
def FROM_JSON(use: Use) -> Plain:  # noqa: N802
    """ConvertFrom-Json: piped lines are one text."""
    lines: list[str] = []
    if use.flag("AsHashtable") or use.has("Depth"):
        raise Refused("")

    def process(line: Value) -> None:
        if not isinstance(line, str):
            raise Refused("")
        lines.append(str(line))

    def end() -> None:
        words = text(use.get("InputObject")) if use.has("InputObject") else "\n".join(lines)
        if len(lines) > 1 and Reader.complete(lines[0]):
            raise Refused("")  # each line by itself
        made = Reader(words).read()
        for item in made if isinstance(made, Array) and not use.flag("NoEnumerate") else [made]:
            use.emit(item)

    return Plain(process=process, end=end)
