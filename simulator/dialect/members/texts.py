"""Methods of strings, characters and StringBuilders. A form that is not written here is refused."""

import unicodedata
from collections.abc import Callable
from typing import Any

from simulator.dialect.casts import as_int
from simulator.dialect.convert import text
from simulator.dialect.faults import AUTOMATION, Net, engine
from simulator.dialect.limits import text_of
from simulator.dialect.operators.culture import order_text, settled
from simulator.dialect.operators.patterns import BLANKS
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import from_units, to_units
from simulator.dialect.types import enum_member
from simulator.dialect.values import Array, Char, Enum, Value, fold_case, is_number

Method = Callable[[Any, list[Value], Any], Value]
COMPARISON = "System.StringComparison"
OPTIONS = "System.StringSplitOptions"
FORMS = {"FormC": "NFC", "FormD": "NFD", "FormKC": "NFKC", "FormKD": "NFKD"}
NO_SIMPLE_UPPER = "ß"  # letters that stay as they are
ODD = frozenset("ıİſẞŉǰΐΰ")


def wrong_count(name: str, count: int) -> Exception:
    """No form of a method takes so many arguments."""
    told = f'Cannot find an overload for "{name}" and the argument count: "{count}".'
    return engine("MethodCountCouldNotFindBest", told, "NotSpecified", f"{AUTOMATION}.MethodException")


def word(value: Value) -> str:
    """An argument that is text."""
    if not isinstance(value, str):
        raise Refused("")
    return str(value)


def letter(value: Value) -> str:
    """An argument that is one unit of text."""
    if not isinstance(value, str) or len(value) != 1:
        raise Refused("")
    return str(value)


def number(value: Value) -> int:
    """An argument that is a whole number."""
    if not is_number(value):
        raise Refused("")
    return as_int(value)


def kind_of(value: Value) -> str:
    """A StringComparison, by itself or by name."""
    if isinstance(value, str):
        value = enum_member(COMPARISON, value)
    if not isinstance(value, Enum) or value.type != COMPARISON:
        raise Refused("")
    return value.name


def alike(left: str, right: str, kind: str) -> tuple[str, str]:
    """Both texts as a comparison of that kind sees them."""
    if kind == "Ordinal":
        return left, right
    if kind == "OrdinalIgnoreCase":
        return fold_case(left), fold_case(right)
    for words in (left, right):
        linguistic(words)
    return (fold_case(left), fold_case(right)) if kind.endswith("IgnoreCase") else (left, right)


def linguistic(words: str) -> None:
    """Refuses text in which a comparison by culture could find more or less than one by unit."""
    settled(words)
    if "\r" in words or any(c in "ßæÆœŒ" for c in words):
        raise Refused("")


