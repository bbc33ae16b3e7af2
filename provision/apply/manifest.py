"""The manifest's list of permissions: read afresh, merged, written whole."""

from provision.apply.application import required_resource_access
from provision.apply.work import Work
from provision.model.change import Change
from provision.plan.manifest import wanted


async def apply_manifest(work: Work, change: Change) -> None:
    """Writes the merged list; what was there before is kept for `undo`."""
    application = work.actual.application
    assert application is not None
    before = {"requiredResourceAccess": required_resource_access(application.declared)}
    async with work.write(change, known=work.object_id, undo=before):
        body = {"requiredResourceAccess": required_resource_access(wanted(work.desired, work.actual))}
        await work.graph.patch(f"/applications/{work.object_id}", body, settle="application")
