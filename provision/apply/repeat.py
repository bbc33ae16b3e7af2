"""Writing so that a second time does no harm: POSTs that Graph refuses by name, DELETEs of what is gone already."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provision.apply.work import Work
from tenantry.errors import GraphError

TRIES = 10
_LOOKS = 6

_EXISTS = ("already exist", "conflicting object")


@dataclass
class Tries:
    """What became of the tries of one POST: whether one of them may have been carried out without our hearing of it."""

    unanswered: bool = False


def exists(error: GraphError) -> bool:
    """True where Graph says that the thing is there: a grant, an owner, a service principal made before."""
    return error.status in (400, 409) and any(words in error.message.lower() for words in _EXISTS)


def passing(error: GraphError) -> bool:
    """True for errors that a later try may not meet: no answer, throttled, broken down, another writer at work."""
    return error.status in (0, 408, 429) or error.status >= 500 or (error.status == 409 and not exists(error))


def delays() -> Iterator[float]:
    """Seconds to wait between tries, growing to half a minute."""
    yield from (1, 2, 4, 8, 15)
    while True:
        yield 30


async def post(
    work: Work, path: str, body: dict[str, Any], settle: str, tries: Tries | None = None
) -> dict[str, Any] | None:
    """POSTs what cannot exist twice. None where it was there already (or a try without an answer had made it)."""
    waits = delays()
    for left in range(TRIES - 1, -1, -1):
        try:
            return await work.graph.post(path, body, settle=settle)
        except GraphError as error:
            if exists(error):
                return None
            if not passing(error) or not left:
                raise
            if tries is not None:
                tries.unanswered |= error.status not in (409, 429)
        await work.clock.sleep(next(waits))
    raise AssertionError("the loop returns or raises")


async def delete(work: Work, path: str) -> None:
    """DELETEs what may be gone already, from an earlier try or by somebody else's hand."""
    try:
        await work.graph.delete(path)
    except GraphError as error:
        if error.status != 404:
            raise


async def purge(work: Work, item: str) -> None:
    """Removes an object from the tenant's bin for good.

    It may be gone already, or a lagging replica may not have it yet: a 404 is believed only when no read of the
    minute after shows it. A success is looked at too, since a 404 after a lost answer counts as one.
    """
    path = f"/directory/deletedItems/{item}"
    for left in range(_LOOKS, -1, -1):
        looks = 2
        try:
            await work.graph.delete(path)
        except GraphError as error:
            if error.status != 404 or not left:
                raise
            looks = _LOOKS
        if not await _shows(work, path, looks):
            return


async def _shows(work: Work, path: str, looks: int) -> bool:
    waits = delays()
    for _ in range(looks):
        await work.clock.sleep(next(waits))
        if await work.graph.find(path, {"$select": "id"}) is not None:
            return True
    return False
