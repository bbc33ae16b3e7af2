"""What is judged and what comes out: the evidence of one verification, and a link's verdict."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from provision.model.actual import Actual, Stored
from provision.model.desired import Desired
from tenantry.errors import GraphError, TenantryError
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

    @property
    def denied(self) -> bool:
        """True where Exchange keeps the app out of this mailbox."""
        return self.error is not None and self.error.status == 403

    @property
    def no_mailbox(self) -> bool:
        """True where the user has none, which says nothing about rights."""
        return self.error is not None and self.error.status == 404


@dataclass
class Evidence:
    """What an Exchange administrator exported: application access policies, and when; `items` None = no export."""

    items: list[dict[str, Any]] | None = None
    collected: str = ""


@dataclass
class Users:
    """The tenant's users as the app itself reads them: how many have an address, and which listed ones were met."""

    total: int = 0
    addresses: int = 0
    met: dict[str, int] = field(default_factory=dict)  # listed address -> active users with it
    sample: list[str] = field(default_factory=list)  # a few addresses of people to be synced


@dataclass
class Seen:
    """Everything one verification gathered. What could not be had is None, with the reason beside it."""

    desired: Desired
    now: datetime
    file: IntegrationFile | None = None
    actual: Actual | None = None
    no_actual: str = ""
    stored: Stored | None = None
    no_store: str = ""
    claims: dict[str, Any] | None = None
    no_token: TenantryError | None = None
    users: Users | None = None
    no_users: TenantryError | None = None
    group: str = ""  # object id of the scope's group
    group_missing: bool = False
    no_group: str = ""
    inside: list[Tried] = field(default_factory=list)
    outside: list[Tried] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
