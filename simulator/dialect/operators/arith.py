"""Arithmetic, bits, repeating and joining collections, as the engine does them."""

import re
from collections.abc import Callable
from decimal import Decimal

from simulator.dialect.casts import as_int, as_number
from simulator.dialect.convert import each, is_collection, listed, own_text, text
from simulator.dialect.dates import Moment, Span
from simulator.dialect.faults import divided, engine, no_method, raw
from simulator.dialect.limits import items_of, text_of
from simulator.dialect.limits import joined as as_one
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.numbers import INT32, INT64
from simulator.dialect.values import (
    Array,
    Char,
    Hash,
    HashSet,
    Int64,
    NetList,
    Obj,
    Once,
    ScriptBlock,
    Value,
    type_name,
)

Work = Callable[[Value, Value], Value]


def whole(result: int, *operands: Value) -> Value:
    """The type of an integer result: Int32, or Int64 where an operand was that; Double where it does not fit."""
    if any(isinstance(o, Int64) for o in operands):
        return Int64(result) if result in INT64 else float(result)
    return result if result in INT32 else float(result)


def operands(left: Value, right: Value, sign: str) -> tuple[Value, Value]:
    """Both as numbers that can be combined.

    Raises:
        Thrown: One is a collection, or text that is no number.
        Refused: A mixture of types that is not settled.
    """
    for value in (left, right):
        if isinstance(value, Array):
            raise no_method("System.Object[]" if value.kind == "System.Object" else refuse_kind(), sign)
        if isinstance(value, NetList | Hash | HashSet | Obj | ScriptBlock | Char):
            raise Refused("")
    a = as_number(left, right if not isinstance(right, str) else 0)
    b = as_number(right, a)
    kinds = {type(x) for x in (a, b)}
    if Decimal in kinds and float in kinds:
        raise Refused("")
    return a, b


def refuse_kind() -> str:
    """An array of another element type, whose name the error would show."""
    raise Refused("")


def add(left: Value, right: Value) -> Value:  # noqa: PLR0911 (one line a type)
    """`+`: the left operand decides."""
    if isinstance(left, Char):
        if not isinstance(right, str | int) or isinstance(right, bool):
            raise Refused("")
        return str(left) + text(right)
    if isinstance(left, str):
        return str(left) + text(right)
    if is_collection(left):
        return joined(left, right)
    if isinstance(left, Hash):
        return merged(left, right)
    if left is None:
        return right
    if isinstance(left, Moment | Span):
        if not isinstance(right, Span):
            raise Refused("")
        return left.plus(right.ticks) if isinstance(left, Moment) else Span(left.ticks + right.ticks)
    return calculate(left, right, lambda a, b: a + b, "op_Addition")


def joined(left: Value, right: Value) -> Array:
    """A collection and what follows it, as a new array."""
    loose = (isinstance(left, Array) and left.loose) or (isinstance(right, Array) and right.loose)
    items = list(left) if isinstance(left, Array) else list(listed(left))
    if isinstance(right, Array):
        items += right
    else:
        items += listed(right) if is_collection(right) else [right]
    return Array.of(items, loose=loose)


def merged(left: Hash, right: Value) -> Hash:
    """Two tables as a new one; a key in both is an error."""
    if not isinstance(right, Hash):
        raise engine("AddHashTableToNonHashTable", "A hash table can only be added to another hash table.")
    if left.ordered or right.ordered:
        raise Refused("")
    made = Hash()
    for key, value in [*left.items(), *right.items()]:
        if key in made:
            raise raw("System.ArgumentException", None)
        made.put(key, value)
    return made


def calculate(left: Value, right: Value, work: Work, sign: str) -> Value:
    """Both as numbers; integers stay integers where they fit."""
    a, b = operands(left, right, sign)
    if isinstance(a, int) and isinstance(b, int):
        return whole(int(work(a, b)), a, b)
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        return checked(work(Decimal(a), Decimal(b)))
    return float(work(float(a), float(b)))


def checked(value: Decimal) -> Decimal:
    """A Decimal that .NET holds exactly too."""
    if len(value.as_tuple().digits) > 27:
        raise Refused("")
    return value


def subtract(left: Value, right: Value) -> Value:
    """`-`"""
    if isinstance(left, Moment):
        if isinstance(right, Moment):
            return Span(left.ticks - right.ticks)
        if isinstance(right, Span):
            return left.plus(-right.ticks)
    if isinstance(left, Span) and isinstance(right, Span):
        return Span(left.ticks - right.ticks)
    return calculate(left, right, lambda a, b: a - b, "op_Subtraction")


