"""[char]::IsLetter and its kin: by Unicode category of one unit."""

import unicodedata
from collections.abc import Callable
from typing import Any

from simulator.dialect.casts import as_int
from simulator.dialect.members.texts import cased, letter
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import to_units
from simulator.dialect.values import Char, Value

Static = Callable[[list[Value], Any], Value]


def of_category(*starts: str) -> Static:
    """Whether a unit's category begins like one of these."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        return unicodedata.category(letter(arguments[0])).startswith(starts)

    return run


def blank(arguments: list[Value], _: Any) -> Value:
    """IsWhiteSpace."""
    from simulator.dialect.operators.patterns import BLANKS

    if len(arguments) != 1:
        raise Refused("")
    return letter(arguments[0]) in BLANKS


def in_case(upper: bool) -> Static:
    """ToUpper, ToLower and their invariant kin."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        return Char(cased(letter(arguments[0]), upper))

    return run


def from_code(arguments: list[Value], _: Any) -> Value:
    """ConvertFromUtf32(number): one unit or two."""
    code = as_int(arguments[0]) if len(arguments) == 1 else -1
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise Refused("")
    return to_units(chr(code))


METHODS: dict[tuple[str, str], Static] = {
    ("System.Char", "isletter"): of_category("L"),
    ("System.Char", "isdigit"): of_category("Nd"),
    ("System.Char", "isletterordigit"): of_category("L", "Nd"),
    ("System.Char", "isupper"): of_category("Lu"),
    ("System.Char", "islower"): of_category("Ll"),
    ("System.Char", "ispunctuation"): of_category("P"),
    ("System.Char", "iscontrol"): of_category("Cc"),
    ("System.Char", "issurrogate"): of_category("Cs"),
    ("System.Char", "iswhitespace"): blank,
    ("System.Char", "toupper"): in_case(upper=True),
    ("System.Char", "toupperinvariant"): in_case(upper=True),
    ("System.Char", "tolower"): in_case(upper=False),
    ("System.Char", "tolowerinvariant"): in_case(upper=False),
    ("System.Char", "convertfromutf32"): from_code,
}
