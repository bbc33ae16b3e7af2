"""The records that sync's parts hand to each other. All are small, frozen and free of private text."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

Source = Literal["manual", "line", "teams", "calendar", "default"]
Kind = Literal["person", "room"]
RoundName = Literal["users", "calendars"]
Link = Literal["required", "granted", "scoped", "credential", "addresses", "state"]

USERS_STALE = 1  # the last users round failed or was refused by the brake
CALENDAR_STALE = 2  # the last read of this mailbox failed


class User(NamedTuple):
    """One user of the directory. `address` is `mail` in lower case or None; aliases do not count."""

    id: str
    address: str | None
    name: str  # userPrincipalName: only shown in explanations
    enabled: bool
    member: bool


class Event(msgspec.Struct, frozen=True, array_like=True):
    """One calendar event as the store keeps it: masked, so a text the rules forbid is not in it.

    `start` and `end` are instants, half-open; `show` is Outlook's state; `dropped` says why it can never count
    (cancelled, declined), else it is empty.
    """

    id: str
    start: int
    end: int
    show: str
    private: bool = False
    dropped: str = ""
    subject: str | None = None
    location: str | None = None


class Availability(msgspec.Struct, frozen=True):
    """What a person is at one time, and until when (an instant, or None) as far as is known now."""

    state: str
    source: Source
    subject: str | None = None
    location: str | None = None
    until: int | None = None


class Record(msgspec.Struct, frozen=True):
    """What a sink gets: CONTRACTS' availability record, times as RFC 3339 UTC. `sequence` rises per key."""

    sequence: int
    at: str
    kind: Kind
    key: str
    state: str
    until: str | None
    source: Source
    subject: str | None
    location: str | None
    stale: bool


class Match(NamedTuple):
    """A switchboard user and the Microsoft user found at the address; `others` counts the users passed over."""

    key: str
    address: str
    user: str
    follow: bool
    kind: Kind
    others: int = 0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One matched person as the store holds it, with the last record sent.

    `calendar` is the packed events (`pack`), None until the mailbox has been read once. `gone` is when the person
    was last matched no more. `next` is when the availability next changes by itself. `failure` is why the last read
    of the mailbox failed, empty when it went well. `sent` is the last record, None before the first.
    """

    key: str
    address: str
    user: str
    follow: bool
    kind: Kind = "person"
    others: int = 0
    gone: int | None = None
    stale: int = 0
    failure: str = ""
    next: int | None = None
    calendar: bytes | None = None
    sent: Record | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """How the last round of a kind went. `link` names the broken link where it did not go well."""

    name: RoundName
    last: int
    ok: bool
    next: int | None = None
    link: Link | None = None
    error: str | None = None
    fails: int = 0  # failed rounds in a row


class People(msgspec.Struct, frozen=True, kw_only=True):
    """How many people are configured and what the last good users round made of them."""

    configured: int = 0
    matched: int = 0
    unmatched: int = 0
    duplicate: int = 0


class Pending(NamedTuple):
    """A record that one sink has not taken yet; `body` is the record as JSON, the same at every attempt."""

    id: int
    key: str
    body: bytes


_LINE_ENDS = tuple((odd.encode(), f"\\u{ord(odd):04x}".encode()) for odd in "\u0085\u2028\u2029")
_encoder = msgspec.json.Encoder()
_events = msgspec.json.Decoder(tuple[Event, ...])
_record = msgspec.json.Decoder(Record)


def pack(events: Iterable[Event]) -> bytes:
    """Events of a mailbox as JSON, one form for one set of events: sorted by id, the last of a double id wins."""
    return _encoder.encode(sorted({event.id: event for event in events}.values(), key=lambda event: event.id))


def unpack(calendar: bytes | None) -> tuple[Event, ...]:
    """The events of a packed calendar; none where the mailbox was never read."""
    return _events.decode(calendar) if calendar else ()


def record_body(record: Record) -> bytes:
    """The record as sinks get it: one line, also for readers that take U+0085, U+2028 or U+2029 for a line's end."""
    body = _encoder.encode(record)
    if not body.isascii():
        for odd, written in _LINE_ENDS:
            body = body.replace(odd, written)
    return body


def record_of(body: bytes) -> Record:
    """The record of a body."""
    return _record.decode(body)
