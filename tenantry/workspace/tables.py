"""The tables of `tenantry.toml` as they are written: the one source of its checks and of its JSON Schema.

What the file means (defaults, profile, files it names) is worked out in `meaning`; the result is `model`.
"""

from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, Struct

from tenantry.duration import PATTERN as DURATION
from tenantry.integration import CredentialKind, OutlookState, StoreKind
from tenantry.workspace.model import ScopingKind, SignIn

_GUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"

Text = Annotated[str, Meta(min_length=1)]
Name = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        extra={"must": "be 1 to 63 letters, digits, dots, dashes or underscores, beginning with a letter or digit"},
    ),
]
Guid = Annotated[str, Meta(pattern=f"^{_GUID}$", extra={"must": "be a tenant id (a GUID)"})]
Domain = Annotated[
    str, Meta(pattern=rf"^{_LABEL}(\.{_LABEL})+$", extra={"must": "be a domain such as contoso.onmicrosoft.com"})
]
Principal = Annotated[
    str, Meta(pattern=rf"^([^@\s]+@[^@\s]+\.[^@\s]+|{_GUID})$", extra={"must": "be an address or an object id"})
]
Origin = Annotated[str, Meta(pattern=r"^https?://[^/?#@\s]+/?$", extra={"must": "be https://host, without a path"})]
Door = Annotated[str, Meta(pattern=r"^https?://[^?#@\s]+$", extra={"must": "be an address such as http://127.0.0.1:1"})]
Issuer = Annotated[str, Meta(pattern=r"^https://[^?#@\s]+$", extra={"must": "be the issuer's https address"})]
Lifetime = Annotated[str, Meta(pattern=DURATION, extra={"must": "be a duration such as 180d"})]


