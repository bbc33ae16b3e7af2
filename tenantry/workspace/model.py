"""What `tenantry.toml` says, parsed once into frozen records. Loading and its error reports are in `load`."""

from pathlib import Path
from typing import Any, Literal

import msgspec

from tenantry.cloud import Cloud
from tenantry.integration import CredentialKind, Mailboxes, Rules, Sink, StoreRef

SignIn = Literal[
    "browser",
    "device-code",
    "azure-cli",
    "environment",
    "client-secret",
    "certificate",
    "managed-identity",
    "workload-identity",
]

ScopingKind = Literal["rbac", "access-policy"]


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Whose tokens a federated credential takes: `subject` of `issuer`, issued for `audience`."""

    issuer: str
    subject: str
    audience: str


class CredentialWish(msgspec.Struct, frozen=True, kw_only=True):
    """The credential an integration shall have; `lifetime` in days, 0 for a federated one, which does not end.

    `store` is where it lies; of a federated one where its issuer's token is found, a file or a variable.
    """

    kind: CredentialKind
    lifetime: int
    store: StoreRef
    trust: Trust | None = None


class Integration(msgspec.Struct, frozen=True, kw_only=True):
    """One consuming system in one tenant, complete: the profile's defaults are mixed in.

    `credential` is None where the profile has none (a public client). `options` are the profile's, with their values.
    `scoping` is None where nothing is said: an access policy then, where the profile can be narrowed at all.
    """

    name: str
    profile: str
    mailboxes: Mailboxes
    time_zone: str
    owners: tuple[str, ...] = ()
    people: str = "all"  # "all" or a CSV file relative to the workspace
    credential: CredentialWish | None = None
    rules: Rules = Rules()
    sinks: tuple[Sink, ...] = ()
    options: dict[str, Any] = {}
    scoping: ScopingKind | None = None


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """One Microsoft 365 organisation; `id` or `domain` names it, `cloud` is resolved."""

    name: str
    cloud: Cloud
    id: str | None = None
    domain: str | None = None
    sign_in: SignIn = "browser"
    integrations: tuple[Integration, ...] = ()

    @property
    def authority(self) -> str:
        """What stands in the token endpoint's path: the id where known, else the domain."""
        return self.id or self.domain or ""


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """The folder `root` and what its `tenantry.toml` says."""

    root: Path
    tenants: tuple[Tenant, ...] = ()
