"""Small makers that the tests of sync share."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from sync.instants import HOUR, of, text
from sync.model import Event, Match, Person, Record, User, pack
from tenantry.integration import IntegrationFile

NOW = of(datetime(2026, 11, 21, 8, tzinfo=UTC))


def user(number: int, address: str | None = "", **more: Any) -> User:
    """A user; the address is made from the number where none is given."""
    mail = f"u{number}@contoso.com" if address == "" else address
    row = User(f"id{number}", mail, f"U{number}@contoso.onmicrosoft.com", enabled=True, member=True)
    return row._replace(**more)


def match(number: int, **more: Any) -> Match:
    """The match of that user."""
    address = f"u{number}@contoso.com"
    return Match(address, address, f"id{number}", follow=True, kind="person")._replace(**more)


def person(number: int, **more: Any) -> Person:
    """The person of that match."""
    return msgspec.structs.replace(Person(**match(number)._asdict()), **more)


def event(start: float, end: float, name: str = "e", show: str = "busy", **more: Any) -> Event:
    """A masked event, times in hours after NOW."""
    made = Event(id=name, start=NOW + int(start * HOUR), end=NOW + int(end * HOUR), show=show)
    return msgspec.structs.replace(made, **more)


def calendar(*events: Event) -> bytes:
    """A packed calendar."""
    return pack(events)


def record(key: str, sequence: int = 1, **more: Any) -> Record:
    """A record of that key."""
    made = Record(sequence, text(NOW), "person", key, "busy", None, "calendar", None, None, stale=False)
    return msgspec.structs.replace(made, **more)


def integration(**more: Any) -> IntegrationFile:
    """An integration file for the tenant contoso; `more` replaces top-level fields (JSON-ready values)."""
    body: dict[str, Any] = {
        "version": 1,
        "tool": "tenantry 0.1.0",
        "emitted": "2026-11-21T08:00:00Z",
        "tenant": {
            "name": "contoso",
            "id": "8f0c0000-0000-4000-8000-000000000001",
            "cloud": {"name": "rehearsal", "login": "https://localhost:1", "graph": "https://localhost:2"},
        },
        "integration": "telia",
        "profile": "telia-calendar",
        "app": {"appId": "a", "objectId": "o", "servicePrincipalId": "s", "uniqueName": "tenantry-telia"},
        "permissions": {
            "required": [
                {"resource": "Microsoft Graph", "name": name, "type": "application"}
                for name in ("Calendars.Read", "User.Read.All")
            ],
            "forbidden": [],
            "granted": [],
        },
        "credential": {
            "kind": "secret",
            "id": "k",
            "expires": "2027-05-20T08:00:00Z",
            "store": {"kind": "file", "path": "secrets/telia"},
        },
        "mailboxes": {"all": True},
        "time_zone": "Europe/Stockholm",
        "people": {"all": True},
        "rules": {},
        "sinks": [{"kind": "jsonl", "path": "availability.jsonl"}],
        "integration_users": [],
    }
    return msgspec.convert(body | more, IntegrationFile)
