"""Calling methods: of a value, of a type. What a method throws travels in the engine's envelope."""

from typing import TYPE_CHECKING

from simulator.dialect.convert import INFINITE, is_collection, listed, text
from simulator.dialect.faults import Net, engine, in_method, no_method
from simulator.dialect.members import builder, dates, lists, objects, sets, statics, tables, texts
from simulator.dialect.members.make import make
from simulator.dialect.members.properties import PropertyList
from simulator.dialect.operators.form import shaped
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    NOTHING,
    Array,
    Builder,
    Char,
    Enum,
    Hash,
    HashSet,
    NetException,
    NetList,
    NetType,
    Obj,
    ScriptBlock,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from simulator.dialect.run.frame import Frame

TABLES: list[tuple[type | tuple[type, ...], dict[str, texts.Method]]] = [
    (Char, texts.CHAR),
    (str, texts.METHODS),
    (PropertyList, lists.PROPERTIES),
    (Array, lists.ARRAY),
    (NetList, lists.METHODS),
    (HashSet, sets.SET),
    (Hash, tables.METHODS),
    (Builder, builder.BUILDER),
    (ScriptBlock, objects.BLOCK),
    (Enum, objects.ENUM),
]
# every instance method of types whose methods are all known, so that an unknown one is the engine's own error
COMPLETE: dict[str, frozenset[str]] = {
    "System.String": frozenset(
        [
            "clone",
            "compareto",
            "contains",
            "copyto",
            "endswith",
            "enumeraterunes",
            "equals",
            "getenumerator",
            "gethashcode",
            "getpinnablereference",
            "gettype",
            "gettypecode",
            "indexof",
            "indexofany",
            "insert",
            "isnormalized",
            "lastindexof",
            "lastindexofany",
            "normalize",
            "padleft",
            "padright",
            "remove",
            "replace",
            "replacelineendings",
            "split",
            "startswith",
            "substring",
            "tochararray",
            "tolower",
            "tolowerinvariant",
            "tostring",
            "toupper",
            "toupperinvariant",
            "trim",
            "trimend",
            "trimstart",
            "trycopyto",
            "toboolean",
            "tobyte",
            "tochar",
            "todatetime",
            "todecimal",
            "todouble",
            "toint16",
            "toint32",
            "toint64",
            "tosbyte",
            "tosingle",
            "touint16",
            "touint32",
            "touint64",
            "totype",
            "foreach",
            "where",
            "chars",
            "parameterizedproperty",
            "get_chars",
            "get_length",
        ]
    ),
}


def call_method(target: Value, word: str, arguments: list[Value], frame: "Frame") -> Value:
    """`target.word(arguments)`

    Raises:
        Thrown: The method fails, or there is none.
        Refused: A method, or a form of it, that the dialect does not have.
    """
    low = word.lower()
    if target is None or target is NOTHING:
        raise engine("InvokeMethodOnNull", "You cannot call a method on a null-valued expression.")
    use(
        "call",
        class_of(target),
        low if not isinstance(target, Obj) or low not in target.methods else "()",
        *map(class_of, arguments),
    )
    try:
        return dispatch(target, low, word, arguments, frame)
    except Net as error:
        raise in_method(error, word, len(arguments)) from error


def dispatch(target: Value, low: str, word: str, arguments: list[Value], frame: "Frame") -> Value:
    """The method that a value has under this name."""
    if hasattr(target, "call"):
        return target.call(low, arguments, frame)
    if low == "gettype" and not arguments:
        return objects.type_of(target)
    if low in ("where", "foreach") and not isinstance(target, str | Hash | Obj):
        return lists.filtered(low, target, arguments, frame)
    if isinstance(target, Obj) and not low.startswith("get_"):
        return objects.of_object(target, low, word, arguments, frame)
    work = listed_method(target, low, arguments)
    return work(target, arguments, frame) if work is not None else missing(target, low, word, arguments, frame)


def listed_method(target: Value, low: str, arguments: list[Value]) -> texts.Method | None:
    """The method out of the lists, None where there is none of that name."""
    if low.startswith("get_") and not arguments:
        if isinstance(target, Hash) and low == "get_count":
            return lambda table, _, __: len(table)
        raise Refused("")
    table = next((methods for kind, methods in TABLES if isinstance(target, kind)), {})
    if low in table:
        return table[low]
    if low == "tostring":
        return lambda value, given, _: as_text(value, given)
    return dates.METHODS.get((type_name(target), low))


def missing(target: Value, low: str, word: str, arguments: list[Value], frame: "Frame") -> Value:
    """A method that the value itself does not have: that of its items, or the engine's error where it is certain."""
    name = type_name(target)
    if name in COMPLETE and low not in COMPLETE[name]:
        raise no_method(name, word)
    if isinstance(target, Array) and low in ITEM_METHODS:
        return of_items(target, word, arguments, frame)
    raise Refused("")


# methods that an array does not have, so that they are its items'
ITEM_METHODS = frozenset(
    [
        "toupper",
        "tolower",
        "toupperinvariant",
        "tolowerinvariant",
        "trim",
        "trimstart",
        "trimend",
        "split",
        "replace",
        "substring",
        "startswith",
        "endswith",
        "padleft",
        "padright",
        "indexof",
        "contains",
        "tostring",
    ]
) - {"tostring", "contains", "indexof"}


def of_items(target: Array, word: str, arguments: list[Value], frame: "Frame") -> Value:
    """A method of every item, results flattened; one alone is that value."""
    out: list[Value] = []
    for item in listed(target):
        made = call_method(item, word, arguments, frame)
        out += listed(made) if is_collection(made) else [made]
    if not out:
        raise Refused("")
    return out[0] if len(out) == 1 else Array.of(out)


def as_text(target: Value, arguments: list[Value]) -> Value:
    """ToString(), ToString(form), with the invariant culture or without."""
    if isinstance(target, Array | NetList | HashSet | Hash | NetException | NetType):
        raise Refused("")
    given = [a for a in arguments if not objects.is_invariant(a)]
    if not given:
        if not arguments and (type_name(target) == "System.DateTime" or target in INFINITE):
            raise Refused("")  # in the culture's own form
        return text(target)
    if len(given) > 1 or not isinstance(given[0], str):
        raise Refused("")
    if given[0] == "":
        raise Refused("")
    return shaped(target, str(given[0]))


def call_static(kind: NetType, word: str, arguments: list[Value], frame: "Frame") -> Value:
    """`[type]::word(arguments)`"""
    low = word.lower()
    use("static", kind.name, low, *map(class_of, arguments))
    try:
        if low == "new":
            return make(kind, arguments, frame)
        work = statics.METHODS.get((kind.name, low))
        if work is None:
            raise Refused("")
        return work(arguments, frame)
    except Net as error:
        raise in_method(error, word if low != "new" else ".ctor", len(arguments)) from error
