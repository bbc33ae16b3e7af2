"""Conversions as the engine makes them: to numbers, and to any type that a cast or a parameter names.

A conversion that is not written here is refused, never guessed.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from simulator.dialect.convert import each, text, truth
from simulator.dialect.dates import Moment, Span, moment_of, span_of
from simulator.dialect.faults import Thrown, bad_cast
from simulator.dialect.proven import class_of, use
from simulator.dialect.readings import parsed, to_guid, to_version
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.numbers import INT32, INT64, LONGEST, NUMBER, value_of
from simulator.dialect.types import ENUMS, enum_member
from simulator.dialect.values import (
    ARRAY_LIST,
    CUSTOM,
    LIST,
    Array,
    Byte,
    Char,
    Enum,
    Hash,
    HashSet,
    Int64,
    NetList,
    NetType,
    Obj,
    ScriptBlock,
    Switch,
    Value,
    is_number,
    type_name,
)

FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DOUBTFUL = re.compile(
    r".*[#&,].*|[+-]?(?:nan|infinity)|[+-]?[0-9.]+(?:e[+-]?[0-9]+)?(?:[uysnld]|u[ysl])?(?:[kmgtp]b)?|[+-]?0x.*",
    re.I | re.S,
)
DIGITS = re.compile(r"[0-9]+")
SUFFIXED = re.compile(
    r"[+-]0x.*|0x.*[a-z]b|.*[0-9.](?:u?[ysl]|[und])?[kmgtp]b|[+-]?[0-9.]+(?:e[+-]?[0-9]+)?(?:u?[ysl]|[und])",
    re.I | re.S,
)
ASCII_DIGITS = {ord(d): None for d in "0123456789"}
NOT_A_NUMBER = "The input string '{}' was not in a correct format."
LIMITS = {"System.Int32": INT32, "System.Int64": INT64, "System.Byte": range(256)}
SIZED: dict[str, Callable[[int], int]] = {"System.Int32": int, "System.Int64": Int64, "System.Byte": Byte}
REALS = {"System.Double": "InvalidCastFromStringToDoubleOrSingle", "System.Decimal": "InvalidCastFromStringToDecimal"}


# -- numbers
def scan(words: str) -> Value:
    """Text as a number in the language's own writing, None where it is none.

    Raises:
        Refused: It could be one in a form that is not settled here.
    """
    bare = words.strip(" \t\r\n\v\f")
    use("number", writing(words))
    if bare == "":
        return 0
    if len(bare) > LONGEST:
        raise Refused("")
    sign = -1 if bare.startswith("-") else 1
    found = NUMBER.fullmatch(bare[1:] if bare[0] in "+-" else bare)
    if found is not None and bare[:1] != "+":
        made = value_of(found, sign)
        if made is None:
            raise Refused("")
        return made
    if FLOAT.fullmatch(bare):
        return float(bare) if re.search(r"[.eE]", bare) else int(bare)
    if DOUBTFUL.fullmatch(bare) or re.search(r"[^\W_a-zA-Z]", bare.translate(ASCII_DIGITS)):
        raise Refused("")
    return None


def writing(words: str) -> str:
    """The form of text that may be a number."""
    if not words.isascii():
        return "letters"
    if re.fullmatch(r"[A-Za-z]+", words):
        return "word"
    return DIGITS.sub("9", words)[:12].replace(" ", "_")


def from_text(words: str, wanted: str) -> Value:
    """Text as a number of a type.

    Raises:
        Thrown: It is none, or too large.
    """
    if SUFFIXED.fullmatch(words.strip()):
        raise Refused("")  # arithmetic reads such text as a number, a conversion does not
    made = scan(words)
    id_ = REALS.get(wanted, "InvalidCastFromStringToInteger")
    if made is None:
        raise bad_cast(words, wanted, id_, NOT_A_NUMBER.format(words))
    if wanted in REALS:
        return float(made) if wanted == "System.Double" else exact(made)
    whole = round(made)
    if whole not in LIMITS[wanted]:
        short = wanted.rsplit(".", 1)[-1]
        why = f"Value was either too large or too small for an {short}." if short != "Byte" else None
        raise bad_cast(words, wanted, id_, why, "System.OverflowException")
    return SIZED[wanted](whole)


def exact(value: Value) -> Decimal:
    """A number as Decimal."""
    if isinstance(value, float):
        if value != value or abs(value) > 1e15:  # noqa: PLR0124
            raise Refused("")
        return Decimal(repr(value))
    return Decimal(value)


def to_number(value: Value, wanted: str) -> Value:  # noqa: C901
    """[int], [long], [byte], [double], [decimal]: halves to even, text by its digits."""
    if value is None:
        value = 0
    if isinstance(value, Char) and wanted in SIZED:
        value = ord(value)
    if isinstance(value, str):
        if isinstance(value, Char):
            raise Refused("")
        return from_text(str(value), wanted)
    if isinstance(value, Enum):
        value = value.number
    if isinstance(value, Array | NetList | Hash | ScriptBlock):
        if isinstance(value, Array | NetList) and len(value) == 1:
            raise Refused("")
        raise never(value, wanted)
    if not isinstance(value, int | float | Decimal):
        raise Refused("")
    if wanted == "System.Double":
        return float(value)
    if wanted == "System.Decimal":
        return exact(value)
    if isinstance(value, float) and (value != value or abs(value) > 1e18):  # noqa: PLR0124
        raise Refused("")
    whole = round(value)
    if whole not in LIMITS[wanted]:
        raise Refused("")
    return SIZED[wanted](whole)


def never(value: Value, wanted: str) -> Thrown:
    """A conversion that no value of that type has."""
    name = type_name(value)
    message = f'Cannot convert the "{text(value)}" value of type "{name}" to type "{wanted}".'
    made = bad_cast("", wanted, "ConvertToFinalInvalidCastException", None)
    made.outer.message = message
    if made.outer.inner is not None:
        made.outer.inner.message, made.outer.inner.inner = message, None
    return made


def as_int(value: Value) -> int:
    """An index, a count, a range's end."""
    return int(to_number(value, "System.Int32"))


