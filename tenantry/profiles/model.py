"""What a kind of integration needs: `tenantry/profiles/*.toml` and a workspace's own `profiles/*.toml`.

Parts with `when` hold only under some options (`conditions`); `settle.settled` chooses them, so that whoever gets a
profile from `profiles.load` finds none left.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tenantry.cloud import Cloud
from tenantry.integration import CredentialKind, Mailboxes, Permission, PermissionType, Rules

OptionType = Literal["boolean", "integer", "text", "texts"]
ConsentKind = Literal["AllPrincipals", "Principal", "user"]
ScopeKind = Literal["all", "group", "rooms", "administrative_unit"]

When = Annotated[str, Meta(description='Holds only under these options: "name", "not name", joined by "and".')]
Text = Annotated[dict[str, str], Meta(description="A text by language; a key `when` makes it conditional.")]
_Each = Annotated[int, Meta(ge=1, description="How many watched people one of them serves.")]


class Call(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call of the runner or the consuming system, made by the app itself or by somebody signed in."""

    call: Annotated[str, Meta(description="METHOD /path/{template} of Graph v1.0, as in Microsoft's OpenAPI.")]
    type: Annotated[PermissionType, Meta(description="application, or delegated: for a signed-in user.")] = (
        "application"
    )
    of: Annotated[str, Meta(description="What a subscription is about, such as communications/presences/{id}.")] = ""
    when: When = ""

    def __str__(self) -> str:
        return f"{self.call} of {self.of}" if self.of else self.call


class Needed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission of a profile: it serves calls of the runner, or the vendor asks for it and says where."""

    name: Annotated[str, Meta(description="Name of the permission, as in Calendars.Read.")]
    type: Annotated[PermissionType, Meta(description="application or delegated.")] = "application"
    resource: Annotated[str, Meta(description="Display name of the API's service principal.")] = "Microsoft Graph"
    serves: Annotated[tuple[str, ...], Meta(description="Calls of the runner that need it, from `calls`.")] = ()
    vendor_requires: Annotated[
        str, Meta(description="The source that asks for it, where it is more than our calls need.")
    ] = ""
    narrower: Annotated[str, Meta(description="The permission that would do for the runner alone.")] = ""
    when: When = ""

    @property
    def permission(self) -> Permission:
        """The same, as plans, grants and integration files speak of it."""
        return Permission(resource=self.resource, name=self.name, type=self.type)


class Consent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who consents to the delegated permissions; of several the first whose condition holds."""

    kind: Annotated[
        ConsentKind,
        Meta(description="AllPrincipals: for everybody; Principal: each integration user; user: everyone themselves."),
    ]
    when: When = ""


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an integration may choose under [tenant.integration.options]."""

    type: Annotated[OptionType, Meta(description="boolean, integer, text or texts (a list).")]
    default: Annotated[bool | int | str | list[str], Meta(description="Where it is left out.")]
    help: Annotated[dict[str, str], Meta(description="What it does, by language.")]
    must: Annotated[str, Meta(description="A regular expression that a text must match.")] = ""
    least: Annotated[int, Meta(description="Smallest integer.")] = 0
    when: Annotated[str, Meta(description="Without these options it has no effect, and giving it is a mistake.")] = ""


class FormField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of the vendor's form: its label per language and what goes into it."""

    label: Annotated[dict[str, str], Meta(description="The field's label by language.")]
    value: Annotated[
        str,
        Meta(
            description="tenant_id, client_id, object_id, service_principal_id, secret_value, secret_id, "
            "secret_expires, name, domain, redirect_uri, users (names of the integration users), apart (a secret that "
            "is handed over apart), option:NAME or =literal."
        ),
    ]
    note: Annotated[dict[str, str], Meta(description="What to mind, by language.")] = {}
    when: When = ""


