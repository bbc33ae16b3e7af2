"""What was found: in the tenant, in the credential store (never the value), in the journal and on disk."""

from datetime import datetime
from typing import Any

import msgspec

from provision.model.adoption import Adoption
from provision.model.parts import Declared, DelegatedGrant, RoleGrant
from provision.model.users import UsersActual
from tenantry.integration import IntegrationFile, PermissionType

__all__ = ["Actual", "Application", "Credential", "Declared", "DelegatedGrant", "RoleGrant", "Stored"]

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's own app id, the same in every cloud."""

UNTOLD = ""
"""In place of a user's id, where the operator may not look users up."""

RESOURCES = {"Microsoft Graph": GRAPH_APP_ID}
"""APIs a profile may name, with their app ids."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """An API as the tenant itself offers it: `id` of its service principal, permission ids by name."""

    name: str
    app_id: str
    id: str
    roles: dict[str, str] = {}
    scopes: dict[str, str] = {}

    def permission_id(self, name: str, kind: PermissionType) -> str | None:
        """The id of a permission in this cloud, None where the API does not offer it."""
        return (self.roles if kind == "application" else self.scopes).get(name)

    def permission_name(self, permission_id: str, manifest_type: str) -> str | None:
        """The name behind an id of a manifest entry (`Role` or `Scope`)."""
        table = self.roles if manifest_type == "Role" else self.scopes
        return next((name for name, known in table.items() if known == permission_id), None)


class Credential(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A secret or certificate on the app, without its value; `hint` is what Graph shows of a secret, its beginning."""

    id: str
    kind: str
    name: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    hint: str | None = None

    def expired(self, now: datetime) -> bool:
        """True from its end on."""
        return self.end is not None and self.end <= now


class Federated(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A federated credential on the app: whose tokens it takes."""

    name: str
    id: str
    issuer: str
    subject: str
    audiences: tuple[str, ...] = ()


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """The app registration under our uniqueName, or the one that was adopted."""

    id: str
    app_id: str
    unique_name: str
    display_name: str
    audience: str = "AzureADMyOrg"
    tags: tuple[str, ...] = ()
    notes: str | None = None
    created: datetime | None = None
    declared: tuple[Declared, ...] = ()
    credentials: tuple[Credential, ...] = ()
    owners: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()  # of the platform "mobile and desktop applications"
    lock: dict[str, Any] | None = None
    federated: tuple[Federated, ...] = ()
    web_redirects: tuple[str, ...] = ()


class Namesake(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Another app with our display name: warned of, never touched."""

    app_id: str
    display_name: str
    credentials: int = 0


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """Our own app in the tenant's bin."""

    id: str
    app_id: str
    ours: bool
    at: datetime | None = None


class CredentialPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the tenant's app management policy allows for this app: longest lives in days, None = no limit."""

    secrets: bool = True
    longest_secret: int | None = None
    longest_certificate: int | None = None
    source: str = ""


class InExchange(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the app's rights by RBAC for Applications, and of the administrative unit in scope.

    `lacking` says why they are not there as wished, empty where they are; `since` when Exchange was asked. `policies`:
    whether access policies are about the app, None where nobody exported them. `unit` is the unit's id.
    """

    lacking: str = "there is no export from Exchange that shows the role assignments"
    since: datetime | None = None
    policies: bool | None = None
    unit: str = ""
    unit_missing: bool = False


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What the credential store holds, without the value. `id` is empty where a person put a bare secret there."""

    kind: str
    id: str
    expires: str | None = None
    hint: str = ""
    names_itself: bool = False


class Actual(msgspec.Struct, frozen=True, kw_only=True):
    """One integration as it is.

    `people` maps each wished owner to the object id or None (unknown); `orphans` are display names of credentials
    that a run of this workspace tried to make and never stored; `emitted` is the integration file on disk; `adopted`
    says that the app was there before us, `ours` are ids of the grants that runs of this workspace made, `blind` says
    that the operator may not read delegated grants.
    """

    tenant_id: str
    domains: tuple[str, ...] = ()
    resources: dict[str, Resource] = {}
    application: Application | None = None
    service_principal: str | None = None
    grants: tuple[RoleGrant, ...] = ()
    delegated: tuple[DelegatedGrant, ...] = ()
    people: dict[str, str | None] = {}
    namesakes: tuple[Namesake, ...] = ()
    deleted: Deleted | None = None
    policy: CredentialPolicy = CredentialPolicy()
    stored: Stored | None = None
    orphans: frozenset[str] = frozenset()
    emitted: IntegrationFile | None = None
    adopted: Adoption | None = None
    ours: frozenset[str] = frozenset()
    blind: bool = False
    exchange: InExchange = InExchange()
    users: UsersActual | None = None

    def resource_of(self, service_principal: str) -> Resource | None:
        """The API whose service principal has this id."""
        return next((r for r in self.resources.values() if r.id == service_principal), None)

    def resource_by_app(self, app_id: str) -> Resource | None:
        """The API with this app id."""
        return next((r for r in self.resources.values() if r.app_id == app_id), None)
