"""Adding a client secret. addPassword makes a new one each time, so it is never sent twice under one name."""

from datetime import timedelta

from provision import naming
from provision.apply.credential.made import Made
from provision.apply.repeat import TRIES, delays
from provision.apply.work import Work
from provision.emit import rfc3339
from tenantry.errors import GraphError
from tenantry.redact import Secret
from tenantry.stores import StoredCredential


async def add_secret(work: Work, days: int) -> Made:
    """A new secret that lives so many days; tries without an answer are noted in `work.unsure` and swept later."""
    waits = delays()
    for n in range(1, TRIES + 1):
        name = naming.credential_name(work.wish.description, work.journal.run, n)
        began = work.clock.now()
        try:
            return await _add(work, name, days)
        except GraphError as error:
            if error.status != 0 and error.status < 500:
                raise
            work.unsure[name] = began
            if n == TRIES:
                raise
        await work.clock.sleep(next(waits))
    raise AssertionError("the loop returns or raises")


async def _add(work: Work, name: str, days: int) -> Made:
    end = work.clock.now() + timedelta(days=days) - timedelta(hours=1)  # a clock ahead of Microsoft's stays allowed
    body = {"passwordCredential": {"displayName": name, "endDateTime": rfc3339(end)}}
    async with work.writing("create", "credential", name) as writing:
        path = f"/applications/{work.object_id}/addPassword"
        answer = await work.graph.post(path, body, settle="credential", once=True)
        assert answer is not None
        writing.id = answer["keyId"]
    expires = answer.get("endDateTime") or rfc3339(end)
    return Made(name, StoredCredential("secret", answer["keyId"], expires, secret=Secret(answer["secretText"])))
