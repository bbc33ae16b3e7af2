"""Methods of arrays, lists, queues, stacks and sets; `.Where()` and `.ForEach()` of any value."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from simulator.dialect.casts import as_int, cast
from simulator.dialect.convert import each, text, truth
from simulator.dialect.faults import Net, Thrown
from simulator.dialect.members.properties import PropertyList
from simulator.dialect.members.texts import Method
from simulator.dialect.operators.culture import order_text
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    ARRAY_LIST,
    COLLECTION,
    LIST,
    NOTHING,
    QUEUE,
    STACK,
    Array,
    NetList,
    NetType,
    ScriptBlock,
    Value,
    is_number,
)

FIXED = "Collection was of a fixed size."


def drop_property(target: PropertyList, arguments: list[Value], _: Any) -> Value:
    """PSObject.Properties.Remove(name)."""
    if len(arguments) != 1 or not isinstance(arguments[0], str) or target.holder is None:
        raise Refused("")
    target.holder.rows.pop(arguments[0].upper(), None)
    return NOTHING


def match_property(target: PropertyList, arguments: list[Value], _: Any) -> Value:
    """PSObject.Properties.Match(name)."""
    if len(arguments) != 1 or not isinstance(arguments[0], str) or any(c in arguments[0] for c in "*?["):
        raise Refused("")
    return Array.of([p for p in target if p.props["name"].upper() == arguments[0].upper()])


PROPERTIES: dict[str, Method] = {"remove": drop_property, "match": match_property}


def same(left: Value, right: Value) -> bool:
    """.NET's own equality: type and value; an object by itself."""
    if isinstance(left, str | int | float) or left is None:
        return type(left) is type(right) and bool(left == right)
    return left is right or (type(left) is type(right) and isinstance(left, tuple) and bool(left == right))


def argument(target: NetList, arguments: list[Value]) -> Value:
    """The one argument, as the list's item type."""
    if len(arguments) != 1:
        raise Refused("")
    return converted(target, arguments[0])


def converted(target: NetList, value: Value) -> Value:
    """A value as a list's item."""
    if target.element == "System.Object":
        return value
    try:
        return cast(NetType(target.element), value)
    except Thrown as thrown:
        raise Refused("") from thrown


def only(*kinds: str) -> Callable[[Method], Method]:
    """A method that only some of the lists have."""

    def wrap(work: Method) -> Method:
        def run(target: NetList, arguments: list[Value], frame: Any) -> Value:
            if target.kind not in kinds:
                raise Refused("")
            return work(target, arguments, frame)

        return run

    return wrap


GROWING = only(ARRAY_LIST, LIST, COLLECTION)


