"""Owners of the app, one reference at a time."""

from provision.apply import repeat
from provision.apply.work import Work
from provision.model.change import Change


async def apply_owner(work: Work, change: Change) -> None:
    """Adds or takes off one owner; one that is there already is fine."""
    owners = f"/applications/{work.object_id}/owners"
    if change.action == "delete":
        async with work.write(change, known=change.before["id"]):
            await repeat.delete(work, f"{owners}/{change.before['id']}/$ref")
        return
    async with work.write(change, known=change.after["id"]):
        reference = f"{work.desired.cloud.base_url}/directoryObjects/{change.after['id']}"
        await repeat.post(work, f"{owners}/$ref", {"@odata.id": reference}, settle="owner")
