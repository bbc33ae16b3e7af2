"""Time as a parameter. A rehearsal takes it from the simulated tenant's door and waits by advancing it."""

import asyncio
import json
import math
import time
import urllib.request
from datetime import UTC, datetime
from typing import Protocol

from tenantry.errors import TenantryError
from tenantry.turns import Turns


class Clock(Protocol):
    """What all waiting and dating in the toolkit goes through."""

    def now(self) -> datetime:
        """The time, UTC and aware."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits that long, by this clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time, UTC and aware."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Waits that long."""
        await asyncio.sleep(max(0.0, seconds))


class DoorClock:
    """The clock of a simulated tenant (`CONTRACTS`: `GET /clock`, `POST /clock {"advance"}`).

    Sleeping advances the tenant's clock instead of waiting. Sleepers that overlap share the advance: the clock
    goes to the earliest of their deadlines, so two waits of a minute side by side cost one minute, not two.
    """

    def __init__(self, door: str) -> None:
        self._url = f"{door.rstrip('/')}/clock"
        self._deadlines: list[datetime] = []
        self._known: tuple[float, datetime] | None = None
        self._moving = Turns()

    def now(self) -> datetime:
        """The tenant's time; asked at most every 20 ms of real time."""
        if self._known is None or time.monotonic() - self._known[0] > 0.02:
            self._learn(self._call(None))
        assert self._known is not None
        return self._known[1]

    async def sleep(self, seconds: float) -> None:
        """Advances the tenant's clock by that time (shared with others that sleep meanwhile)."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        deadline = datetime.fromtimestamp((await self._ask()).timestamp() + seconds, UTC)
        self._deadlines.append(deadline)
        try:
            while True:
                await asyncio.sleep(0.002)  # lets those that are not asleep come to rest or to their own sleep
                async with self._moving.here:  # two with one deadline move the clock once
                    left = (deadline - await self._ask()).total_seconds()
                    if left <= 0:
                        return
                    if deadline == min(self._deadlines):
                        await asyncio.to_thread(self._advance, left)
        finally:
            self._deadlines.remove(deadline)

    async def _ask(self) -> datetime:
        self._learn(await asyncio.to_thread(self._call, None))
        assert self._known is not None
        return self._known[1]

    def _advance(self, seconds: float) -> None:
        whole = math.ceil(seconds * 1000) / 1000  # never a wait of nothing, which at rate 0 would not end
        self._learn(self._call({"advance": f"{whole:.3f}s"}))

    def _learn(self, answer: dict[str, str]) -> None:
        self._known = (time.monotonic(), datetime.fromisoformat(answer["now"]).astimezone(UTC))

    def _call(self, body: dict[str, str] | None) -> dict[str, str]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 (loopback door, http by contract)
            self._url, data=data, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a door on loopback is never proxied
        try:
            with opener.open(request, timeout=30) as answer:
                result: dict[str, str] = json.load(answer)
        except (OSError, ValueError) as error:
            fix = "Start `tenantry simulate` again and make a new workspace with its ready line."
            raise TenantryError(f"The rehearsal's clock at {self._url} does not answer.", fix=fix) from error
        return result


def clock_for(door: str | None) -> Clock:
    """The clock of a cloud: its door where it is a rehearsal, else the machine's."""
    return DoorClock(door) if door else SystemClock()
