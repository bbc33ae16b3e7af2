"""[math], [int]::Parse and other static members of numbers."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from simulator.dialect.casts import as_number, cast
from simulator.dialect.convert import text
from simulator.dialect.faults import Net
from simulator.dialect.members.texts import word
from simulator.dialect.operators.patterns import BLANKS
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.numbers import INT32, INT64, narrow
from simulator.dialect.values import Char, Enum, Int64, NetType, Reference, Value, is_number

Static = Callable[[list[Value], Any], Value]


def one_number(arguments: list[Value]) -> Value:
    """The one argument as a number."""
    if len(arguments) != 1:
        raise Refused("")
    made = as_number(arguments[0])
    if isinstance(made, Decimal):
        raise Refused("")
    return made


def whole_math(work: Callable[[float], float]) -> Static:
    """Floor, Ceiling, Truncate: a Double."""

    def run(arguments: list[Value], _: Any) -> Value:
        made = one_number(arguments)
        if not isinstance(made, float):
            raise Refused("")  # Double or Decimal: which form the engine takes is not settled
        return math.copysign(work(made), made) if work(made) == 0 else float(work(made))

    return run


def pick(work: Callable[[Value, Value], Value]) -> Static:
    """Min and Max of two numbers; of Int32 and Double the first one's form is taken."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 2 or not all(is_number(a) and not isinstance(a, Decimal) for a in arguments):
            raise Refused("")
        a, b = arguments
        if type(a) is int and isinstance(b, float):
            b = cast(NetType("System.Int32"), b)  # the first operand's form is taken
        if type(a) is not type(b):
            raise Refused("")
        return work(a, b)

    return run


BELOW_HALF = 0.49999999999999994


def rounded(arguments: list[Value], _: Any) -> Value:
    """Round(x[, digits][, mode]): halves to even unless told."""
    if not arguments or isinstance(arguments[0], Decimal) or not is_number(arguments[0]):
        raise Refused("")
    digits, even = 0, True
    for extra in arguments[1:]:
        if isinstance(extra, Enum) and extra.type == "System.MidpointRounding":
            even = extra.name == "ToEven"
        elif type(extra) is int and 0 <= extra <= 15:
            digits = extra
        else:
            raise Refused("")
    value = arguments[0]
    if not isinstance(value, float) or abs(value) > 1e12 or math.isnan(value):
        raise Refused("")
    unit = 10.0**digits
    shifted = value * unit  # as .NET does it, and not by the exact digits of the Double
    whole = round(shifted) if even else math.trunc(shifted + math.copysign(BELOW_HALF, shifted))
    return math.copysign(whole / unit, value)


def power(arguments: list[Value], _: Any) -> Value:
    """Pow(x, y)."""
    if len(arguments) != 2:
        raise Refused("")
    made = float(as_number(arguments[0])) ** float(as_number(arguments[1]))
    if isinstance(made, complex):
        return float("nan")
    return made


def absolute(arguments: list[Value], _: Any) -> Value:
    """Abs(x)."""
    made = one_number(arguments)
    return abs(made) if isinstance(made, float) else narrow_like(abs(int(made)), made)


def narrow_like(value: int, like: Value) -> Value:
    """A whole number of the type of another."""
    return Int64(value) if isinstance(like, Int64) else narrow(value)


def sign(arguments: list[Value], _: Any) -> Value:
    """Sign(x)."""
    made = one_number(arguments)
    return (made > 0) - (made < 0)


def root(arguments: list[Value], _: Any) -> Value:
    """Sqrt(x)."""
    made = float(one_number(arguments))
    return math.sqrt(made) if made >= 0 else float("nan")


def parse_int(wanted: str) -> Static:
    """[int]::Parse(text): digits and a sign."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        made = whole_of(word(arguments[0]), wanted)
        if isinstance(made, Net):
            raise made
        return made

    return run


def whole_of(words: str, wanted: str) -> Value:
    """Digits and a sign as a whole number, or the error that .NET gives."""
    limits = INT32 if wanted == "System.Int32" else INT64
    bare = words.strip(" \t\r\n\v\f")
    digits = bare[1:] if bare[:1] in ("+", "-") else bare
    if not digits.isascii() or not digits.isdigit():
        if not words.isascii():
            raise Refused("")
        return Net("System.FormatException", f"The input string '{words}' was not in a correct format.")
    if int(bare) not in limits:
        return Net("System.OverflowException")
    return int(bare) if wanted == "System.Int32" else Int64(int(bare))


def try_int(wanted: str) -> Static:
    """[int]::TryParse(text, [ref] number)."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 2 or not isinstance(arguments[1], Reference):
            raise Refused("")
        if arguments[0] is None:
            raise Refused("")
        made = whole_of(text(arguments[0]), wanted)
        arguments[1].set(cast(NetType(wanted), 0) if isinstance(made, Net) else made)
        return not isinstance(made, Net)

    return run


def parse_bool(arguments: list[Value], _: Any) -> Value:
    """[bool]::Parse(text), [Convert]::ToBoolean(value)."""
    if len(arguments) != 1:
        raise Refused("")
    if is_number(arguments[0]):
        return bool(arguments[0] != 0)
    if isinstance(arguments[0], bool):
        return arguments[0]
    low = word(arguments[0]).strip(BLANKS).lower()
    if low not in ("true", "false"):
        raise Net("System.FormatException", f"String '{arguments[0]}' was not recognized as a valid Boolean.")
    return low == "true"


def convert_int(arguments: list[Value], _: Any) -> Value:
    """[Convert]::ToInt32(value[, 16 or 2])."""
    if len(arguments) == 2 and isinstance(arguments[0], str) and arguments[1] in (2, 16):
        digits = str(arguments[0])
        try:
            made = int(digits, int(arguments[1]))
        except ValueError:
            raise Refused("") from None
        if made not in INT32 or not digits.isalnum():
            raise Refused("")
        return made
    if len(arguments) != 1 or isinstance(arguments[0], Decimal | float):
        raise Refused("")
    if isinstance(arguments[0], str) and not isinstance(arguments[0], Char):
        return parse_int("System.Int32")(arguments, None)
    return cast(NetType("System.Int32"), arguments[0])


INT, LONG = "System.Int32", "System.Int64"
METHODS: dict[tuple[str, str], Static] = {
    ("System.Math", "floor"): whole_math(math.floor),
    ("System.Math", "ceiling"): whole_math(math.ceil),
    ("System.Math", "truncate"): whole_math(math.trunc),
    ("System.Math", "min"): pick(min),
    ("System.Math", "max"): pick(max),
    ("System.Math", "round"): rounded,
    ("System.Math", "pow"): power,
    ("System.Math", "abs"): absolute,
    ("System.Math", "sign"): sign,
    ("System.Math", "sqrt"): root,
    (INT, "parse"): parse_int(INT),
    (LONG, "parse"): parse_int(LONG),
    (INT, "tryparse"): try_int(INT),
    (LONG, "tryparse"): try_int(LONG),
    ("System.Boolean", "parse"): parse_bool,
    ("System.Convert", "toboolean"): parse_bool,
    ("System.Convert", "toint32"): convert_int,
}
