"""`target[index]`, read and written, under strict mode 3."""

from simulator.dialect.casts import as_int, cast
from simulator.dialect.convert import is_collection, listed
from simulator.dialect.faults import Thrown, engine, out_of_bounds, raw
from simulator.dialect.members.get import put_entry
from simulator.dialect.members.properties import PropertyList
from simulator.dialect.operators.compare import equal
from simulator.dialect.operators.patterns import Match
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    ARRAY_LIST,
    COLLECTION,
    LIST,
    ORDERED,
    Array,
    Char,
    Enum,
    Hash,
    NetList,
    NetType,
    Obj,
    ScriptBlock,
    Switch,
    Value,
    type_name,
)


def get_index(target: Value, index: Value) -> Value:
    """`target[index]`: one item, or those of several indexes."""
    if target is None:
        raise engine("NullArray", "Cannot index into a null array.")
    if isinstance(target, PropertyList):
        if not isinstance(index, str):
            raise Refused("")
        return target.named(str(index))
    if isinstance(index, Array | NetList):
        if not isinstance(target, Hash | Array | NetList | str):
            raise Refused("")
        return Array.of([one(target, place) for place in listed(index)])
    return one(target, index)


def one(target: Value, index: Value) -> Value:
    """One item."""
    if isinstance(target, Hash):
        return entry(target, index)
    if isinstance(target, str) and not isinstance(target, Char):
        place = within(as_place(index), len(target))
        if place is None:
            raise out_of_bounds()
        return Char(target[place])
    if isinstance(target, Array):
        if target.loose:
            raise Refused("")
        place = within(as_place(index), len(target))
        if place is None:
            raise out_of_bounds()
        return target[place]
    if isinstance(target, NetList):
        return of_list(target, index)
    if isinstance(target, Match.Groups):
        return target.at(index)
    if isinstance(target, Obj | bool | int | float | Switch | Enum | ScriptBlock):
        if equal(0, index) or equal(-1, index):
            return target
        told = f'Unable to index into an object of type "{type_name(target)}".'
        raise engine("CannotIndex", told)
    raise Refused("")


def of_list(target: NetList, index: Value) -> Value:
    """One item of a list."""
    if target.kind not in (LIST, ARRAY_LIST, COLLECTION):
        raise Refused("")
    place = within(as_place(index), len(target))
    if place is None:
        raise raw("System.ArgumentOutOfRangeException", None)
    return target[place]


def as_place(index: Value) -> int:
    """An index as a number."""
    if index is None or isinstance(index, bool | Char):
        raise Refused("")
    try:
        return as_int(index)
    except Thrown as thrown:
        raise Refused("") from thrown


def within(place: int, size: int) -> int | None:
    """The place counted from the beginning, None beyond the ends."""
    at = place + size if place < 0 else place
    return at if 0 <= at < size else None


def entry(target: Hash, index: Value) -> Value:
    """A table's value by key, an ordered one's by place too; null where there is none."""
    if index is None:
        raise Refused("")
    if target.kind == ORDERED and type(index) is int:
        rows = list(target.items())
        place = within(index, len(rows))
        if place is None:
            raise raw("System.ArgumentOutOfRangeException", None)
        return rows[place][1]
    if target.types is not None:
        index = cast(NetType(target.types[0]), index)
    return target.get(index)


def set_index(target: Value, index: Value, value: Value) -> None:
    """`target[index] = value`"""
    use("put", class_of(target), class_of(index))
    if target is None:
        raise engine("NullArray", "Cannot index into a null array.")
    if isinstance(target, Hash):
        if target.kind == ORDERED and type(index) is int:
            raise Refused("")
        if index is None:
            raise engine("NullArrayIndex", "Index operation failed; the array index evaluated to null.")
        if is_collection(index):
            raise Refused("")
        put_entry(target, index, value)
        return
    if isinstance(target, Array):
        place = within(as_place(index), len(target))
        if place is None:
            raise out_of_bounds()
        target[place] = value if target.kind == "System.Object" else cast(NetType(target.kind), value)
        return
    if isinstance(target, NetList) and target.kind in (LIST, ARRAY_LIST):
        place = within(as_place(index), len(target))
        if place is None:
            raise Refused("")
        target[place] = value if target.element == "System.Object" else cast(NetType(target.element), value)
        target.version += 1
        return
    raise Refused("")
