"""The credentials of an app: secrets and certificates, of the application and of its service principal.

One certificate can be several entries (Sign, Verify, and a password for a SAML signing certificate) with one
customKeyIdentifier; it counts once. Source: learn.microsoft.com/graph/api/resources/keycredential.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from audit.app import APPLICATIONS, PRINCIPALS, App
from audit.entra import Key, Password
from audit.finding import Pointer
from audit.times import moment

Home = Literal["application", "service principal"]


@dataclass(frozen=True)
class Credential:
    """One secret or certificate. `ids` are the keyIds of all its entries; `end` None means that it never ends."""

    kind: Literal["secret", "certificate"]
    ids: tuple[str, ...]
    name: str
    start: datetime | None
    end: datetime | None
    home: Home
    proof: Pointer

    def live(self, at: datetime) -> bool:
        """True unless it has ended; one that begins later counts, since it will let somebody in."""
        return self.end is None or self.end > at

    def begun(self, at: datetime) -> bool:
        """True where it works already."""
        return self.start is None or self.start <= at

    @property
    def id(self) -> str:
        """The first keyId."""
        return self.ids[0]

    def __str__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        where = " on its service principal" if self.home == "service principal" else ""
        return f"{self.kind}{name} ({self.id}){where}"


def of(app: App) -> tuple[Credential, ...]:
    """All credentials of the app, the one that lasts longest first."""
    found: list[Credential] = []
    if app.application is not None:
        at = Pointer(file=APPLICATIONS, id=app.application.id)
        found += _read(app.application.password_credentials, app.application.key_credentials, "application", at)
    if app.principal is not None:
        at = Pointer(file=PRINCIPALS, id=app.principal.id)
        found += _read(app.principal.password_credentials, app.principal.key_credentials, "service principal", at)
    return tuple(sorted(found, key=lambda c: (-(c.end.timestamp() if c.end else float("inf")), c.id)))


def told(app: App) -> bool:
    """True where the evidence lists credentials of the app registration at all (an empty list is a list)."""
    row = app.application if app.application is not None else app.principal
    return row is not None and row.password_credentials is not None and row.key_credentials is not None


def _read(
    passwords: Iterable[Password] | None, keys: Iterable[Key] | None, home: Home, proof: Pointer
) -> Iterator[Credential]:
    groups: dict[str, list[Key]] = {}
    for key in keys or ():
        groups.setdefault(key.custom_key_identifier or key.key_id, []).append(key)
    for group in groups.values():
        first = group[0]
        ids = tuple(dict.fromkeys(key.key_id for key in group))
        yield Credential("certificate", ids, first.display_name or "", *_span(group), home, proof)
    for password in passwords or ():
        if password.custom_key_identifier and password.custom_key_identifier in groups:
            continue  # the password of a SAML signing certificate above
        yield Credential("secret", (password.key_id,), password.display_name or "", *_span([password]), home, proof)


def _span(entries: Iterable[Key | Password]) -> tuple[datetime | None, datetime | None]:
    """The latest start and the earliest end of entries that belong together."""
    rows = list(entries)
    starts = [time for row in rows if (time := moment(row.start_date_time))]
    ends = [time for row in rows if (time := moment(row.end_date_time))]
    return max(starts, default=None), min(ends, default=None)
