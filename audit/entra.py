"""The Graph objects that checks read, with only the properties they need.

Decoding a row into one of these skips everything else, so a large file costs little. Every property has a default:
a hand-made snapshot may leave it out, and `None` then means "not in the evidence".
Shapes: learn.microsoft.com/graph/api/resources/application and its neighbours.
"""

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What all of them share."""


class Password(Record, frozen=True):
    """A client secret, never its value."""

    key_id: str = ""
    display_name: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None
    custom_key_identifier: str | None = None


class Key(Record, frozen=True):
    """A certificate. A SAML signing certificate is two of these (Sign and Verify) and a password."""

    key_id: str = ""
    display_name: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None
    custom_key_identifier: str | None = None
    type: str | None = None
    usage: str | None = None


class Federated(Record, frozen=True):
    """A federated credential: whoever the issuer vouches for under that subject may sign in as the app."""

    id: str = ""
    name: str | None = None
    issuer: str | None = None
    subject: str | None = None
    application_id: str = msgspec.field(default="", name="@applicationId")


class Access(Record, frozen=True):
    """One permission that a manifest asks for: `type` Role (application) or Scope (delegated)."""

    id: str
    type: str = "Role"


class RequiredResource(Record, frozen=True):
    """The part of a manifest that asks for permissions of one resource."""

    resource_app_id: str
    resource_access: tuple[Access, ...] = ()


class Owner(Record, frozen=True):
    """An owner of an app: mostly a user, sometimes a service principal."""

    id: str
    odata_type: str | None = msgspec.field(default=None, name="@odata.type")
    display_name: str | None = None
    user_principal_name: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None


class Application(Record, frozen=True):
    """An app registration. `owners` is None where the evidence does not hold them."""

    id: str
    app_id: str = ""
    display_name: str | None = None
    sign_in_audience: str | None = None
    required_resource_access: tuple[RequiredResource, ...] | None = None
    password_credentials: tuple[Password, ...] | None = None
    key_credentials: tuple[Key, ...] | None = None
    owners: tuple[Owner, ...] | None = None
    is_disabled: bool | None = None


class Published(Record, frozen=True):
    """A permission that a resource offers: its id and its name (`value`)."""

    id: str
    value: str | None = None


class Principal(Record, frozen=True):
    """A service principal: the app as the tenant knows it."""

    id: str
    app_id: str = ""
    display_name: str | None = None
    app_owner_organization_id: str | None = None
    service_principal_type: str | None = None
    account_enabled: bool | None = None
    password_credentials: tuple[Password, ...] | None = None
    key_credentials: tuple[Key, ...] | None = None


class Resource(Record, frozen=True):
    """A service principal seen as an API: what it offers."""

    id: str
    app_id: str = ""
    display_name: str | None = None
    app_roles: tuple[Published, ...] | None = None
    oauth2_permission_scopes: tuple[Published, ...] | None = None


class RoleGrant(Record, frozen=True):
    """An application permission that was granted (appRoleAssignment)."""

    id: str = ""
    principal_id: str = ""
    resource_id: str = ""
    app_role_id: str = ""
    resource_display_name: str | None = None


class ScopeGrant(Record, frozen=True):
    """Delegated permissions that were granted (oauth2PermissionGrant); `scope` is a list with blanks."""

    id: str = ""
    client_id: str = ""
    resource_id: str = ""
    consent_type: str | None = None
    principal_id: str | None = None
    scope: str | None = None


class DirectoryRole(Record, frozen=True):
    """A directory role that somebody holds (unifiedRoleAssignment)."""

    id: str = ""
    principal_id: str = ""
    role_definition_id: str = ""
    directory_scope_id: str | None = None


class User(Record, frozen=True):
    """A person, as far as matching by address needs."""

    id: str = ""
    user_principal_name: str | None = None
    mail: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None


class Group(Record, frozen=True):
    """A group, as far as scoping needs."""

    id: str = ""
    display_name: str | None = None
    mail: str | None = None
    mail_enabled: bool | None = None
    security_enabled: bool | None = None
    group_types: tuple[str, ...] = ()


class Member(Record, frozen=True):
    """A member of a group that a scope names, nested ones included; `@direct` tells those from the others."""

    group_id: str = msgspec.field(default="", name="@groupId")
    id: str = ""
    odata_type: str | None = msgspec.field(default=None, name="@odata.type")
    direct: bool | None = msgspec.field(default=None, name="@direct")
