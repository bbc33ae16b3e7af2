"""What the checks look at: each app that is judged, with all that the snapshot says about it.

Built by streaming the files once or twice; only what belongs to the judged apps stays in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from audit.entra import Application, DirectoryRole, Federated, Group, Member, Principal, RoleGrant, ScopeGrant, User
from audit.finding import Pointer, Subject
from audit.options import Options, Scope
from audit.permissions import Kind, Name
from audit.resources import Resources
from audit.snapshot import Snapshot
from tenantry.integration import IntegrationFile

APPLICATIONS = "applications.jsonl"
PRINCIPALS = "servicePrincipals.jsonl"
ROLES = "appRoleAssignments.jsonl"
SCOPES = "oauth2PermissionGrants.jsonl"
FEDERATED = "federatedIdentityCredentials.jsonl"
DIRECTORY_ROLES = "roleAssignments.jsonl"
USERS = "users.jsonl"
GROUPS = "groups.jsonl"
MEMBERS = "groupMembers.jsonl"

_MICROSOFT_TENANTS = frozenset(("f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"))


@dataclass(frozen=True)
class Held:
    """One permission that the app holds: by app role, or by delegated consent for everybody or for single users."""

    name: Name
    proof: Pointer
    everyone: bool = True
    users: int = 0

    def __str__(self) -> str:
        if self.everyone:
            return str(self.name)
        return f"{self.name} for {self.users} user{'' if self.users == 1 else 's'} only"


@dataclass(frozen=True)
class Asked:
    """One permission that the app's manifest asks for."""

    name: Name
    proof: Pointer


@dataclass
class App:
    """One app that is judged. `integration` is None where no integration file is about it."""

    integration: IntegrationFile | None = None
    integration_file: str = ""
    application: Application | None = None
    principal: Principal | None = None
    held: tuple[Held, ...] = ()
    asked: tuple[Asked, ...] = ()
    federated: tuple[Federated, ...] = ()
    directory_roles: tuple[DirectoryRole, ...] = ()

    @property
    def app_id(self) -> str:
        """The app's client id."""
        if self.integration is not None:
            return self.integration.app.app_id
        return (self.application or self.principal).app_id  # type: ignore[union-attr]

    @property
    def label(self) -> str | None:
        """`tenant/integration`, as commands take it."""
        return f"{self.integration.tenant.name}/{self.integration.integration}" if self.integration else None

    @property
    def subject(self) -> Subject:
        """The app registration; the service principal for an app of somebody else's tenant."""
        if self.application is not None:
            name = self.application.display_name or self.app_id
            return Subject(type="application", id=self.application.id, name=name)
        if self.integration is not None:
            app = self.integration.app
            return Subject(type="application", id=app.object_id, name=app.unique_name)
        assert self.principal is not None
        name = self.principal.display_name or self.app_id
        return Subject(type="servicePrincipal", id=self.principal.id, name=name)

    @property
    def required(self) -> tuple[Name, ...]:
        """What the integration needs; empty without one."""
        return self._names("required")

    @property
    def forbidden(self) -> tuple[Name, ...]:
        """What the integration must not have."""
        return self._names("forbidden")

    @property
    def proof(self) -> Pointer:
        """The row of the app itself."""
        if self.application is None and self.principal is not None:
            return Pointer(file=PRINCIPALS, id=self.principal.id)
        return Pointer(file=APPLICATIONS, id=self.application.id if self.application else "")

    @property
    def declared(self) -> Pointer:
        """The integration file."""
        return Pointer(file=self.integration_file)

    def _names(self, which: str) -> tuple[Name, ...]:
        if self.integration is None:
            return ()
        wanted = getattr(self.integration.permissions, which)
        return tuple(Resources.named(each.resource, each.type, each.name) for each in wanted)


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
