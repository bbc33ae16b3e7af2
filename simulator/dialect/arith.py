"""Arithmetic, joining, splitting, replacing and formatting, as the engine does them."""

import re
from collections.abc import Callable
from decimal import Decimal

from simulator.dialect.compare import regex
from simulator.dialect.convert import each, narrow, number_of, text, to_int, truth
from simulator.dialect.faults import divided, engine
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Char, Hash, Int64, NetList, Switch, Value, type_name


def number(value: Value) -> Value:
    """An operand as a number."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, Char):
        raise Refused("arithmetic with a [char]")
    if isinstance(value, str):
        return number_of(value)
    raise Refused(f"arithmetic with {type_name(value)}")


def whole(result: int, *operands: Value) -> Value:
    """The type of an integer result: the widest operand's, promoted to Double where it does not fit."""
    if any(isinstance(o, Int64) for o in operands):
        return Int64(result) if isinstance(narrow(result), int) else float(result)
    return result if result in range(-(2**31), 2**31) else float(result)


def add(left: Value, right: Value) -> Value:
    """`+`: the left operand decides."""
    if isinstance(left, Char):
        raise Refused("+ with a [char] on the left")
    if isinstance(left, str):
        return str(left) + text(right)
    if isinstance(left, Array | NetList):
        return Array.of([*left, *(each(right) if isinstance(right, Array | NetList) else [right])])
    if isinstance(left, Hash):
        return merged(left, right)
    if left is None and not isinstance(right, int | float | Decimal):
        return right
    return calculate(left, right, lambda a, b: a + b)


def merged(left: Hash, right: Value) -> Hash:
    """Two hashtables as a new one; a key in both is an error."""
    if not isinstance(right, Hash):
        raise engine("AddHashTableToNonHashTable", "A hash table can only be added to another hash table.")
    made = Hash()
    for key, value in [*left.items(), *right.items()]:
        if key in made:
            raise engine("System.ArgumentException", f"Item has already been added. Key in dictionary: '{text(key)}'")
        made.put(key, value)
    return made


def calculate(left: Value, right: Value, work: Callable[[Value, Value], Value]) -> Value:
    """Both as numbers; integers stay integers where they fit."""
    a, b = number(left), number(right)
    result = work(a, b)
    if isinstance(a, int) and isinstance(b, int):
        return whole(int(result), a, b)
    return result


def subtract(left: Value, right: Value) -> Value:
    """`-`"""
    return calculate(left, right, lambda a, b: a - b)


def multiply(left: Value, right: Value) -> Value:
    """`*`: a string or an array on the left is repeated."""
    if isinstance(left, str) and not isinstance(left, Char):
        return str(left) * to_int(right)
    if isinstance(left, Array):
        return Array.of(list(left) * to_int(right))
    return calculate(left, right, lambda a, b: a * b)


