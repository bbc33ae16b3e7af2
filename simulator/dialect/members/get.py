"""Reading and writing properties."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import is_collection, words_of
from simulator.dialect.dates import DAY, HOUR, MINUTE, SECOND, Moment, Release, Span
from simulator.dialect.faults import AUTOMATION, Thrown, engine, no_property
from simulator.dialect.members import statics
from simulator.dialect.members.enumerate import of_items
from simulator.dialect.members.properties import Property, PropertyList, properties_of
from simulator.dialect.operators.patterns import Match
from simulator.dialect.proven import class_of, shown, use
from simulator.dialect.refuse import Refused
from simulator.dialect.types import ENUMS, enum_member
from simulator.dialect.values import (
    SORTED,
    Array,
    Builder,
    Char,
    Entry,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
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
)

if TYPE_CHECKING:
    from simulator.dialect.run.frame import Frame

Getter = Callable[[Any], Value]
ABSENT = object()


def get_member(target: Value, word: str, frame: "Frame | None" = None) -> Value:
    """`target.word` under strict mode.

    Raises:
        Thrown: There is no such property.
        Refused: A property that the dialect does not have.
    """
    value = own_member(target, word, frame)
    if value is not ABSENT:
        return value
    if is_collection(target):
        return of_items(target, word, lambda item: single(item, word, frame))
    raise no_property(word)


def single(item: Value, word: str, frame: "Frame | None") -> Value:
    """A property of one item of a collection, which is not enumerated in turn."""
    value = own_member(item, word, frame)
    if value is ABSENT:
        raise no_property(word)
    return value


def own_member(target: Value, word: str, frame: "Frame | None") -> Value:
    """A property of the value itself, or ABSENT where it is certain that there is none."""
    made = found_member(target, word, frame)
    if made is ABSENT:
        use("get", class_of(target), "absent")
    elif isinstance(target, Obj | Hash) and word in target:
        use("get", class_of(target), "own")
    else:
        use("get", class_of(target), word.lower())
        if isinstance(target, ErrorRecord):
            shown(target)
    return made


INNER = ("psobject", "psbase", "pstypenames", "psadapted", "psextended")


def found_member(target: Value, word: str, frame: "Frame | None") -> Value:
    """The property, whether that is proven or not."""
    low = word.lower()
    if target is None:
        return ABSENT
    if isinstance(target, Obj):
        return of_object(target, low, word, frame)
    if isinstance(target, Hash) and word in target:
        return target.get(word)
    if low in INNER and not isinstance(target, Hash):
        return inner_object(target, low)
    return of_type(target, low)


def of_type(target: Value, low: str) -> Value:
    """What the type of a value has."""
    if isinstance(target, PropertyList):
        return of_properties(low)
    if hasattr(target, "member"):  # an object the host made, such as $PSCmdlet
        return target.member(low)
    if isinstance(target, Hash) and not target.whole:
        raise Refused("")
    for kind, table in TABLES.items():
        if isinstance(target, kind):
            return from_list(table, target, low)
    raise Refused("")


def from_list(table: dict[str, Getter | None], target: Value, low: str) -> Value:
    """A property out of a type's list; one that the list knows but the dialect does not is refused."""
    if low not in table:
        if "*" in table:  # the type may have others
            raise Refused("")
        return ABSENT
    work = table[low]
    if work is None:
        raise Refused("")
    return work(target)


def of_object(target: Obj, low: str, word: str, frame: "Frame | None") -> Value:
    """A custom object's property, or what every object has."""
    if word in target:
        value = target.get(word)
        if isinstance(value, Property):
            if frame is None:
                raise Refused("")
            return value.of(target, frame)
        return value
    if low in INNER:
        return inner_object(target, low)
    if low in ("count", "length"):
        return 1
    return ABSENT


def inner_object(target: Value, low: str) -> Value:
    """`.PSObject` and `.PSBase`."""
    if low == "psobject" and isinstance(target, Obj | Hash | str):
        return Opaque(f"{AUTOMATION}.PSObject", {"of": target})
    if low == "psbase" and isinstance(target, Hash):
        made = Hash(ordered=target.ordered, kind=target.kind)
        return Opaque("base", {"of": target, "like": made})
    raise Refused("")


