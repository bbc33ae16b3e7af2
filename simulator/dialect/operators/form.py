"""`-f` and `ToString(form)`: the forms of .NET that are the same in en-US and in the invariant culture."""

import math
import re
import uuid
from decimal import ROUND_HALF_UP, Context, Decimal

from simulator.dialect.convert import text
from simulator.dialect.dates import Moment, Span
from simulator.dialect.faults import Thrown, engine
from simulator.dialect.limits import text_of
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Enum, Hash, HashSet, NetList, Value, is_number, type_name

ITEM = re.compile(r"\{\{|\}\}|\{([0-9]+)(?:,([ ]*-?[0-9]+)[ ]*)?(?::((?:[^{}])*))?\}|[{}]")
CUSTOM = re.compile(r"(#,##0|#,#|0+|#+)?(?:\.([0#]+))?")


def formatted(left: Value, right: Value) -> str:
    """`-f`: an array spreads over the places, anything else fills the first."""
    arguments = list(right) if isinstance(right, Array) and right.kind not in VALUES else [right]
    if isinstance(right, Array) and right.loose:
        raise Refused("")
    return filled(text(left), arguments)


VALUES = ("System.Int32", "System.Int64", "System.Char", "System.Byte", "System.Double")  # arrays that do not spread


def filled(form: str, arguments: list[Value]) -> str:
    """A format with its arguments."""
    out: list[str] = []
    at = 0
    for found in ITEM.finditer(form):
        out.append(form[at : found.start()])
        at = found.end()
        if found[0] in ("{{", "}}"):
            out.append(found[0][0])
        elif found[1] is None:
            raise format_error(form, None)
        elif int(found[1]) >= len(arguments):
            raise format_error(form, TOO_FEW)
        else:
            use("item", class_of(arguments[int(found[1])]), "-" if found[3] is None else "shaped")
            shown = one(arguments[int(found[1])], found[3])
            width = int(found[2] or 0)
            text_of(abs(width))
            use("width", "-" if not width else "left" if width < 0 else "right")
            out.append(shown.rjust(width) if width >= 0 else shown.ljust(-width))
    return "".join([*out, form[at:]])


TOO_FEW = "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."


def format_error(form: str, why: str | None) -> Thrown:
    """The engine's error for a format that does not fit its arguments."""
    told = None if why is None else f"Error formatting a string: {why}."
    return engine("FormatError", told, target=form)


def one(value: Value, form: str | None) -> str:
    """One argument in its form; text and truth values ignore it."""
    if value is None:
        return ""
    if isinstance(value, Array):
        return type_name(value)
    if isinstance(value, NetList | HashSet):
        raise Refused("")
    if isinstance(value, Hash | bool | str) or not form:
        if isinstance(value, Moment) or (isinstance(value, float) and math.isinf(value)):
            raise Refused("")  # in the culture's own form
        return text(value)
    return shaped(value, form)


def shaped(value: Value, form: str) -> str:
    """A value in a form.

    Raises:
        Refused: A form that is not in the list.
    """
    use("shaped", class_of(value), "-" if isinstance(value, Moment) else form.replace(" ", "_"))
    if isinstance(value, Moment):
        return value.written(form)
    if isinstance(value, Span):
        return span(value, form)
    if isinstance(value, uuid.UUID):
        return guid(value, form)
    if isinstance(value, Enum):
        if form in ("G", "g"):
            return value.name
        if form in ("D", "d"):
            return str(value.number)
        raise Refused("")
    if is_number(value):
        return number(value, form)
    raise Refused("")


def number(value: Value, form: str) -> str:
    """A number: D, X, N, F, G, or places of digits."""
    letter, digits = form[0].upper(), form[1:]
    if letter in "DXNFG" and (digits.isdecimal() or not digits):
        size = int(digits) if digits else -1
        if letter in "DX":
            return integer(value, form[0], max(size, 0))
        if letter == "G":
            if digits or (isinstance(value, float) and math.isinf(value)):
                raise Refused("")
            return text(value)
        if size < 0:
            raise Refused("")  # how many digits then is the culture's: 2 in the invariant one, 3 in en-US
        return fixed(value, size, grouped=letter == "N")
    found = CUSTOM.fullmatch(form)
    if not found or not form:
        raise Refused("")
    return placed(value, found[1] or "", found[2] or "")


def integer(value: Value, letter: str, size: int) -> str:
    """D and X, for whole numbers only."""
    if not isinstance(value, int):
        raise Refused("")
    if letter in "Dd":
        return ("-" if value < 0 else "") + str(abs(int(value))).rjust(size, "0")
    if value < 0:
        raise Refused("")
    shown = f"{int(value):x}"
    return (shown.upper() if letter == "X" else shown).rjust(size, "0")


def rounded(value: Value, places: int) -> Decimal:
    """A number with so many digits after the point; halves of a Double are refused."""
    if isinstance(value, float) and (value != value or abs(value) > 1e15):  # noqa: PLR0124
        raise Refused("")
    exact = Decimal(value)  # the very value of a Double
    unit = Decimal(1).scaleb(-places)
    made = exact.quantize(unit, ROUND_HALF_UP)
    if abs(exact - made) * 2 == unit and isinstance(value, float):
        raise Refused("")
    if made == 0 and exact < 0:
        raise Refused("")
    return made


def fixed(value: Value, places: int, *, grouped: bool) -> str:
    """F and N."""
    return format(rounded(value, places), f"{',' if grouped else ''}.{places}f")


def placed(value: Value, whole: str, fraction: str) -> str:
    """Places of digits, as in `0.00` or `#,##0`; of a Double, 15 digits are looked at."""
    if isinstance(value, float):
        if not math.isfinite(value) or abs(value) > 1e14:
            raise Refused("")
        value = Context(prec=15).create_decimal(Decimal(value))
    made = rounded(value, len(fraction))
    shown = format(abs(made), f"{',' if ',' in whole else ''}.{len(fraction)}f")
    head, _, tail = shown.partition(".")
    if whole.startswith("0"):
        head = head.rjust(len(whole), "0")
    elif not whole.endswith("0") and head == "0":
        head = ""
    least = len(fraction.rstrip("#"))
    if "#" in fraction.rstrip("#"):
        raise Refused("")
    tail = tail[:least] + tail[least:].rstrip("0")
    if not head and not tail:
        raise Refused("")
    return ("-" if made < 0 else "") + head + (f".{tail}" if tail else "")


def span(value: Span, form: str) -> str:
    """A TimeSpan in a form of its own letters."""
    if form in ("c", "g", "G"):
        if form != "c":
            raise Refused("")
        return value.text()
    ticks = abs(value.ticks)
    numbers = {"d": ticks // 864_000_000_000, "h": ticks // 36_000_000_000 % 24, "m": ticks // 600_000_000 % 60}
    numbers["s"] = ticks // 10_000_000 % 60
    out, at = [], 0
    part = re.compile(r"(d{1,8}|h{1,2}|m{1,2}|s{1,2})|\\(.)|'([^']*)'")
    if len(form) < 2:
        raise Refused("")
    while at < len(form):
        found = part.match(form, at)
        if not found:
            raise Refused("")
        letters = found[1]
        out.append(str(numbers[letters[0]]).zfill(len(letters)) if letters else found[2] or found[3] or "")
        at = found.end()
    return "".join(out)


def guid(value: uuid.UUID, form: str) -> str:
    """N, D, B, P."""
    plain = str(value)
    shown = {"N": plain.replace("-", ""), "D": plain, "B": f"{{{plain}}}", "P": f"({plain})"}
    if form.upper() not in shown:
        raise Refused("")
    return shown[form.upper()]
