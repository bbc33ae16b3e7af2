"""Properties, methods and indexes of values: a visible list for each type; what is not listed is refused."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.dialect import methods
from simulator.dialect.convert import each, length, text, to_int
from simulator.dialect.faults import engine, no_property
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    Array,
    Builder,
    Char,
    Entry,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
    Keys,
    NetException,
    NetList,
    NetType,
    Obj,
    Opaque,
    Record,
    ScriptBlock,
    Switch,
    Value,
    type_name,
    units,
)

if TYPE_CHECKING:
    from simulator.dialect.frame import Frame


def get_member(target: Value, name: Value, frame: "Frame | None" = None) -> Value:  # noqa: PLR0911
    """`target.name` under strict mode."""
    word = text(name)
    low = word.lower()
    if target is None:
        if low in ("count", "length"):
            raise no_property(word)
        raise no_property(word)
    if isinstance(target, Obj):
        if word in target:
            return target.get(word)
        return object_extra(target, low, word)
    if isinstance(target, Hash):
        if word in target:
            return target.get(word)
        return from_list(HASH, target, low, word)
    if isinstance(target, PropertyList) and low == "match":
        raise Refused(word)
    if isinstance(target, Array | NetList):
        if low in ("count", "length"):
            return len(target)
        if low in ("syncroot", "rank", "longlength", "isreadonly", "isfixedsize", "capacity"):
            raise Refused(word)
        return spread(target, name, frame)
    if hasattr(target, "member"):  # an object the host made, such as $PSCmdlet
        return target.member(low, word)
    table = TABLES.get(type(target))
    if table is None:
        raise Refused(word)
    return from_list(table, target, low, word)


def object_extra(target: Obj, low: str, word: str) -> Value:
    """What an object has beside its own properties."""
    if low == "psobject":
        return Opaque("System.Management.Automation.PSObject", {"of": target})
    if low in ("count", "length"):
        return 1
    raise no_property(word)


def spread(target: Any, name: Value, frame: "Frame | None") -> Value:
    """Member enumeration: the property of every item; an item without it counts only if none has it."""
    out: list[Value] = []
    found = False
    for item in target:
        if isinstance(item, Obj | Hash | Entry | ErrorRecord | str):
            has = not isinstance(item, Obj | Hash) or text(name) in item
            if not has:
                continue
            found = True
            value = get_member(item, name, frame)
            out += each(value) if isinstance(value, Array | NetList) else [value]
        elif item is not None:
            raise Refused(text(name))
    if not found:
        raise no_property(text(name))
    return out[0] if len(out) == 1 else Array.of(out)


def from_list(table: dict[str, Callable[[Any], Value]], target: Value, low: str, word: str) -> Value:
    """A property out of a type's list."""
    if low in table:
        return table[low](target)
    if low in ABSENT or isinstance(target, Hash):
        raise no_property(word)
    raise Refused(word)


ABSENT = {"name", "identity", "mail", "missing", "displayname", "id"}  # names no listed type has: strict mode throws


def keys_of(target: Hash, values: bool) -> Keys | Array:
    """`.Keys` or `.Values`; without order, only what does not show one may look at them."""
    items = [value if values else key for key, value in target.items()]
    return Array.of(items) if target.ordered else Keys.of(items)


def set_member(target: Value, name: Value, value: Value) -> None:
    """`target.name = value`"""
    word = text(name)
    if isinstance(target, Obj):
        if word not in target:
            raise engine(
                "ExceptionWhenSetting",
                f'Exception setting "{word}": "The property \'{word}\' cannot be found on this object. '
                'Verify that the property exists and can be set."',
                "NotSpecified",
                "System.Management.Automation.SetValueInvocationException",
            )
        target.put(word, value)
        return
    if isinstance(target, Hash):
        target.put(word, value)
        return
    raise Refused(word)


def get_index(target: Value, index: Value) -> Value:  # noqa: PLR0911
    """`target[index]` under strict mode."""
    if target is None:
        raise engine("NullArray", "Cannot index into a null array.")
    if isinstance(target, Hash):
        if target.ordered and isinstance(index, int) and not isinstance(index, bool):
            rows = list(target.items())
            return rows[index][1] if -len(rows) <= index < len(rows) else None
        if isinstance(index, Array):
            return Array.of([target.get(one) for one in index])
        return target.get(index)
    if isinstance(target, PropertyList) and isinstance(index, str):
        return target.named(str(index))
    if isinstance(index, Array):
        return Array.of([get_index(target, one) for one in index if -length(target) <= to_int(one) < length(target)])
    place = to_int(index)
    if isinstance(target, str):
        if units(target) != len(target):
            raise Refused("[")
        if not -len(target) <= place < len(target):
            raise engine(
                "System.IndexOutOfRangeException",
                "Index was outside the bounds of the array.",
                "OperationStopped",
                "System.IndexOutOfRangeException",
            )
        return Char(target[place])
    if isinstance(target, Keys) and len(target) > 1:
        raise Refused("[")
    if isinstance(target, Array | NetList):
        if not -len(target) <= place < len(target):
            raise out_of_range(target)
        return target[place]
    if place in (0, -1) and isinstance(target, Obj):
        return target
    raise engine("CannotIndex", f'Unable to index into an object of type "{type_name(target)}".')


