"""Our group on a policy's list of excluded groups. Graph replaces that list whole: read afresh, merged, written.

A replica that lags may show the list as it was before somebody's last change. So a policy is read until no read is
older than the newest version that is known, and what is written is that version with our group added or taken off.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from provision.apply import repeat
from provision.apply.work import Work
from provision.model.change import Change
from provision.model.users import Policy
from provision.read.conditional import POLICIES
from tenantry.errors import GraphError, GuardRefused

READS = 3
"""Equal reads in a row that count as the newest version."""
_UNKNOWN_GROUP = "invalid group value"
_NEVER = datetime.min.replace(tzinfo=UTC)


async def apply_exclusion(work: Work, change: Change) -> None:
    """Adds our group to the list, or takes it off; whatever else is on it stays."""
    policy = change.before["id"]
    if change.action == "revoke":
        group = change.before["group"]
        async with work.write(change, known=policy) as writing:
            writing.undo = {"group": group}
            await take_off(work, policy, group)
        return
    async with work.write(change, known=policy) as writing:
        writing.undo = {"group": work.group}
        await add(work, policy, work.group)


async def add(work: Work, policy: str, group: str) -> None:
    """Our group onto the list of a policy."""
    if not group:
        raise GuardRefused("The id of the exclusion group is not known, so no policy is written.", fix="Run it again.")
    await _write(work, policy, lambda groups: groups if group in groups else [*groups, group])


async def take_off(work: Work, policy: str, group: str) -> None:
    """Our group off the list of a policy; fine where the policy or the entry is gone."""
    await _write(work, policy, lambda groups: [key for key in groups if key != group])


async def _write(work: Work, policy: str, merge: Callable[[list[str]], list[str]]) -> None:
    """Reads, merges and writes; again where a replica does not know a group of the list yet, or still did."""
    waits = repeat.delays()
    for left in range(repeat.TRIES - 1, -1, -1):
        try:
            await _write_once(work, policy, merge)
            return
        except GraphError as error:
            if error.status != 400 or _UNKNOWN_GROUP not in error.message.lower():
                raise
            if not left:
                error.fix = "The policy names a group that is gone: take it off in the portal, then run this again."
                raise
        await work.clock.sleep(next(waits))


async def _write_once(work: Work, policy: str, merge: Callable[[list[str]], list[str]]) -> None:
    try:
        found = await _newest(work, policy)
    except GraphError as error:
        if error.status != 404:
            raise
        return  # deleted meanwhile: there is no list any more
    before = _groups(found)
    after = merge(before)
    if after != before:
        body = {"conditions": {"users": {"excludeGroups": after}}}
        await work.graph.patch(f"{POLICIES}/{policy}", body, settle="conditional-access")


async def _newest(work: Work, policy: str) -> dict[str, Any]:
    """The policy in its newest version, as far as reads in a row can tell; never older than the plan's."""
    planned = _planned(work, policy)
    newest = _at(planned.modified) if planned else _NEVER
    last = list(planned.exclude_groups) if planned else None

    async def read() -> dict[str, Any]:
        return await work.graph.get(f"{POLICIES}/{policy}")

    def believed(found: dict[str, Any]) -> bool:
        nonlocal last, newest
        at = _at(found.get("modifiedDateTime"))
        fine = at > newest or (at == newest and last in (None, _groups(found)))
        newest, last = max(newest, at), _groups(found)
        return fine

    return await work.graph.settled(read, believed, times=READS)


def _planned(work: Work, policy: str) -> Policy | None:
    """The policy as the plan was made from."""
    users = work.actual.users
    return next((p for p in (users.policies or ()) if p.id == policy), None) if users else None


def _groups(found: dict[str, Any]) -> list[str]:
    groups = ((found.get("conditions") or {}).get("users") or {}).get("excludeGroups")
    if groups is None:
        what = f"The policy {found.get('displayName')!r} was read without its list of excluded groups."
        raise GuardRefused(what, fix="Run it again; nothing was written to the policy.")
    return list(groups)


def _at(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else _NEVER
