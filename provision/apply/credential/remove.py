"""Taking credentials off the app: one that is known, or what tries without an answer may have left behind."""

from datetime import datetime

from provision.apply.credential.certificate import read_certificates, write_certificates
from provision.apply.repeat import TRIES, delays, passing
from provision.apply.work import Work
from provision.model.actual import Credential
from provision.read.application import as_credential
from provision.read.settled import WINDOW
from tenantry.errors import GraphError


async def remove(work: Work, kind: str, key_id: str, name: str) -> None:
    """Removes one credential; fine where it is gone already."""
    async with work.writing("delete", "credential", name, known=key_id):
        if kind == "certificate":
            await write_certificates(work, await read_certificates(work, without=key_id))
        else:
            await _remove_secret(work, key_id)
        work.removed.add(key_id)


async def sweep(work: Work) -> None:
    """Removes what tries without an answer left; looks until every replica would show it."""
    for name, tried in sorted(work.unsure.items()):
        found = await _look(work, name, tried)
        if found is not None:
            await remove(work, found.kind, found.id, name)
        else:
            async with work.writing("delete", "credential", name):
                pass  # nothing came of that try; the line closes it in the journal
        del work.unsure[name]


async def credentials(work: Work) -> list[Credential]:
    """The secrets and certificates on the app now."""
    path = f"/applications/{work.object_id}"
    found = await work.graph.get(path, {"$select": "id,passwordCredentials,keyCredentials"}, settle="application")
    secrets = [as_credential("secret", entry) for entry in found.get("passwordCredentials") or ()]
    return secrets + [as_credential("certificate", entry) for entry in found.get("keyCredentials") or ()]


async def _look(work: Work, name: str, tried: datetime) -> Credential | None:
    waits = delays()
    while True:
        found = next((c for c in await credentials(work) if c.name == name), None)
        if found is not None or work.clock.now() - tried > WINDOW:
            return found
        await work.clock.sleep(next(waits))


async def _remove_secret(work: Work, key_id: str) -> None:
    waits = delays()
    for left in range(TRIES - 1, -1, -1):
        try:
            path = f"/applications/{work.object_id}/removePassword"
            await work.graph.post(path, {"keyId": key_id})
            return
        except GraphError as error:
            if _gone(error):
                return
            if not passing(error) or not left:
                raise
        await work.clock.sleep(next(waits))


def _gone(error: GraphError) -> bool:
    """True where Graph says that there is no such credential (any more)."""
    return error.status in (400, 404) and "no credentials found" in error.message.lower()