def out_of_range(target: Value) -> Exception:
    """The error of an index beyond the ends."""
    if isinstance(target, NetList):
        raise Refused("[")
    made = engine(
        "System.IndexOutOfRangeException",
        "Index was outside the bounds of the array.",
        "OperationStopped",
        "System.IndexOutOfRangeException",
    )
    made.record.shown = ""
    return made


def set_index(target: Value, index: Value, value: Value) -> None:
    """`target[index] = value`"""
    if isinstance(target, Hash):
        if target.ordered and isinstance(index, int):
            raise Refused("[")
        if index is None:
            raise engine("NullArrayIndex", "Index operation failed; the array index evaluated to null.")
        target.put(index, value)
        return
    if isinstance(target, Array | NetList):
        place = to_int(index)
        if not -len(target) <= place < len(target):
            raise out_of_range(target)
        target[place] = value
        return
    raise Refused("[")


def call_method(target: Value, name: Value, arguments: list[Value], frame: "Frame") -> Value:
    """`target.name(arguments)`"""
    word = text(name)
    low = word.lower()
    if target is None:
        raise engine("InvokeMethodOnNull", "You cannot call a method on a null-valued expression.")
    if hasattr(target, "call"):
        return target.call(low, arguments, frame)
    if low == "gettype" and not arguments:
        return NetType(type_name(target))
    if low == "tostring" and not arguments and not isinstance(target, Array | NetList | Hash):
        return text(target)
    table = METHODS.get(type(target))
    if table is None or low not in table:
        raise Refused(word)
    return table[low](target, arguments, frame)


def _date(part: str) -> Callable[[datetime], Value]:
    return lambda value: int(getattr(value, part))


HASH: dict[str, Callable[[Any], Value]] = {
    "keys": lambda h: keys_of(h, False),
    "values": lambda h: keys_of(h, True),
    "count": len,
}
TABLES: dict[type, dict[str, Callable[[Any], Value]]] = {
    str: {"length": lambda s: units(s)},
    HashSet: {"count": lambda h: len(h.rows)},
    Switch: {"ispresent": lambda s: s.present},
    Entry: {"key": lambda e: e.key, "name": lambda e: e.key, "value": lambda e: e.value},
    ErrorRecord: {
        "exception": lambda r: r.exception,
        "fullyqualifiederrorid": lambda r: r.id,
        "targetobject": lambda r: r.target,
        "categoryinfo": lambda r: Opaque("System.Management.Automation.ErrorCategoryInfo", {"record": r}),
    },
    NetException: {"message": lambda e: e.message, "innerexception": lambda e: e.inner},
    NetType: {"name": lambda t: short_name(t), "fullname": lambda t: t.name},
    Record: {"message": lambda r: r.message},
    Builder: {"length": lambda b: sum(units(p) for p in b.parts)},
    datetime: {p: _date(p) for p in ("year", "month", "day", "hour", "minute", "second")},
    Opaque: {
        "properties": lambda o: properties_of(o),
        "category": lambda o: Enum("System.Management.Automation.ErrorCategory", o.props["record"].category, 0),
        "reason": lambda o: o.props["record"].exception.type.rsplit(".", 1)[-1],
    },
    Enum: {},
    uuid.UUID: {"guid": str},
    ScriptBlock: {},
}


def short_name(kind: NetType) -> str:
    """`.Name` of a type."""
    base = kind.name.split("[")[0] if "`" in kind.name else kind.name
    return base.rsplit(".", 1)[-1]


def properties_of(holder: Opaque) -> Value:
    """`$object.PSObject.Properties`, which can be enumerated and asked by name."""
    if "of" not in holder.props:
        raise Refused("Properties")
    return PropertyList([Obj({"Name": n, "Value": v}) for n, v in holder.props["of"].items()])


class PropertyList(Array):
    """The properties of an object."""

    def named(self, name: str) -> Value:
        """`Properties['x']`: the property or null."""
        return next((p for p in self if p.get("Name").upper() == name.upper()), None)


METHODS: dict[type, dict[str, methods.Method]] = methods.TABLE
