"""Calendars of many mailboxes: one windowed calendarView each, 20 a `$batch`, one in flight per mailbox.

Series come expanded. Only the fields of `rules.fields` are asked for; what comes is masked before it goes on.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from sync import instants
from sync.links import short
from sync.model import Event, Person, pack
from sync.rules import OutlookEvent, fields, mask
from sync.sources.interface import Door
from tenantry.errors import GraphError
from tenantry.graph import Part, Reply
from tenantry.integration import Rules

BACK = instants.DAY  # so that an all-day event of any zone, and what ended a moment ago, is still seen
AHEAD = 14 * instants.DAY  # so that `until` reaches over holidays; a wider window costs bytes, not requests
MOST = 500  # events a page; a mailbox needs one request unless it has more in the window
HEADERS = {"Prefer": 'outlook.timezone="UTC"'}


class Page(msgspec.Struct, frozen=True):
    """One page of a calendarView."""

    value: tuple[OutlookEvent, ...]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


class Reading(NamedTuple):
    """What became of reading one mailbox: its packed calendar, or the failure in short and the error behind it."""

    key: str
    calendar: bytes | None
    failure: str = ""
    error: GraphError | None = None


class View(NamedTuple):
    """What is asked of every mailbox: the window from `now` and what the rules let through."""

    now: int
    rules: Rules
    zone: ZoneInfo

    def path(self, user: str) -> str:
        """The request for one mailbox."""
        hour = self.now // instants.HOUR * instants.HOUR
        start, end = instants.text(hour - BACK), instants.text(hour + AHEAD)
        select = ",".join(fields(self.rules))
        query = f"startDateTime={start}&endDateTime={end}&$select={select}&$top={MOST}"
        return f"/users/{quote(user, safe='')}/calendarView?{query}"

    def masked(self, events: Iterable[OutlookEvent]) -> Iterator[Event]:
        """The events as they may be stored."""
        return (mask(event, self.rules, self.zone) for event in events)


async def read_calendars(door: Door, persons: Iterable[Person], view: View) -> AsyncGenerator[Reading, None]:
    """Reads the mailboxes of these people, in any order; each gets one Reading.

    Raises:
        GraphError: Nothing can be read (the `$batch` itself fails in spite of repeats).
        SignInError: No token.
    """
    asked: dict[str, str] = {}

    def parts() -> Iterator[Part]:
        for person in persons:
            asked[person.user] = person.key
            yield Part(person.user, "GET", view.path(person.user), HEADERS)

    async for reply in door.batch(parts(), type=Page):
        yield await _reading(door, asked.pop(reply.id), reply, view)


async def _reading(door: Door, key: str, reply: Reply[Page], view: View) -> Reading:
    """The reading of one reply; further pages, which are rare, are read here."""
    if reply.body is None:
        return Reading(key, None, short(reply.error), reply.error)
    events = list(view.masked(reply.body.value))
    if reply.body.next_link:
        try:
            async for page in door.pages(reply.body.next_link, headers=HEADERS, type=OutlookEvent):
                events += view.masked(page)
        except GraphError as error:
            return Reading(key, None, short(error), error)
    return Reading(key, pack(events))
