"""Purging our own app from the tenant's bin, where it keeps our key taken."""

from provision.apply.work import Work
from provision.model.change import Change


async def apply_deleted(work: Work, change: Change) -> None:
    """Removes it for good; nothing brings it back."""
    async with work.write(change, known=change.before["id"]):
        await work.graph.delete(f"/directory/deletedItems/{change.before['id']}")
