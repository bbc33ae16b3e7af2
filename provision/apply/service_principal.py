"""The service principal: upserted by the app's id, so that there is never a second one."""

from provision import naming
from provision.apply.application import UPSERT
from provision.apply.work import Work
from provision.model.change import Change

_SHOWN = "WindowsAzureActiveDirectoryIntegratedApp"
"""The tag with which the portal lists a service principal under Enterprise applications."""


async def apply_service_principal(work: Work, change: Change) -> None:
    """Creates it; retried while the directory does not know the app everywhere yet. A vendor's comes by consent."""
    if change.action == "script":
        work.say(f"{work.desired.target}: next, a {change.role} opens {change.after['link']} and accepts.")
        return
    path = f"/servicePrincipals(appId='{work.app_id}')"
    body = {"tags": [_SHOWN, naming.TAG, work.desired.owner_tag]}
    async with work.write(change) as writing:
        made = await work.graph.patch(path, body, UPSERT, settle="service-principal")
        if made is None:
            made = await work.graph.get(path, {"$select": "id,appId"}, settle="service-principal")
        writing.id = work.principal = made["id"]
