"""From a workspace and a command line to one script: what each kind of script is told.

`BUILDERS` has one function a kind; `tenantry.cli.scripts` holds the commands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from templates.scripts import Samples, Script, Target
    from tenantry.integration import IntegrationFile, Mailboxes
    from tenantry.workspace.model import Integration, Tenant


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the command line says beyond the workspace; None and empty where it says nothing."""

    product: str = "online"
    group: str | None = None
    unit: str | None = None
    members: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    deny: bool = False
    migrate: bool = False
    app_id: str | None = None
    service_principal_id: str | None = None
    user: str | None = None
    role: str | None = None
    name: str | None = None
    database: str | None = None
    room_list: str | None = None


@dataclass(frozen=True)
class Case:
    """One integration as its scripts need it: ids (empty where unknown), permissions, mailboxes in scope."""

    target: "Target"
    app_id: str
    service_principal_id: str
    permissions: tuple[str, ...]
    mailboxes: "Mailboxes"
    wish: Wish

    def app(self) -> str:
        """The app's client id.

        Raises:
            UsageError: It is not known yet.
        """
        if not self.app_id:
            raise UsageError(
                "the app's id is not known.", fix="Run `tenantry provision apply` first, or give --app-id."
            )
        return self.app_id

    def service_principal(self) -> str:
        """The object id of the enterprise application.

        Raises:
            UsageError: It is not known yet.
        """
        if not self.service_principal_id:
            raise UsageError(
                "the object id of the enterprise application is not known.",
                fix="Run `tenantry provision apply` first, or give --service-principal-id.",
            )
        return self.service_principal_id

    def narrowable(self) -> tuple[str, ...]:
        """The application permissions, which Exchange may narrow.

        Raises:
            UsageError: There is none: what users sign in to reaches no further than they do.
        """
        if not self.permissions:
            raise UsageError(
                "the app has no application permission, so there is nothing for Exchange to narrow.",
                fix="Where people sign in to an app, it reaches what they may.",
            )
        return self.permissions

    def samples(self) -> "Samples":
        """Mailboxes to ask Exchange about."""
        from templates.scripts import Samples

        return Samples(inside=self.wish.inside, outside=self.wish.outside)

    def user(self) -> str:
        """The sync user's address.

        Raises:
            UsageError: The command line does not name it.
        """
        if self.wish.user is None:
            raise UsageError("which user syncs is not known.", fix="Give --user ADDRESS.")
        return self.wish.user


def target_of(tenant: "Tenant", product: str, file: "IntegrationFile | None" = None, integration: str = "") -> "Target":
    """Where a script for this tenant, or one of its integrations, works."""
    import msgspec

    from templates.scripts import Product, Target

    return Target(
        tenant_id=file.tenant.id if file else tenant.id or "",
        cloud=tenant.cloud.name,
        tenant=tenant.name,
        integration=integration,
        product=msgspec.convert(product, Product),
    )


def case_of(root: "Path", tenant: "Tenant", integration: "Integration", wish: Wish) -> Case:
    """What is known of an integration: from its integration file, its profile and the command line."""
    file = _emitted(root, tenant, integration)
    return Case(
        target=target_of(tenant, wish.product, file, integration.name),
        app_id=wish.app_id or (file.app.app_id if file else ""),
        service_principal_id=wish.service_principal_id or (file.app.service_principal_id if file else ""),
        permissions=_permissions(root, integration, file),
        mailboxes=integration.mailboxes,
        wish=wish,
    )


def _emitted(root: "Path", tenant: "Tenant", integration: "Integration") -> "IntegrationFile | None":
    from tenantry.integration import load, path_of

    path = path_of(root, tenant.name, integration.name)
    return load(path) if path.exists() else None


def _permissions(root: "Path", integration: "Integration", file: "IntegrationFile | None") -> tuple[str, ...]:
    """Names of the application permissions."""
    if file is not None:
        return tuple(p.name for p in file.permissions.required if p.type == "application")
    from tenantry import profiles

    needed = profiles.of(integration, root).permissions
    return tuple(p.name for p in needed if p.type == "application")


def _access_policy(case: Case) -> "Script":
    from templates import scripts

    app_id = case.app()
    if not scripts.narrowed_by_policy(case.narrowable()):
        raise UsageError(f"an access policy narrows none of {', '.join(case.permissions)}.")
    if case.wish.unit:
        raise UsageError(
            "an access policy knows groups only, no administrative units.", fix="Give --group, or use rbac."
        )
    group, members = _group(case)
    return scripts.access_policy(
        case.target,
        app_id=app_id,
        group=group,
        members=members,
        samples=case.samples(),
        right="DenyAccess" if case.wish.deny else "RestrictAccess",
    )


def _rbac(case: Case) -> "Script":
    from templates import scripts

    app_id, service_principal_id = case.app(), case.service_principal()
    unit = case.wish.unit or ("" if case.wish.group else case.mailboxes.administrative_unit or "")
    if case.wish.migrate:
        if unit:
            raise UsageError("access policies know groups only.", fix="Give --group ADDRESS to migrate into.")
        return scripts.rbac_migrate(
            case.target,
            app_id=app_id,
            service_principal_id=service_principal_id,
            permissions=case.narrowable(),
            group=_group(case)[0],
        )
    group, members = ("", ()) if unit else _group(case)
    return scripts.rbac(
        case.target,
        app_id=app_id,
        service_principal_id=service_principal_id,
        permissions=case.narrowable(),
        group=group,
        administrative_unit=unit,
        members=members,
        samples=case.samples(),
    )


def _reviewer(case: Case) -> "Script":
    from templates import scripts

    return scripts.reviewer(case.target, user=case.user(), role=case.wish.role or "Reviewer")


def _service_user(case: Case) -> "Script":
    from templates import scripts

    return scripts.service_user(
        case.target, user=case.user(), name=case.wish.name or "Monitor", database=case.wish.database or ""
    )


def _rooms(case: Case) -> "Script":
    from templates import scripts

    rooms = (*(case.mailboxes.rooms or ()), *case.wish.members)
    return scripts.rooms(case.target, rooms=rooms, room_list=case.wish.room_list or "")


def _ews_allow(case: Case) -> "Script":
    from templates import scripts

    return scripts.ews_allow(case.target, app_id=case.app())


def _teardown(case: Case) -> "Script":
    from templates import scripts

    return scripts.teardown(case.target, role=case.wish.role or "Reviewer")


BUILDERS: dict[str, Callable[[Case], "Script"]] = {
    "rbac": _rbac,
    "access-policy": _access_policy,
    "reviewer": _reviewer,
    "service-user": _service_user,
    "rooms": _rooms,
    "ews-allow": _ews_allow,
    "teardown": _teardown,
}


def _group(case: Case) -> tuple[str, tuple[str, ...]]:
    """The group in scope and who is put into it: what was asked for, and the rooms of tenantry.toml."""
    mailboxes, wish = case.mailboxes, case.wish
    members = (*wish.members, *(mailboxes.rooms or ()))
    if wish.group is not None:
        return wish.group, members
    if mailboxes.group:
        return mailboxes.group, members
    if mailboxes.all:
        raise UsageError("all mailboxes are in scope, so there is nothing to narrow.", fix="Give --group ADDRESS.")
    what = "rooms are" if mailboxes.rooms else "an administrative unit is"
    raise UsageError(f"{what} in scope, and Exchange wants a group.", fix="Give --group ADDRESS; it is made if needed.")
