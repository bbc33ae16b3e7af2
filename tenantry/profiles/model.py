"""What a kind of integration needs: `tenantry/profiles/*.toml` and a workspace's own `profiles/*.toml`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tenantry.integration import CredentialKind, Permission, PermissionType, Rules


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

    @property
    def permission(self) -> Permission:
        """The same, as plans, grants and integration files speak of it."""
        return Permission(resource=self.resource, name=self.name, type=self.type)


class FormField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of the vendor's form: its label per language and what goes into it.

    `value` is one of tenant_id, client_id, object_id, secret_value, secret_id, secret_expires, name, or a literal
    after `=`.
    """

    label: Annotated[dict[str, str], Meta(description="The field's label by language.")]
    value: Annotated[
        str,
        Meta(description="tenant_id, client_id, object_id, secret_value, secret_id, secret_expires, name or =literal."),
    ]
    note: Annotated[dict[str, str], Meta(description="What to mind, by language.")] = {}


class CredentialDefault(msgspec.Struct, frozen=True, kw_only=True):
    """Which credentials the consuming system takes (first = default) and how long one may live, in days."""

    kinds: Annotated[
        tuple[CredentialKind, ...], Meta(description="Kinds that the consuming system takes; the first is the default.")
    ]
    lifetime: Annotated[int, Meta(description="Default lifetime in days.")]
    longest: Annotated[int, Meta(description="Longest lifetime in days.")]
    description: Annotated[str, Meta(description="How the credential is named in the tenant.")] = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole profile."""

    name: Annotated[str, Meta(description="As the file is named.")]
    title: Annotated[str, Meta(description="For people.")]
    about: Annotated[str, Meta(description="One sentence.")]
    display_name: Annotated[str, Meta(description="Suggested name of the app registration.")]
    permissions: Annotated[tuple[Needed, ...], Meta(description="What it needs.")]
    forbidden: Annotated[tuple[Needed, ...], Meta(description="What it must not have.")] = ()
    credential: Annotated[CredentialDefault, Meta(description="What it signs in with.")]
    scoping: Annotated[
        tuple[str, ...], Meta(description="Script kinds that narrow it to its mailboxes, best first.")
    ] = ()
    calls: Annotated[
        tuple[str, ...], Meta(description="Every call of the runner: METHOD /path/{template} of Graph v1.0.")
    ] = ()
    rules: Annotated[Rules, Meta(description="Default rules.")] = Rules()
    form: Annotated[tuple[FormField, ...], Meta(description="The fields of the vendor's form, in order.")] = ()
    pitfalls: Annotated[tuple[dict[str, str], ...], Meta(description="What goes wrong in practice, by language.")] = ()
    single_tenant: Annotated[bool, Meta(description="True: the app signs in to its own tenant only.")] = True
