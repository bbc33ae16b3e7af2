"""Properties of the app that is there: plain ones are set, lists among them (tags, redirect addresses) are merged."""

from collections.abc import Mapping
from typing import Any

from provision.apply.lists import Moved, newest
from provision.apply.work import Work
from provision.model.change import Change

Lists = dict[str, tuple[str, ...]]


async def apply_properties(work: Work, change: Change) -> None:
    """Writes what the change names; what was there, and which entries moved, is kept for `undo`."""
    before, after = lists_of(change.before), lists_of(change.after)
    moved = {name: Moved.between(before.get(name, ()), after[name]) for name in after}
    told = {name: {"added": list(one.added), "removed": list(one.removed)} for name, one in moved.items()}
    async with work.write(change, known=work.object_id, undo={**change.before, **({"moved": told} if told else {})}):
        await _write(work, work.object_id, change.after, moved, before)


async def undo_properties(work: Work, step: Change) -> None:
    """Sets back what the run set, and moves list entries the other way; what others added meanwhile stays."""
    was = {key: value for key, value in step.after.items() if key != "moved"}
    told = step.after.get("moved") or {}
    moved = {name: Moved(added=tuple(o["added"]), removed=tuple(o["removed"])).back for name, o in told.items()}
    async with work.write(step, known=step.before["id"]):
        await _write(work, step.before["id"], was, moved, {})


def lists_of(values: Mapping[str, Any]) -> Lists:
    """The lists among an app's properties that Graph replaces whole."""
    found = {}
    if "tags" in values:
        found["tags"] = tuple(values["tags"] or ())
    if "publicClient" in values:
        found["publicClient"] = tuple((values["publicClient"] or {}).get("redirectUris") or ())
    return found


async def _write(work: Work, app: str, values: Mapping[str, Any], moved: Mapping[str, Moved[str]], seen: Lists) -> None:
    body = dict(values)
    if moved:
        now = await _read(work, app)
        for name, one in moved.items():
            entries = list(one.applied(now[name], seen.get(name, ())))
            body[name] = entries if name == "tags" else {"redirectUris": entries}
    await work.graph.patch(f"/applications/{app}", body, settle="application")


async def _read(work: Work, app: str) -> Lists:
    """Both lists as equal reads in a row show them."""

    async def read() -> tuple[tuple[str, tuple[str, ...]], ...]:
        path, wanted = f"/applications/{app}", {"$select": "id,tags,publicClient"}
        found = await work.graph.get(path, wanted, settle="application")
        return tuple(lists_of({"tags": None, "publicClient": None, **found}).items())

    return dict(await newest(work, read) or ())