def as_number(value: Value, other: Value = 0) -> Value:
    """An operand as a number; text that is none fails as the type of the other operand."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if is_number(value):
        return value
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, str):
        made = scan(str(value))
        if made is None:
            wanted = "System.Double" if isinstance(other, float) else "System.Int32"
            if isinstance(other, Decimal | Int64):
                raise Refused("")
            raise bad_cast(
                value, wanted, REALS.get(wanted, "InvalidCastFromStringToInteger"), NOT_A_NUMBER.format(value)
            )
        return made
    if isinstance(value, Switch):
        return int(value.present)
    raise Refused("")


def as_bool(value: Value) -> bool:
    """[bool]"""
    return truth(value)


# -- other types
def to_char(value: Value) -> Char:
    """[char] of one unit or of its number."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= 0xFFFF:
            raise Refused("")
        return Char(chr(value))
    if not isinstance(value, str) or len(value) != 1:
        raise Refused("")
    return Char(value)


def to_switch(value: Value) -> Switch:
    """[switch] from a boolean."""
    return value if isinstance(value, Switch) else Switch(truth(value))


def to_hashtable(value: Value) -> Value:
    """[hashtable] of a table; an ordered one becomes a plain one."""
    if value is None or (isinstance(value, Hash) and value.kind == "System.Collections.Hashtable"):
        return value
    if isinstance(value, Hash) and value.ordered:
        made = Hash()
        for key, item in value.items():
            made.put(key, item)
        return made
    if isinstance(value, str | int | Array):
        raise never(value, "System.Collections.Hashtable")
    raise Refused("")


def to_dictionary(value: Value) -> Value:
    """[IDictionary] of any table."""
    if value is None or isinstance(value, Hash):
        return value
    raise Refused("")


def to_object(value: Value) -> Value:
    """[pscustomobject] of a table, of an object, of anything else (which stays what it is)."""
    if isinstance(value, Hash):
        made = Obj(loose=value.loose)
        for key, item in value.items():
            if not isinstance(key, str) or key in made:
                raise Refused("")
            made.put(key, item)
        return made
    if isinstance(value, Obj | str | int | float) or value is None:
        return value
    raise Refused("")