def of_properties(low: str) -> Value:
    """What a list of properties has; anything else is asked of each."""
    if low in ("count", "length"):
        raise Refused("")
    return ABSENT


# -- writing
def set_member(target: Value, word: str, value: Value) -> None:
    """`target.word = value`"""
    own = isinstance(target, Obj | Hash) and word in target
    use("set", class_of(target), "own" if own else "new")
    if target is None:
        told = f"The property '{word}' cannot be found on this object. Verify that the property exists and can be set."
        raise engine("PropertyNotFound", told)
    if isinstance(target, Obj):
        if word not in target:
            told = (
                f'Exception setting "{word}": "The property \'{word}\' cannot be found on this object. Verify that the '
                'property exists and can be set."'
            )
            type_ = f"{AUTOMATION}.SetValueInvocationException"
            raise engine("ExceptionWhenSetting", told, "NotSpecified", type_)
        if isinstance(target.get(word), Property) or target.host is not None:
            raise Refused("")
        target.put(word, value)
        return
    if isinstance(target, Hash):
        put_entry(target, word, value)
        return
    if isinstance(target, Opaque) and target.type == "property" and word.lower() == "value":
        target.props["holder"].put(target.props["name"], value)
        return
    raise Refused("")


def put_entry(target: Hash, key: Value, value: Value) -> None:
    """Sets a table's entry, in the types that a generic one wants."""
    if target.types is not None:
        try:
            key, value = cast(NetType(target.types[0]), key), cast(NetType(target.types[1]), value)
        except Thrown as thrown:
            raise Refused("") from thrown
    if key in target and target.loose is False and target.kind == SORTED:
        raise Refused("")
    target.put(key, value)


# -- static
def get_static(kind: NetType, word: str, frame: "Frame") -> Value:
    """`[type]::word`"""
    use("static", kind.name, word.lower())
    if kind.name in ENUMS:
        return enum_member(kind.name, word)
    made = statics.VALUES.get((kind.name, word.lower()))
    if made is None:
        raise Refused("")
    return made(frame)


def keys_of(target: Hash, *, values: bool) -> Array:
    """`.Keys` or `.Values`; without order, only what does not show one may look at them."""
    items = [value if values else key for key, value in target.items()]
    return Array.of(items, loose=not target.ordered)


def of_exception(name: str) -> Getter:
    """A property of an exception whose words may not be settled."""

    def work(value: NetException) -> Value:
        if name == "message":
            return words_of(value)
        return value.props[name] if name in value.props else refuse()

    return work


def refuse() -> Value:
    """A property that is not settled."""
    raise Refused("")


def category_of(record: ErrorRecord) -> Value:
    """`.CategoryInfo`"""
    if record.category is None:
        raise Refused("")
    return Opaque(f"{AUTOMATION}.ErrorCategoryInfo", {"record": record})


def of_category(holder: Opaque, what: str) -> Value:
    """Parts of `.CategoryInfo`."""
    record = holder.props.get("record")
    if not isinstance(record, ErrorRecord):
        raise Refused("")
    if what == "category":
        return enum_member(f"{AUTOMATION}.ErrorCategory", record.category or "")
    if what == "reason":
        return record.exception.type.rsplit(".", 1)[-1]
    if what == "activity":
        return record.activity if record.activity else refuse()
    if not isinstance(record.target, str):
        raise Refused("")
    return record.target


def short_name(kind: NetType) -> str:
    """`.Name` of a type."""
    if "+" in kind.name:
        raise Refused("")
    base = kind.name.split("[")[0] if "`" in kind.name else kind.name
    return base.rsplit(".", 1)[-1]


def full_name(kind: NetType) -> str:
    """`.FullName` of a type."""
    if "`" in kind.name:
        raise Refused("")
    return kind.name


def nothing_settled(*names: str) -> dict[str, Getter | None]:
    """Properties that exist but are outside the dialect."""
    return dict.fromkeys(names)


def whole(unit: int, turn: int) -> Getter:
    """A part of a TimeSpan."""
    return lambda s: s.whole(unit, turn)


def total(unit: int) -> Getter:
    """A TimeSpan in one unit."""
    return lambda s: s.ticks / unit


