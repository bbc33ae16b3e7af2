"""What one integration shall look like, with profile and workspace resolved; nothing in it is read from the tenant."""

from datetime import datetime
from typing import Any

import msgspec

from provision.model.narrowing import Narrowing
from provision.model.users import UsersWanted
from tenantry.cloud import Cloud
from tenantry.integration import CredentialKind, Mailboxes, People, Permission, Rules, Sink, StoreRef
from tenantry.profiles.model import ConsentKind
from tenantry.workspace.model import Trust


class CredentialWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The credential to have: `lifetime` in days, `description` what the vendor wants it called.

    `trust` is a federated one's; its `store` is where the issuer's token is found, never a store of ours.
    """

    kind: CredentialKind
    lifetime: int
    store: StoreRef
    description: str = ""
    trust: Trust | None = None


class Desired(msgspec.Struct, frozen=True, kw_only=True):
    """One integration as it shall be at time `now`.

    `consent` says for whom delegated permissions are granted, `better` what would be better than the vendor's way.
    `credential` is None for a public client, where people sign in themselves. `vendor_app` is the client id of the
    vendor's own multi-tenant app, where that is consented to and none is made here; `vendor_redirect` is where its
    consent lands.
    `prune` takes away what nobody asked for, `renew` replaces a credential that is still good.
    """

    tenant: str
    tenant_id: str | None
    domain: str | None
    cloud: Cloud
    integration: str
    profile: str
    unique_name: str
    display_name: str
    owner_tag: str
    notes: str
    single_tenant: bool
    required: tuple[Permission, ...]
    forbidden: tuple[Permission, ...]
    owners: tuple[str, ...]
    credential: CredentialWanted | None
    mailboxes: Mailboxes
    time_zone: str
    people: People
    rules: Rules
    sinks: tuple[Sink, ...]
    now: datetime
    narrowing: Narrowing = Narrowing()
    lock: bool = False
    redirects: tuple[str, ...] = ()  # of a public client
    options: dict[str, Any] = {}
    users: UsersWanted | None = None
    consent: ConsentKind = "AllPrincipals"
    better: tuple[str, ...] = ()
    vendor_app: str = ""
    vendor_redirect: str = ""
    prune: bool = False
    renew: bool = False

    @property
    def in_entra(self) -> tuple[Permission, ...]:
        """The required permissions that are declared and granted in Entra: all but those that Exchange gives."""
        return tuple(p for p in self.required if p not in self.narrowing.in_exchange)

    @property
    def target(self) -> str:
        """`tenant/integration`, as the command line names it."""
        return f"{self.tenant}/{self.integration}"

    def permissions(self, kind: str) -> tuple[Permission, ...]:
        """The permissions of one type, `application` or `delegated`, that Entra shall grant."""
        return tuple(p for p in self.in_entra if p.type == kind)
