"""Delegated permissions: one grant a client, API and principal, merged into what is there now."""

from collections.abc import Iterable

from provision.apply import repeat
from provision.apply.lists import Moved, newest
from provision.apply.work import Work
from provision.model.actual import DelegatedGrant
from provision.model.change import Change
from provision.read.application import delegated_grants
from provision.read.lists import scopes
from provision.read.torn import whole


async def apply_delegated(work: Work, change: Change) -> None:
    """Makes a grant, moves its scopes, or deletes it when no scope is left (an empty scope is no revocation)."""
    if change.before is None:
        await _grant(work, change)
        return
    before = change.before
    moved = Moved[str].between(before["scopes"], (change.after or {}).get("scopes", ()))
    undo = {**before, "added": list(moved.added), "removed": list(moved.removed)}
    async with work.write(change, known=before["id"], undo=undo):
        await _move(work, before["id"], moved, before["scopes"])


async def undo_delegated(work: Work, step: Change) -> None:
    """Takes the run's scopes off the grant and puts back those it took; what others granted meanwhile stays."""
    was, moved = step.after, Moved[str](added=tuple(step.after["added"]), removed=tuple(step.after["removed"]))
    async with work.write(step, known=step.before["id"]):
        if not await _move(work, step.before["id"], moved.back, ()) and moved.removed:
            principal, resource = was.get("principalId"), was["resourceId"]
            await repeat.post(work, _GRANTS, _body(work, resource, principal, moved.removed), settle="delegated-grant")


_GRANTS = "/oauth2PermissionGrants"


async def _grant(work: Work, change: Change) -> None:
    resource, wanted = change.after["resourceId"], change.after["scopes"]
    principal = work.users[change.after["user"]] if change.after.get("user") else None
    undo = {"resourceId": resource, "principalId": principal, "added": wanted, "removed": []}
    async with work.write(change, undo=undo) as writing:
        made = await repeat.post(work, _GRANTS, _body(work, resource, principal, wanted), settle="delegated-grant")
        if made is not None:
            writing.id = made["id"]
            return
        found = await _find(work, resource, principal)
        writing.id = found.id
        await _move(work, found.id, Moved(added=tuple(wanted), removed=()), found.scopes)


def _body(work: Work, resource: str, principal: str | None, wanted: Iterable[str]) -> dict[str, str | None]:
    return {
        "clientId": work.principal,
        "consentType": "Principal" if principal else "AllPrincipals",
        "principalId": principal,
        "resourceId": resource,
        "scope": " ".join(wanted),
    }


async def _move(work: Work, grant: str, moved: Moved[str], seen: Iterable[str]) -> bool:
    """Writes the newest scopes, with those an earlier read of this run saw, moved; False where the grant is gone."""
    path = f"{_GRANTS}/{grant}"
    before = await newest(work, lambda: scopes(work.graph, grant))
    if before is None:
        return False
    after = moved.applied(before, seen)
    if not after:
        await repeat.delete(work, path)
    elif set(after) != set(before):
        await work.graph.patch(path, {"scope": " ".join(after)}, settle="delegated-grant")
    return True


async def _find(work: Work, resource: str, principal: str | None) -> DelegatedGrant:
    """The grant for that principal (None: for everybody) that somebody made since the plan."""

    async def read() -> DelegatedGrant | None:
        found = await whole(work.clock, lambda: delegated_grants(work.graph, work.principal))
        return next((g for g in found if (g.resource_id, g.principal_id) == (resource, principal)), None)

    return await work.graph.settled(read, lambda _: True, times=1)
