"""DateTime, TimeSpan and Version, as far as they are the same in every culture. Local time is outside the dialect."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.dialect.proven import use
from simulator.dialect.refuse import Refused

DAY, HOUR, MINUTE, SECOND = 864_000_000_000, 36_000_000_000, 600_000_000, 10_000_000
ZERO = datetime(1, 1, 1)  # noqa: DTZ001 (ticks count from here, in no zone)
END = 3_652_059 * DAY  # the first tick behind the year 9999
MONTHS: tuple[str, ...] = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
)
MONTHS += ("November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?")
AMERICAN = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})(?: (\d\d?):(\d\d)(?::(\d\d))?)?")
SPAN = re.compile(r"(-)?(?:(\d+)\.)?(\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d{1,7}))?)?")
FORM = re.compile(r"d{1,4}|M{1,4}|y{4,}|yy|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|tt|K|'[^']*'|\\.|[-/:. ,_]|T|Z")


@dataclass(frozen=True, order=True)
class Moment:
    """[datetime]: ticks of 100 ns since the year 1; the kind does not count when two are compared."""

    NET = "System.DateTime"
    ticks: int
    kind: str = field(default="Unspecified", compare=False)

    @classmethod
    def of(cls, when: datetime, kind: str = "Unspecified", rest: int = 0) -> "Moment":
        """From Python's, with ticks below a microsecond."""
        since = when.replace(tzinfo=None) - ZERO
        return cls((since.days * 86400 + since.seconds) * SECOND + since.microseconds * 10 + rest, kind)

    @property
    def when(self) -> datetime:
        """As Python's, without zone."""
        return ZERO + timedelta(microseconds=self.ticks // 10)

    def plus(self, ticks: int) -> "Moment":
        """So many ticks later."""
        made = self.ticks + ticks
        if not 0 <= made < END:
            raise Refused("")
        return Moment(made, self.kind)

    def text(self) -> str:
        """As PowerShell makes text of it, in the invariant culture."""
        return self.written("MM/dd/yyyy HH:mm:ss")

    def written(self, form: str) -> str:
        """In a form of .NET: o, s, u, or letters that mean the same everywhere.

        Raises:
            Refused: A form that depends on the culture, or that is not in the list.
        """
        fraction = f"{self.ticks % SECOND:07d}"
        suffix = "Z" if self.kind == "Utc" else ""
        if form in ("o", "O"):
            return f"{self.when:%Y-%m-%dT%H:%M:%S}.{fraction}{suffix}".rjust(27 + len(suffix), "0")
        if form == "s":
            return f"{self.when:%Y-%m-%dT%H:%M:%S}".rjust(19, "0")
        if form == "u":
            return f"{self.when:%Y-%m-%d %H:%M:%S}Z".rjust(20, "0")
        if len(form) < 2:
            raise Refused("")
        out, at = [], 0
        while at < len(form):
            found = FORM.match(form, at)
            if not found:
                raise Refused("")
            use("date", found[0][0] * 2 if found[0][0] == "'" else found[0].replace(" ", "_"))
            out.append(self.part(found[0], fraction))
            at = found.end()
        return "".join(out)

    def part(self, letters: str, fraction: str) -> str:  # noqa: PLR0911
        """One part of a form."""
        when, size = self.when, len(letters)
        twelve = (when.hour + 11) % 12 + 1
        numbers = {"H": when.hour, "h": twelve, "m": when.minute, "s": when.second}
        first = letters[0]
        if first in numbers:
            return str(numbers[first]).zfill(size)
        if first == "d":
            name = DAYS[when.weekday()]
            return str(when.day).zfill(size) if size < 3 else name[:3] if size == 3 else name
        if first == "M":
            name = MONTHS[when.month - 1]
            return str(when.month).zfill(size) if size < 3 else name[:3] if size == 3 else name
        if first == "y":
            return f"{when.year % 100:02d}" if size == 2 else str(when.year).zfill(size)
        if first == "f":
            return fraction[:size]
        if first == "K":
            return "Z" if self.kind == "Utc" else ""
        if first in "'\\":
            return letters.strip("'") if first == "'" else letters[1]
        return ("AM" if when.hour < 12 else "PM") if letters == "tt" else letters


@dataclass(frozen=True, order=True)
class Span:
    """[timespan]: ticks of 100 ns."""

    NET = "System.TimeSpan"
    ticks: int

    def text(self) -> str:
        """`[-][d.]hh:mm:ss[.fffffff]`"""
        sign, ticks = "-" if self.ticks < 0 else "", abs(self.ticks)
        days, rest = divmod(ticks, DAY)
        shown = f"{rest // HOUR:02d}:{rest // MINUTE % 60:02d}:{rest // SECOND % 60:02d}"
        fraction = f".{rest % SECOND:07d}" if rest % SECOND else ""
        return f"{sign}{f'{days}.' if days else ''}{shown}{fraction}"

    def whole(self, unit: int, turn: int) -> int:
        """How many whole units, within the next larger one."""
        count = abs(self.ticks) // unit
        return (count % turn if turn else count) * (-1 if self.ticks < 0 else 1)


@dataclass(frozen=True, order=True)
class Release:
    """[version]: up to four numbers; a missing one is -1."""

    NET = "System.Version"
    major: int
    minor: int
    build: int = -1
    revision: int = -1

    def text(self) -> str:
        """Its numbers with dots."""
        return ".".join(str(n) for n in (self.major, self.minor, self.build, self.revision) if n >= 0)


def moment_of(words: str) -> Moment | None:
    """A date in ISO form or in the invariant culture's; None where it is not one of these."""
    text = words.strip()
    use("date", "of", re.sub("[0-9]", "9", text).replace(" ", "_"))
    iso, american = ISO.fullmatch(text), AMERICAN.fullmatch(text)
    found = iso or american
    if not found:
        return None
    numbers = [int(n or 0) for n in found.groups()[:6]]
    if american:
        numbers = [numbers[2], numbers[0], numbers[1], *numbers[3:]]
    rest = int((found[7] or "").ljust(7, "0")) if iso else 0
    try:
        return Moment.of(datetime(*numbers)).plus(rest)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def span_of(words: str) -> Span | None:
    """`[d.]hh:mm[:ss[.f]]`; None where it is not that."""
    found = SPAN.fullmatch(words.strip())
    if not found:
        return None
    days, hours, minutes, seconds = (int(found[n] or 0) for n in (2, 3, 4, 5))
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    ticks = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + int((found[6] or "").ljust(7, "0"))
    return Span(-ticks if found[1] else ticks)


def release_of(words: str) -> Release | None:
    """Two to four numbers with dots."""
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,9}){1,3}", words.strip()):
        return None
    return Release(*(int(n) for n in words.strip().split(".")))
