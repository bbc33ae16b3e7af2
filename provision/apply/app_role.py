"""Granting and revoking application permissions, one assignment each."""

from provision.apply import repeat
from provision.apply.work import Work
from provision.model.actual import RoleGrant
from provision.model.change import Change
from provision.read.application import role_grants
from provision.read.torn import whole


async def apply_app_role(work: Work, change: Change) -> None:
    """Grants once (a grant that is there counts), or revokes the one that the plan saw."""
    assignments = f"/servicePrincipals/{work.principal}/appRoleAssignments"
    if change.action == "revoke":
        async with work.write(change, known=change.before["id"], undo=change.before):
            await repeat.delete(work, f"{assignments}/{change.before['id']}")
        return
    wanted = change.after["resourceId"], change.after["appRoleId"]
    body = {"principalId": work.principal, "resourceId": wanted[0], "appRoleId": wanted[1]}
    async with work.write(change) as writing:
        made = await repeat.post(work, assignments, body, settle="app-role-grant")
        writing.id = made["id"] if made else await _find(work, wanted)


async def _find(work: Work, wanted: tuple[str, str]) -> str:
    """The id of the grant that is there already."""

    async def read() -> RoleGrant | None:
        found = await whole(work.clock, lambda: role_grants(work.graph, work.principal))
        return next((g for g in found if (g.resource_id, g.role_id) == wanted), None)

    return (await work.graph.settled(read, lambda _: True, times=1)).id