class _Table(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A table: keys that are not listed are errors."""


class CloudTable(_Table):
    """A custom cloud, such as a rehearsal; Microsoft's own are built in."""

    login: Annotated[Origin, Meta(description="Where people and apps sign in, https://host.")]
    graph: Annotated[Origin, Meta(description="Where Microsoft Graph answers, https://host, without /v1.0.")]
    ca: Annotated[Text | None, Meta(description="PEM file of the authority that signs these servers.")] = None
    clock: Annotated[Door | None, Meta(description="Rehearsal only: the door of the simulated tenant.")] = None


class StoreTable(_Table):
    """Where a secret or a private key lies."""

    kind: Annotated[StoreKind, Meta(description="keyring, file, environment or keyvault.")]
    path: Annotated[Text | None, Meta(description="file: relative to the workspace.")] = None
    name: Annotated[Text | None, Meta(description="keyring entry, environment variable or Key Vault secret.")] = None
    vault: Annotated[Text | None, Meta(description="keyvault: its address, https://NAME.vault.azure.net.")] = None


class CredentialTable(_Table):
    """The credential that the consuming system and the runner sign in with."""

    kind: Annotated[CredentialKind | None, Meta(description="By default the profile's first kind.")] = None
    lifetime: Annotated[Lifetime | None, Meta(description="Such as 180d.")] = None
    store: Annotated[
        StoreTable | None,
        Meta(description="By default a file below secrets/; federated: where the token of the issuer lies."),
    ] = None
    issuer: Annotated[Issuer | None, Meta(description="federated: who issues the tokens, https://…")] = None
    subject: Annotated[Text | None, Meta(description="federated: whom the tokens are about.")] = None
    audience: Annotated[Text | None, Meta(description="federated: by default the cloud's token exchange.")] = None


class MailboxesTable(_Table):
    """Which mailboxes are in scope; exactly one key."""

    group: Annotated[Principal | None, Meta(description="Address or object id of a group.")] = None
    all: Annotated[bool | None, Meta(description="true: every mailbox of the tenant, spelled out.")] = None
    rooms: Annotated[
        Annotated[list[Principal], Meta(min_length=1)] | None, Meta(description="Addresses of room mailboxes.")
    ] = None
    administrative_unit: Annotated[Text | None, Meta(description="Name or id of an administrative unit.")] = None


class RulesTable(_Table):
    """How calendar events become availability. Keys that are left out are the profile's."""

    private: Annotated[
        Literal["skip", "busy", "as-type"] | None,
        Meta(description="Events whose sensitivity is not normal: left out, shown as busy, or as their type."),
    ] = None
    follow: Annotated[bool | None, Meta(description="Availability follows the calendar, unless a person says.")] = None
    title: Annotated[list[OutlookState] | None, Meta(description="Outlook states whose title may be shown.")] = None
    location: Annotated[list[OutlookState] | None, Meta(description="Outlook states whose location may be shown.")] = (
        None
    )
    state: Annotated[
        dict[OutlookState, Text] | None,
        Meta(
            description="Outlook state to the switchboard's availability.",
            extra_json_schema={"propertyNames": {"enum": list(get_args(OutlookState))}},
        ),
    ] = None
    prefix: Annotated[
        dict[str, Text] | None, Meta(description="Prefix of the subject to availability; it decides before the state.")
    ] = None
    skip: Annotated[list[OutlookState] | None, Meta(description="Outlook states that are not synced at all.")] = None
    priority: Annotated[
        Annotated[list[Text], Meta(min_length=1)] | None,
        Meta(description="Of overlapping events the one whose availability stands first here wins."),
    ] = None


class SinkTable(_Table):
    """Where availability goes."""

    kind: Annotated[Literal["jsonl", "webhook", "asterisk", "sql", "kamailio"], Meta(description="jsonl or webhook.")]
    path: Annotated[Text | None, Meta(description="jsonl: the file, relative to the workspace.")] = None
    url: Annotated[Text | None, Meta(description="webhook: https address that takes the records.")] = None
    secret: Annotated[StoreTable | None, Meta(description="webhook: where the signing secret lies.")] = None
    name: Annotated[Name | None, Meta(description="Name in logs and status.")] = None


class IntegrationTable(_Table):
    """One consuming system in one tenant."""

    name: Annotated[Name, Meta(description="Names the integration on the command line.")]
    profile: Annotated[Text, Meta(description="What kind it is: see `tenantry profiles list`.")]
    mailboxes: Annotated[
        MailboxesTable, Meta(description='Say { group = "address" }, or { all = true } for every mailbox.')
    ]
    time_zone: Annotated[Text, Meta(description='All-day events are days of this zone, such as "Europe/Stockholm".')]
    scoping: Annotated[
        ScopingKind | None,
        Meta(
            description="How Exchange narrows the app to these mailboxes. rbac: Exchange gives the right, and Entra's "
            "grant of it is withheld. access-policy: a policy narrows Entra's grant; the default, but for units."
        ),
    ] = None
    owners: Annotated[list[Principal], Meta(description="Who owns the app registration.")] = []
    people: Annotated[Text, Meta(description='"all", or a CSV file with address,key,follow.')] = "all"
    options: Annotated[
        dict[str, Any], Meta(description="The profile's options: see `tenantry profiles show NAME`.")
    ] = {}
    credential: Annotated[CredentialTable | None, Meta(description="By default as the profile says.")] = None
    rules: Annotated[RulesTable | None, Meta(description="By default as the profile says.")] = None
    sink: Annotated[list[SinkTable], Meta(description="Where availability goes.")] = []


class TenantTable(_Table):
    """One Microsoft 365 organisation; `id` or `domain` is needed."""

    name: Annotated[Name, Meta(description="Names the tenant on the command line.")]
    id: Annotated[Guid | None, Meta(description="The tenant's id.")] = None
    domain: Annotated[Domain | None, Meta(description="One of its verified domains.")] = None
    cloud: Annotated[Text, Meta(description="global, usgov, usgov-dod, china, or a [cloud.NAME] of this file.")] = (
        "global"
    )
    sign_in: Annotated[SignIn, Meta(description="How the operator signs in.")] = "browser"
    integration: Annotated[list[IntegrationTable], Meta(description="The consuming systems.")] = []


class WorkspaceFile(_Table):
    """`tenantry.toml`: the tenants and what shall be set up in each."""

    version: Annotated[Literal[1], Meta(description="1")]
    tenant: Annotated[
        Annotated[list[TenantTable], Meta(min_length=1)], Meta(description="Write a [[tenant]] with name and id.")
    ]
    cloud: Annotated[dict[str, CloudTable], Meta(description="Custom clouds by name.")] = {}
