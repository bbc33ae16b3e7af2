"""A directory and mailboxes in memory behind the same interface as the door to Graph, and a clock that obeys."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from sync.instants import moment, parse, text
from tenantry.errors import GraphError, TenantryError
from tenantry.graph import Part, Reply
from tests.sync.make import NOW

T = TypeVar("T")


class HandClock:
    """A rehearsal's clock: sleeping moves it on. Those who sleep side by side share the move."""

    def __init__(self, now: int = NOW) -> None:
        self.at = now
        self._deadlines: list[float] = []

    def now(self) -> datetime:
        return moment(int(self.at))

    async def sleep(self, seconds: float) -> None:
        deadline = self.at + seconds * 1000
        self._deadlines.append(deadline)
        try:
            while self.at < deadline:
                await asyncio.sleep(0)
                if min(self._deadlines) == deadline:
                    self.at = max(self.at, int(deadline + 0.999))
        finally:
            self._deadlines.remove(deadline)


def graph_error(status: int, code: str = "", path: str = "/users") -> GraphError:
    """An error as the door raises it."""
    return GraphError(status=status, code=code, message="Refused.", method="GET", path=path)


def graph_event(start: int, end: int, name: str = "e", **more: Any) -> dict[str, Any]:
    """An event as Graph sends it, times as instants."""
    return {
        "id": name,
        "start": {"dateTime": f"{text(start)[:-1]}.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{text(end)[:-1]}.0000000", "timeZone": "UTC"},
        "isAllDay": False,
        "showAs": "busy",
        "sensitivity": "normal",
        "isCancelled": False,
        "responseStatus": {"response": "accepted"},
        "subject": "Secret plans",
        "location": {"displayName": "Room 1"},
    } | more


@dataclass
class FakeDoor:
    """Answers like the service. Everything may be changed between rounds."""

    users: list[dict[str, Any]] = field(default_factory=list)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    users_error: TenantryError | None = None
    batch_error: TenantryError | None = None
    mailbox_errors: dict[str, GraphError] = field(default_factory=dict)
    roles: list[str] = field(default_factory=lambda: ["Calendars.Read", "User.Read.All"])
    page: int = 3
    event_page: int = 500
    asked: list[str] = field(default_factory=list)
    renewed: int = 0

    def add(self, number: int, *events: dict[str, Any], **more: Any) -> None:
        """A user with a mailbox of these events."""
        identity = f"id{number}"
        user = {
            "id": identity,
            "mail": f"U{number}@contoso.com",
            "userPrincipalName": f"u{number}@contoso.onmicrosoft.com",
            "accountEnabled": True,
            "userType": "Member",
        }
        self.users.append(user | more)
        self.events[identity] = list(events)

    async def pages(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        type: type[T],  # noqa: A002
    ) -> AsyncIterator[list[T]]:
        if "/calendarView" in path:
            number = int(path.rpartition("=")[2])
            rows = self.events[path.split("/")[2]][number:]
            yield [msgspec.convert(row, type) for row in rows]
            return
        self.asked.append(path)
        for start in range(0, len(self.users), self.page):
            yield [msgspec.convert(user, type) for user in self.users[start : start + self.page]]
        if self.users_error is not None:
            raise self.users_error

    async def batch(self, parts: Iterable[Part], *, type: type[T]) -> AsyncIterator[Reply[T]]:  # noqa: A002
        if self.batch_error is not None:
            raise self.batch_error
        for part in parts:
            self.asked.append(part.path)
            await asyncio.sleep(0)
            yield self._reply(part, type)

    def _reply(self, part: Part, kind: type[T]) -> Reply[T]:
        user = unquote(part.path.split("/")[2])
        if user in self.mailbox_errors:
            return Reply(part.id, self.mailbox_errors[user].status, None, self.mailbox_errors[user], {})
        query = dict(pair.split("=") for pair in urlsplit(part.path).query.split("&"))
        since, until = parse(query["startDateTime"]), parse(query["endDateTime"])
        rows = [
            {key: row[key] for key in query["$select"].split(",")}
            for row in self.events[user]
            if parse(row["start"]["dateTime"]) < until and parse(row["end"]["dateTime"]) > since
        ]
        body: dict[str, Any] = {"value": rows[: self.event_page]}
        if len(rows) > self.event_page:
            body["@odata.nextLink"] = f"/users/{user}/calendarView?skip={self.event_page}"
        return Reply(part.id, 200, msgspec.convert(body, kind), None, {})

    async def claims(self) -> dict[str, Any]:
        return {"roles": self.roles}

    async def renew(self) -> None:
        self.renewed += 1
