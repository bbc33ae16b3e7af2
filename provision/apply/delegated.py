"""Delegated permissions: one grant a client, API and principal, merged into what is there."""

from provision.apply import repeat
from provision.apply.work import Work
from provision.model.actual import DelegatedGrant
from provision.model.change import Change
from provision.read.application import delegated_grants
from provision.read.torn import whole


async def apply_delegated(work: Work, change: Change) -> None:
    """Makes a grant, writes its scopes anew, or deletes it when no scope is left (an empty scope is no revocation)."""
    if change.before is None:
        await _grant(work, change)
        return
    path = f"/oauth2PermissionGrants/{change.before['id']}"
    async with work.write(change, known=change.before["id"], undo=change.before):
        if change.after is None:
            await repeat.delete(work, path)
        else:
            await work.graph.patch(path, {"scope": " ".join(change.after["scopes"])}, settle="delegated-grant")


async def _grant(work: Work, change: Change) -> None:
    resource, scopes = change.after["resourceId"], change.after["scopes"]
    principal = work.users[change.after["user"]] if change.after.get("user") else None
    body = {
        "clientId": work.principal,
        "consentType": "Principal" if principal else "AllPrincipals",
        "principalId": principal,
        "resourceId": resource,
        "scope": " ".join(scopes),
    }
    async with work.write(change) as writing:
        made = await repeat.post(work, "/oauth2PermissionGrants", body, settle="delegated-grant")
        if made is not None:
            writing.id = made["id"]
            return
        found = await _find(work, resource, principal)
        writing.id = found.id
        merged = [*found.scopes, *(scope for scope in scopes if scope not in found.scopes)]
        if len(merged) > len(found.scopes):
            path = f"/oauth2PermissionGrants/{found.id}"
            await work.graph.patch(path, {"scope": " ".join(merged)}, settle="delegated-grant")


async def _find(work: Work, resource: str, principal: str | None) -> DelegatedGrant:
    """The grant for that principal (None: for everybody) that somebody made since the plan."""

    async def read() -> DelegatedGrant | None:
        found = await whole(work.clock, lambda: delegated_grants(work.graph, work.principal))
        return next((g for g in found if (g.resource_id, g.principal_id) == (resource, principal)), None)

    return await work.graph.settled(read, lambda _: True, times=1)
