"""Purging our own app from the tenant's bin, where it keeps our key taken."""

from provision.apply import repeat
from provision.apply.work import Work
from provision.model.change import Change
from provision.read.application import deleted_principals


async def apply_deleted(work: Work, change: Change) -> None:
    """Removes it and its service principal for good; nothing brings them back."""
    async with work.write(change, known=change.before["id"]):
        await repeat.purge(work, change.before["id"])
        for principal in await deleted_principals(work.graph, change.before["appId"]):
            await repeat.purge(work, principal)