def multiply(left: Value, right: Value) -> Value:
    """`*`: a string or an array on the left is repeated."""
    if left is None:
        raise Refused("")
    repeated = isinstance(left, Array | NetList) or (isinstance(left, str) and not isinstance(left, Char))
    if not repeated:
        return calculate(left, right, lambda a, b: a * b, "op_Multiply")
    count = as_int(right)
    if count < 0:
        raise Refused("")
    if isinstance(left, str):
        text_of(len(left) * count)
        return str(left) * count
    items_of(len(left) * count)
    return Array.of(list(listed(left)) * count)


def divide(left: Value, right: Value) -> Value:
    """`/`: a whole result of whole numbers stays whole."""
    a, b = operands(left, right, "op_Division")
    if isinstance(a, int) and isinstance(b, int):
        if b == 0:
            raise divided()
        if a % b == 0:
            return whole(a // b, a, b)
        return float(a) / float(b)
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        if b == 0:
            raise divided()
        made = Decimal(a) / Decimal(b)
        return checked(made)
    if b == 0:
        return float("nan") if a == 0 or a != a else float("inf") * (1 if a > 0 else -1)  # noqa: PLR0124
    return float(a) / float(b)


def modulo(left: Value, right: Value) -> Value:
    """`%`: the sign is the left operand's."""
    a, b = operands(left, right, "op_Modulus")
    if isinstance(a, int) and isinstance(b, int):
        if b == 0:
            raise divided()
        return whole(abs(a) % abs(b) * (-1 if a < 0 else 1), a, b)
    if b == 0 or isinstance(a, Decimal) or isinstance(b, Decimal):
        raise Refused("")
    import math

    return math.fmod(a, b)


def negate(value: Value) -> Value:
    """Unary minus."""
    if isinstance(value, float):
        return -value
    if isinstance(value, int) and int(value) in {INT32[0], INT64[0]}:
        raise Refused("")  # its opposite does not fit
    return subtract(0, value)


def positive(value: Value) -> Value:
    """Unary plus."""
    return add(0, value)


def bits(work: Callable[[int, int], int]) -> Work:
    """-band, -bor, -bxor of whole numbers."""

    def run(left: Value, right: Value) -> Value:
        if not all(x is None or isinstance(x, int | str) for x in (left, right)):
            raise Refused("")
        a, b = as_number(left), as_number(right)
        if not isinstance(a, int) or not isinstance(b, int):
            raise Refused("")
        return whole(work(a, b), a, b)

    return run


def shift(*, right_: bool) -> Work:
    """-shl, -shr of Int32."""

    def run(left: Value, right: Value) -> Value:
        if type(left) is not int or type(right) is not int or not 0 <= right < 32:
            raise Refused("")
        made = left >> right if right_ else (left << right) & 0xFFFFFFFF
        return made - 2**32 if not right_ and made > 0x7FFFFFFF else made

    return run


def inverted(value: Value) -> Value:
    """-bnot of Int32 or Int64."""
    made = as_number(value)
    if not isinstance(made, int):
        raise Refused("")
    return whole(~made, made)


def spread(value: Value, last: Value) -> Array:
    """`..`: whole numbers from one to the other, up or down."""
    if isinstance(value, Char) or isinstance(last, Char):
        raise Refused("")
    if any(isinstance(x, str) and len(x) == 1 and not x.isdigit() for x in (value, last)):
        raise Refused("")  # a range of characters
    if any(isinstance(x, str) and not re.fullmatch(r"\s*[+-]?[0-9]+\s*", x, re.A) for x in (value, last)):
        raise Refused("")  # what Convert.ToInt32 does not read is an error of its own
    a, b = as_int(value), as_int(last)
    items_of(abs(a - b))
    return Array.of(range(a, b + 1) if a <= b else range(a, b - 1, -1))


def join(left: Value, right: Value) -> str:
    """Binary `-join`."""
    if isinstance(left, Once):
        raise Refused("")  # $input is no collection here
    if not is_collection(left):
        return text(left)
    return as_one([own_text(item) for item in each(left)], text(right))


def type_of_array(value: Array) -> str:
    """The array's type name."""
    return type_name(value)
