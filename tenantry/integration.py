"""The integration file: what `provision apply` emits and the sync runner and audit read.

Self-contained: permissions, rules and defaults are written out resolved, so that whoever reads it needs no profile.
`docs/reference/schemas/integration.json` is its JSON Schema. Paths in it (`ca`, file stores) are relative to the
folder that holds `integrations/`, so the folder can be moved to the runner's machine as it is.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tenantry.cloud import Cloud
from tenantry.errors import ConfigurationError, Problem
from tenantry.files import write_atomic

VERSION = 1

OutlookState = Literal["free", "tentative", "busy", "oof", "workingElsewhere", "unknown"]
CredentialKind = Literal["secret", "certificate", "federated"]
StoreKind = Literal["keyring", "file", "environment", "keyvault"]
PermissionType = Literal["application", "delegated"]


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """One permission by name; ids differ between clouds and are read from the tenant's own service principal."""

    resource: Annotated[str, Meta(description="Display name of the API's service principal.")] = "Microsoft Graph"
    name: Annotated[str, Meta(description="Name of the permission, as in Calendars.Read.")]
    type: Annotated[PermissionType, Meta(description="application (an app role) or delegated (a scope).")] = (
        "application"
    )

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


class StoreRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a credential lies: `path` of a file, `name` of a keyring entry or environment variable, `vault` URL."""

    kind: Annotated[StoreKind, Meta(description="keyring, file, environment or keyvault.")]
    path: Annotated[str | None, Meta(description="file: relative to the folder that holds integrations/.")] = None
    name: Annotated[str | None, Meta(description="keyring entry, environment variable or Key Vault secret.")] = None
    vault: Annotated[str | None, Meta(description="keyvault: its address.")] = None


class CredentialRef(msgspec.Struct, frozen=True, kw_only=True):
    """A credential by reference, never by value. `id` is Graph's keyId; `expires` RFC 3339 or null (federated)."""

    kind: Annotated[CredentialKind, Meta(description="secret, certificate or federated.")]
    id: Annotated[str, Meta(description="Graph's keyId; of a federated one its id.")]
    expires: Annotated[str | None, Meta(description="When it ends, RFC 3339 UTC; null for a federated one.")]
    store: Annotated[StoreRef, Meta(description="Where the value lies; it is never in this file.")]


