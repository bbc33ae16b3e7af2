"""Reads that span several requests may meet replicas of different age: one shows a thing, the next says 404."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenantry.clock import Clock
from tenantry.errors import GraphError

T = TypeVar("T")

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0, 60.0, 60.0)
"""Seconds between reads that met a 404 in the middle."""


async def whole(clock: Clock, read: Callable[[], Awaitable[T]]) -> T:
    """Reads again until no part of it is missing; the last 404 is raised."""
    for wait in WAITS:
        try:
            return await read()
        except GraphError as error:
            if error.status != 404:
                raise
        await clock.sleep(wait)
    return await read()
