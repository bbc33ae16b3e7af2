"""Instance methods by type. Each takes (value, arguments, frame); a form that is not written here is refused."""

import unicodedata
from collections.abc import Callable
from typing import Any

from simulator.dialect.convert import each, text, to_int
from simulator.dialect.faults import net
from simulator.dialect.frame import NOTHING as NOTHING_BACK
from simulator.dialect.refuse import Refused
from simulator.dialect.types import ENUMS
from simulator.dialect.values import Array, Builder, Char, Entry, Enum, Hash, HashSet, NetList, Value, units

Method = Callable[[Any, list[Value], Any], Value]
BLANKS = "".join(chr(c) for c in range(0x3001) if chr(c).isspace() and not 0x1C <= c <= 0x1F)


def strings(arguments: list[Value], most: int = 1) -> list[str]:
    """Arguments that must be text."""
    if not 1 <= len(arguments) <= most or not all(isinstance(a, str) for a in arguments):
        raise Refused("")
    return [str(a) for a in arguments]


def simple(value: str) -> str:
    """A string in which a character is a unit and folding is plain; anything else is refused."""
    if units(value) != len(value):
        raise Refused("")
    return value


def ordinal(arguments: list[Value]) -> bool | None:
    """Whether the comparison asked for ignores case; None where none was given."""
    if len(arguments) < 2:
        return None
    kind = arguments[1]
    if not (isinstance(kind, Enum) and kind.type in ENUMS and kind.name.startswith("Ordinal")):
        raise Refused("")
    return kind.name == "OrdinalIgnoreCase"


def tested(work: Callable[[str, str], bool]) -> Method:
    """StartsWith, EndsWith: cultural without a comparison, so plain ASCII only there."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if not arguments or not isinstance(arguments[0], str) or len(arguments) > 2:
            raise Refused("")
        other, fold = str(arguments[0]), ordinal(arguments)
        if fold is None and not (value.isascii() and other.isascii()):
            raise Refused("")
        return work(value.upper(), other.upper()) if fold else work(str(value), other)

    return run


def replace(value: str, arguments: list[Value], _: Any) -> Value:
    """Replace(old, new): ordinal."""
    if len(arguments) != 2 or not all(isinstance(a, str) for a in arguments) or arguments[0] == "":
        raise Refused("")
    return str(value).replace(str(arguments[0]), str(arguments[1]))


def split(value: str, arguments: list[Value], _: Any) -> Value:
    """Split(separator) by one character or text."""
    if len(arguments) != 1 or not isinstance(arguments[0], str) or len(arguments[0]) != 1:
        raise Refused("")
    return Array.of(str(value).split(str(arguments[0])), "System.String")


def substring(value: str, arguments: list[Value], _: Any) -> Value:
    """Substring(start[, length])."""
    words = simple(value)
    start = to_int(arguments[0]) if arguments else -1
    size = to_int(arguments[1]) if len(arguments) == 2 else len(words) - start
    if start < 0 or size < 0 or start + size > len(words) or len(arguments) > 2:
        raise net("System.ArgumentOutOfRangeException", "Index and length must refer to a location within the string.")
    return words[start : start + size]


def index_of(value: str, arguments: list[Value], _: Any) -> Value:
    """IndexOf(char) is ordinal; IndexOf(text) only with a comparison or in ASCII."""
    if not arguments or not isinstance(arguments[0], str) or len(arguments) > 2:
        raise Refused("")
    words, other, fold = simple(value), str(arguments[0]), ordinal(arguments)
    if fold is None and not isinstance(arguments[0], Char) and not (words.isascii() and other.isascii()):
        raise Refused("")
    return words.upper().find(other.upper()) if fold else words.find(other)


def contains(value: str, arguments: list[Value], _: Any) -> Value:
    """Contains(text[, comparison]): ordinal."""
    if not arguments or not isinstance(arguments[0], str) or len(arguments) > 2:
        raise Refused("")
    fold = ordinal(arguments)
    other = str(arguments[0])
    return other.upper() in value.upper() if fold else other in value


def equals(value: str, arguments: list[Value], _: Any) -> Value:
    """Equals(text[, comparison]): ordinal."""
    if not arguments or len(arguments) > 2:
        raise Refused("")
    fold, other = ordinal(arguments), arguments[0]
    if not isinstance(other, str):
        return False
    return value.upper() == other.upper() if fold else str(value) == str(other)


def case(upper: bool) -> Method:
    """ToUpperInvariant and its like: simple case mapping, one character to one."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if arguments:
            raise Refused("")
        out = [(c.upper() if upper else c.lower()) for c in value]
        if any(len(c) != 1 for c in out) or any(c in "İıẞß" or unicodedata.category(c) == "Lt" for c in value):
            raise Refused("")
        return "".join(out)

    return run