def to_ordered(value: Value) -> Hash:
    """[ordered] stands before a hash literal only; the compiler hands its pairs over in order."""
    if not isinstance(value, Hash):
        raise Refused("")
    made = Hash(ordered=True)
    for key, item in value.items():
        made.put(key, item)
    return made


def to_block(value: Value) -> Value:
    """[scriptblock] of a script block."""
    if value is None or isinstance(value, ScriptBlock):
        return value
    raise Refused("")


def to_array(value: Value) -> Value:
    """[array]: a single value becomes an array of one."""
    if value is None:
        return None
    if isinstance(value, Array):
        return value
    return Array.of(each(value))


def to_void(value: Value) -> Value:
    """[void]"""
    del value


def kept(name: str) -> Callable[[Value], Value]:
    """A type that converts nothing but passes its own values."""

    def work(value: Value) -> Value:
        if value is None or type_name(value) == name:
            return value
        raise Refused("")

    return work


CASTS: dict[str, Callable[[Value], Value]] = {
    "System.Object": lambda v: v,
    "System.Management.Automation.PSObject": to_object,
    CUSTOM: to_object,
    "System.String": text,
    "System.Boolean": truth,
    "System.Char": to_char,
    "System.Array": to_array,
    "System.Collections.Hashtable": to_hashtable,
    "System.Collections.IDictionary": to_dictionary,
    "System.Management.Automation.SwitchParameter": to_switch,
    "System.Management.Automation.ScriptBlock": to_block,
    "System.DateTime": parsed(Moment, moment_of, "InvalidCastParseTargetInvocationWithFormatProvider"),
    "System.TimeSpan": parsed(Span, span_of, ""),
    "System.Version": to_version,
    "System.Guid": to_guid,
    "System.Void": to_void,
    "ordered": to_ordered,
    "System.Security.SecureString": kept("System.Security.SecureString"),
    "System.Management.Automation.ErrorRecord": kept("System.Management.Automation.ErrorRecord"),
}


def cast(wanted: NetType, value: Value) -> Value:
    """The value as that type: what a cast and a typed variable do.

    Raises:
        Thrown: It cannot be.
        Refused: The conversion is outside the dialect.
    """
    name = wanted.name
    use("cast", name, class_of(value))
    if name in SIZED or name in REALS:
        return to_number(value, name)
    if wanted.item is not None:
        return to_items(wanted.item, value)
    if name in CASTS:
        return CASTS[name](value)
    if name.startswith("System.Nullable`1["):
        inner = NetType(name[len("System.Nullable`1[") : -1])
        return None if value is None or value == "" else cast(inner, value)
    if name in ENUMS:
        return to_enum(name, value)
    return to_collection(name, value)


def to_items(item: NetType, value: Value) -> Value:
    """An array of a type; null stays null."""
    if value is None:
        return None
    if item.name == "System.Char" and isinstance(value, str):
        return Array.of((Char(c) for c in value), item.name)
    if isinstance(value, Array) and value.kind == item.name:
        return value
    loose = isinstance(value, Array) and value.loose
    items = list(value) if isinstance(value, Array) else each(value)
    return Array.of((cast(item, one) for one in items), item.name, loose=loose)


def to_enum(name: str, value: Value) -> Enum:
    """A member by name or number."""
    if isinstance(value, Enum) and value.type == name:
        return value
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]+", value):
        return enum_member(name, value)
    if type(value) is int:
        for member, number in ENUMS[name].items():
            if number == value:
                return Enum(name, member, number)
    raise Refused("")


def to_collection(name: str, value: Value) -> Value:
    """[ArrayList] and `[List[T]]` of a collection, `[HashSet[string]]` too."""
    if value is None:
        return None
    if name == ARRAY_LIST:
        return NetList(each(value), ARRAY_LIST)
    if name.startswith(LIST):
        element = name[len(LIST) + 1 : -1]
        if isinstance(value, NetList) and value.kind == LIST and value.element == element:
            return value
        return NetList([cast(NetType(element), v) for v in each(value)], LIST, element)
    if name.startswith("System.Collections.Generic.HashSet`1"):
        made = HashSet(fold=False)
        for item in each(value):
            made.rows.setdefault(text(item), text(item))
        return made
    raise Refused("")
