"""Conversions as the engine makes them; one that is not listed is refused, never guessed."""

import re
import uuid
from decimal import Decimal

from simulator.dialect.faults import Thrown, engine
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    COLLECTIONS,
    Array,
    Builder,
    Char,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
    Int64,
    Keys,
    NetException,
    NetList,
    NetType,
    Obj,
    Opaque,
    Record,
    ScriptBlock,
    Switch,
    Value,
    type_name,
    units,
)

INT32 = range(-(2**31), 2**31)
INT64 = range(-(2**63), 2**63)
INTEGER_TEXT = re.compile(r"[ \t\r\n]*([+-]?\d+)[ \t\r\n]*")
HEX_TEXT = re.compile(r"[ \t]*0[xX]([0-9a-fA-F]{1,8})[ \t]*")
REAL_TEXT = re.compile(r"[ \t\r\n]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t\r\n]*")


def each(value: Value) -> list[Value]:
    """The items a value gives when it is enumerated: into a pipeline, by foreach, by @( )."""
    if value is None:
        return []
    if isinstance(value, Keys) and len(value) > 1:
        raise Refused("enumerating a hashtable without order")
    if isinstance(value, Array | NetList):
        return list(value)
    if isinstance(value, HashSet):
        return list(value.rows.values())
    return [value]


def is_collection(value: Value) -> bool:
    """True for what a pipeline would unroll."""
    return isinstance(value, COLLECTIONS)


def truth(value: Value) -> bool:
    """A value as a condition."""
    if value is None:
        return False
    if isinstance(value, bool | int | float | Decimal):
        return value != 0
    if isinstance(value, str):
        return value != "" if not isinstance(value, Char) else value != "\0"
    if isinstance(value, Array | NetList):
        return truth(value[0]) if len(value) == 1 else len(value) > 0
    if isinstance(value, Switch):
        return value.present
    return True


def text(value: Value) -> str:  # noqa: C901, PLR0911, PLR0912 (one line a type)
    """A value as a string, in the invariant culture."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | Decimal):
        return str(value) if isinstance(value, Decimal) else int.__repr__(value)
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, Keys) and len(value) > 1:
        raise Refused("joining a hashtable's keys without order")
    if isinstance(value, Array | NetList):
        return " ".join(inner_text(item) for item in value)
    if isinstance(value, Switch):
        return "True" if value.present else "False"
    if isinstance(value, Obj):
        if not value.rows:
            return ""
        if any(isinstance(item, Obj) for _, item in value.items()):
            raise Refused("text of an object inside an object")
        return "@{" + "; ".join(f"{name}={inner_text(item)}" for name, item in value.items()) + "}"
    if isinstance(value, ErrorRecord):
        return value.exception.message
    if isinstance(value, NetException):
        return f"{value.type}: {value.message}"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, NetType):
        return NAMES_SHORT.get(value.name, value.name)
    if isinstance(value, ScriptBlock):
        return value.text
    if isinstance(value, Builder):
        return "".join(value.parts)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Record):
        return value.message
    if isinstance(value, Hash):
        return value.kind
    if isinstance(value, Opaque):
        if "text" in value.props:
            return str(value.props["text"])
        raise Refused(f"text of {value.type}")
    return type_name(value)


NAMES_SHORT = {
    "System.String": "string",
    "System.Int32": "int",
    "System.Boolean": "bool",
    "System.Object": "System.Object",
}


def inner_text(value: Value) -> str:
    """Text of an item inside a joined collection or object: a nested array shows its type."""
    if isinstance(value, Array):
        return type_name(value)
    if isinstance(value, Obj):
        return ""
    return text(value)


def double_text(value: float) -> str:
    """A Double as .NET writes it: shortest digits, exponent from 1E+15 on."""
    if value != value:  # noqa: PLR0124 (not a number is the one value unlike itself)
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    mantissa, _, exponent = f"{Decimal(repr(value)).normalize():E}".partition("E")
    power = int(exponent)
    if -5 <= power < 15:
        plain = f"{Decimal(repr(value)).normalize():f}"
        return "-0" if value == 0 and str(value).startswith("-") else plain
    return f"{mantissa}E{'+' if power >= 0 else '-'}{abs(power):02d}"


def narrow(value: int) -> Value:
    """A whole number in the smallest type the engine gives it: Int32, Int64, else Double."""
    if value in INT32:
        return int(value)
    return Int64(value) if value in INT64 else float(value)


def number_of(words: str) -> Value:
    """A string as a number, for arithmetic; '' is 0.

    Raises:
        Thrown: It is none.
    """
    if words.strip() == "":
        return 0
    if (m := INTEGER_TEXT.fullmatch(words)) is not None:
        return narrow(int(m[1]))
    if (m := HEX_TEXT.fullmatch(words)) is not None:
        whole = int(m[1], 16)
        return whole if whole in INT32 else whole - 2**32
    if (m := REAL_TEXT.fullmatch(words)) is not None:
        return float(m[1])
    if re.search(r"\d", words):
        raise Refused("a number in this form")
    raise bad_cast(words, "System.Int32", "InvalidCastFromStringToInteger", NOT_A_NUMBER.format(words))


NOT_A_NUMBER = "The input string '{}' was not in a correct format."


def bad_cast(value: Value, wanted: str, id_: str, why: str) -> Thrown:
    """The engine's error for a conversion that fails."""
    message = f'Cannot convert value "{text(value)}" to type "{wanted}". Error: "{why}"'
    type_ = "System.Management.Automation.PSInvalidCastException"
    made = engine(id_, message, "InvalidArgument", type_)
    made.record.exception.inner = NetException("System.FormatException", why)
    return made


def to_int(value: Value, wanted: str = "System.Int32") -> int:
    """[int] and [long]: half to even, text by its digits."""
    if isinstance(value, Switch):
        raise Refused(f"[{wanted}] of {type_name(value)}")
    if value is None:
        return 0
    if isinstance(value, Char):
        whole = ord(value)
    elif isinstance(value, str):
        number = number_of(value) if re.search(r"\d", value) or not value.strip() else None
        if number is None:
            raise bad_cast(value, wanted, "InvalidCastFromStringToInteger", NOT_A_NUMBER.format(value))
        whole = round(number)
    elif isinstance(value, bool | int | float | Decimal):
        if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124
            raise Refused("a Double that is no number")
        whole = round(value)
    elif isinstance(value, Enum):
        whole = value.number
    else:
        raise Refused(f"[{wanted}] of {type_name(value)}")
    if whole not in (INT32 if wanted == "System.Int32" else INT64):
        raise Refused(f"a number too large for {wanted}")
    return whole


def to_array(value: Value, kind: str = "System.Object") -> Array:
    """[object[]] and its like: a single value becomes an array of one."""
    items = list(value) if isinstance(value, Array | NetList) else each(value)
    return Array.of(items, kind)


def to_guid(value: Value) -> uuid.UUID:
    """[guid] of text in one of the five written forms we accept: digits, dashed, in braces or parentheses."""
    if isinstance(value, uuid.UUID):
        return value
    words = text(value).strip()
    bare = re.fullmatch(r"\{?\(?([0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12})\)?\}?", words)
    if bare is None:
        raise bad_cast(
            value,
            "System.Guid",
            "InvalidCastParseTargetInvocation",
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        )
    return uuid.UUID(bare[1])


def length(value: Value) -> int:
    """`.Count` or `.Length` of what has one."""
    if isinstance(value, str):
        return units(value)
    return len(value.rows) if isinstance(value, HashSet) else len(value)
