"""The manifest's list of permissions: read afresh, merged, written whole."""

from typing import Any

from provision.apply.application import required_resource_access
from provision.apply.lists import Moved, newest
from provision.apply.work import Work
from provision.model.change import Change
from provision.model.parts import Declared
from provision.plan.manifest import wanted
from provision.read.lists import declared


async def apply_manifest(work: Work, change: Change) -> None:
    """Moves the plan's entries; what was moved is kept for `undo`."""
    assert work.actual.application is not None
    await write_manifest(work, change, work.actual.application.declared, wanted(work.desired, work.actual))


async def write_manifest(work: Work, change: Change, before: tuple[Declared, ...], after: tuple[Declared, ...]) -> None:
    """Carries a list that the plan saw over into one that it wants, on the list as it is now."""
    moved = Moved.between(before, after)
    undo = {"added": _told(moved.added), "removed": _told(moved.removed)}
    async with work.write(change, known=work.object_id, undo=undo):
        await move(work, moved, before)


async def undo_manifest(work: Work, step: Change) -> None:
    """Takes off what the run put there, and puts back what it took; what others did meanwhile stays."""
    moved = Moved(added=_read(step.after["added"]), removed=_read(step.after["removed"]))
    async with work.write(step, known=step.before["id"]):
        await move(work, moved.back, ())


async def move(work: Work, moved: Moved[Declared], seen: tuple[Declared, ...]) -> None:
    """Writes the newest list, with what an earlier read of this run saw on it, moved."""

    async def read() -> tuple[Declared, ...]:
        return await declared(work.graph, work.object_id)

    before = await newest(work, read) or ()
    after = moved.applied(before, seen)
    if set(after) != set(before):
        body = {"requiredResourceAccess": required_resource_access(after)}
        await work.graph.patch(f"/applications/{work.object_id}", body, settle="application")


def _told(entries: tuple[Declared, ...]) -> list[list[str]]:
    return [[entry.resource_app_id, entry.id, entry.type] for entry in entries]


def _read(entries: Any) -> tuple[Declared, ...]:
    return tuple(Declared(resource_app_id=api, id=key, type=kind) for api, key, kind in entries)
