"""Writing the integration file, the last step: only what works is emitted."""

import msgspec

from provision.apply.work import Work
from provision.emit import granted_permissions, integration_file
from provision.model.actual import Actual, Stored
from provision.model.change import Change
from provision.model.users import Account, UsersActual
from provision.plan.consent import missing
from provision.read.application import grants
from provision.read.torn import whole
from tenantry import __version__, integration
from tenantry.integration import AppRef, CredentialRef, IntegrationFile


async def apply_emitted(work: Work, change: Change) -> None:
    """Reads what is granted now and writes the file; the one before is kept for `undo`."""
    path = integration.path_of(work.root, work.desired.tenant, work.desired.integration)
    async with work.write(change) as writing:
        writing.undo = {"text": path.read_text(encoding="utf-8") if path.exists() else None}
        integration.save(work.root, await compose(work, await _granted(work)))


async def _granted(work: Work) -> Actual:
    """What is granted, once the directory shows it: the file would say less than is so, and be written again."""

    async def read() -> Actual:
        return await _now(work)

    return await work.graph.settled(read, lambda now: set(missing(work.desired, now)) <= work.waived, times=1)


async def _now(work: Work) -> Actual:
    roles, delegated = await whole(work.clock, lambda: grants(work.graph, work.principal))
    return msgspec.structs.replace(work.actual, grants=roles, delegated=delegated)


async def compose(work: Work, now: Actual | None = None) -> IntegrationFile:
    """The integration file for the app as it now is, or as it was just seen."""
    actual = msgspec.structs.replace(now or await _now(work), users=_users(work))
    return integration_file(
        work.desired,
        actual,
        app=app_ref(work),
        credential=credential_ref(work, work.stored),
        granted=granted_permissions(actual),
        tool=f"tenantry {__version__}",
        now=work.clock.now(),
    )


def _users(work: Work) -> UsersActual | None:
    """The integration users with the ids of those that were made meanwhile."""
    if work.actual.users is None:
        return None
    made = {name: Account(id=key, name=name) for name, key in work.users.items()}
    return msgspec.structs.replace(work.actual.users, accounts={**work.actual.users.accounts, **made})


def app_ref(work: Work) -> AppRef:
    """The app by its ids."""
    return AppRef(
        app_id=work.app_id,
        object_id=work.object_id,
        service_principal_id=work.principal,
        unique_name=_unique_name(work),
        display_name=_display_name(work),
    )


def _unique_name(work: Work) -> str:
    """The app's own; an adopted app may have none, a vendor's is not ours to know."""
    if work.desired.vendor_app:
        return ""
    return (
        work.actual.application.unique_name
        if work.actual.adopted and work.actual.application
        else (work.desired.unique_name)
    )


def _display_name(work: Work) -> str:
    """What an adopted app is called; ours bears the profile's name."""
    application = work.actual.application
    return application.display_name if application and work.actual.adopted else ""


def credential_ref(work: Work, stored: Stored | None) -> CredentialRef | None:
    """The credential by reference; None where there is none (yet)."""
    wish = work.desired.credential
    if stored is None or wish is None:
        return None
    return CredentialRef(kind=wish.kind, id=stored.id, expires=stored.expires, store=wish.store)
