"""The types a script may name, and the conversion each stands for as a cast or a parameter's type."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime

from simulator.dialect.convert import each, text, to_array, to_guid, to_int, truth
from simulator.dialect.faults import RUNTIME, Thrown, engine
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    Array,
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
    type_name,
)

ACCELERATORS = {
    "string": "System.String",
    "int": "System.Int32",
    "int32": "System.Int32",
    "long": "System.Int64",
    "int64": "System.Int64",
    "bool": "System.Boolean",
    "double": "System.Double",
    "char": "System.Char",
    "object": "System.Object",
    "array": "System.Array",
    "hashtable": "System.Collections.Hashtable",
    "switch": "System.Management.Automation.SwitchParameter",
    "scriptblock": "System.Management.Automation.ScriptBlock",
    "datetime": "System.DateTime",
    "guid": "System.Guid",
    "regex": "System.Text.RegularExpressions.Regex",
    "math": "System.Math",
    "pscustomobject": "System.Management.Automation.PSCustomObject",
    "psobject": "System.Management.Automation.PSObject",
    "void": "System.Void",
    "ordered": "ordered",
    "stringcomparison": "System.StringComparison",
    "stringcomparer": "System.StringComparer",
    "timespan": "System.TimeSpan",
    "convert": "System.Convert",
    "environment": "System.Environment",
}
KNOWN = {
    name.lower(): name
    for name in (
        *[v for v in ACCELERATORS.values() if "." in v],
        "System.Array",
        "System.Collections.ArrayList",
        "System.Collections.IDictionary",
        "System.Collections.IEnumerable",
        "System.Collections.Specialized.OrderedDictionary",
        "System.IO.File",
        "System.IO.Path",
        "System.IO.Directory",
        "System.Text.UTF8Encoding",
        "System.Text.Encoding",
        "System.Text.StringBuilder",
        "System.StringComparison",
        "System.StringComparer",
        "System.Globalization.CultureInfo",
        "System.Exception",
        "System.ArgumentException",
        "System.InvalidOperationException",
        "System.FormatException",
        "System.TimeoutException",
        "System.UnauthorizedAccessException",
        "System.InvalidCastException",
        "System.DivideByZeroException",
        "System.IO.IOException",
        "System.Management.Automation.RuntimeException",
        "System.Management.Automation.PSInvalidCastException",
        "System.Management.Automation.ItemNotFoundException",
        "System.Management.Automation.ErrorRecord",
        "System.Management.Automation.ErrorCategory",
        "System.Security.SecureString",
    )
}
GENERIC = re.compile(r"(?:System\.)?Collections\.Generic\.(List|HashSet)\[(\w+)\]", re.I)
ENUMS: dict[str, dict[str, int]] = {
    "System.StringComparison": {
        "CurrentCulture": 0,
        "CurrentCultureIgnoreCase": 1,
        "InvariantCulture": 2,
        "InvariantCultureIgnoreCase": 3,
        "Ordinal": 4,
        "OrdinalIgnoreCase": 5,
    },
    "System.DayOfWeek": {
        d: n for n, d in enumerate(("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"))
    },
}
KNOWN["system.dayofweek"] = "System.DayOfWeek"


def lookup(words: str) -> NetType:
    """The type of a literal's inner text, e.g. `string[]`.

    Raises:
        Refused: It is not in the table.
    """
    bare = words.replace(" ", "")
    if bare.endswith("[]"):
        return NetType(lookup(bare[:-2]).name + "[]")
    generic = GENERIC.fullmatch(bare)
    if generic is not None:
        element = lookup(generic[2]).name
        kind = "List`1" if generic[1].lower() == "list" else "HashSet`1"
        return NetType(f"System.Collections.Generic.{kind}[{element}]")
    low = bare.lower()
    name = ACCELERATORS.get(low) or KNOWN.get(low) or KNOWN.get(f"system.{low}")
    if name is None:
        raise Refused(words)
    return NetType(name)


def coerce(wanted: NetType, value: Value) -> Value:
    """The value as that type: what a cast and a typed variable do."""
    if wanted.name.endswith("[]"):
        inner = NetType(wanted.name[:-2])
        if value is None:
            return None
        return Array.of([coerce(inner, item) for item in to_array(value)], inner.name)
    maker = CASTS.get(wanted.name)
    if maker is None:
        raise Refused(f"[{wanted.name}]")
    return maker(value)


def to_string(value: Value) -> str:
    """[string]: null becomes ''."""
    return text(value)


def to_double(value: Value) -> float:
    """[double]"""
    from simulator.dialect.arith import number

    return float(number(value))


def to_bool(value: Value) -> bool:
    """[bool]"""
    return truth(value)


def to_char(value: Value) -> Char:
    """[char] of one character or of its number."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= 0xFFFF or 0xD800 <= value <= 0xDFFF:
            raise Refused("[char] of this number")
        return Char(chr(value))
    words = text(value)
    if len(words) != 1 or ord(words) > 0xFFFF:
        raise Refused("[char] of several characters")
    return Char(words)


def to_switch(value: Value) -> Switch:
    """[switch] from a boolean."""
    return value if isinstance(value, Switch) else Switch(truth(value))


