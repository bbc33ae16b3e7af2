"""The APIs that permissions belong to, and the names behind the ids of their permissions.

An id means something only together with its resource: another API may publish the same id, or call itself
"Microsoft Graph". So a permission is known by the resource's app id, read from its service principal.
"""

from collections.abc import Iterable, Mapping

from audit.entra import Published, Resource, RoleGrant, ScopeGrant
from audit.permissions import DEFAULT_ACCESS, GRAPH, RESOURCES, Kind, Name, published
from audit.snapshot import Snapshot


class Resources:
    """Names of permissions, as this tenant's own service principals publish them."""

    def __init__(self, rows: Iterable[Resource]) -> None:
        self._by_id = {row.id: row for row in rows}
        self._by_app = {row.app_id: row for row in self._by_id.values()}
        self._names: dict[tuple[str, Kind], Mapping[str, str]] = {}

    @classmethod
    def read(cls, snapshot: Snapshot, file: str, ids: set[str], app_ids: set[str]) -> "Resources":
        """Those of the service principals that are needed, found by object id or by app id."""
        return cls(row for row in snapshot.rows(file, Resource) if row.id in ids or row.app_id in app_ids)

    @staticmethod
    def named(resource: str, kind: Kind, name: str) -> Name:
        """A permission that an integration file names; a resource we know no app id of keeps its own name."""
        return Name(RESOURCES.get(resource, resource), kind, name)

    def has(self, app_id: str) -> bool:
        """True where the evidence holds the service principal of that resource."""
        return app_id in self._by_app

    def role(self, row: RoleGrant) -> Name:
        """The permission behind an app role assignment."""
        resource = self._by_id.get(row.resource_id)
        if resource is None:  # named by its object id: the display name in the row is anybody's to choose
            return Name(row.resource_id, "application", row.app_role_id)
        return self.name_in(resource.app_id, "application", row.app_role_id)

    def scope(self, row: ScopeGrant, scope: str) -> Name:
        """The permission behind one scope of a delegated grant."""
        resource = self._by_id.get(row.resource_id)
        return Name(resource.app_id if resource else row.resource_id, "delegated", scope)

    def name_in(self, app_id: str, kind: Kind, permission_id: str) -> Name:
        """The permission that a resource publishes under that id; the id itself where it publishes none."""
        key = (app_id, kind)
        if key not in self._names:
            self._names[key] = self._published(app_id, kind)
        if permission_id == DEFAULT_ACCESS:
            return Name(app_id, kind, DEFAULT_ACCESS)
        return Name(app_id, kind, self._names[key].get(permission_id, permission_id))

    def _published(self, app_id: str, kind: Kind) -> Mapping[str, str]:
        resource = self._by_app.get(app_id)
        rows: tuple[Published, ...] = ()
        if resource is not None:
            rows = (resource.app_roles if kind == "application" else resource.oauth2_permission_scopes) or ()
        if not rows and app_id == GRAPH:
            return published(kind)
        return {row.id: row.value for row in rows if row.value}