@GROWING
def add(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Add(item): ArrayList tells the place, the others nothing."""
    target.append(argument(target, arguments))
    target.version += 1
    return len(target) - 1 if target.kind == ARRAY_LIST else NOTHING


@GROWING
def add_range(target: NetList, arguments: list[Value], _: Any) -> Value:
    """AddRange(items)."""
    if len(arguments) != 1 or not isinstance(arguments[0], Array | NetList) or target.kind == COLLECTION:
        raise Refused("")
    target.extend(converted(target, item) for item in each(arguments[0]))
    target.version += 1
    return NOTHING


def contains(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Contains(item)."""
    wanted = argument(target, arguments)
    return any(same(item, wanted) for item in target)


@GROWING
def index_of(target: NetList, arguments: list[Value], _: Any) -> Value:
    """IndexOf(item)."""
    wanted = argument(target, arguments)
    return next((n for n, item in enumerate(target) if same(item, wanted)), -1)


@GROWING
def insert(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Insert(place, item)."""
    if len(arguments) != 2 or not is_number(arguments[0]):
        raise Refused("")
    place = as_int(arguments[0])
    if not 0 <= place <= len(target):
        raise Net("System.ArgumentOutOfRangeException")
    target.insert(place, converted(target, arguments[1]))
    target.version += 1
    return NOTHING


@GROWING
def remove(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Remove(item): List tells whether it was there."""
    wanted = argument(target, arguments)
    place = next((n for n, item in enumerate(target) if same(item, wanted)), -1)
    if place >= 0:
        del target[place]
        target.version += 1
    return NOTHING if target.kind == ARRAY_LIST else place >= 0


@GROWING
def remove_at(target: NetList, arguments: list[Value], _: Any) -> Value:
    """RemoveAt(place)."""
    if len(arguments) != 1 or not is_number(arguments[0]):
        raise Refused("")
    place = as_int(arguments[0])
    if not 0 <= place < len(target):
        raise Net("System.ArgumentOutOfRangeException")
    del target[place]
    target.version += 1
    return NOTHING


def clear(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Clear()."""
    if arguments:
        raise Refused("")
    target.clear()
    target.version += 1
    return NOTHING


def to_array(target: NetList, arguments: list[Value], _: Any) -> Value:
    """ToArray()."""
    if arguments:
        raise Refused("")
    return Array.of(list(target), target.element)


@GROWING
def reverse(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Reverse()."""
    if arguments:
        raise Refused("")
    target.reverse()
    target.version += 1
    return NOTHING


@GROWING
def sort(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Sort() of numbers of one type, or of text by culture with case."""
    if arguments:
        raise Refused("")
    target[:] = in_order(list(target))
    target.version += 1
    return NOTHING


def by_culture(left: str, right: str) -> int:
    """The order of two texts, with case."""
    return order_text(left, right, fold=False)


def in_order(items: list[Value]) -> list[Value]:
    """Items as .NET's default comparer sorts them."""
    kinds = {type(i) for i in items}
    if len(kinds) > 1 or not kinds <= {int, float, str}:
        if items:
            raise Refused("")
        return items
    if kinds == {str}:
        return sorted(items, key=cmp_to_key(by_culture))
    return sorted(items)


@only(QUEUE)
def enqueue(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Enqueue(item)."""
    target.append(argument(target, arguments))
    target.version += 1
    return NOTHING


@only(STACK)
def push(target: NetList, arguments: list[Value], _: Any) -> Value:
    """Push(item): the newest comes first."""
    target.insert(0, argument(target, arguments))
    target.version += 1
    return NOTHING


def first_out(kind: str, told: str, *, keep: bool) -> Method:
    """Dequeue, Pop, Peek."""

    def run(target: NetList, arguments: list[Value], _: Any) -> Value:
        if arguments or target.kind not in kind.split():
            raise Refused("")
        if not target:
            raise Net("System.InvalidOperationException", told if not keep else None)
        if keep:
            return target[0]
        target.version += 1
        return target.pop(0)

    return run


METHODS: dict[str, Method] = {
    "add": add,
    "addrange": add_range,
    "contains": contains,
    "indexof": index_of,
    "insert": insert,
    "remove": remove,
    "removeat": remove_at,
    "clear": clear,
    "toarray": to_array,
    "reverse": reverse,
    "sort": sort,
    "enqueue": enqueue,
    "dequeue": first_out(QUEUE, "Queue empty.", keep=False),
    "push": push,
    "pop": first_out(STACK, "Stack empty.", keep=False),
    "peek": first_out(f"{QUEUE} {STACK}", "", keep=True),
}


# -- arrays
def fixed(_: Array, __: list[Value], ___: Any) -> Value:
    """An array does not grow or shrink."""
    raise Net("System.NotSupportedException", FIXED)


def array_contains(target: Array, arguments: list[Value], _: Any) -> Value:
    """Contains(item)."""
    if len(arguments) != 1:
        raise Refused("")
    return any(same(item, arguments[0]) for item in target)


def array_index(target: Array, arguments: list[Value], _: Any) -> Value:
    """IndexOf(item)."""
    if len(arguments) != 1 or target.loose:
        raise Refused("")
    return next((n for n, item in enumerate(target) if same(item, arguments[0])), -1)


def clone(target: Array, arguments: list[Value], _: Any) -> Value:
    """Clone()."""
    if arguments:
        raise Refused("")
    return Array.of(list(target), target.kind, loose=target.loose)


def size(target: Array, arguments: list[Value], _: Any) -> Value:
    """GetLength(0), GetUpperBound(0)."""
    if arguments != [0]:
        raise Refused("")
    return len(target)


ARRAY: dict[str, Method] = {
    "add": fixed,
    "remove": fixed,
    "removeat": fixed,
    "insert": fixed,
    "contains": array_contains,
    "indexof": array_index,
    "clone": clone,
    "getlength": size,
    "getupperbound": lambda v, a, f: size(v, a, f) - 1,
}


# -- Where and ForEach
def filtered(low: str, target: Value, arguments: list[Value], frame: Any) -> Value:
    """`.Where({ … }[, 'First'])` and `.ForEach({ … })`: a collection comes back."""
    block = arguments[0] if arguments else None
    items = each(target)
    if low == "foreach" and isinstance(block, NetType) and len(arguments) == 1:
        return NetList([cast(block, item) for item in items], COLLECTION)
    if not isinstance(block, ScriptBlock) or len(arguments) > (2 if low == "where" else 1):
        raise Refused("")
    run = frame.engine.block_value(frame)
    if low == "foreach":
        out: list[Value] = []
        for item in items:
            made = run(block, item)
            if made is None:
                raise Refused("")  # null or nothing: which of them is not settled here
            out += each(made)
        return NetList(out, COLLECTION)
    mode = text(arguments[1]).lower() if len(arguments) == 2 else "default"
    if mode not in ("default", "first", "last"):
        raise Refused("")
    found: list[Value] = []
    for item in items:
        if truth(run(block, item)):
            found.append(item)
            if mode == "first":
                break
    return NetList(found[-1:] if mode == "last" else found, COLLECTION)
