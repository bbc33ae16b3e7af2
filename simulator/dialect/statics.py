"""Static members: `[type]::Name` and `[type]::Method(…)`, listed by type."""

import math
import os
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.dialect.arith import number
from simulator.dialect.convert import each, narrow, text, to_int
from simulator.dialect.faults import net
from simulator.dialect.frame import NOTHING as NOTHING_BACK
from simulator.dialect.methods import ordinal
from simulator.dialect.refuse import Refused
from simulator.dialect.types import ENUMS, enum_member
from simulator.dialect.values import Enum, Int64, NetType, Opaque, Value

if TYPE_CHECKING:
    from simulator.dialect.frame import Frame

Static = Callable[[list[Value], Any], Value]


def get_static(kind: NetType, name: Value) -> Value:
    """`[type]::Name`"""
    low = text(name).lower()
    if kind.name in ENUMS:
        return enum_member(kind.name, low)
    made = VALUES.get((kind.name, low))
    if made is None:
        raise Refused(text(name))
    return made()


VALUES: dict[tuple[str, str], Callable[[], Value]] = {
    ("System.Int32", "maxvalue"): lambda: 2**31 - 1,
    ("System.Int32", "minvalue"): lambda: -(2**31),
    ("System.Int64", "maxvalue"): lambda: Int64(2**63 - 1),
    ("System.String", "empty"): lambda: "",
    ("System.Guid", "empty"): lambda: uuid.UUID(int=0),
    ("System.Globalization.CultureInfo", "invariantculture"): lambda: Opaque(
        "System.Globalization.CultureInfo", {"text": ""}
    ),
    ("System.StringComparer", "ordinalignorecase"): lambda: Opaque("System.OrdinalIgnoreCaseComparer", {"fold": True}),
    ("System.StringComparer", "ordinal"): lambda: Opaque("System.OrdinalCaseSensitiveComparer", {"fold": False}),
    ("System.Text.Encoding", "utf8"): lambda: Opaque("System.Text.UTF8Encoding", {"bom": True}),
    ("System.IO.Path", "directoryseparatorchar"): lambda: os.sep,
}


def call_static(kind: NetType, name: Value, arguments: list[Value], frame: "Frame") -> Value:
    """`[type]::Method(…)`"""
    work = METHODS.get((kind.name, text(name).lower()))
    if work is None:
        raise Refused(text(name))
    return work(arguments, frame)


def string_equals(arguments: list[Value], _: Any) -> Value:
    """[string]::Equals(a, b[, comparison])."""
    left, right = arguments[0], arguments[1]
    fold = ordinal(arguments[1:])
    if left is None or right is None:
        return left is None and right is None
    a, b = text(left), text(right)
    return a.upper() == b.upper() if fold else a == b


def string_join(arguments: list[Value], _: Any) -> Value:
    """[string]::Join(separator, items)."""
    if len(arguments) != 2:
        raise Refused("")
    return text(arguments[0]).join(text(item) for item in each(arguments[1]))


def compare_ordinal(arguments: list[Value], _: Any) -> Value:
    """[string]::CompareOrdinal(a, b): by code unit; only the sign is promised, so only 0 and order are given."""
    a, b = (text(x).encode("utf-16-be", "surrogatepass") for x in arguments)
    return (a > b) - (a < b)


def whole_math(work: Callable[[float], float]) -> Static:
    """Floor, Ceiling, Truncate: a Double."""
    return lambda arguments, _: float(work(float(number(arguments[0]))))


def pick(work: Callable[[Value, Value], Value]) -> Static:
    """Min and Max of two numbers of one type."""

    def run(arguments: list[Value], _: Any) -> Value:
        a, b = (number(x) for x in arguments)
        if isinstance(a, float) != isinstance(b, float):
            a, b = float(a), float(b)
        chosen = work(a, b)
        return chosen if isinstance(chosen, float) else narrow(chosen)

    return run


def write_text(arguments: list[Value], frame: "Frame") -> Value:
    """[System.IO.File]::WriteAllText(absolute path, text[, encoding]): UTF-8, with a BOM only if asked."""
    path, words = frame.engine.files.resolve(text(arguments[0])), text(arguments[1])
    bom = len(arguments) == 3 and isinstance(arguments[2], Opaque) and bool(arguments[2].props.get("bom"))
    if len(arguments) not in (2, 3):
        raise Refused("")
    frame.engine.files.write(path, ("\ufeff" if bom else "") + words)
    return NOTHING_BACK


def read_text(arguments: list[Value], frame: "Frame") -> Value:
    """[System.IO.File]::ReadAllText(path)."""
    return frame.engine.files.read(frame.engine.files.resolve(text(arguments[0])))


def exists(arguments: list[Value], frame: "Frame") -> Value:
    """[System.IO.File]::Exists(path)."""
    return frame.engine.files.is_file(frame.engine.files.resolve(text(arguments[0])))


def parse_guid(arguments: list[Value], _: Any) -> Value:
    """[guid]::Parse(text)."""
    try:
        return uuid.UUID(text(arguments[0]))
    except ValueError:
        raise net("System.FormatException", "Unrecognized Guid format.") from None


def null_or_blank(blank: bool) -> Static:
    """IsNullOrEmpty, IsNullOrWhiteSpace."""

    def run(arguments: list[Value], _: Any) -> Value:
        words = text(arguments[0])
        return (words.strip() if blank else words) == ""

    return run


METHODS: dict[tuple[str, str], Static] = {
    ("System.String", "equals"): string_equals,
    ("System.String", "join"): string_join,
    ("System.String", "isnullorempty"): null_or_blank(False),
    ("System.String", "isnullorwhitespace"): null_or_blank(True),
    ("System.String", "compareordinal"): compare_ordinal,
    ("System.Math", "floor"): whole_math(math.floor),
    ("System.Math", "ceiling"): whole_math(math.ceil),
    ("System.Math", "truncate"): whole_math(math.trunc),
    ("System.Math", "min"): pick(min),
    ("System.Math", "max"): pick(max),
    ("System.Math", "pow"): lambda a, _: float(number(a[0])) ** float(number(a[1])),
    ("System.Math", "abs"): lambda a, _: abs(number(a[0])),
    ("System.IO.File", "writealltext"): write_text,
    ("System.IO.File", "readalltext"): read_text,
    ("System.IO.File", "exists"): exists,
    ("System.Guid", "parse"): parse_guid,
    ("System.Object", "referenceequals"): lambda a, _: a[0] is a[1],
}
__all__ = ["Enum", "call_static", "get_static", "to_int"]
