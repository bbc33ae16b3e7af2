"""Text as a guid, a date, a span, a version: in the forms that are settled."""

import re
import uuid
from collections.abc import Callable

from simulator.dialect.dates import Release, release_of
from simulator.dialect.faults import bad_cast
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Char, Value


def to_guid(value: Value) -> uuid.UUID:
    """[guid] of text: 32 digits, with dashes, in braces or parentheses."""
    if isinstance(value, uuid.UUID):
        return value
    if not isinstance(value, str):
        raise Refused("")
    made = guid_of(str(value))
    if made is None:
        raise bad_cast(
            str(value), "System.Guid", "InvalidCastParseTargetInvocationWithFormatProvider", guid_fault(str(value))
        )
    return made


def guid_of(words: str) -> uuid.UUID | None:
    """A guid in one of its written forms."""
    bare = words.strip()
    digits = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    if re.fullmatch(rf"[0-9a-fA-F]{{32}}|{digits}|\{{{digits}\}}|\({digits}\)", bare):
        return uuid.UUID(bare.strip("{}()"))
    if bare.startswith("{0x"):
        raise Refused("")
    return None


def guid_fault(words: str) -> str | None:
    """What .NET says of text that is no guid, where we know its words."""
    return "Unrecognized Guid format." if len(words) < 32 and "-" not in words else None


def parsed(kind: type, read: Callable[[str], Value], id_: str) -> Callable[[Value], Value]:
    """[datetime], [timespan], [version] of text in a form that is settled."""

    def work(value: Value) -> Value:
        if isinstance(value, kind):
            return value
        if not isinstance(value, str) or isinstance(value, Char):
            raise Refused("")
        made = read(str(value))
        if made is None:
            if not id_ or not re.fullmatch(r"[a-z -]*[a-z][a-z -]*", value) or CALENDAR.search(value):
                raise Refused("")
            raise bad_cast(str(value), str(kind.NET), id_, None)  # type: ignore[attr-defined]
        return made

    return work


CALENDAR = re.compile(
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|am|pm|gmt|now", re.I
)


def to_version(value: Value) -> Release:
    """[version] of two to four numbers."""
    if isinstance(value, Release):
        return value
    made = release_of(value) if isinstance(value, str) else None
    if made is None:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}|[a-z]+", value):
            raise Refused("")
        raise bad_cast(value, "System.Version", "InvalidCastParseTargetInvocation", None)
    return made
