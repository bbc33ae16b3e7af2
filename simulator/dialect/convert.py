"""Values as text and as conditions, in the invariant culture; and what enumerating a value gives."""

import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from simulator.dialect.faults import modified
from simulator.dialect.limits import joined
from simulator.dialect.proven import class_of, told, use
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    QUEUE,
    STACK,
    Array,
    Builder,
    Char,
    Entry,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
    NetException,
    NetList,
    NetType,
    Obj,
    Once,
    Record,
    ScriptBlock,
    Switch,
    Value,
    type_name,
)

INFINITE = (float("inf"), float("-inf"))
# names that a type shows as text: PowerShell's short ones
SHORT = {
    "System.String": "string",
    "System.Int32": "int",
    "System.Int64": "long",
    "System.Boolean": "bool",
    "System.Double": "double",
    "System.Char": "char",
    "System.Guid": "guid",
    "System.DateTime": "datetime",
    "System.Collections.Hashtable": "hashtable",
}


def is_collection(value: Value) -> bool:
    """True for what a pipeline unrolls."""
    return isinstance(value, Array | NetList | HashSet | Once)


def listed(value: Value) -> Iterator[Value]:
    """The items of a collection, which must not change meanwhile.

    Raises:
        Refused: Its order is not settled.
        Thrown: It was changed.
    """
    if isinstance(value, Array | HashSet) and value.loose and len(value) > 1:
        raise Refused("")
    if isinstance(value, Array):
        for place in range(len(value)):
            yield value[place]
        return
    if isinstance(value, Once):
        items = list(value)
        value.clear()
        yield from items
        return
    before = value.version
    for item in list(value.rows.values()) if isinstance(value, HashSet) else list(value):
        if value.version != before:
            raise modified()
        yield item
    if value.version != before:
        raise modified()


def each(value: Value) -> list[Value]:
    """The items a value gives when it is enumerated; null gives none, a single value itself."""
    if value is None:
        return []
    return list(listed(value)) if is_collection(value) else [value]


def truth(value: Value) -> bool:  # noqa: PLR0911
    """A value as a condition."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and not isinstance(value, Char):
        return value != ""
    use("truth", class_of(value))
    if isinstance(value, Char):
        return value != "\0"
    if isinstance(value, int | float | Decimal):
        return value != 0
    if isinstance(value, Array) or (isinstance(value, NetList) and value.kind not in (QUEUE, STACK)):
        if len(value) != 1:
            return len(value) > 0
        return len(value[0]) > 0 if isinstance(value[0], Array | NetList) else truth(value[0])
    if isinstance(value, Switch):
        return value.present
    if isinstance(value, Enum) and value.number == 0:
        raise Refused("")
    return True


def text(value: Value) -> str:  # noqa: PLR0911
    """A value as a string.

    Raises:
        Refused: Its text depends on the culture, or is not settled.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return int.__repr__(value)
    use("text", class_of(value))
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, Array | NetList | HashSet):
        return joined([inner_text(item) for item in listed(value)], " ")
    if isinstance(value, Obj):
        return object_text(value)
    for type_, work in TEXTS.items():
        if isinstance(value, type_):
            return work(value)
    if hasattr(value, "NET") and hasattr(value, "text"):
        return str(value.text())
    raise Refused("")


def object_text(value: Obj) -> str:
    """`@{A=1; B=x}`"""
    if value.host is not None:
        return str(value.host)
    if value.loose or any(isinstance(item, Obj) for _, item in value.items()) or not value.rows:
        raise Refused("")
    return "@{" + "; ".join(f"{name}={inner_text(item)}" for name, item in value.items()) + "}"


def inner_text(value: Value) -> str:
    """Text of an item inside a joined collection or object: a nested collection shows its type."""
    use("inside", class_of(value))
    if isinstance(value, Array):
        return type_name(value)
    if isinstance(value, NetList | HashSet):
        raise Refused("")
    return "" if isinstance(value, Obj) else text(value)


def own_text(value: Value) -> str:
    """A value as .NET's own ToString() writes it, in en-US; nested collections by their type.

    Raises:
        Refused: It is not the same there as in the invariant culture, which `text` uses.
    """
    if getattr(value, "NET", "") == "System.DateTime" or (isinstance(value, float) and value in INFINITE):
        raise Refused("")
    return inner_text(value)


def double_text(value: float) -> str:
    """A Double as .NET writes it: the shortest digits that read back the same; an exponent beyond 15 digits."""
    if value != value:  # noqa: PLR0124 (not a number is the one value unlike itself)
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0" if str(value).startswith("-") else "0"
    mantissa, _, exponent = f"{Decimal(repr(value)).normalize():E}".partition("E")
    power = int(exponent)
    if -5 < power < 15:
        return f"{Decimal(repr(value)).normalize():f}"
    return f"{mantissa}E{'+' if power >= 0 else '-'}{abs(power):02d}"


def decimal_text(value: Decimal) -> str:
    """A Decimal with the digits it has."""
    return f"{value:f}"


def exception_text(_: NetException) -> str:
    """An exception's text can hold a stack trace."""
    raise Refused("")


def record_text(value: ErrorRecord) -> str:
    """An error's message."""
    return words_of(value.exception)


def words_of(value: NetException) -> str:
    """An exception's message; the engine's own words only in a form that is proven."""
    if value.message is None:
        raise Refused("")
    if not value.given:
        told(value.message)
    return value.message


def type_text(value: NetType) -> str:
    """A type's short name, or its full one where it has no short one that we are sure of."""
    use("text", "type", value.name)
    if value.name in SHORT:
        return SHORT[value.name]
    if "`" in value.name or value.name.endswith("]") or value.name.startswith("System.Management"):
        raise Refused("")
    return value.name


TEXTS: dict[type, Callable[[Any], str]] = {
    Decimal: decimal_text,
    Switch: lambda v: "True" if v.present else "False",
    uuid.UUID: str,
    Enum: lambda v: v.name,
    ErrorRecord: record_text,
    NetException: exception_text,
    NetType: type_text,
    ScriptBlock: lambda v: v.text,
    Builder: lambda v: v.words,
    Record: lambda v: v.message,
    Entry: lambda v: v.kind if "`" not in v.kind else refuse_text(),
    Hash: lambda v: v.kind if "`" not in v.kind else refuse_text(),
}


def refuse_text() -> str:
    """Text that is not settled."""
    raise Refused("")
