"""The federated credential on the app: made, mended or taken away; where the issuer's token is here, it is tried."""

from typing import Any

from provision.apply import repeat
from provision.apply.credential.probe import probe_federated
from provision.apply.work import Work
from provision.model.actual import Stored
from provision.model.change import Change


async def apply_federated(work: Work, change: Change) -> None:
    """Writes it; a name that is there already is ours from a try whose answer was lost."""
    path = f"/applications/{work.object_id}/federatedIdentityCredentials"
    if change.action == "delete":
        async with work.write(change, known=change.before["id"], undo=change.before):
            await repeat.delete(work, f"{path}/{change.before['id']}")
        return
    if change.action == "update":
        async with work.write(change, known=change.before["id"], undo=change.before) as writing:
            await work.graph.patch(f"{path}/{writing.id}", change.after, settle="application")
    else:
        async with work.write(change) as writing:
            writing.id = await _create(work, path, {"name": change.name, **change.after})
    work.stored = Stored(kind="federated", id=writing.id)
    await probe_federated(work, work.stored)


async def _create(work: Work, path: str, body: dict[str, Any]) -> str:
    made = await repeat.post(work, path, body, settle="application")
    if made is None:

        async def read() -> dict[str, Any] | None:
            return await work.graph.find(f"{path}/{body['name']}")

        made = await work.graph.settled(read, lambda _: True, times=1)
    return str(made["id"])
