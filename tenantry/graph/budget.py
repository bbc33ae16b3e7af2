"""How fast one tenant is asked: token buckets per workload, below Microsoft's limits.

Source: learn.microsoft.com/graph/throttling-limits. Directory resources: 3,500 units in 10 s for a small tenant;
Conditional Access: 1 request/s for the tenant; everything of an app: 2,000 requests/s.
"""

import re
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

from tenantry.clock import Clock
from tenantry.turns import Turns

_SLOW = re.compile(r"/(identity/conditionalAccess|identityProtection|policies/conditionalAccess)")
_MAILBOX = re.compile(r"/(users|me)(/[^/]+)?/(calendar|event|mail|message|presence)|/communications/|/\$batch|/places")


class Bucket:
    """So many at once, then so many a second. Waiting goes through the clock and counts as time passed."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self._left = burst
        self._seen = now()
        self._turns = Turns()

    async def take(self, cost: float, clock: Clock) -> None:
        """Waits until `cost` is there, and takes it; those who wait are served in turn."""
        async with self._turns.here:
            self._refill()
            short = cost - self._left
            if short > 0:
                before = self._now()
                await clock.sleep(short / self._rate)
                passed = self._now() - before  # a rehearsal's clock leaps: what it leapt over counts as well
                self._left += max(0.0, short - passed * self._rate)
                self._refill()
            self._left -= cost

    def _refill(self) -> None:
        now = self._now()
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
        self._seen = now


class Budget:
    """The buckets of one tenant."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._everything = Bucket(2000, 20_000, now)
        self._directory = Bucket(350, 3500, now)
        self._slow = Bucket(1, 1, now)

    async def take(self, path: str, clock: Clock, cost: int = 1) -> None:
        """Waits until a request to `path` may be sent; `cost` is the number of parts of a batch."""
        if _SLOW.match(path):
            await self._slow.take(1, clock)
        elif not _MAILBOX.match(path):
            await self._directory.take(cost, clock)
        await self._everything.take(cost, clock)


_shared: "WeakValueDictionary[tuple[str, str], Budget]" = WeakValueDictionary()


def shared(graph: str, tenant: str) -> Budget:
    """The budget that all doors of this process to one tenant share."""
    budget = _shared.get((graph, tenant))
    if budget is None:
        budget = _shared[(graph, tenant)] = Budget()
    return budget
