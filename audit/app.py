"""One app that is judged, with all that the snapshot says about it, and the names of the files that say it."""

from dataclasses import dataclass

from audit.entra import Application, DirectoryRole, Federated, Principal
from audit.finding import Pointer, Subject
from audit.permissions import Name
from audit.resources import Resources
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
    def in_exchange(self) -> tuple[Name, ...]:
        """What of it Exchange gives (RBAC for Applications), so that Entra must not."""
        return self._names("in_exchange")

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
