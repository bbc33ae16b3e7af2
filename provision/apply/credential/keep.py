"""Putting a new credential into its store, so that the store never loses the one the runner lives on.

A store may refuse, break down half-way, or keep something else than it was given. What it holds afterwards decides:
the new credential (it is kept), the old one (the new one is taken back), or neither: then the old one is written back.
"""

import asyncio
from contextlib import suppress

from provision.apply.credential.made import Made
from provision.apply.work import Work
from tenantry.errors import TenantryError
from tenantry.stores import Store, StoredCredential, open_store


class StoreLostError(TenantryError):
    """Nobody can tell which credential the store holds, so none may be taken off the app."""


async def keep(work: Work, made: Made) -> None:
    """Writes the credential to its store and reads it back.

    Raises:
        StoreLostError: The store holds neither the new nor the old credential, or cannot be read any more.
        TenantryError: It could not be kept; the store holds what it held before.
    """
    store = open_store(work.wish.store, work.root)
    async with work.writing("store", "credential", made.name, known=made.stored.id) as writing:
        writing.undo = {"replaced": work.stored.id if work.stored else ""}
        before = await asyncio.to_thread(store.read)
        await _try_out(store, made.stored)
        trouble = await _written(store, made.stored)
        if trouble is not None:
            await _brought_back(store, before)
            raise trouble


async def note_kept(work: Work) -> None:
    """Says in the journal that the store holds a credential whose run was cut short right after storing it.

    Without that line it would count as nobody's, and be removed as soon as another one takes its place.
    """
    application, stored = work.actual.application, work.actual.stored
    if application is None or stored is None:
        return
    for found in application.credentials:
        if found.id == stored.id and found.name in work.actual.orphans:
            async with work.writing("store", "credential", found.name or "", known=found.id):
                pass


async def _try_out(store: Store, new: StoredCredential) -> None:
    """Lets a store that can be tried out beside the entry prove itself, before the entry is overwritten."""
    trial = getattr(store, "trial", None)
    if trial is None:
        return
    try:
        await asyncio.to_thread(trial, new)
    except Exception as error:
        raise _told(store, error) from error


async def _written(store: Store, new: StoredCredential) -> TenantryError | None:
    """Writes; what went wrong, None where the store holds the new credential in the end, whatever it said."""
    trouble: Exception | None = None
    try:
        await asyncio.to_thread(store.write, new)
    except Exception as error:  # noqa: BLE001 - keyring backends raise whatever they like
        trouble = error
    try:
        if await asyncio.to_thread(store.read) == new:
            return None
    except Exception as error:  # noqa: BLE001 - as above
        trouble = trouble or error
    return _told(store, trouble)


def _told(store: Store, trouble: Exception | None) -> TenantryError:
    if isinstance(trouble, TenantryError):
        return trouble
    why = f"did not work ({type(trouble).__name__})" if trouble else "did not keep what was written to it"
    return TenantryError(f"The {store.describe()} {why}.", fix="Mend it, or choose another store in tenantry.toml.")


async def _brought_back(store: Store, before: StoredCredential | None) -> None:
    """Sees to it that the store holds what it held before."""
    with suppress(Exception):
        if await asyncio.to_thread(store.read) == before:
            return
    with suppress(Exception):
        await asyncio.to_thread(store.delete) if before is None else await asyncio.to_thread(store.write, before)
    with suppress(Exception):
        if await asyncio.to_thread(store.read) == before:
            return
    if before is None:
        return  # it held nothing that could be lost; whatever lies there now opens nothing
    raise StoreLostError(
        f"The {store.describe()} broke while a new credential was written; it can be neither "
        "read nor mended, so the old and the new credential both stay on the app.",
        fix="Mend the store or empty it, then run `tenantry provision apply`: it makes one that the store holds.",
    )