def tested(work: Callable[[str, str], bool]) -> Method:
    """StartsWith, EndsWith: by culture unless a comparison is given; a character by unit."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if not 1 <= len(arguments) <= 2:
            raise Refused("")
        other = word(arguments[0])
        if isinstance(arguments[0], Char) and len(arguments) == 1:
            return work(value, other)
        kind = kind_of(arguments[1]) if len(arguments) == 2 else "CurrentCulture"
        return work(*alike(value, other, kind))

    return run


def replace(value: str, arguments: list[Value], _: Any) -> Value:
    """Replace(old, new): by unit."""
    if len(arguments) != 2:
        raise Refused("")
    old, new = word(arguments[0]), text(arguments[1]) if arguments[1] is None else word(arguments[1])
    if old == "":
        raise Net("System.ArgumentException")
    text_of(len(value) + value.count(old) * len(new))
    return value.replace(old, new)


def split(value: str, arguments: list[Value], _: Any) -> Value:
    """Split by characters, by text, with a limit or options."""
    if not arguments:
        return Array.of(cut(value, list(BLANKS), 0), "System.String")
    separators = separators_of(arguments[0])
    limit, drop = 0, False
    for extra in arguments[1:]:
        if isinstance(extra, Enum) and extra.type == OPTIONS and extra.name in ("None", "RemoveEmptyEntries"):
            drop = extra.name == "RemoveEmptyEntries"
        elif type(extra) is int and extra > 0:
            limit = extra
        else:
            raise Refused("")
    if limit and drop:
        raise Refused("")
    parts = cut(value, separators, limit)
    return Array.of([p for p in parts if p] if drop else parts, "System.String")


def separators_of(value: Value) -> list[str]:
    """The separators an argument names."""
    if isinstance(value, Array):
        if value.kind not in ("System.Char", "System.String") or not value:
            raise Refused("")
        found = [str(v) for v in value]
    else:
        found = [word(value)]
    if any(f == "" for f in found):
        raise Refused("")
    return found


def cut(words: str, separators: list[str], limit: int) -> list[str]:
    """Text at the separators, the first that fits at each place; at most so many parts (0 is any number)."""
    parts: list[str] = []
    start = at = 0
    while at < len(words):
        found = next((s for s in separators if words.startswith(s, at)), "")
        if found and not (limit and len(parts) == limit - 1):
            parts.append(words[start:at])
            at = start = at + len(found)
        else:
            at += 1
    return [*parts, words[start:]]


def substring(value: str, arguments: list[Value], _: Any) -> Value:
    """Substring(start[, length])."""
    if not 1 <= len(arguments) <= 2:
        raise wrong_count("Substring", len(arguments))
    start = number(arguments[0])
    size = number(arguments[1]) if len(arguments) == 2 else len(value) - start
    if start < 0 or size < 0 or start + size > len(value):
        raise Net("System.ArgumentOutOfRangeException")
    return value[start : start + size]


def found_at(last: bool) -> Method:
    """IndexOf, LastIndexOf: a character by unit, text by culture unless a comparison is given."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if not 1 <= len(arguments) <= 2:
            raise Refused("")
        other = word(arguments[0])
        start = 0
        kind = "Ordinal" if isinstance(arguments[0], Char) else "CurrentCulture"
        if len(arguments) == 2 and is_number(arguments[1]):
            start = number(arguments[1])
            if last or not 0 <= start <= len(value):
                raise Refused("")
        elif len(arguments) == 2:
            kind = kind_of(arguments[1])
        if other == "":
            raise Refused("")
        a, b = alike(value, other, kind)
        return a.rfind(b) if last else a.find(b, start)

    return run


def index_of_any(value: str, arguments: list[Value], _: Any) -> Value:
    """IndexOfAny(characters)."""
    if len(arguments) != 1 or not isinstance(arguments[0], Array) or arguments[0].kind != "System.Char":
        raise Refused("")
    return next((n for n, c in enumerate(value) if c in arguments[0]), -1)


def contains(value: str, arguments: list[Value], _: Any) -> Value:
    """Contains(text[, comparison]): by unit."""
    if not 1 <= len(arguments) <= 2:
        raise Refused("")
    kind = kind_of(arguments[1]) if len(arguments) == 2 else "Ordinal"
    a, b = alike(value, word(arguments[0]), kind)
    return b in a


def equals(value: str, arguments: list[Value], _: Any) -> Value:
    """Equals(text[, comparison]): by unit."""
    if not 1 <= len(arguments) <= 2:
        raise Refused("")
    if not isinstance(arguments[0], str):
        return False
    a, b = alike(value, str(arguments[0]), kind_of(arguments[1]) if len(arguments) == 2 else "Ordinal")
    return a == b


def case(upper: bool) -> Method:
    """ToUpper and its like: each unit by itself."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if arguments:
            raise Refused("")
        return cased(value, upper)

    return run


def cased(words: str, upper: bool) -> str:
    """Text in the other case; letters whose case is a matter of culture are refused."""
    if words.isascii():
        return words.upper() if upper else words.lower()
    out = []
    for char in words:
        if char in ODD or unicodedata.category(char) == "Lt":
            raise Refused("")
        made = char.upper() if upper else char.lower()
        if len(made) != 1 and char not in NO_SIMPLE_UPPER:
            raise Refused("")
        out.append(made if len(made) == 1 else char)
    return "".join(out)


def trim(side: str) -> Method:
    """Trim, TrimStart, TrimEnd: blanks, or the characters given."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        if len(arguments) == 1 and isinstance(arguments[0], Array) and arguments[0].kind == "System.Char":
            which = "".join(str(c) for c in arguments[0])
        else:
            which = "".join(letter(a) for a in arguments)
        works = {"both": value.strip, "start": value.lstrip, "end": value.rstrip}
        return works[side](which or BLANKS)

    return run


