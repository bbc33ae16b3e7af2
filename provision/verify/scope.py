"""Who is in scope, as the directory tells the operator: members of the group or of the administrative unit."""

import re

from provision.model.desired import Desired
from provision.read.exchange import find_unit
from provision.verify.link import Scope
from tenantry.graph import Graph, literal, segment

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MEMBERS: dict[str, str | int] = {"$select": "id", "$top": 999}


async def read_scope(desired: Desired, graph: Graph) -> Scope:
    """The ids of the wished mailboxes' users. Rooms need no looking up, and all mailboxes none either."""
    mailboxes = desired.mailboxes
    if mailboxes.group:
        return await _group(graph, mailboxes.group, nested=desired.narrowing.rbac)
    if mailboxes.administrative_unit:
        return await _unit(graph, mailboxes.administrative_unit)
    return Scope()


async def _group(graph: Graph, name: str, *, nested: bool) -> Scope:
    """A group by address or id. RBAC for Applications counts direct members only, access policies nested ones too."""
    group = await _find(graph, name)
    if group is None:
        return Scope(missing=True)
    members = await _ids(graph, f"/groups/{group}/transitiveMembers")
    direct = await _ids(graph, f"/groups/{group}/members") if nested else None
    return Scope(id=group, members=members, direct=direct)


async def _find(graph: Graph, name: str) -> str | None:
    if _GUID.fullmatch(name):
        found = await graph.find(f"/groups/{segment(name)}", {"$select": "id"})
        return str(found["id"]) if found else None
    query = {"$filter": f"mail eq {literal(name)}", "$select": "id,mail"}
    async for group in graph.items("/groups", query, type=dict):
        return str(group["id"])
    return None


async def _unit(graph: Graph, name: str) -> Scope:
    """An administrative unit by name or id; its users count, not who is in its groups."""
    unit = await find_unit(graph, name)
    if unit is None:
        return Scope(missing=True)
    if not unit:
        return Scope(why="the operator may not read administrative units (AdministrativeUnit.Read.All).")
    return Scope(id=unit, members=await _ids(graph, f"/directory/administrativeUnits/{unit}/members"))


async def _ids(graph: Graph, path: str) -> frozenset[str]:
    return frozenset([item["id"] async for item in graph.items(path, _MEMBERS, type=dict)])
