"""Methods of HashSet[string]."""

from collections.abc import Callable
from typing import Any

from simulator.dialect.convert import each, text
from simulator.dialect.members.texts import Method
from simulator.dialect.refuse import Refused
from simulator.dialect.values import NOTHING, Array, HashSet, Value


def set_text(arguments: list[Value]) -> str:
    """The one argument, as text."""
    if len(arguments) != 1 or isinstance(arguments[0], Array):
        raise Refused("")
    return text(arguments[0])


def set_add(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """Add(text): true where it is new."""
    return put(target, set_text(arguments))


def put(target: HashSet, words: str) -> bool:
    """Adds a text; behind a removal its place among the others is not settled."""
    key = target.key(words)
    if key in target.rows:
        return False
    target.rows[key] = words
    target.version += 1
    target.loose = target.loose or target.removed
    return True


def set_has(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """Contains(text)."""
    return target.key(set_text(arguments)) in target.rows


def set_remove(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """Remove(text)."""
    return take(target, target.key(set_text(arguments)))


def take(target: HashSet, key: str) -> bool:
    """Takes a text out."""
    if target.rows.pop(key, None) is None:
        return False
    target.version += 1
    target.removed = True
    return True


def others(target: HashSet, arguments: list[Value]) -> dict[str, str]:
    """Another collection's texts, by how this set compares them."""
    if len(arguments) != 1:
        raise Refused("")
    items = arguments[0].rows.values() if isinstance(arguments[0], HashSet) else each(arguments[0])
    return {target.key(text(item)): text(item) for item in items}


def union(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """UnionWith(items)."""
    for words in others(target, arguments).values():
        put(target, words)
    return NOTHING


def subtract(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """ExceptWith(items)."""
    for key in others(target, arguments):
        take(target, key)
    return NOTHING


def intersect(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """IntersectWith(items)."""
    wanted = others(target, arguments)
    for key in list(target.rows):
        if key not in wanted:
            take(target, key)
    return NOTHING


def compared(work: Callable[[set[str], set[str]], bool]) -> Method:
    """SetEquals, IsSubsetOf, IsSupersetOf, Overlaps."""
    return lambda target, arguments, _: work(set(target.rows), set(others(target, arguments)))


def set_clear(target: HashSet, arguments: list[Value], _: Any) -> Value:
    """Clear()."""
    if arguments:
        raise Refused("")
    target.rows.clear()
    target.version += 1
    return NOTHING


SET: dict[str, Method] = {
    "add": set_add,
    "contains": set_has,
    "remove": set_remove,
    "unionwith": union,
    "exceptwith": subtract,
    "intersectwith": intersect,
    "setequals": compared(lambda a, b: a == b),
    "issubsetof": compared(lambda a, b: a <= b),
    "issupersetof": compared(lambda a, b: a >= b),
    "overlaps": compared(lambda a, b: bool(a & b)),
    "clear": set_clear,
}
