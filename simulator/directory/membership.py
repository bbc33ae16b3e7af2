"""Who is in which group and role, directly and through nested groups."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simulator.directory import things
from simulator.directory.links import parts, wholes

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

MAY_BE_MEMBER = ("users", "groups", "servicePrincipals")


def members(tenant: "Tenant", group_id: str, stale: bool = False, *, deep: bool = False) -> Iterator[JSON]:
    """Members of a group, marked with their type; `deep`: of nested groups too, each object once."""
    found = {group_id}
    todo = [group_id]
    while todo:
        for member_id in parts(tenant, "groupMembers", todo.pop(0), stale):
            row = None if member_id in found else things.find(tenant, member_id, stale, MAY_BE_MEMBER)
            if row is None:
                continue
            found.add(member_id)
            if deep and things.entity_of(row) == "group":
                todo.append(member_id)
            yield row


def groups_of(tenant: "Tenant", object_id: str, stale: bool = False, *, deep: bool = False) -> Iterator[JSON]:
    """Groups that an object is a member of, marked with their type; `deep`: through other groups too."""
    found = {object_id}
    todo = [object_id]
    while todo:
        for group_id in wholes(tenant, "groupMembers", todo.pop(0), stale):
            group = tenant.collection("groups").get(group_id, stale)
            if group is None or group_id in found:
                continue
            found.add(group_id)
            if deep:
                todo.append(group_id)
            yield things.typed(group, "group")


def roles_of(tenant: "Tenant", object_id: str, stale: bool = False) -> Iterator[JSON]:
    """Directory roles that an object has for the whole tenant, marked with their type."""
    for row in tenant.collection("roleAssignments").find("principalId", object_id, stale):
        role = tenant.collection("directoryRoles").first("roleTemplateId", row["roleDefinitionId"], stale)
        if role is not None and row.get("directoryScopeId") == "/":
            yield things.typed(role, "directoryRole")


def member_of(tenant: "Tenant", object_id: str, stale: bool = False, *, deep: bool = False) -> Iterator[JSON]:
    """Groups and directory roles of an object."""
    groups = list(groups_of(tenant, object_id, stale, deep=deep))
    yield from groups
    seen = set()
    for holder in (object_id, *(row["id"] for row in groups if deep)):
        for role in roles_of(tenant, holder, stale):
            if role["id"] not in seen:
                seen.add(role["id"])
                yield role
