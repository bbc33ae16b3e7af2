"""What profile and options say about integration users, resolved."""

from provision import naming
from provision.model.users import UsersWanted
from tenantry.integration import StoreRef
from tenantry.profiles.model import Profile
from tenantry.workspace.model import Integration, Tenant

_OPTION = "integration_users"


def users_wanted(tenant: Tenant, integration: Integration, profile: Profile) -> UsersWanted | None:
    """The users as they shall be; None where the profile knows of none at all, under whatever options."""
    users, options = profile.integration_users, integration.options
    slug = naming.unique_name(integration.name)
    base = UsersWanted(
        wanted=users is not None,
        key=f"{slug}-users",
        marker=naming.account_marker(tenant.name, integration.name),
        notes=naming.group_notes(tenant.name, integration.name),
        store=_store(tenant, integration),
    )
    if users is None:
        return base if _OPTION in profile.options else None
    from msgspec.structs import replace

    name = slug.removeprefix(f"{naming.TAG}-")
    return replace(
        base,
        each=users.each,
        count=int(options.get(_OPTION) or 0),
        name=users.name.replace("{integration}", name),
        display_name=users.display_name.replace("{integration}", integration.name),
        existing=tuple(str(user).lower() for user in options.get("existing_users") or ()),
        group=str(options.get("exclusion_group") or users.group),
        exclude_from=tuple(dict.fromkeys(options.get("exclude_from") or ())),
        reset=bool(options.get("reset_passwords")),
    )


def _store(tenant: Tenant, integration: Integration) -> StoreRef:
    """The store of the app's credential; files of the workspace where the app has none, or keeps no secret in it."""
    wish = integration.credential
    if wish is not None and wish.kind != "federated":
        return wish.store
    return StoreRef(kind="file", path=f"secrets/{tenant.name}/{integration.name}")