class CredentialDefault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which credentials the consuming system takes (first = default) and how long one may live, in days."""

    kinds: Annotated[
        tuple[CredentialKind, ...], Meta(description="Kinds that the consuming system takes; the first is the default.")
    ]
    lifetime: Annotated[int, Meta(description="Default lifetime in days.")]
    longest: Annotated[int, Meta(description="Longest lifetime in days.")]
    description: Annotated[str, Meta(description="How the credential is named in the tenant.")] = ""
    when: When = ""


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """The platform "mobile and desktop applications": a public client, which has no secret."""

    redirect_uris: Annotated[
        tuple[str, ...], Meta(description="Where the sign-in answers; {login} is the cloud's sign-in service.")
    ]

    def redirects(self, cloud: Cloud) -> tuple[str, ...]:
        """The addresses in this cloud."""
        return tuple(uri.replace("{login}", cloud.login) for uri in self.redirect_uris)


class IntegrationUsers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Accounts that subscribe on behalf of watched people: no licence, no MFA, each used once only.

    The options `integration_users` (how many, 0: as needed), `existing_users`, `reset_passwords`, `exclusion_group` and
    `exclude_from` say more about them.
    """

    name: Annotated[str, Meta(description="User name before the @; {integration} and {number} are filled in.")]
    display_name: Annotated[str, Meta(description="Shown name; {number} is filled in.")]
    group: Annotated[str, Meta(description="Name of the group that Conditional Access policies exclude.")]
    each: _Each = 650
    when: When = ""

    def needed(self, people: int) -> int:
        """How many it takes for so many people; one at least."""
        return max(1, -(-people // self.each))


class Vendor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the vendor's document asks for, under whichever options: held against `permissions` both ways."""

    name: Annotated[str, Meta(description="Who makes the consuming system.")]
    source: Annotated[str, Meta(description="The document.")]
    application: Annotated[tuple[str, ...], Meta(description="Application permissions it names.")] = ()
    delegated: Annotated[tuple[str, ...], Meta(description="Delegated permissions it names.")] = ()


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole profile."""

    name: Annotated[str, Meta(description="As the file is named.")]
    title: Annotated[str, Meta(description="For people.")]
    about: Annotated[str, Meta(description="One sentence.")]
    display_name: Annotated[str, Meta(description="Suggested name of the app registration.")]
    permissions: Annotated[tuple[Needed, ...], Meta(description="What it needs.")]
    forbidden: Annotated[tuple[Needed, ...], Meta(description="What it must not have.")] = ()
    credential: Annotated[
        CredentialDefault | None, Meta(description="What it signs in with; none for a public client.")
    ] = None
    options: Annotated[dict[str, Option], Meta(description="What an integration may choose.")] = {}
    consent: Annotated[tuple[Consent, ...], Meta(description="Who consents to delegated permissions.")] = ()
    platform: Annotated[Platform | None, Meta(description="A public client's redirect addresses.")] = None
    integration_users: Annotated[
        IntegrationUsers | None, Meta(description="Accounts that subscribe on behalf of watched people.")
    ] = None
    lock: Annotated[bool, Meta(description="Lock the service principal's sensitive properties.")] = True
    vendor: Annotated[Vendor | None, Meta(description="What the vendor's document asks for.")] = None
    mailboxes: Annotated[tuple[ScopeKind, ...], Meta(description="Scopes that may be chosen.")] = (
        "all",
        "group",
        "rooms",
        "administrative_unit",
    )
    not_in: Annotated[tuple[str, ...], Meta(description="Clouds whose Graph lacks what it needs.")] = ()
    scoping: Annotated[
        tuple[str, ...], Meta(description="Script kinds that narrow it to its mailboxes, best first.")
    ] = ()
    calls: Annotated[
        tuple[str | Call, ...], Meta(description="Every call: METHOD /path/{template} of Graph v1.0, or a table.")
    ] = ()
    rules: Annotated[Rules, Meta(description="Default rules.")] = Rules()
    form: Annotated[tuple[FormField, ...], Meta(description="The fields of the vendor's form, in order.")] = ()
    steps: Annotated[tuple[Text, ...], Meta(description="What to do at the vendor, in order.")] = ()
    renewal: Annotated[tuple[Text, ...], Meta(description="What to do before the credential ends, in order.")] = ()
    pitfalls: Annotated[tuple[Text, ...], Meta(description="What goes wrong in practice, by language.")] = ()
    better: Annotated[tuple[Text, ...], Meta(description="Better ways than the vendor's, by language.")] = ()
    single_tenant: Annotated[bool, Meta(description="True: the app signs in to its own tenant only.")] = True

    @property
    def declared(self) -> tuple[Call, ...]:
        """The calls, each as a record."""
        return tuple(Call(call=call) if isinstance(call, str) else call for call in self.calls)

    @property
    def consent_kind(self) -> ConsentKind | None:
        """Who consents to its delegated permissions; None where it has none. Everybody, unless it says otherwise."""
        if not any(needed.type == "delegated" for needed in self.permissions):
            return None
        return self.consent[0].kind if self.consent else "AllPrincipals"


def scope_of(mailboxes: Mailboxes) -> ScopeKind:
    """Which kind of scope was chosen."""
    if mailboxes.all:
        return "all"
    if mailboxes.rooms is not None:
        return "rooms"
    return "administrative_unit" if mailboxes.administrative_unit else "group"


Values = dict[str, Any]
"""Options by name, complete."""
