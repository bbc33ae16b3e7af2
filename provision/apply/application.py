"""The app registration: upserted by its key, so that a second try finds the first one's app."""

from typing import Any

from provision import naming
from provision.apply.properties import apply_properties
from provision.apply.work import Work
from provision.model.actual import Actual, Declared
from provision.model.change import Change
from provision.plan.application import audience
from provision.plan.manifest import wanted
from provision.plan.properties import properties

UPSERT = {"Prefer": "create-if-missing"}


async def apply_application(work: Work, change: Change) -> None:
    """Creates the app, or writes the one property that the change names."""
    await (_create if change.action == "create" else apply_properties)(work, change)


async def _create(work: Work, change: Change) -> None:
    desired = work.desired
    path = f"/applications(uniqueName='{desired.unique_name}')"
    body = {
        "displayName": desired.display_name,
        "signInAudience": audience(desired),
        "tags": [naming.TAG, desired.owner_tag],
        "notes": desired.notes,
        "requiredResourceAccess": required_resource_access(wanted(desired, _without_app(work.actual))),
        **properties(desired),
    }
    async with work.write(change) as writing:
        made = await work.graph.patch(path, body, UPSERT, settle="application")
        if made is None:  # 204: it is there, from a try whose answer was lost
            made = await work.graph.get(path, {"$select": "id,appId"}, settle="application")
        writing.id = work.object_id = made["id"]
        work.app_id = made["appId"]


def required_resource_access(entries: tuple[Declared, ...]) -> list[dict[str, Any]]:
    """The manifest's list, grouped by API as Graph wants it."""
    apis: dict[str, list[dict[str, str]]] = {}
    for entry in entries:
        apis.setdefault(entry.resource_app_id, []).append({"id": entry.id, "type": entry.type})
    return [{"resourceAppId": api, "resourceAccess": access} for api, access in apis.items()]


def _without_app(actual: Actual) -> Actual:
    import msgspec

    return msgspec.structs.replace(actual, application=None)
