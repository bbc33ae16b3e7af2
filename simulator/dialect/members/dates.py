"""Methods of dates, spans, patterns, encodings and the like, by full type name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from simulator.dialect.casts import as_number
from simulator.dialect.convert import each
from simulator.dialect.dates import DAY, HOUR, MINUTE, SECOND, Moment, Span
from simulator.dialect.faults import Net
from simulator.dialect.members.texts import Method, word
from simulator.dialect.operators.patterns import Match, replacement
from simulator.dialect.operators.regex import Pattern
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import from_units, has_lone, to_units
from simulator.dialect.values import Array, Byte, NetList, Opaque, ScriptBlock, Value, is_number


def one_number(arguments: list[Value]) -> float | int:
    """The one argument, a number."""
    if len(arguments) != 1 or not is_number(arguments[0]):
        raise Refused("")
    made: float | int = as_number(arguments[0])
    return made


def later(unit: int) -> Method:
    """AddDays and its like."""

    def run(target: Moment, arguments: list[Value], _: Any) -> Value:
        ticks = one_number(arguments) * unit
        if ticks != int(ticks):
            raise Refused("")
        return target.plus(int(ticks))

    return run


def add_months(target: Moment, arguments: list[Value], _: Any) -> Value:
    """AddMonths: the last day of a shorter month where the day is not there."""
    return months(target, int(one_number(arguments)))


def add_years(target: Moment, arguments: list[Value], _: Any) -> Value:
    """AddYears."""
    return months(target, int(one_number(arguments)) * 12)


def months(target: Moment, count: int) -> Moment:
    """So many months later."""
    when = target.when
    year, month = divmod(when.year * 12 + when.month - 1 + count, 12)
    following = when.replace(year=year, month=month + 1, day=1) + timedelta(days=31)
    last = (following.replace(day=1) - timedelta(days=1)).day
    day = min(when.day, last)
    return Moment.of(when.replace(year=year, month=month + 1, day=day), target.kind, target.ticks % 10)


def moment_text(target: Moment, arguments: list[Value], _: Any) -> Value:
    """ToString(form[, invariant culture]); without a form it is the culture's own."""
    given = [a for a in arguments if not (isinstance(a, Opaque) and a.type.endswith("CultureInfo"))]
    if len(given) != 1:
        raise Refused("")
    return target.written(word(given[0]))


def to_universal(target: Moment, arguments: list[Value], _: Any) -> Value:
    """ToUniversalTime() of a time that is UTC already."""
    if arguments or target.kind != "Utc":
        raise Refused("")
    return target


def span_add(sign: int) -> Method:
    """Add, Subtract of a span."""

    def run(target: Any, arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        other = arguments[0]
        if isinstance(other, Span):
            made = sign * other.ticks
            return target.plus(made) if isinstance(target, Moment) else Span(target.ticks + made)
        if sign < 0 and isinstance(other, Moment) and isinstance(target, Moment):
            return Span(target.ticks - other.ticks)
        raise Refused("")

    return run


# -- patterns
def matched(give: Callable[[Pattern, str], Value]) -> Method:
    """A method of a pattern on one text."""

    def run(target: Pattern, arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        return give(target, word(arguments[0]))

    return run


def all_of(pattern: Pattern, words: str) -> Value:
    """Every match, one behind the other."""
    pattern.settle(words)
    return NetList(
        [Match.of(pattern, found) for found in pattern.compiled.finditer(words)],
        "System.Text.RegularExpressions.MatchCollection",
    )


def replaced(target: Pattern, arguments: list[Value], frame: Any) -> Value:
    """Replace(text, replacement): signs in it as with -replace; a block gets the match as its argument."""
    if len(arguments) != 2:
        raise Refused("")
    words, second = word(arguments[0]), arguments[1]
    target.settle(words)
    if isinstance(second, ScriptBlock):
        return target.compiled.sub(lambda found: by_block(target, found, second, frame), words)
    return target.compiled.sub(replacement(word(second), target), words)


def by_block(pattern: Pattern, found: Any, block: ScriptBlock, frame: Any) -> str:
    """What a block makes of a match."""
    from simulator.dialect.convert import text
    from simulator.dialect.run.binding import Given
    from simulator.dialect.run.blocks import invoked

    out = invoked(frame, block, [Given("", Match.of(pattern, found))])
    if len(out) != 1:
        raise Refused("")
    return text(out[0])


def parted(pattern: Pattern, words: str) -> Value:
    """Split(text)."""
    pattern.settle(words)
    return Array.of([p for p in pattern.compiled.split(words) if p is not None], "System.String")


# -- encodings
def get_bytes(target: Opaque, arguments: list[Value], _: Any) -> Value:
    """GetBytes(text) of UTF-8 or ASCII."""
    words = word(arguments[0]) if len(arguments) == 1 else refuse()
    if target.type.endswith("ASCIIEncoding"):
        return Array.of([Byte(ord(c) if ord(c) < 128 else 63) for c in words], "System.Byte")
    if has_lone(words):
        raise Refused("")
    return Array.of([Byte(b) for b in from_units(words).encode()], "System.Byte")


def get_string(target: Opaque, arguments: list[Value], _: Any) -> Value:
    """GetString(bytes) of UTF-8 or ASCII; a BOM stays."""
    if len(arguments) != 1 or not isinstance(arguments[0], Array) or arguments[0].kind != "System.Byte":
        raise Refused("")
    content = bytes(int(b) for b in each(arguments[0]))
    if target.type.endswith("ASCIIEncoding"):
        return "".join(chr(b) if b < 128 else "\ufffd" for b in content)
    try:
        return to_units(content.decode())
    except UnicodeDecodeError as error:
        if target.props.get("strict"):
            raise Net("System.Text.DecoderFallbackException") from error
        raise Refused("") from error


def refuse() -> str:
    """A form of a method that is outside the dialect."""
    raise Refused("")


UTF8, ASCII = "System.Text.UTF8Encoding", "System.Text.ASCIIEncoding"
METHODS: dict[tuple[str, str], Method] = {
    ("System.DateTime", "adddays"): later(DAY),
    ("System.DateTime", "addhours"): later(HOUR),
    ("System.DateTime", "addminutes"): later(MINUTE),
    ("System.DateTime", "addseconds"): later(SECOND),
    ("System.DateTime", "addmonths"): add_months,
    ("System.DateTime", "addyears"): add_years,
    ("System.DateTime", "tostring"): moment_text,
    ("System.DateTime", "touniversaltime"): to_universal,
    ("System.DateTime", "add"): span_add(1),
    ("System.DateTime", "subtract"): span_add(-1),
    ("System.TimeSpan", "add"): span_add(1),
    ("System.TimeSpan", "subtract"): span_add(-1),
    ("System.Text.RegularExpressions.Regex", "ismatch"): matched(lambda p, w: p.search(w) is not None),
    ("System.Text.RegularExpressions.Regex", "match"): matched(lambda p, w: Match.of(p, p.search(w))),
    ("System.Text.RegularExpressions.Regex", "matches"): matched(all_of),
    ("System.Text.RegularExpressions.Regex", "split"): matched(parted),
    ("System.Text.RegularExpressions.Regex", "replace"): replaced,
    (UTF8, "getbytes"): get_bytes,
    (UTF8, "getstring"): get_string,
    (ASCII, "getbytes"): get_bytes,
    (ASCII, "getstring"): get_string,
}
