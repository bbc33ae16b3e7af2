"""What the checks look at: each app that is judged, with all that the snapshot says about it.

Built by streaming the files once or twice; only what belongs to the judged apps stays in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from audit.app import (
    APPLICATIONS,
    DIRECTORY_ROLES,
    FEDERATED,
    GROUPS,
    MEMBERS,
    PRINCIPALS,
    ROLES,
    SCOPES,
    USERS,
    App,
    Asked,
    Held,
)
from audit.entra import Application, DirectoryRole, Federated, Group, Member, Principal, RoleGrant, ScopeGrant, User
from audit.finding import Pointer
from audit.options import Options, Scope
from audit.permissions import Kind, Name
from audit.resources import Resources
from audit.snapshot import Snapshot

_MICROSOFT_TENANTS = frozenset(("f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"))


@dataclass(frozen=True)
class View:
    """The snapshot as checks see it."""

    snapshot: Snapshot
    options: Options
    apps: tuple[App, ...]
    resources: Resources
    groups: tuple[Group, ...] = ()
    nested: frozenset[str] = field(default=frozenset())  # ids of groups that have groups as members
    owners: dict[str, User] = field(default_factory=dict)  # owners whose state the application's row does not tell

    @property
    def scope(self) -> Scope:
        """What is judged: the integrations' apps, or every app."""
        return scope_of(self.snapshot, self.options)

    def gap(self, *names: str) -> str | None:
        """A clause that says which of these files is no evidence and why, or None if all are."""
        gaps = [(name, self.snapshot.why_missing(name)) for name in names]
        return next((f"{name} {why}" for name, why in gaps if why), None)


def scope_of(snapshot: Snapshot, options: Options) -> Scope:
    """The scope asked for; by default the integrations, or everything where there are none to judge."""
    return options.scope or ("integrations" if snapshot.integrations else "tenant")


def build(snapshot: Snapshot, options: Options) -> View:
    """Reads the snapshot into a View."""
    apps = [App(integration=file, integration_file=name) for name, file in snapshot.integrations]
    everything = scope_of(snapshot, options) == "tenant"
    _add_applications(snapshot, apps, everything=everything)
    _add_principals(snapshot, apps, everything=everything)
    by_principal = {app.principal.id: app for app in apps if app.principal}
    roles = [row for row in snapshot.rows(ROLES, RoleGrant) if row.principal_id in by_principal]
    scopes = [row for row in snapshot.rows(SCOPES, ScopeGrant) if row.client_id in by_principal]
    wanted = {row.resource_id for row in roles} | {row.resource_id for row in scopes}
    resources = Resources.read(snapshot, PRINCIPALS, wanted, _asked_of(apps))
    for app in apps:
        app.asked = tuple(_asked(app, resources))
    for principal_id, app in by_principal.items():
        app.held = (
            *_held_roles((row for row in roles if row.principal_id == principal_id), resources),
            *_held_scopes([row for row in scopes if row.client_id == principal_id], resources),
        )
    _add_federated(snapshot, apps)
    for row in snapshot.rows(DIRECTORY_ROLES, DirectoryRole):
        if row.principal_id in by_principal:
            by_principal[row.principal_id].directory_roles += (row,)
    nested = frozenset(row.group_id for row in snapshot.rows(MEMBERS, Member) if _is_group(row))
    return View(
        snapshot=snapshot,
        options=options,
        apps=tuple(sorted(apps, key=lambda app: (app.subject.id, app.label or ""))),
        resources=resources,
        groups=tuple(snapshot.rows(GROUPS, Group)),
        nested=nested,
        owners=_owners(snapshot, apps),
    )


def _owners(snapshot: Snapshot, apps: Iterable[App]) -> dict[str, User]:
    rows = [row for app in apps if app.application for row in app.application.owners or ()]
    wanted = {row.id for row in rows if row.account_enabled is None}
    return {row.id: row for row in snapshot.rows(USERS, User) if row.id in wanted} if wanted else {}


def _is_group(row: Member) -> bool:
    return (row.odata_type or "").casefold().endswith("graph.group")


def _add_applications(snapshot: Snapshot, apps: list[App], *, everything: bool) -> None:
    ours: dict[str, list[App]] = {}
    for app in apps:
        ours.setdefault(app.app_id, []).append(app)
    for row in snapshot.rows(APPLICATIONS, Application):
        for app in ours.get(row.app_id, ()):
            app.application = row
        if everything and row.app_id not in ours:
            apps.append(App(application=row))


def _add_principals(snapshot: Snapshot, apps: list[App], *, everything: bool) -> None:
    known: dict[str, list[App]] = {}
    for app in apps:
        known.setdefault(app.app_id, []).append(app)
    for row in snapshot.rows(PRINCIPALS, Principal):
        for app in known.get(row.app_id, ()):
            app.principal = row
        if everything and row.app_id not in known and not _microsofts(row):
            apps.append(App(principal=row))


def _microsofts(row: Principal) -> bool:
    """Microsoft's own services and managed identities are nobody's integration."""
    return row.app_owner_organization_id in _MICROSOFT_TENANTS or row.service_principal_type == "ManagedIdentity"


def _add_federated(snapshot: Snapshot, apps: list[App]) -> None:
    by_id = {app.application.id: app for app in apps if app.application}
    for row in snapshot.rows(FEDERATED, Federated):
        if row.application_id in by_id:
            by_id[row.application_id].federated += (row,)


def _asked_of(apps: Iterable[App]) -> set[str]:
    """App ids of the resources that manifests and integration files speak of."""
    found = {name.resource for app in apps for name in (*app.required, *app.forbidden)}
    for app in apps:
        if app.application is not None:
            found |= {each.resource_app_id for each in app.application.required_resource_access or ()}
    return found


def _asked(app: App, resources: Resources) -> Iterable[Asked]:
    if app.application is None:
        return
    for part in app.application.required_resource_access or ():
        for access in part.resource_access:
            kind: Kind = "application" if access.type == "Role" else "delegated"
            yield Asked(resources.name_in(part.resource_app_id, kind, access.id), app.proof)


def _held_roles(rows: Iterable[RoleGrant], resources: Resources) -> Iterable[Held]:
    for row in rows:
        yield Held(resources.role(row), Pointer(file=ROLES, id=row.id))


def _held_scopes(rows: list[ScopeGrant], resources: Resources) -> Iterable[Held]:
    """One Held per resource and scope; a grant for everybody outweighs those for single users."""
    found: dict[Name, Held] = {}
    for row in sorted(rows, key=lambda row: (row.consent_type != "AllPrincipals", row.id)):
        for scope in dict.fromkeys((row.scope or "").split()):
            name = resources.scope(row, scope)
            proof = Pointer(file=SCOPES, id=row.id)
            if name not in found:
                found[name] = Held(name, proof, row.consent_type == "AllPrincipals", int(row.principal_id is not None))
            elif not found[name].everyone:
                found[name] = Held(name, found[name].proof, False, found[name].users + 1)
    return found.values()
