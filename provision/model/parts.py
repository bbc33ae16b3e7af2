"""Parts of an app that plans compare: what its manifest declares, and what is granted."""

import msgspec


class Declared(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One entry of the manifest's requiredResourceAccess; `type` is `Role` or `Scope`."""

    resource_app_id: str
    id: str
    type: str


class RoleGrant(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A granted application permission (appRoleAssignment)."""

    id: str
    resource_id: str
    role_id: str
    resource_name: str = ""


class DelegatedGrant(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A granted set of delegated permissions (oauth2PermissionGrant); `principal_id` None means for everybody."""

    id: str
    resource_id: str
    scopes: tuple[str, ...] = ()
    principal_id: str | None = None
