"""What is the same for all integrations of a tenant, read once: who it is, what its APIs offer, its policies."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from provision.model.actual import RESOURCES, CredentialPolicy, Resource
from provision.plan.policy import understand
from tenantry.clock import Clock
from tenantry.errors import GraphError, GuardRefused
from tenantry.graph import Graph

_CATALOGUE = {"$select": "id,appId,appRoles,oauth2PermissionScopes"}
_DENIED = 403
_NOT_TOLD = (400, 403, 404, 501)


class TenantReader:
    """Reads a tenant's own facts through one door; `actual` of each integration is built on it."""

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self.graph = graph
        self.clock = clock
        self._organization: asyncio.Task[dict[str, Any]] | None = None
        self._resources: dict[str, Resource] = {}
        self._policy: dict[str, Any] | None = None
        self._addresses: tuple[str, ...] | None = None

    async def organization(self) -> dict[str, Any]:
        """The organization: `id`, `displayName`, `verifiedDomains`."""
        if self._organization is None:
            self._organization = asyncio.ensure_future(self._read_organization())
        return await self._organization

    async def resource(self, name: str) -> Resource | None:
        """The API of that name as the tenant offers it; None where the name is none we know."""
        if name not in self._resources and name in RESOURCES:
            found = await self.graph.find(f"/servicePrincipals(appId='{RESOURCES[name]}')", _CATALOGUE, settle="read")
            if found is None:
                return None
            self._resources[name] = as_resource(name, found)
        return self._resources.get(name)

    async def active_addresses(self) -> tuple[str, ...]:
        """The addresses of all active people, read once a run: it may be a hundred pages."""
        from provision.read.users import active_addresses

        if self._addresses is None:
            self._addresses = await active_addresses(self.graph)
        return self._addresses

    async def policy(self, application: str | None, created: datetime) -> CredentialPolicy:
        """What the policy on the app says, else the tenant's default, for an app created then.

        A policy that may not be read counts as none: the service itself will refuse, and its answer is explained.
        """
        own = await self._own_policy(application) if application else None
        if own is not None:
            source = f"the app management policy {own.get('displayName') or own.get('id')!r}"
            return understand(own.get("restrictions"), created, source, enabled=own.get("isEnabled") is not False)
        if self._policy is None:
            self._policy = await self._tolerant("/policies/defaultAppManagementPolicy") or {}
        source = "the tenant's default app management policy"
        enabled = self._policy.get("isEnabled") is True
        return understand(self._policy.get("applicationRestrictions"), created, source, enabled=enabled)

    async def _own_policy(self, application: str) -> dict[str, Any] | None:
        found = await self._tolerant(f"/applications/{application}/appManagementPolicies")
        return next(iter((found or {}).get("value") or ()), None)

    async def _tolerant(self, path: str) -> dict[str, Any] | None:
        try:
            return await self.graph.find(path)
        except GraphError as error:
            if error.status in _NOT_TOLD:
                return None
            raise

    async def _read_organization(self) -> dict[str, Any]:
        try:
            answer = await self.graph.get("/organization", {"$select": "id,displayName,verifiedDomains"})
        except GraphError as error:
            tid = (await self.graph.claims()).get("tid") if error.status == _DENIED else None
            if not tid:
                raise
            return {"id": tid, "verifiedDomains": []}  # an operator who may only manage apps; the token says where
        found: list[dict[str, Any]] = answer.get("value") or []
        if not found:
            raise GuardRefused("The tenant does not say who it is (GET /organization is empty).")
        return found[0]


def as_resource(name: str, service_principal: Mapping[str, Any]) -> Resource:
    """The service principal of an API, as a table of permission ids by name."""
    return Resource(
        name=name,
        app_id=service_principal["appId"],
        id=service_principal["id"],
        roles=_ids(service_principal.get("appRoles")),
        scopes=_ids(service_principal.get("oauth2PermissionScopes")),
    )


def _ids(entries: list[dict[str, Any]] | None) -> dict[str, str]:
    return {e["value"]: e["id"] for e in entries or () if e.get("value") and e.get("isEnabled", True) is not False}
