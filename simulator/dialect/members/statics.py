"""Static members: `[type]::Name` and `[type]::Method(…)`, listed by type."""

import math
import uuid
from collections.abc import Callable
from typing import Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import each, is_collection, own_text, text
from simulator.dialect.dates import Moment
from simulator.dialect.faults import Net, Thrown
from simulator.dialect.limits import joined
from simulator.dialect.members import characters, dates, io, numbers
from simulator.dialect.members.texts import alike, kind_of, word
from simulator.dialect.operators import wildcard
from simulator.dialect.operators.culture import order_text
from simulator.dialect.operators.form import filled
from simulator.dialect.operators.patterns import BLANKS
from simulator.dialect.operators.regex import regex
from simulator.dialect.readings import guid_of
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    NOTHING,
    Array,
    Char,
    Int64,
    NetList,
    NetType,
    Opaque,
    Reference,
    Value,
)

Static = Callable[[list[Value], Any], Value]
AUTOMATION = "System.Management.Automation"


def comparer(fold: bool) -> Callable[[Any], Value]:
    """A StringComparer."""
    return lambda _: Opaque("System.StringComparer", {"fold": fold})


def fixed(value: Value) -> Callable[[Any], Value]:
    """A value that is always the same."""
    return lambda _: value


def utc_now(frame: Any) -> Value:
    """[DateTime]::UtcNow by the host's clock; without a host there is no time."""
    now = getattr(frame.engine.host, "now", None)
    if now is None:
        raise Refused("")
    return Moment.of(now(), "Utc")


VALUES: dict[tuple[str, str], Callable[[Any], Value]] = {
    ("System.Int32", "maxvalue"): fixed(2**31 - 1),
    ("System.Int32", "minvalue"): fixed(-(2**31)),
    ("System.Int64", "maxvalue"): fixed(Int64(2**63 - 1)),
    ("System.Int64", "minvalue"): fixed(Int64(-(2**63))),
    ("System.Double", "nan"): fixed(float("nan")),
    ("System.Double", "positiveinfinity"): fixed(float("inf")),
    ("System.Double", "negativeinfinity"): fixed(float("-inf")),
    ("System.Math", "pi"): fixed(math.pi),
    ("System.Math", "e"): fixed(math.e),
    ("System.String", "empty"): fixed(""),
    ("System.Guid", "empty"): fixed(uuid.UUID(int=0)),
    ("System.DateTime", "minvalue"): fixed(Moment(0)),
    ("System.DateTime", "utcnow"): utc_now,
    ("System.Globalization.CultureInfo", "invariantculture"): lambda _: Opaque("System.Globalization.CultureInfo"),
    ("System.StringComparer", "ordinalignorecase"): comparer(fold=True),
    ("System.StringComparer", "ordinal"): comparer(fold=False),
    ("System.Text.Encoding", "utf8"): lambda _: Opaque("System.Text.UTF8Encoding", {"bom": True}),
    ("System.Text.Encoding", "ascii"): lambda _: Opaque("System.Text.ASCIIEncoding", {"bom": False}),
    ("System.IO.Path", "directoryseparatorchar"): fixed(Char("/")),
    ("System.Environment", "newline"): fixed("\n"),
}


# -- strings
def string_equals(arguments: list[Value], _: Any) -> Value:
    """[string]::Equals(a, b[, comparison])."""
    if len(arguments) == 2:
        if not all(isinstance(a, str) for a in arguments):
            raise Refused("")
        return str(arguments[0]) == str(arguments[1])
    if len(arguments) != 3 or any(isinstance(a, Array | NetList) for a in arguments):
        raise Refused("")
    a, b = alike(text(arguments[0]), text(arguments[1]), kind_of(arguments[2]))
    return a == b


