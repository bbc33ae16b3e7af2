"""A tenant and a way to ask its calendar handlers, without sign-in and network."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulator.calendar import ROUTES
from simulator.clock import SimClock
from simulator.core import Call, GraphFault, Reply, Token
from simulator.population import Kind, kind_of
from simulator.router import Router
from simulator.tenant import Tenant

START = datetime(2026, 11, 20, 8, tzinfo=UTC)  # a Friday
ORIGIN = "https://graph.example"
APP = Token("app-1", frozenset({"Calendars.ReadWrite"}), frozenset(), "sp-1")
ROUTER = Router(ROUTES)
JSON = dict[str, Any]


def make_tenant(users: int = 60, seed: int = 5, start: datetime = START) -> Tenant:
    return Tenant.create(0, seed, users, SimClock(start, rate=0))


def make_call(
    tenant: Tenant, url: str, method: str = "GET", body: Any = None, token: Token = APP, **headers: str
) -> tuple[Call, Any]:
    parts = urlsplit(url)
    match = ROUTER.find(method, parts.path)
    assert match is not None, url
    call = Call(
        tenant,
        token,
        method,
        parts.path,
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        {name.replace("_", "-"): value for name, value in headers.items()},
        body,
        ORIGIN,
        match.operation,
        match.params,
    )
    return call, match.handler


def ask(tenant: Tenant, url: str, method: str = "GET", body: Any = None, token: Token = APP, **headers: str) -> Reply:
    call, handler = make_call(tenant, url, method, body, token, **headers)
    reply: Reply = handler(call)
    return reply


def refused(tenant: Tenant, url: str, method: str = "GET", body: Any = None, **more: Any) -> tuple[int, str]:
    """(status, code) of a request that must fail."""
    try:
        reply = ask(tenant, url, method, body, **more)
    except GraphFault as fault:
        return fault.status, fault.code
    raise AssertionError(f"{method} {url} was answered {reply.status}")


def pages(tenant: Tenant, url: str, prefer: str = "") -> list[JSON]:
    """All rows of a list, following its links."""
    found: list[JSON] = []
    following: str | None = url
    while following:
        body = ask(tenant, following, prefer=prefer).body
        found += body["value"]
        following = body.get("@odata.nextLink", "").removeprefix(f"{ORIGIN}/v1.0") or None
    return found


def view(tenant: Tenant, owner: str, since: str, until: str, more: str = "", *, prefer: str = "") -> list[JSON]:
    query = f"startDateTime={since}&endDateTime={until}{more}"
    return pages(tenant, f"/users/{owner}/calendarView?{query}", prefer)


def at(text: str, zone: str = "UTC") -> Mapping[str, str]:
    """A Graph time."""
    return {"dateTime": text, "timeZone": zone}


def person(tenant: Tenant, kind: Kind = Kind.PERSON) -> JSON:
    people = tenant.population
    assert people is not None
    return people.at(next(index for index in range(len(people)) if kind_of(index) is kind))


def meeting(start: str = "2026-11-23T10:00:00", end: str = "2026-11-23T11:00:00", zone: str = "UTC") -> JSON:
    return {"start": at(start, zone), "end": at(end, zone)}


def weekly(**more: Any) -> JSON:
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
    limits = {"type": "noEnd", "startDate": "2026-10-05", "recurrenceTimeZone": "W. Europe Standard Time"}
    return {
        "id": "series",
        "subject": "Veckomöte",
        **meeting("2026-10-05T02:30:00", "2026-10-05T03:30:00", "W. Europe Standard Time"),
        "recurrence": {"pattern": pattern, "range": limits},
        **more,
    }
