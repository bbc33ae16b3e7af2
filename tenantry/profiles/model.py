"""What a kind of integration needs: `tenantry/profiles/*.toml` and a workspace's own `profiles/*.toml`."""

import msgspec

from tenantry.integration import CredentialKind, Permission, PermissionType, Rules


class Needed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission of a profile: it serves calls of the runner, or the vendor asks for it and says where."""

    name: str
    type: PermissionType = "application"
    resource: str = "Microsoft Graph"
    serves: tuple[str, ...] = ()  # "GET /users": METHOD and path template of Graph v1.0
    vendor_requires: str = ""  # the source, where no call of ours needs it
    narrower: str = ""  # the permission that would do for the runner alone

    @property
    def permission(self) -> Permission:
        """The same, as plans, grants and integration files speak of it."""
        return Permission(resource=self.resource, name=self.name, type=self.type)


class FormField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of the vendor's form: its label per language and what goes into it.

    `value` is one of tenant_id, client_id, object_id, secret_value, secret_id, secret_expires, name, or a literal
    after `=`.
    """

    label: dict[str, str]
    value: str
    note: dict[str, str] = {}


class CredentialDefault(msgspec.Struct, frozen=True, kw_only=True):
    """Which credentials the consuming system takes (first = default) and how long one may live, in days."""

    kinds: tuple[CredentialKind, ...]
    lifetime: int
    longest: int
    description: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole profile."""

    name: str
    title: str
    about: str
    display_name: str
    permissions: tuple[Needed, ...]
    forbidden: tuple[Needed, ...] = ()
    credential: CredentialDefault
    scoping: tuple[str, ...] = ()  # script kinds that narrow it, best first
    calls: tuple[str, ...] = ()  # every call of the runner: "METHOD /path/{template}"
    rules: Rules = Rules()
    form: tuple[FormField, ...] = ()
    pitfalls: tuple[dict[str, str], ...] = ()  # per language
    single_tenant: bool = True