def string_compare(arguments: list[Value], _: Any) -> Value:
    """[string]::Compare(a, b[, ignoreCase]) by culture."""
    if not 2 <= len(arguments) <= 3 or not all(isinstance(a, str) for a in arguments[:2]):
        raise Refused("")
    fold = arguments[2] if len(arguments) == 3 else False
    if not isinstance(fold, bool):
        kind = kind_of(fold)
        if kind.startswith("Ordinal"):
            raise Refused("")
        fold = kind.endswith("IgnoreCase")
    return order_text(str(arguments[0]), str(arguments[1]), fold)


def compare_ordinal(arguments: list[Value], _: Any) -> Value:
    """[string]::CompareOrdinal(a, b): by unit."""
    if len(arguments) != 2:
        raise Refused("")
    a, b = word(arguments[0]), word(arguments[1])
    made = next((ord(x) - ord(y) for x, y in zip(a, b, strict=False) if x != y), len(a) - len(b))
    if abs(made) > 1:
        raise Refused("")  # only its sign is promised
    return made


def string_join(arguments: list[Value], _: Any) -> Value:
    """[string]::Join(separator, items), or several items that are text."""
    if len(arguments) < 2 or not isinstance(arguments[0], str | None):
        raise Refused("")
    items = arguments[1:]
    if len(items) == 1:
        items = each(items[0]) if is_collection(items[0]) else items
    elif len(items) == 3 and not isinstance(items[0], str):
        raise Refused("")  # Join(separator, texts, start, count)
    elif not all(isinstance(i, str) for i in items):
        raise Refused("")
    if any(isinstance(i, Array | NetList) for i in items):
        raise Refused("")
    return joined([own_text(item) for item in items], text(arguments[0]))


def string_format(arguments: list[Value], _: Any) -> Value:
    """[string]::Format(format, arguments…)."""
    if len(arguments) < 2:
        raise Refused("")
    rest = arguments[1:]
    if len(rest) == 1 and isinstance(rest[0], Array):
        rest = list(rest[0])
    try:
        return filled(word(arguments[0]), rest)
    except Thrown as thrown:
        raise Net("System.FormatException") from thrown


def concat(arguments: list[Value], _: Any) -> Value:
    """[string]::Concat(values…)."""
    if len(arguments) < 2 or any(isinstance(a, Array | NetList) for a in arguments):
        raise Refused("")
    return "".join(own_text(a) for a in arguments)


def null_or_blank(blank: bool) -> Static:
    """IsNullOrEmpty, IsNullOrWhiteSpace."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        words = text(arguments[0])
        return (words.strip(BLANKS) if blank else words) == ""

    return run


# -- guids
def parse_guid(arguments: list[Value], _: Any) -> Value:
    """[guid]::Parse(text)."""
    made = guid_of(word(arguments[0])) if len(arguments) == 1 else None
    if made is None:
        short = len(word(arguments[0])) < 32 and "-" not in word(arguments[0])
        raise Net("System.FormatException", "Unrecognized Guid format." if short else None)
    return made


def try_guid(arguments: list[Value], _: Any) -> Value:
    """[guid]::TryParse(text, [ref] guid)."""
    if len(arguments) != 2 or not isinstance(arguments[1], Reference) or not isinstance(arguments[0], str):
        raise Refused("")
    made = guid_of(str(arguments[0]))
    arguments[1].set(made or uuid.UUID(int=0))
    return made is not None


# -- patterns
def escape(words: str) -> str:
    """[regex]::Escape"""
    signs = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", " ": "\\ "}
    return "".join(signs.get(c) or ("\\" + c if c in "\\*+?|{[()^$.#" else c) for c in words)


def on_text(work: Callable[[str], Value]) -> Static:
    """A function of one text."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        return work(word(arguments[0]))

    return run


def static_regex(name: str) -> Static:
    """[regex]::IsMatch(text, pattern[, …][, 'IgnoreCase']); case counts unless told."""
    work = dates.METHODS["System.Text.RegularExpressions.Regex", name]

    def run(arguments: list[Value], frame: Any) -> Value:
        least = 3 if name == "replace" else 2
        if not least <= len(arguments) <= least + 1:
            raise Refused("")
        fold = False
        if len(arguments) > least:
            if text(arguments[-1]).lower() != "ignorecase":
                raise Refused("")
            fold = True
        pattern = regex(word(arguments[1]), fold)
        return work(pattern, [arguments[0], *arguments[2:least]], frame)

    return run


