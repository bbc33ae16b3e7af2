"""The credential: added, tried at the token endpoint, stored, and only then relied upon.

Whatever stops it half-way leaves either nothing or a credential that the journal names, and the next run removes.
"""

from provision.apply.credential.certificate import add_certificate
from provision.apply.credential.keep import StoreLostError, keep
from provision.apply.credential.probe import probe
from provision.apply.credential.remove import remove, sweep
from provision.apply.credential.secret import add_secret
from provision.apply.work import Work
from provision.model.actual import Stored
from provision.model.change import Change
from tenantry.errors import TenantryError

ADD = {"secret": add_secret, "certificate": add_certificate}
"""One line a kind of credential that is made by us."""


async def apply_credential(work: Work, change: Change) -> None:
    """Makes the credential, or removes one that the plan saw."""
    if change.action == "delete":
        before = change.before
        await remove(work, before["kind"], before["id"], change.name)
        return
    days = int(change.after["lifetime"].removesuffix("d"))
    made = await ADD[change.after["kind"]](work, days)
    try:
        await probe(work, made.stored)
        await keep(work, made)
    except StoreLostError:
        raise
    except (TenantryError, OSError):
        work.say(f"{work.desired.target}: the new {made.stored.kind} could not be put to use and is removed again.")
        await remove(work, made.stored.kind, made.stored.id, made.name)
        raise
    work.stored = Stored(kind=made.stored.kind, id=made.stored.id, expires=made.stored.expires)
    await sweep(work)