def trim(side: str) -> Method:
    """Trim, TrimStart, TrimEnd: blanks, or the characters given."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if any(not isinstance(a, str) for a in arguments):
            raise Refused("")
        which = "".join(str(a) for a in arguments) or BLANKS
        works = {"both": value.strip, "start": value.lstrip, "end": value.rstrip}
        return works[side](which)

    return run


def pad(left: bool) -> Method:
    """PadLeft, PadRight."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        fill = str(arguments[1]) if len(arguments) == 2 else " "
        if len(arguments) not in (1, 2) or len(fill) != 1:
            raise Refused("")
        width = to_int(arguments[0])
        return simple(value).rjust(width, fill) if left else simple(value).ljust(width, fill)

    return run


def list_add(value: NetList, arguments: list[Value], _: Any) -> Value:
    """Add(item): ArrayList tells the place, List tells nothing."""
    (item,) = arguments
    if value.element not in ("object", "System.Object"):
        item = text(item) if value.element == "System.String" else to_int(item)
    value.append(item)
    return len(value) - 1 if value.kind.endswith("ArrayList") else NOTHING_BACK


def list_add_range(value: NetList, arguments: list[Value], _: Any) -> Value:
    """AddRange(items)."""
    value.extend(each(arguments[0]))
    return NOTHING_BACK


def list_contains(value: NetList, arguments: list[Value], _: Any) -> Value:
    """Contains(item): .NET's own equality, so text is compared by code unit."""
    return any(type(i) is type(arguments[0]) and i == arguments[0] for i in value)


def list_array(value: NetList, arguments: list[Value], _: Any) -> Value:
    """ToArray()."""
    if arguments:
        raise Refused("")
    return Array.of(list(value), "System.Object" if value.element == "object" else value.element)


def hash_method(work: Callable[[Hash, list[Value]], Value]) -> Method:
    """A method of hashtables."""
    return lambda value, arguments, _: work(value, arguments)


def hash_add(value: Hash, arguments: list[Value]) -> Value:
    """Add(key, value): a key that is there is an error."""
    if arguments[0] in value:
        raise net("System.ArgumentException", f"Item has already been added. Key in dictionary: '{text(arguments[0])}'")
    value.put(arguments[0], arguments[1])
    return NOTHING_BACK


def hash_remove(value: Hash, arguments: list[Value]) -> Value:
    """Remove(key); bound parameters tell whether it was there."""
    there = arguments[0] in value
    value.pop(arguments[0])
    return there if "Dictionary`2" in value.kind else NOTHING_BACK


def entries(value: Hash, _: list[Value]) -> Value:
    """GetEnumerator(): the pairs; without order only one may be looked at."""
    rows = [Entry(k, v) for k, v in value.items()]
    if not value.ordered and len(rows) > 1:
        from simulator.dialect.values import Keys

        return Keys.of(rows)
    return Array.of(rows)


def set_add(value: HashSet, arguments: list[Value], _: Any) -> Value:
    """Add(text): true where it is new."""
    key = value.key(text(arguments[0]))
    new = key not in value.rows
    value.rows.setdefault(key, text(arguments[0]))
    return new


def set_has(value: HashSet, arguments: list[Value], _: Any) -> Value:
    """Contains(text)."""
    return value.key(text(arguments[0])) in value.rows


def set_remove(value: HashSet, arguments: list[Value], _: Any) -> Value:
    """Remove(text)."""
    return value.rows.pop(value.key(text(arguments[0])), None) is not None


def append(end: str) -> Method:
    """Append and AppendLine: the builder itself comes back."""

    def run(value: Builder, arguments: list[Value], _: Any) -> Value:
        if len(arguments) > 1:
            raise Refused("")
        value.parts.append((text(arguments[0]) if arguments else "") + end)
        return value

    return run


TABLE: dict[type, dict[str, Method]] = {
    str: {
        "startswith": tested(str.startswith),
        "endswith": tested(str.endswith),
        "replace": replace,
        "split": split,
        "substring": substring,
        "indexof": index_of,
        "contains": contains,
        "equals": equals,
        "toupperinvariant": case(True),
        "tolowerinvariant": case(False),
        "toupper": case(True),
        "tolower": case(False),
        "trim": trim("both"),
        "trimstart": trim("start"),
        "trimend": trim("end"),
        "padleft": pad(True),
        "padright": pad(False),
    },
    NetList: {
        "add": list_add,
        "addrange": list_add_range,
        "contains": list_contains,
        "toarray": list_array,
        "clear": lambda v, _a, _f: v.clear() or NOTHING_BACK,
    },
    Hash: {
        "containskey": hash_method(lambda h, a: a[0] in h),
        "contains": hash_method(lambda h, a: a[0] in h),
        "add": hash_method(hash_add),
        "remove": hash_method(hash_remove),
        "clear": hash_method(lambda h, _a: h.rows.clear() or NOTHING_BACK),
        "getenumerator": hash_method(entries),
    },
    HashSet: {"add": set_add, "contains": set_has, "remove": set_remove},
    Builder: {"append": append(""), "appendline": append("\n")},
}