def quoted_content(words: str) -> str:
    """[CodeGeneration]::EscapeSingleQuotedStringContent: each of the five quote signs twice."""
    return "".join(c * 2 if c in "'\u2018\u2019\u201a\u201b" else c for c in words)


# -- arrays
def reverse_array(arguments: list[Value], _: Any) -> Value:
    """[array]::Reverse(array)."""
    if len(arguments) != 1 or not isinstance(arguments[0], Array) or arguments[0].loose:
        raise Refused("")
    arguments[0].reverse()
    return NOTHING


def sort_array(arguments: list[Value], _: Any) -> Value:
    """[array]::Sort(array)."""
    from simulator.dialect.members.lists import in_order

    if len(arguments) != 1 or not isinstance(arguments[0], Array):
        raise Refused("")
    arguments[0][:] = in_order(list(arguments[0]))
    arguments[0].loose = False
    return NOTHING


def index_in(arguments: list[Value], frame: Any) -> Value:
    """[array]::IndexOf(array, item)."""
    from simulator.dialect.members.lists import array_index

    if len(arguments) != 2 or not isinstance(arguments[0], Array):
        raise Refused("")
    return array_index(arguments[0], arguments[1:], frame)


def create_block(arguments: list[Value], frame: Any) -> Value:
    """[scriptblock]::Create(text)."""
    if len(arguments) != 1:
        raise Refused("")
    return frame.engine.create_block(word(arguments[0]))


def same_reference(arguments: list[Value], _: Any) -> Value:
    """[object]::ReferenceEquals(a, b) of objects."""
    if len(arguments) != 2 or any(isinstance(a, str | int | float) for a in arguments):
        raise Refused("")
    return arguments[0] is arguments[1]


def hexed(arguments: list[Value], _: Any) -> Value:
    """[BitConverter]::ToString(bytes)."""
    if len(arguments) != 1 or not isinstance(arguments[0], Array):
        raise Refused("")
    return "-".join(f"{int(cast(NetType('System.Byte'), b)):02X}" for b in each(arguments[0]))


REGEX = "System.Text.RegularExpressions.Regex"
METHODS: dict[tuple[str, str], Static] = {
    ("System.String", "equals"): string_equals,
    ("System.String", "compare"): string_compare,
    ("System.String", "compareordinal"): compare_ordinal,
    ("System.String", "join"): string_join,
    ("System.String", "format"): string_format,
    ("System.String", "concat"): concat,
    ("System.String", "isnullorempty"): null_or_blank(blank=False),
    ("System.String", "isnullorwhitespace"): null_or_blank(blank=True),
    ("System.Guid", "parse"): parse_guid,
    ("System.Guid", "tryparse"): try_guid,
    (REGEX, "escape"): on_text(escape),
    **{(REGEX, name): static_regex(name) for name in ("ismatch", "match", "matches", "replace", "split")},
    (f"{AUTOMATION}.WildcardPattern", "escape"): on_text(wildcard.escape),
    (f"{AUTOMATION}.WildcardPattern", "unescape"): on_text(wildcard.unescape),
    (f"{AUTOMATION}.WildcardPattern", "containswildcardcharacters"): on_text(wildcard.wild),
    (f"{AUTOMATION}.Language.CodeGeneration", "escapesinglequotedstringcontent"): on_text(quoted_content),
    (f"{AUTOMATION}.ScriptBlock", "create"): create_block,
    ("System.Array", "reverse"): reverse_array,
    ("System.Array", "sort"): sort_array,
    ("System.Array", "indexof"): index_in,
    ("System.Object", "referenceequals"): same_reference,
    ("System.BitConverter", "tostring"): hexed,
    **numbers.METHODS,
    **characters.METHODS,
    **io.METHODS,
}
