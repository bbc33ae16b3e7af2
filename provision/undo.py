"""Taking back what one run made, and only that, last things first. The journal says what it was.

What a run removed for good (a purged app, a deleted credential) cannot come back; that is told, not hidden.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from provision import adopted, undo_users
from provision.apply import repeat
from provision.apply.credential.remove import remove
from provision.apply.delegated import undo_delegated
from provision.apply.manifest import undo_manifest
from provision.apply.properties import undo_properties
from provision.apply.work import Work
from provision.journal import Entry, read, runs
from provision.model.actual import Actual
from provision.model.change import Action, Change, change
from provision.plan.federated import KIND
from provision.read.application import service_principal
from provision.rights import APP_ROLE, APPLICATION, DELEGATED, LOCAL
from tenantry import integration
from tenantry.errors import UsageError
from tenantry.files import write_atomic
from tenantry.integration import StoreRef
from tenantry.stores import open_store

_INVERSE: dict[str, Action] = {
    "create": "delete",
    "grant": "revoke",
    "revoke": "grant",
    "update": "update",
    "delete": "create",
    "store": "delete",
}
_RIGHTS = {"appRoleAssignment": APP_ROLE, "oauth2PermissionGrant": DELEGATED, **undo_users.RIGHTS}
_RISKY = (("application", "delete"), ("appRoleAssignment", "grant"))
_CLOSED = "run"
_GONE = ("application", "deletedApplication", "credential", "storedCredential", "servicePrincipal")
_APPS = ("application", "deletedApplication")
_LOCAL = ("integrationFile", "storedCredential", "storedPassword", "adoptionNote")


def plan_undo(entries: Iterable[Entry], actual: Actual) -> tuple[list[Change], list[str]]:
    """The way back for one integration, and what there is no way back from, in words. Pure."""
    done = list(_written(entries, actual))
    removed = {entry.id for entry in done if entry.object == "credential" and entry.action == "delete"}
    made = {entry.id for entry in done if entry.object == "credential" and entry.action == "create"}
    made_app = any((entry.object, entry.action) == ("application", "create") for entry in done)
    if any((entry.object, entry.action) == ("application", "delete") for entry in done):
        gone = [entry for entry in done if _for_good(entry)]
        apps = [_loss(entry) for entry in gone if entry.object in _APPS]
        return [], apps + [loss for entry in gone for loss in undo_users.losses(entry) if entry.id]
    kept = set() if made_app else {entry.id for entry in done if _replaced_another(entry)}
    changes = [
        _back(entry)
        for entry in reversed(done)
        if entry.id not in removed | kept
        and not _for_good(entry)
        and (not made_app or _outlives(entry))
        and not (kept and entry.object == "integrationFile")
    ]
    lost = [_loss(entry) for entry in done if _for_good(entry) and entry.id and entry.id not in made]
    stays = [f"credential {entry.name} stays: the value it replaced is gone" for entry in done if entry.id in kept]
    return changes, lost + list(dict.fromkeys(stays))


def _replaced_another(entry: Entry) -> bool:
    """True for a credential that was stored over another one: taking it away would leave the runner with nothing."""
    return (entry.object, entry.action) == ("credential", "store") and bool((entry.undo or {}).get("replaced"))


def _written(entries: Iterable[Entry], actual: Actual) -> Iterator[Entry]:
    """What the run did; of a write whose answer never came, what of it is there, with the id it turned out to have."""
    last: dict[int, Entry] = {}
    for entry in entries:
        last[entry.step] = entry
    for entry in last.values():
        if entry.outcome == "done":
            yield entry
        elif entry.outcome != "failed" and (found := _found(entry, actual)):
            yield msgspec.structs.replace(entry, id=found)


def _found(entry: Entry, actual: Actual) -> str:
    """The id of what a write of unknown outcome made; empty where nothing shows of it."""
    application = actual.application
    if entry.action in ("delete", "revoke"):
        return ""
    if entry.object in undo_users.KINDS:
        return undo_users.found(entry, actual)
    single = {"application": application and application.id, "servicePrincipal": actual.service_principal}
    if entry.object in single:
        return single[entry.object] or entry.id
    if entry.object in ("credential", KIND) and application is not None:
        ids = {c.name: c.id for c in application.credentials} | {f.name: f.id for f in application.federated}
        return ids.get(entry.name, "")
    if entry.object == "appRoleAssignment":
        ids = {g.role_id: g.id for g in actual.grants}
        roles = [r.roles.get(entry.name) for r in actual.resources.values()]
        return next((ids[role] for role in roles if role in ids), "")
    return entry.id


def _for_good(entry: Entry) -> bool:
    """True for what no undo brings back."""
    return (entry.action == "delete" and entry.object in _GONE) or undo_users.for_good(entry)


def _loss(entry: Entry) -> str:
    if undo_users.for_good(entry):
        return next(undo_users.losses(entry), "")
    if entry.object == "application":
        return f"app {entry.name} was deleted; an administrator can restore it for 30 days, or apply makes a new one"
    return f"{entry.object} {entry.name} was removed for good"


def _outlives(entry: Entry) -> bool:
    """False for what disappears with an app that the run made."""
    if entry.object == "credential":
        return entry.action == "store"
    return entry.object in (*_LOCAL, *undo_users.KINDS) or (entry.object, entry.action) == ("application", "create")


def _back(entry: Entry) -> Change:
    kind = "storedCredential" if entry.action == "store" else entry.object
    right = LOCAL if kind in _LOCAL else _RIGHTS.get(kind, APPLICATION)
    action = _INVERSE[entry.action]
    return change(
        action,
        kind,
        entry.name,
        right=right,
        before={"id": entry.id},
        after=entry.undo,
        reason=f"run {entry.run} did the opposite",
        risk="high" if (kind, action) in _RISKY else "medium",
    )


async def carry_out_undo(work: Work, changes: Iterable[Change]) -> None:
    """Goes the way back, in the order of `plan_undo`."""
    for step in changes:
        await STEPS[step.object](work, step)
    async with work.writing("undo", _CLOSED, work.journal.undoes):
        pass  # the line that says that nothing of that run is left here


async def _application(work: Work, step: Change) -> None:
    if step.action != "delete":
        await undo_properties(work, step)
        return
    path = f"/applications/{step.before['id']}"
    async with work.write(step, known=step.before["id"]):
        await repeat.delete(work, path)


async def _adoption(work: Work, step: Change) -> None:
    """Puts tags and notes back; of a run that was killed too early to say what they were, the note knows it."""
    note = adopted.load(work.root, work.desired.target)
    was = {"tags": list(note.before.tags), "notes": note.before.notes} if note and note.before else None
    body = step.after or was
    if body is not None:
        await undo_properties(work, msgspec.structs.replace(step, after=body))


async def _adoption_note(work: Work, step: Change) -> None:
    """The note goes; or it comes back, and with it what the steps after this one need to know of the app."""
    async with work.write(step, known=step.before["id"]):
        if step.action == "delete":
            adopted.forget(work.root, work.desired.target)
            return
        write_atomic(adopted.path_of(work.root, work.desired.target), step.after["text"], private=True)
    note = adopted.load(work.root, work.desired.target)
    assert note is not None
    work.object_id, work.app_id = note.object_id, note.app_id
    work.principal = await service_principal(work.graph, note.app_id) or ""


async def _service_principal(work: Work, step: Change) -> None:
    async with work.write(step, known=step.before["id"]):
        await repeat.delete(work, f"/servicePrincipals/{step.before['id']}")


async def _owner(work: Work, step: Change) -> None:
    owners, user = f"/applications/{work.object_id}/owners", step.before["id"]
    async with work.write(step, known=user):
        if step.action == "delete":
            await repeat.delete(work, f"{owners}/{user}/$ref")
        else:
            reference = f"{work.desired.cloud.base_url}/directoryObjects/{user}"
            await repeat.post(work, f"{owners}/$ref", {"@odata.id": reference}, settle="owner")


async def _app_role(work: Work, step: Change) -> None:
    path = f"/servicePrincipals/{work.principal}/appRoleAssignments"
    async with work.write(step, known=step.before["id"]):
        if step.action == "revoke":
            await repeat.delete(work, f"{path}/{step.before['id']}")
        else:
            body = {key: step.after[key] for key in ("resourceId", "appRoleId")} | {"principalId": work.principal}
            await repeat.post(work, path, body, settle="app-role-grant")


async def _federated(work: Work, step: Change) -> None:
    """Gone, as it was before, or back again."""
    path = f"/applications/{work.object_id}/federatedIdentityCredentials"
    said = {key: value for key, value in (step.after or {}).items() if key != "id"}
    async with work.write(step, known=step.before["id"]):
        if step.action == "delete":
            await repeat.delete(work, f"{path}/{step.before['id']}")
        elif step.action == "update":
            await work.graph.patch(f"{path}/{step.before['id']}", said, settle="application")
        else:
            await repeat.post(work, path, {"name": step.name, **said}, settle="application")


async def _credential(work: Work, step: Change) -> None:
    application = work.actual.application
    found = next((c for c in application.credentials if c.id == step.before["id"]), None) if application else None
    if found is not None:
        await remove(work, found.kind, found.id, step.name)


async def _stored(work: Work, step: Change) -> None:
    """Empties the store, if it still holds what that run put there."""
    ref: StoreRef = work.wish.store
    held = work.actual.stored
    if held is not None and held.id == step.before["id"]:
        async with work.write(step, known=held.id):
            await asyncio.to_thread(open_store(ref, work.root).delete)


async def _file(work: Work, step: Change) -> None:
    path = integration.path_of(work.root, work.desired.tenant, work.desired.integration)
    text = (step.after or {}).get("text")
    async with work.write(step):
        if text is None:
            path.unlink(missing_ok=True)
        else:
            write_atomic(path, text)


STEPS: dict[str, Callable[[Work, Change], Awaitable[None]]] = {
    "application": _application,
    "adoption": _adoption,
    "adoptionNote": _adoption_note,
    "requiredResourceAccess": undo_manifest,
    "servicePrincipal": _service_principal,
    "owner": _owner,
    "oauth2PermissionGrant": undo_delegated,
    "appRoleAssignment": _app_role,
    "credential": _credential,
    "federatedIdentityCredential": _federated,
    "storedCredential": _stored,
    "integrationFile": _file,
    **undo_users.STEPS,
}
"""One line a kind of object."""


def entries_of(root: Path, run: str | None) -> list[Entry]:
    """What a run wrote and was not taken back, by default of the last such run that is no taking back itself.

    Raises:
        UsageError: There is no such run, or nothing of it is left to take back.
    """
    every = {name: read(root, name) for name in runs(root)}
    closed = {(e.undoes, e.target) for lines in every.values() for e in lines if e.object == _CLOSED}
    left = {
        name: [e for e in lines if not e.undoes and (name, e.target) not in closed] for name, lines in every.items()
    }
    if run is not None:
        if read(root, run) and not left[run]:
            raise UsageError(f"Nothing of run {run} is left to take back.")
        return left[run]
    able = [name for name, lines in left.items() if lines]
    if not able:
        raise UsageError("There is no run to take back.")
    return left[max(able, key=lambda name: left[name][-1].time)]
