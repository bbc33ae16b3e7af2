"""Single lists that Graph replaces whole, read by themselves right before they are written."""

from collections.abc import Mapping
from typing import Any

from provision.model.parts import Declared
from tenantry.graph import Graph


async def declared(graph: Graph, application: str) -> tuple[Declared, ...]:
    """What the app's manifest declares now."""
    found = await _of_application(graph, application, "requiredResourceAccess")
    return tuple(declared_entries(found))


async def scopes(graph: Graph, grant: str) -> tuple[str, ...] | None:
    """The scopes of a delegated grant now; None where there is no such grant."""
    found = await graph.find(f"/oauth2PermissionGrants/{grant}")
    return None if found is None else tuple((found.get("scope") or "").split())


def declared_entries(access: list[Mapping[str, Any]]) -> list[Declared]:
    """The entries of `requiredResourceAccess`, flat."""
    return [
        Declared(resource_app_id=api["resourceAppId"], id=entry["id"], type=entry["type"])
        for api in access
        for entry in api.get("resourceAccess") or ()
    ]


async def _of_application(graph: Graph, application: str, name: str) -> list[Any]:
    found = await graph.get(f"/applications/{application}", {"$select": f"id,{name}"}, settle="application")
    return list(found.get(name) or ())