def to_bool_parameter(value: Value) -> bool:
    """A [bool] parameter takes no text."""
    if isinstance(value, str) or value is None:
        raise engine(
            "ParameterArgumentTransformationError",
            f'Cannot convert value "{text(value)}" to type "System.Boolean".',
            "InvalidData",
        )
    return truth(value)


def to_hashtable(value: Value) -> Value:
    """[hashtable] of a hashtable."""
    if value is None or isinstance(value, Hash):
        return value
    raise Refused("[hashtable] of something else")


def to_object(value: Value) -> Value:
    """[pscustomobject] of a hashtable with order, or of an object."""
    if isinstance(value, Hash):
        if not value.ordered and len(value) > 1:
            raise Refused("[pscustomobject] of a hashtable without order")
        made = Obj()
        for key, item in value.items():
            made.put(text(key), item)
        return made
    if isinstance(value, Obj):
        return value
    raise Refused("[pscustomobject] of something else")


def to_ordered(value: Value) -> Hash:
    """[ordered] stands before a hash literal only; the compiler hands its pairs over in order."""
    if not isinstance(value, Hash):
        raise Refused("[ordered] of something else")
    made = Hash(ordered=True)
    for key, item in value.items():
        made.put(key, item)
    return made


def to_block(value: Value) -> Value:
    """[scriptblock] of a script block."""
    if value is None or isinstance(value, ScriptBlock):
        return value
    raise Refused("[scriptblock] of something else")


def to_datetime(value: Value) -> datetime:
    """[datetime] of a DateTime or of an ISO date."""
    if isinstance(value, datetime):
        return value
    words = text(value)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?", words):
        raise Refused("[datetime] of this text")
    return datetime.fromisoformat(words)


def cast_error(name: str) -> Callable[[Value], Value]:
    """A type that converts nothing but passes its own values."""

    def same(value: Value) -> Value:
        if value is None or type_name(value) == name:
            return value
        raise Refused(f"[{name}] of {type_name(value)}")

    return same


def to_list(value: Value) -> NetList:
    """[List[object]] of a collection."""
    return NetList(each(value), "System.Collections.Generic.List`1", "object")


def to_set(value: Value) -> HashSet:
    """[HashSet[string]] of a collection, compared by code unit."""
    made = HashSet(fold=False)
    for item in each(value):
        made.rows.setdefault(text(item), text(item))
    return made


CASTS: dict[str, Callable[[Value], Value]] = {
    "System.Object": lambda v: v,
    "System.Management.Automation.PSObject": lambda v: v,
    "System.String": to_string,
    "System.Int32": to_int,
    "System.Int64": lambda v: Int64(to_int(v, "System.Int64")),
    "System.Double": to_double,
    "System.Boolean": to_bool,
    "System.Char": to_char,
    "System.Array": to_array,
    "System.Collections.Hashtable": to_hashtable,
    "System.Collections.IDictionary": to_hashtable,
    "System.Management.Automation.SwitchParameter": to_switch,
    "System.Management.Automation.ScriptBlock": to_block,
    "System.Management.Automation.PSCustomObject": to_object,
    "System.DateTime": to_datetime,
    "System.Guid": to_guid,
    "System.Void": lambda _: None,
    "ordered": to_ordered,
    "System.Security.SecureString": cast_error("System.Security.SecureString"),
}


def as_parameter(wanted: NetType, value: Value, name: str, function: str) -> Value:
    """A bound argument as its parameter's type, with the engine's error where it does not fit."""
    try:
        if wanted.name == "System.Boolean":
            return to_bool_parameter(value)
        if wanted.name == "System.String" and isinstance(value, Array):
            raise engine("", "Cannot convert value to type System.String.")
        if wanted.name == "System.Int32" and isinstance(value, Array):
            raise engine(
                "", 'Cannot convert the "System.Object[]" value of type "System.Object[]" to type "System.Int32".'
            )
        return coerce(wanted, value)
    except Thrown as error:
        message = f"Cannot process argument transformation on parameter '{name}'. {error.record.exception.message}"
        type_ = "System.Management.Automation.ParameterBindingArgumentTransformationException"
        raise engine(f"ParameterArgumentTransformationError,{function}", message, "InvalidData", type_) from error


def enum_member(type_: str, name: str) -> Enum:
    """A named member, without case."""
    for member, number in ENUMS[type_].items():
        if member.lower() == name.lower():
            return Enum(type_, member, number)
    raise Refused(name)


def default_of(wanted: NetType | None) -> Value:
    """What a typed parameter holds when nothing was bound."""
    if wanted is None:
        return None
    fixed = {
        "System.String": "",
        "System.Int32": 0,
        "System.Int64": Int64(0),
        "System.Double": 0.0,
        "System.Boolean": False,
        "System.Management.Automation.SwitchParameter": Switch(False),
        "System.Guid": uuid.UUID(int=0),
    }
    return fixed.get(wanted.name)


__all__ = ["ENUMS", "RUNTIME", "as_parameter", "coerce", "default_of", "enum_member", "lookup"]