class TenantRef(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant, with its cloud written out."""

    name: Annotated[str, Meta(description="Name in the workspace.")]
    id: Annotated[str, Meta(description="Tenant id.")]
    cloud: Annotated[Cloud, Meta(description="The cloud, written out.")]


class AppRef(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The app registration (`object_id`) and its service principal, with the stable key `unique_name`."""

    app_id: Annotated[str, Meta(description="Client id.")]
    object_id: Annotated[str, Meta(description="Object id of the app registration; empty where that is the vendor's.")]
    service_principal_id: Annotated[str, Meta(description="Object id of its service principal.")]
    unique_name: Annotated[
        str, Meta(description="The stable key that provisioning finds it by; an adopted app's own, or empty.")
    ]
    display_name: Annotated[str, Meta(description="An adopted app's name; else it is the profile's.")] = ""


class Permissions(msgspec.Struct, frozen=True, kw_only=True):
    """What the integration needs, must not have, and was found to have when the file was emitted."""

    required: Annotated[tuple[Permission, ...], Meta(description="What the integration needs.")] = ()
    forbidden: Annotated[tuple[Permission, ...], Meta(description="What it must not have.")] = ()
    granted: Annotated[
        tuple[Permission, ...], Meta(description="What it was found to have when this was written.")
    ] = ()
    in_exchange: Annotated[
        tuple[Permission, ...],
        Meta(description="Of the needed ones those that Exchange gives (RBAC for Applications) and Entra must not."),
    ] = ()


class Mailboxes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which mailboxes are in scope: exactly one of these."""

    group: Annotated[str | None, Meta(description="Address or object id of a group.")] = None
    all: Annotated[bool, Meta(description="Every mailbox of the tenant.")] = False
    rooms: Annotated[tuple[str, ...] | None, Meta(description="Addresses of room mailboxes.")] = None
    administrative_unit: Annotated[str | None, Meta(description="Name or id of an administrative unit.")] = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A switchboard user: matched by `address`, known to the switchboard as `key`; `follow` None takes the default."""

    address: Annotated[str, Meta(description="E-mail address, matched without case; aliases are not.")]
    key: Annotated[str, Meta(description="What the switchboard knows the person by.")]
    follow: Annotated[
        bool | None, Meta(description="Whether availability follows the calendar; null takes the default.")
    ] = None


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to sync: everybody (`all`), or the listed persons (from the CSV file at emit time)."""

    all: Annotated[bool, Meta(description="Everybody whose address the tenant has.")] = False
    listed: Annotated[tuple[Person, ...], Meta(description="Only these.")] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How events become availability (`SYSTEMS` §1). States in `title`, `location`, `skip`, `state` are Outlook's."""

    private: Annotated[
        Literal["skip", "busy", "as-type"],
        Meta(description="Events whose sensitivity is not normal: skip, busy or as-type."),
    ] = "skip"
    follow: Annotated[bool, Meta(description="Default for people without their own.")] = True
    title: Annotated[tuple[OutlookState, ...], Meta(description="Outlook states whose title may be shown.")] = ()
    location: Annotated[tuple[OutlookState, ...], Meta(description="Outlook states whose location may be shown.")] = ()
    state: Annotated[dict[OutlookState, str], Meta(description="Outlook state to availability.")] = msgspec.field(
        default_factory=lambda: {
            "oof": "out-of-office",
            "busy": "busy",
            "tentative": "tentative",
            "workingElsewhere": "remote",
            "free": "available",
            "unknown": "busy",
        }
    )
    prefix: Annotated[
        dict[str, str], Meta(description="Prefix of the subject to availability; it decides instead of the state.")
    ] = {}
    skip: Annotated[tuple[OutlookState, ...], Meta(description="Outlook states that are not synced.")] = ()
    priority: Annotated[tuple[str, ...], Meta(description="Of overlapping events the first of these wins.")] = (
        "out-of-office",
        "busy",
        "tentative",
        "remote",
        "available",
    )


class Sink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where availability records go. `url` and `secret` (a store, never the value) are the webhook's."""

    kind: Annotated[
        Literal["jsonl", "webhook", "asterisk", "sql", "kamailio"],
        Meta(description="jsonl, webhook, asterisk, sql or kamailio."),
    ]
    path: Annotated[
        str | None, Meta(description="jsonl: the file, relative to the folder that holds integrations/.")
    ] = None
    url: Annotated[str | None, Meta(description="webhook: where records are posted.")] = None
    secret: Annotated[StoreRef | None, Meta(description="webhook: where the signing secret lies.")] = None
    name: Annotated[str | None, Meta(description="Name in logs and status.")] = None


class IntegrationFile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file; see the module's text."""

    version: Annotated[int, Meta(description="1")]
    tool: Annotated[str, Meta(description="What wrote it.")]
    emitted: Annotated[str, Meta(description="When, RFC 3339 UTC.")]
    tenant: Annotated[TenantRef, Meta(description="Which tenant.")]
    integration: Annotated[str, Meta(description="Name in the workspace.")]
    profile: Annotated[str, Meta(description="Name of its profile.")]
    app: Annotated[AppRef, Meta(description="The app registration.")]
    permissions: Annotated[Permissions, Meta(description="Needed, forbidden and found.")]
    credential: Annotated[CredentialRef | None, Meta(description="By reference; null where there is none yet.")]
    mailboxes: Annotated[Mailboxes, Meta(description="Which mailboxes are in scope.")]
    time_zone: Annotated[str, Meta(description="IANA name; all-day events are days of this zone.")]
    people: Annotated[People, Meta(description="Whom to sync.")]
    rules: Annotated[Rules, Meta(description="How events become availability, in full.")]
    sinks: Annotated[tuple[Sink, ...], Meta(description="Where availability goes.")] = ()
    options: Annotated[dict[str, Any], Meta(description="The profile's options, complete.")] = {}
    integration_users: Annotated[
        tuple[dict[str, Any], ...],
        Meta(
            description="Accounts that subscribe on behalf of watched people: id, userPrincipalName, store (where the "
            "password lies, as in credential.store) and people (addresses, at most as many as the profile says)."
        ),
    ] = ()


def path_of(root: Path, tenant: str, integration: str) -> Path:
    """Where the integration file of `tenant`/`integration` lies in the workspace `root`."""
    return root / "integrations" / tenant / f"{integration}.json"


def root_of(path: Path) -> Path:
    """The folder that relative paths inside the integration file at `path` start from."""
    return path.resolve().parent.parent.parent


def save(root: Path, file: IntegrationFile) -> Path:
    """Writes the file atomically, readable for a person; returns its path."""
    path = path_of(root, file.tenant.name, file.integration)
    text = msgspec.json.format(msgspec.json.encode(file), indent=2)
    write_atomic(path, text + b"\n")
    return path


def load(path: Path) -> IntegrationFile:
    """Reads an integration file of this or an older version.

    Raises:
        ConfigurationError: It is missing, not JSON, of a newer version, or a field is wrong (named with its path).
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _bad(path, f"cannot be read ({error.strerror}).", "Run `tenantry provision apply` first.") from error
    return parse(raw, path)


def parse(raw: bytes, path: Path) -> IntegrationFile:
    """The same for bytes that somebody read already (a snapshot in a .zip); `path` is named in errors."""
    try:
        version = msgspec.json.decode(raw, type=_Versioned).version
        if version > VERSION:
            raise _bad(path, f"has version {version}; this program knows up to {VERSION}.", "Update tenantry.")
        return msgspec.json.decode(raw, type=IntegrationFile)
    except msgspec.ValidationError as error:
        raise _bad(path, f"is not a valid integration file: {error}.", "Emit it again.") from error
    except msgspec.DecodeError as error:
        raise _bad(path, f"is not JSON: {error}.", "Emit it again with `tenantry provision emit`.") from error


class _Versioned(msgspec.Struct):
    version: int


def _bad(path: Path, what: str, fix: str) -> ConfigurationError:
    return ConfigurationError([Problem(what, where=str(path), fix=fix)])