def divide(left: Value, right: Value) -> Value:
    """`/`: a whole result of whole numbers stays whole."""
    a, b = number(left), number(right)
    if b == 0 and isinstance(a, int) and isinstance(b, int):
        raise divided()
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return whole(a // b, a, b)
    if b == 0:
        raise Refused("/ by a Double of zero")
    return a / b


def modulo(left: Value, right: Value) -> Value:
    """`%`: the sign is the left operand's."""
    a, b = number(left), number(right)
    if b == 0:
        raise divided()
    if isinstance(a, int) and isinstance(b, int):
        return whole(abs(a) % abs(b) * (-1 if a < 0 else 1), a, b)
    return a - b * int(a / b)


def join(left: Value, right: Value) -> str:
    """Binary `-join`."""
    items = list(left) if isinstance(left, Array | NetList) else each(left)
    return text(right).join(text(item) if not isinstance(item, Array) else text(item) for item in items)


def split(left: Value, right: Value, fold: bool = True) -> Array:
    """Binary `-split` with a pattern and an optional limit."""
    operands = list(right) if isinstance(right, Array) else [right]
    if len(operands) > 2 or not isinstance(operands[0], str):
        raise Refused("-split with these operands")
    limit = to_int(operands[1]) if len(operands) == 2 else 0
    if limit < 0:
        raise Refused("-split from the right")
    pattern = regex(str(operands[0]), fold)
    parts: list[str] = []
    for item in each(left) if left is not None else [None]:
        parts += (
            [p for p in pattern.split(text(item), maxsplit=max(0, limit - 1) if limit else 0) if p is not None]
            if limit != 1
            else [text(item)]
        )
    return Array.of(parts, "System.String")


def replace(left: Value, right: Value, fold: bool = True) -> Value:
    """`-replace` with .NET's replacement patterns."""
    operands = list(right) if isinstance(right, Array) else [right]
    if not all(isinstance(o, str) or o is None for o in operands) or not 1 <= len(operands) <= 2:
        raise Refused("-replace with these operands")
    pattern = regex(text(operands[0]), fold)
    template = replacement(text(operands[1]) if len(operands) == 2 else "", pattern)
    if isinstance(left, Array | NetList):
        return Array.of([pattern.sub(template, text(item)) for item in left])
    return pattern.sub(template, text(left))


def replacement(template: str, pattern: "re.Pattern[str]") -> Callable[["re.Match[str]"], str]:
    """What `$1`, `${name}`, `$&`, `$$` stand for; an unknown group stays as it is written."""
    found = re.compile(r"\$(?:(\d+)|\{(\w+)\}|([&$`'+_]))")

    def fill(match: "re.Match[str]") -> str:
        def one(m: "re.Match[str]") -> str:
            number_, name, sign = m.groups()
            if sign == "$":
                return "$"
            if sign == "&":
                return match[0]
            if sign:
                raise Refused(f"${sign} in a replacement")
            group: int | str = int(number_ or name) if (number_ or name).isdigit() else name
            known = group <= pattern.groups if isinstance(group, int) else group in pattern.groupindex
            return (match[group] or "") if known else m[0]

        return found.sub(one, template)

    return fill


ITEM = re.compile(r"\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}|[{}]")


def format_(left: Value, right: Value) -> str:
    """`-f`: arguments by place, with alignment and the format letters D, N0, X, F, P-less."""
    arguments = list(right) if isinstance(right, Array | NetList) else [right]

    def one(m: "re.Match[str]") -> str:
        if m[0] in ("{{", "}}"):
            return m[0][0]
        if m[1] is None or int(m[1]) >= len(arguments):
            raise format_error()
        shown = formatted(arguments[int(m[1])], m[3])
        width = int(m[2] or 0)
        return shown.rjust(width) if width >= 0 else shown.ljust(-width)

    return ITEM.sub(one, text(left))


def format_error() -> Exception:
    """The engine's error for a format that does not fit its arguments."""
    why = "Error formatting a string: Index (zero based) must be greater than or equal to zero and less than the size of the argument list.."
    return engine("FormatError", why)


def formatted(value: Value, form: str | None) -> str:
    """One argument in one of the forms that are the same in every culture."""
    if value is None:
        return ""
    if not form:
        return type_name(value) if isinstance(value, Array | NetList) else text(value)
    letter, digits = form[0].upper(), form[1:]
    if isinstance(value, int) and not isinstance(value, bool) and digits.isdigit() | (not digits):
        size = int(digits or 0)
        if letter == "D":
            return ("-" if value < 0 else "") + str(abs(value)).rjust(size, "0")
        if letter == "X":
            shown = f"{value & 0xFFFFFFFF:x}" if value < 0 else f"{value:x}"
            return (shown.upper() if form[0] == "X" else shown).rjust(size, "0")
    if re.fullmatch(r"0+", form) and isinstance(value, int) and not isinstance(value, bool):
        return ("-" if value < 0 else "") + str(abs(value)).rjust(len(form), "0")
    raise Refused(f"format {form}")


def negate(value: Value) -> Value:
    """Unary minus."""
    return subtract(0, value)


def logical(value: Value) -> bool:
    """A value as a condition, a switch included."""
    return value.present if isinstance(value, Switch) else truth(value)
