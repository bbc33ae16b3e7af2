"""What is judged and what comes out: the evidence of one verification, and a link's verdict."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from provision.exchange import Evidence
from provision.model.actual import Actual, Stored
from provision.model.desired import Desired
from tenantry.errors import GraphError, SignInError, TenantryError
from tenantry.integration import IntegrationFile

Name = Literal["required", "granted", "scoped", "credential", "addresses", "state"]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain: true, false or not to be told, in one sentence each."""

    link: Name
    ok: bool | None
    fact: str
    fix: str = ""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """All links of one integration."""

    tenant: str
    integration: str
    links: tuple[Link, ...]

    @property
    def broken(self) -> Link | None:
        """The first link that does not hold."""
        return next((link for link in self.links if link.ok is False), None)


@dataclass
class Tried:
    """One real call with the app's own token: on whose mailbox, and Graph's refusal where there was one."""

    mailbox: str
    error: GraphError | None = None
    direct: bool = True  # a direct member of the group, where that matters

    @property
    def denied(self) -> bool:
        """True where Exchange keeps the app out of this mailbox."""
        return self.error is not None and self.error.status == 403

    @property
    def no_mailbox(self) -> bool:
        """True where the user has none, which says nothing about rights."""
        return self.error is not None and self.error.status == 404


class User(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is read of a user: enough to match an address."""

    id: str
    mail: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None

    @property
    def person(self) -> bool:
        """True for an enabled member with an address: whom a calendar read can be tried on."""
        return bool(self.mail) and self.account_enabled is not False and self.user_type != "Guest"


@dataclass
class Users:
    """The tenant's users: how many have an address, which listed ones were met, which addresses came twice.

    `by_app`: the app itself read them, with its own permission; else the operator did.
    """

    total: int = 0
    addresses: int = 0
    met: dict[str, int] = field(default_factory=dict)  # listed address -> active users with it
    twice: set[str] = field(default_factory=set)
    by_app: bool = True
    rooms: set[str] = field(default_factory=set)  # of the wished rooms those that a user object bears
    active: list[User] = field(default_factory=list)  # a few of the people to be synced
    beyond: list[str] = field(default_factory=list)  # a few of the listed people who are outside the scope


@dataclass
class Scope:
    """The wished mailboxes as the directory tells them; `members` None where that is not known, with `why`."""

    id: str = ""  # of the group or administrative unit
    members: frozenset[str] | None = None
    direct: frozenset[str] | None = None
    missing: bool = False
    why: str = ""

    @property
    def empty(self) -> bool:
        """True where it is known that nobody is in it, or (where only those count) no direct member."""
        counted = self.members if self.direct is None else self.direct
        return counted is not None and not counted


@dataclass(frozen=True)
class Called:
    """What one more call or look proved, for the link that it belongs to; `ok` None says nothing either way."""

    link: Name
    ok: bool | None
    fact: str
    fix: str = ""


@dataclass
class Seen:
    """Everything one verification gathered. What could not be had is None, with the reason beside it."""

    desired: Desired
    now: datetime
    file: IntegrationFile | None = None
    actual: Actual | None = None
    no_actual: str = ""
    enabled: bool | None = None  # whether the service principal may sign in
    stored: Stored | None = None
    no_store: str = ""
    claims: dict[str, Any] | None = None
    no_token: TenantryError | None = None
    users: Users | None = None
    no_users: TenantryError | None = None
    scope: Scope = field(default_factory=Scope)
    inside: list[Tried] = field(default_factory=list)
    outside: list[Tried] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    called: list[Called] = field(default_factory=list)

    @property
    def refused(self) -> str:
        """Microsoft's code where no token was given; empty where one was, or where nobody answered."""
        return self.no_token.code if isinstance(self.no_token, SignInError) else ""

    @property
    def apply(self) -> str:
        """The command that mends most things."""
        return f"Run `tenantry provision apply {self.desired.target}`."

    @property
    def calendars(self) -> bool:
        """True where the app itself reads calendars."""
        return any(p.type == "application" and p.name.startswith("Calendars.") for p in self.desired.required)
