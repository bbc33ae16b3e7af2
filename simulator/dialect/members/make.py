"""New objects: `New-Object` and `[type]::new(…)`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import each, text
from simulator.dialect.dates import DAY, HOUR, MINUTE, SECOND, Moment, Release, Span
from simulator.dialect.faults import BASES, Net, Thrown
from simulator.dialect.limits import text_of
from simulator.dialect.members.lists import converted
from simulator.dialect.operators.regex import regex
from simulator.dialect.refuse import Refused
from simulator.dialect.types import AUTOMATION, enum_member
from simulator.dialect.values import (
    ARRAY_LIST,
    COLLECTION,
    DICTIONARY,
    HASHTABLE,
    LIST,
    ORDERED,
    QUEUE,
    SORTED,
    STACK,
    Array,
    Builder,
    Char,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
    NetException,
    NetList,
    NetType,
    Obj,
    Opaque,
    Value,
)


def make(kind: NetType, arguments: list[Value], _: Any) -> Value:
    """A new object of a listed type."""
    name = kind.name
    base, _, inner = name.partition("[")
    if base in (LIST, QUEUE, STACK, COLLECTION) or name == ARRAY_LIST:
        return a_list(base, inner.rstrip("]") or "System.Object", arguments)
    if base == "System.Collections.Generic.HashSet`1":
        return a_set(arguments)
    if base in (DICTIONARY, SORTED):
        return a_dictionary(base, inner.rstrip("]"), arguments)
    if name in BASES:
        return an_exception(name, arguments)
    work = MAKERS.get(name)
    if work is None:
        raise Refused("")
    return work(arguments)


def a_list(kind: str, element: str, arguments: list[Value]) -> NetList:
    """A list, queue or stack: empty, with a capacity, or of a collection."""
    made = NetList([], kind, element)
    if not arguments or (len(arguments) == 1 and type(arguments[0]) is int and kind != COLLECTION):
        return made
    if len(arguments) != 1 or not isinstance(arguments[0], Array | NetList | HashSet) or kind == COLLECTION:
        raise Refused("")
    items = [converted(made, item) for item in each(arguments[0])]
    made.extend(reversed(items) if kind == STACK else items)
    return made


def a_set(arguments: list[Value]) -> HashSet:
    """A HashSet[string]: of a comparer, of a collection, of both."""
    fold = False
    items: list[Value] = []
    for given in arguments:
        if isinstance(given, Opaque) and "fold" in given.props:
            fold = bool(given.props["fold"])
        elif isinstance(given, Array | HashSet | NetList):
            items = each(given)
        else:
            raise Refused("")
    if len(arguments) > 2:
        raise Refused("")
    made = HashSet(fold=fold)
    for item in items:
        made.rows.setdefault(made.key(text(item)), text(item))
    return made


def a_dictionary(base: str, inner: str, arguments: list[Value]) -> Hash:
    """A generic dictionary, empty, by unit or with a comparer."""
    key, value = inner.split(",")
    if key not in ("System.String", "System.Int32", "System.Guid"):
        raise Refused("")
    fold = False
    if arguments:
        if len(arguments) != 1 or not (isinstance(arguments[0], Opaque) and "fold" in arguments[0].props):
            raise Refused("")
        fold = bool(arguments[0].props["fold"])
    made = Hash(ordered=base == DICTIONARY, kind=base, fold=fold, types=(key, value))
    made.exact = base == DICTIONARY  # by unit, unless a comparer says otherwise
    return made


def an_exception(name: str, arguments: list[Value]) -> NetException:
    """An exception with its message, and what is inside it."""
    if not 1 <= len(arguments) <= 2 or not isinstance(arguments[0], str):
        raise Refused("")
    told, inner = str(arguments[0]), None
    props: dict[str, Value] = {}
    if len(arguments) == 2:
        if isinstance(arguments[1], NetException):
            inner = arguments[1]
        elif name == "System.ArgumentException" and isinstance(arguments[1], str):
            props["paramname"] = str(arguments[1])
            told = f"{told} (Parameter '{arguments[1]}')"
        else:
            raise Refused("")
    special = name in ("System.ArgumentNullException", "System.ArgumentOutOfRangeException")
    if (special or name.startswith(AUTOMATION)) and not name.endswith(".RuntimeException"):
        raise Refused("")
    return NetException(name, told, inner, props, given=True)


def error_record(arguments: list[Value]) -> ErrorRecord:
    """An error record of an exception, an id, a category and a target."""
    if len(arguments) != 4 or not isinstance(arguments[0], NetException):
        raise Refused("")
    category = arguments[2]
    if not isinstance(category, Enum):
        category = enum_member(f"{AUTOMATION}.ErrorCategory", text(category))
    return ErrorRecord(arguments[0], text(arguments[1]), category.name, arguments[3])


def moment(arguments: list[Value]) -> Moment:
    """A date of its numbers, and its kind."""
    kind = "Unspecified"
    if arguments and isinstance(arguments[-1], Enum) and arguments[-1].type == "System.DateTimeKind":
        kind = arguments[-1].name
        arguments = arguments[:-1]
    if len(arguments) not in (3, 6) or not all(type(a) is int for a in arguments) or kind == "Local":
        raise Refused("")
    try:
        return Moment.of(datetime(*arguments), kind)  # noqa: DTZ001 (the kind says the zone)
    except ValueError as error:
        raise Net("System.ArgumentOutOfRangeException") from error


def span(arguments: list[Value]) -> Span:
    """A span of hours, minutes, seconds, with days in front or not."""
    if len(arguments) not in (3, 4) or not all(type(a) is int for a in arguments):
        raise Refused("")
    days, hours, minutes, seconds = arguments if len(arguments) == 4 else [0, *arguments]
    return Span(days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND)


def version(arguments: list[Value]) -> Release:
    """A version of its numbers or of text."""
    if len(arguments) == 1:
        made = cast(NetType("System.Version"), arguments[0])
        assert isinstance(made, Release)
        return made
    if not 2 <= len(arguments) <= 4 or not all(type(a) is int and a >= 0 for a in arguments):
        raise Refused("")
    return Release(*arguments)


def words(arguments: list[Value]) -> str:
    """[string]::new(character, count), of characters."""
    if len(arguments) == 2 and isinstance(arguments[0], str) and len(arguments[0]) == 1 and type(arguments[1]) is int:
        if arguments[1] < 0:
            raise Refused("")
        text_of(arguments[1])
        return str(arguments[0]) * arguments[1]
    if len(arguments) == 1 and isinstance(arguments[0], Array) and arguments[0].kind == "System.Char":
        return "".join(str(c) for c in arguments[0])
    raise Refused("")


def encoding(arguments: list[Value]) -> Opaque:
    """UTF-8, with a BOM if asked, strict if asked."""
    if len(arguments) > 2 or not all(isinstance(a, bool) for a in arguments):
        raise Refused("")
    flags = [*arguments, False, False]
    return Opaque("System.Text.UTF8Encoding", {"bom": flags[0], "strict": flags[1]})


def builder(arguments: list[Value]) -> Builder:
    """A StringBuilder, empty or of text."""
    if not arguments or (len(arguments) == 1 and type(arguments[0]) is int):
        return Builder()
    if len(arguments) != 1 or not isinstance(arguments[0], str) or isinstance(arguments[0], Char):
        raise Refused("")
    return Builder(str(arguments[0]))


def pattern(arguments: list[Value]) -> Value:
    """A Regex of a pattern; case counts."""
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise Refused("")
    return regex(str(arguments[0]), fold=False)


def empty(kind: str) -> Callable[[list[Value]], Value]:
    """A table without arguments."""

    def work(arguments: list[Value]) -> Value:
        if arguments:
            raise Refused("")
        return Hash(ordered=kind == ORDERED, kind=kind, fold=False)

    return work


def custom(arguments: list[Value]) -> Obj:
    """An object without properties."""
    if arguments:
        raise Refused("")
    return Obj()


def guid(arguments: list[Value]) -> Value:
    """A guid of text."""
    if len(arguments) != 1:
        raise Refused("")
    try:
        return cast(NetType("System.Guid"), arguments[0])
    except Thrown as thrown:
        raise Refused("") from thrown


def hashtable(arguments: list[Value]) -> Hash:
    """A hashtable, empty; by unit with case where a comparer says so."""
    if not arguments:
        return Hash(kind=HASHTABLE, fold=False)
    if len(arguments) != 1 or not (isinstance(arguments[0], Opaque) and "fold" in arguments[0].props):
        raise Refused("")
    made = Hash(kind=HASHTABLE, fold=bool(arguments[0].props["fold"]))
    made.exact = True
    return made


MAKERS: dict[str, Callable[[list[Value]], Value]] = {
    HASHTABLE: hashtable,
    ORDERED: empty(ORDERED),
    f"{AUTOMATION}.ErrorRecord": error_record,
    f"{AUTOMATION}.PSObject": custom,
    "System.DateTime": moment,
    "System.TimeSpan": span,
    "System.Version": version,
    "System.String": words,
    "System.Guid": guid,
    "System.Text.UTF8Encoding": encoding,
    "System.Text.StringBuilder": builder,
    "System.Text.RegularExpressions.Regex": pattern,
}
