"""Member enumeration: a property of every item of a collection."""

from collections.abc import Callable

from simulator.dialect.convert import is_collection, listed
from simulator.dialect.faults import engine
from simulator.dialect.refuse import Refused
from simulator.dialect.values import NOTHING, Array, HashSet, Value


def of_items(target: Value, word: str, get: Callable[[Value], Value]) -> Value:
    """The property of each item, collections among them flattened; one alone is that value.

    Raises:
        Thrown: An item has no such property, or there are no items.
    """
    loose = isinstance(target, Array | HashSet) and target.loose
    if loose and isinstance(target, HashSet):
        raise Refused("")
    out: list[Value] = []
    for item in list(target) if isinstance(target, Array) else listed(target):
        value = get(item)
        if value is NOTHING:
            continue
        if is_collection(value):
            out += [v for v in listed(value) if v is not NOTHING]
        else:
            out.append(value)
    if not out:
        told = f"The property '{word}' cannot be found on this object. Verify that the property exists."
        raise engine("PropertyNotFoundStrict", told)
    return out[0] if len(out) == 1 else Array.of(out, loose=loose)