def pad(left: bool) -> Method:
    """PadLeft, PadRight."""

    def run(value: str, arguments: list[Value], _: Any) -> Value:
        name = "PadLeft" if left else "PadRight"
        if not 1 <= len(arguments) <= 2:
            raise wrong_count(name, len(arguments))
        width = number(arguments[0])
        if width < 0:
            raise Net("System.ArgumentOutOfRangeException")
        fill = letter(arguments[1]) if len(arguments) == 2 else " "
        text_of(width)
        return value.rjust(width, fill) if left else value.ljust(width, fill)

    return run


def insert(value: str, arguments: list[Value], _: Any) -> Value:
    """Insert(place, text)."""
    if len(arguments) != 2:
        raise Refused("")
    place = number(arguments[0])
    if not 0 <= place <= len(value):
        raise Net("System.ArgumentOutOfRangeException")
    return value[:place] + word(arguments[1]) + value[place:]


def remove(value: str, arguments: list[Value], _: Any) -> Value:
    """Remove(start[, count])."""
    if not 1 <= len(arguments) <= 2:
        raise Refused("")
    start = number(arguments[0])
    size = number(arguments[1]) if len(arguments) == 2 else len(value) - start
    if start < 0 or size < 0 or start + size > len(value):
        raise Net("System.ArgumentOutOfRangeException")
    return value[:start] + value[start + size :]


def compare_to(value: str, arguments: list[Value], _: Any) -> Value:
    """CompareTo(text): by culture, with case."""
    if len(arguments) != 1:
        raise Refused("")
    return order_text(value, word(arguments[0]), fold=False)


def characters(value: str, arguments: list[Value], _: Any) -> Value:
    """ToCharArray()."""
    if arguments:
        raise Refused("")
    return Array.of([Char(c) for c in value], "System.Char")


def normalize(value: str, arguments: list[Value], _: Any) -> Value:
    """Normalize([form])."""
    form = FORMS["FormC"] if not arguments else FORMS[form_name(arguments[0])]
    return to_units(unicodedata.normalize(form, from_units(value)))  # type: ignore[arg-type]


def is_normalized(value: str, arguments: list[Value], _: Any) -> Value:
    """IsNormalized([form])."""
    form = FORMS["FormC"] if not arguments else FORMS[form_name(arguments[0])]
    return unicodedata.is_normalized(form, from_units(value))  # type: ignore[arg-type]


def form_name(value: Value) -> str:
    """A normalization form."""
    if not isinstance(value, Enum) or value.name not in FORMS:
        raise Refused("")
    return value.name


def itself(value: str, arguments: list[Value], _: Any) -> Value:
    """ToString()."""
    if arguments:
        raise Refused("")
    return str(value)


METHODS: dict[str, Method] = {
    "startswith": tested(str.startswith),
    "endswith": tested(str.endswith),
    "replace": replace,
    "split": split,
    "substring": substring,
    "indexof": found_at(last=False),
    "lastindexof": found_at(last=True),
    "indexofany": index_of_any,
    "contains": contains,
    "equals": equals,
    "toupperinvariant": case(upper=True),
    "tolowerinvariant": case(upper=False),
    "toupper": case(upper=True),
    "tolower": case(upper=False),
    "trim": trim("both"),
    "trimstart": trim("start"),
    "trimend": trim("end"),
    "padleft": pad(left=True),
    "padright": pad(left=False),
    "insert": insert,
    "remove": remove,
    "compareto": compare_to,
    "tochararray": characters,
    "normalize": normalize,
    "isnormalized": is_normalized,
    "tostring": itself,
}
CHAR: dict[str, Method] = {"tostring": itself}
