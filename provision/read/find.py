"""Which app is the integration's: the one that was adopted, the one under our key, or one that bears our tag."""

from datetime import datetime
from pathlib import Path

from provision import adopted
from provision.model.actual import Application
from provision.model.adoption import Adoption
from provision.model.desired import Desired
from provision.read import application as apps
from provision.read.settled import WINDOW
from provision.read.tenant import TenantReader
from provision.read.torn import WAITS
from tenantry.errors import GuardRefused
from tenantry.graph import Graph

Found = tuple[Application | None, Adoption | None]


async def find(desired: Desired, tenant: TenantReader, root: Path, *, known: bool) -> Found:
    """The app and, where it was there before us, the note about it. An app that is `known` must be missed often."""
    graph = tenant.graph
    if desired.vendor_app:
        return None, None
    note = adopted.load(root, desired.target)
    if note is not None:
        found = await _adopted(desired, tenant, note, known=known)
        if found is not None:
            return found, note
    found = await apps.by_unique_name(graph, desired.unique_name, known=known and note is None)
    if found is not None or note is not None:
        return found, None
    return await _by_tag(desired, graph)


async def _adopted(desired: Desired, tenant: TenantReader, note: Adoption, *, known: bool) -> Application | None:
    """The adopted app; a replica that does not show our marker yet is asked again for some minutes after adopting."""
    for wait in (*WAITS, None):
        found = await apps.by_app_id(tenant.graph, note.app_id, known=known)
        young = bool(note.adopted) and tenant.clock.now() - datetime.fromisoformat(note.adopted) < WINDOW
        if found is None or desired.owner_tag in found.tags or not (known and young) or wait is None:
            break
        await tenant.clock.sleep(wait)
    return found


async def _by_tag(desired: Desired, graph: Graph) -> Found:
    """An app that another workspace of these names adopted.

    Raises:
        GuardRefused: Several apps bear the tag; none of them is chosen by chance.
    """
    found = await apps.by_tag(graph, desired.owner_tag)
    if len(found) > 1:
        ids = ", ".join(sorted(app.app_id for app in found))
        raise GuardRefused(
            f"{desired.target}: several apps bear the tag {desired.owner_tag}: {ids}.",
            fix="Say which one with `tenantry provision adopt --app-id`, and take the tag off the others.",
        )
    if not found:
        return None, None
    return found[0], Adoption(app_id=found[0].app_id, object_id=found[0].id)
