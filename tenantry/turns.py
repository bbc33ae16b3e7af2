"""A lock for objects that outlive one event loop: a command may run several, one after the other."""

import asyncio


class Turns:
    """`async with turns.here:` locks in the running loop; a lock of asyncio belongs to the first loop it waits in."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()

    @property
    def here(self) -> asyncio.Lock:
        """The lock of the running loop."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock
