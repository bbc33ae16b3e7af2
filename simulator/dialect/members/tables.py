"""Methods of hashtables, ordered tables and dictionaries."""

from typing import Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import text
from simulator.dialect.faults import Net, no_method
from simulator.dialect.members.lists import same
from simulator.dialect.members.texts import Method
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    DICTIONARY,
    HASHTABLE,
    NOTHING,
    ORDERED,
    Array,
    Entry,
    Hash,
    NetType,
    Reference,
    Value,
)


def key_of(target: Hash, arguments: list[Value], count: int = 1) -> Value:
    """The key that is the first argument, as the table's key type."""
    if len(arguments) != count or arguments[0] is None:
        raise Refused("")
    return cast(NetType(target.types[0]), arguments[0]) if target.types is not None else arguments[0]


def contains_key(target: Hash, arguments: list[Value], _: Any) -> Value:
    """ContainsKey(key)."""
    if target.kind == ORDERED:
        raise no_method(ORDERED, "ContainsKey")
    return key_of(target, arguments) in target


def contains(target: Hash, arguments: list[Value], _: Any) -> Value:
    """Contains(key)."""
    if target.kind not in (HASHTABLE, ORDERED):
        raise Refused("")
    return key_of(target, arguments) in target


def contains_value(target: Hash, arguments: list[Value], _: Any) -> Value:
    """ContainsValue(value): .NET's own equality."""
    if target.kind not in (HASHTABLE, DICTIONARY) or len(arguments) != 1:
        raise Refused("")
    return any(same(value, arguments[0]) for _, value in target.items())


def add(target: Hash, arguments: list[Value], _: Any) -> Value:
    """Add(key, value): a key that is there is an error."""
    key = key_of(target, arguments, 2)
    if key in target:
        there = text(target.rows[target.key(key)][0])
        told = f"Item has already been added. Key in dictionary: '{there}'  Key being added: '{text(key)}'"
        known = {HASHTABLE: told, DICTIONARY: f"An item with the same key has already been added. Key: {text(key)}"}
        raise Net("System.ArgumentException", known.get(target.kind))
    value = cast(NetType(target.types[1]), arguments[1]) if target.types is not None else arguments[1]
    target.put(key, value)
    return NOTHING


def remove(target: Hash, arguments: list[Value], _: Any) -> Value:
    """Remove(key); a dictionary tells whether it was there."""
    there = target.pop(key_of(target, arguments))
    if target.kind in (HASHTABLE, ORDERED):
        return NOTHING
    if target.kind == DICTIONARY and there:
        target.removed = True
    return there


def clear(target: Hash, arguments: list[Value], _: Any) -> Value:
    """Clear()."""
    if arguments:
        raise Refused("")
    target.rows.clear()
    return NOTHING


def clone(target: Hash, arguments: list[Value], _: Any) -> Value:
    """Clone(): the entries, not what they hold."""
    if target.kind == ORDERED:
        raise no_method(ORDERED, "Clone")
    if arguments or target.kind != HASHTABLE:
        raise Refused("")
    made = Hash(fold=target.fold)
    made.rows = dict(target.rows)
    return made


def entries(target: Hash, arguments: list[Value], _: Any) -> Value:
    """GetEnumerator(): the pairs; without order nobody may look at how they follow each other."""
    if arguments:
        raise Refused("")
    kind = "System.Collections.Generic.KeyValuePair`2" if "Generic" in target.kind else Entry.kind
    return Array.of([Entry(k, v, kind) for k, v in target.items()], loose=not target.ordered)


def insert(target: Hash, arguments: list[Value], _: Any) -> Value:
    """Insert(place, key, value) of an ordered table."""
    if target.kind != ORDERED or len(arguments) != 3 or type(arguments[0]) is not int:
        raise Refused("")
    place, key, value = arguments
    if key is None or key in target or not 0 <= place <= len(target):
        raise Refused("")
    rows = list(target.rows.items())
    rows.insert(place, (target.key(key), (key, value)))
    target.rows = dict(rows)
    return NOTHING


def remove_at(target: Hash, arguments: list[Value], _: Any) -> Value:
    """RemoveAt(place) of an ordered table."""
    if target.kind != ORDERED or len(arguments) != 1 or type(arguments[0]) is not int:
        raise Refused("")
    rows = list(target.rows.items())
    if not 0 <= arguments[0] < len(rows):
        raise Net("System.ArgumentOutOfRangeException")
    del rows[arguments[0]]
    target.rows = dict(rows)
    return NOTHING


def try_get(target: Hash, arguments: list[Value], _: Any) -> Value:
    """TryGetValue(key, [ref] value) of a dictionary."""
    if target.types is None or len(arguments) != 2 or not isinstance(arguments[1], Reference):
        raise Refused("")
    key = key_of(target, arguments, 2)
    if key not in target:
        raise Refused("")
    arguments[1].set(target.get(key))
    return True


METHODS: dict[str, Method] = {
    "containskey": contains_key,
    "contains": contains,
    "containsvalue": contains_value,
    "add": add,
    "remove": remove,
    "clear": clear,
    "clone": clone,
    "getenumerator": entries,
    "insert": insert,
    "removeat": remove_at,
    "trygetvalue": try_get,
}
