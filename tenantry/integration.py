"""The integration file: what `provision apply` emits and the sync runner and audit read.

Self-contained: permissions, rules and defaults are written out resolved, so that whoever reads it needs no profile.
`docs/reference/schemas/integration.json` is its JSON Schema. Paths in it (`ca`, file stores) are relative to the
folder that holds `integrations/`, so the folder can be moved to the runner's machine as it is.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec

from tenantry.cloud import Cloud
from tenantry.errors import ConfigurationError, Problem
from tenantry.files import write_atomic

VERSION = 1

OutlookState = Literal["free", "tentative", "busy", "oof", "workingElsewhere", "unknown"]
CredentialKind = Literal["secret", "certificate", "federated"]
StoreKind = Literal["keyring", "file", "environment", "keyvault"]
PermissionType = Literal["application", "delegated"]


class Permission(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission by name; ids differ between clouds and are read from the tenant's own service principal."""

    resource: str = "Microsoft Graph"
    name: str
    type: PermissionType = "application"

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


class StoreRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a credential lies: `path` of a file, `name` of a keyring entry or environment variable, `vault` URL."""

    kind: StoreKind
    path: str | None = None
    name: str | None = None
    vault: str | None = None


class CredentialRef(msgspec.Struct, frozen=True, kw_only=True):
    """A credential by reference, never by value. `id` is Graph's keyId; `expires` RFC 3339 or null (federated)."""

    kind: CredentialKind
    id: str
    expires: str | None
    store: StoreRef


class TenantRef(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant, with its cloud written out."""

    name: str
    id: str
    cloud: Cloud


class AppRef(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The app registration (`object_id`) and its service principal, with the stable key `unique_name`."""

    app_id: str
    object_id: str
    service_principal_id: str
    unique_name: str


class Permissions(msgspec.Struct, frozen=True, kw_only=True):
    """What the integration needs, must not have, and was found to have when the file was emitted."""

    required: tuple[Permission, ...] = ()
    forbidden: tuple[Permission, ...] = ()
    granted: tuple[Permission, ...] = ()


class Mailboxes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which mailboxes are in scope: exactly one of these."""

    group: str | None = None
    all: bool = False
    rooms: tuple[str, ...] | None = None
    administrative_unit: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A switchboard user: matched by `address`, known to the switchboard as `key`; `follow` None takes the default."""

    address: str
    key: str
    follow: bool | None = None


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to sync: everybody (`all`), or the listed persons (from the CSV file at emit time)."""

    all: bool = False
    listed: tuple[Person, ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How events become availability (`SYSTEMS` §1). States in `title`, `location`, `skip`, `state` are Outlook's."""

    private: Literal["skip", "busy", "as-type"] = "skip"
    follow: bool = True
    title: tuple[OutlookState, ...] = ()
    location: tuple[OutlookState, ...] = ()
    state: dict[OutlookState, str] = msgspec.field(
        default_factory=lambda: {
            "oof": "out-of-office",
            "busy": "busy",
            "tentative": "tentative",
            "workingElsewhere": "remote",
            "free": "available",
            "unknown": "busy",
        }
    )
    skip: tuple[OutlookState, ...] = ()
    priority: tuple[str, ...] = ("out-of-office", "busy", "tentative", "remote", "available")


class Sink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where availability records go. `url` and `secret` (a store, never the value) are the webhook's."""

    kind: Literal["jsonl", "webhook", "asterisk", "sql", "kamailio"]
    path: str | None = None
    url: str | None = None
    secret: StoreRef | None = None
    name: str | None = None


class IntegrationFile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file; see the module's text."""

    version: int
    tool: str
    emitted: str
    tenant: TenantRef
    integration: str
    profile: str
    app: AppRef
    permissions: Permissions
    credential: CredentialRef | None
    mailboxes: Mailboxes
    time_zone: str
    people: People
    rules: Rules
    sinks: tuple[Sink, ...] = ()
    integration_users: tuple[dict[str, Any], ...] = ()


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
