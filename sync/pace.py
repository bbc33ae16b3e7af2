"""How runners wait. One main wait each, so that a rehearsal's time does not run away while somebody works.

A rehearsal's clock advances when somebody sleeps on it. While a round reads or a sink delivers, nobody sleeps:
all look up in short real moments instead. With a real clock everybody just sleeps.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from typing import Any

from tenantry.clock import Clock

TICK = 0.02  # real seconds between looks while somebody works in a rehearsal
LONGEST = 60.0  # seconds of one sleep by a real clock, so that a clock set anew or a suspended machine is noticed


class Pace:
    """The waiting of all runners that share one clock."""

    def __init__(self, clock: Clock, *, rehearsal: bool) -> None:
        """`rehearsal`: the clock advances when slept on."""
        self.clock = clock
        self._rehearsal = rehearsal
        self._working = 0
        self._stirred = asyncio.Event()

    def hold(self) -> None:
        """From now on a rehearsal's time stands, until everybody who held it released it."""
        self._working += 1
        self._stirred.set()

    def release(self) -> None:
        """The work of one `hold` is done."""
        self._working -= 1
        if not self._working:
            self._stirred.clear()

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """Holds a rehearsal's time while something is read or delivered."""
        self.hold()
        try:
            yield
        finally:
            self.release()

    async def wait(self, seconds: float, *events: asyncio.Event) -> None:
        """Returns after that time at the latest, at once when one of the events is set; it may return early."""
        if self._rehearsal and self._working:
            await _first(asyncio.sleep(TICK), *(event.wait() for event in events))
            return
        wake = (*events, self._stirred) if self._rehearsal else events
        longest = seconds if self._rehearsal else min(seconds, LONGEST)
        await _first(self.clock.sleep(max(0.0, longest)), *(event.wait() for event in wake))


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Waits for the first of them and ends the others; an error of one is raised."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