def of_opaque(name: str) -> Getter:
    """A property of an object we only know by name."""

    def work(holder: Opaque) -> Value:
        if "record" in holder.props:
            return of_category(holder, name)
        if name in holder.props:
            return holder.props[name]
        return refuse()

    return work


def date(part: str) -> Getter:
    """A part of a date."""
    return lambda m: int(getattr(m.when, part))


HASH: dict[str, Getter | None] = {
    "keys": lambda h: keys_of(h, values=False),
    "values": lambda h: keys_of(h, values=True),
    "count": len,
    **nothing_settled("isreadonly", "isfixedsize", "syncroot", "issynchronized", "comparer", "psobject", "psbase"),
    **nothing_settled("pstypenames", "psadapted", "psextended"),
}
ARRAY_ONLY = ("syncroot", "rank", "longlength", "isreadonly", "isfixedsize", "issynchronized")
TABLES: dict[type, dict[str, Getter | None]] = {
    Hash: HASH,
    Array: {"count": len, "length": len, **nothing_settled(*ARRAY_ONLY)},
    NetList: {"count": len, **nothing_settled(*ARRAY_ONLY, "capacity")},
    HashSet: {"count": len, "comparer": lambda h: Opaque("comparer", {"fold": h.fold})},
    bool: {},
    int: {},
    float: {},
    Char: {},
    str: {"length": len, "chars": None},
    Switch: {"ispresent": lambda s: s.present},
    Entry: {"key": lambda e: e.key, "name": lambda e: e.key, "value": lambda e: e.value},
    ErrorRecord: {
        "exception": lambda r: r.exception,
        "fullyqualifiederrorid": lambda r: r.id,
        "targetobject": lambda r: r.target,
        "categoryinfo": category_of,
        **nothing_settled("errordetails", "invocationinfo", "scriptstacktrace", "pipelineiterationinfo"),
    },
    NetException: {
        "message": of_exception("message"),
        "innerexception": lambda e: e.inner,
        "paramname": of_exception("paramname"),
        "*": None,
    },
    NetType: {"name": short_name, "fullname": full_name, "*": None},
    Record: {"message": lambda r: r.message, "*": None},
    Builder: {"length": lambda b: len(b.words), "*": None},
    Moment: {
        **{p: date(p) for p in ("year", "month", "day", "hour", "minute", "second")},
        "dayofyear": lambda m: m.when.timetuple().tm_yday,
        "dayofweek": lambda m: enum_member("System.DayOfWeek", m.when.strftime("%A")),
        "kind": lambda m: enum_member("System.DateTimeKind", m.kind),
        "date": lambda m: Moment(m.ticks - m.ticks % DAY, m.kind),
        "*": None,
    },
    Span: {
        "days": whole(DAY, 0),
        "hours": whole(HOUR, 24),
        "minutes": whole(MINUTE, 60),
        "seconds": whole(SECOND, 60),
        "totaldays": total(DAY),
        "totalhours": total(HOUR),
        "totalminutes": total(MINUTE),
        "totalseconds": total(SECOND),
        "*": None,
    },
    Release: {p: (lambda r, n=p: getattr(r, n)) for p in ("major", "minor", "build", "revision")} | {"*": None},
    Match: {
        "value": lambda m: m.value,
        "success": lambda m: m.success,
        "index": lambda m: m.index,
        "length": lambda m: len(m.value),
        "groups": lambda m: m.group_table(),
        "*": None,
    },
    Opaque: {
        "properties": properties_of,
        "baseobject": lambda o: o.props["of"] if "of" in o.props else refuse(),
        **{n: of_opaque(n) for n in ("category", "reason", "activity", "targetname", "name", "value", "membertype")},
        **{n: of_opaque(n) for n in ("fullname", "extension", "length", "directoryname", "basename", "mycommand")},
        "keys": lambda o: keys_of(o.props["of"], values=False) if o.type == "base" else refuse(),
        "count": lambda o: len(o.props["of"]) if o.type == "base" else refuse(),
        "*": None,
    },
    Enum: {"value__": lambda e: e.number},
    uuid.UUID: {"guid": str, "*": None},
    ScriptBlock: {"*": None},
}


def describe(value: Value) -> str:
    """A value's type, for messages."""
    return type_name(value)
