"""The door's `POST /exchange/run`: a script run in the tenant's Exchange, its events as JSON lines while it runs.

The script runs in a thread of its own, but each cmdlet does its work in the event loop's: the tenant's state is touched
by one thread only, and Graph answers between two cmdlets. Who goes away stops the script at its next cmdlet.
"""

import asyncio
import contextlib
import json
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.clock import SimClock
from simulator.exchange.errors import Interrupted
from simulator.exchange.faults import Trouble
from simulator.exchange.rehearsal import Order, rehearse, session_for
from simulator.faults import Faults
from simulator.tenant import Tenant

JSON = dict[str, Any]
_WAITING = 1000  # events that may wait for the reader before the script does
_GLANCE = 0.5  # seconds after which it is looked whether the reader is still there


async def run(request: web.Request, tenant: Tenant, clock: SimClock, faults: Faults) -> web.StreamResponse:
    """Runs the script of the body {"script", "name", "whatIf", "arguments", "folder", "product"}."""
    given = await request.json()
    if not isinstance(given, dict) or not isinstance(given.get("script"), str):
        raise ValueError('a run is {"script": text, "name", "whatIf", "arguments": {}, "folder", "product"}')
    with contextlib.ExitStack() as stack:
        folder = given.get("folder") or stack.enter_context(tempfile.TemporaryDirectory())
        order = Order(
            given["script"],
            str(given.get("name") or "script.ps1"),
            Path(folder),
            dict(given.get("arguments") or {}),
            bool(given.get("whatIf")),
            str(given.get("product") or ""),
        )
        answer = web.StreamResponse(headers={"Content-Type": "application/jsonl; charset=utf-8"})
        runner = _Runner(order, tenant, clock)
        Trouble(faults, runner.session)
        await answer.prepare(request)
        try:
            async for events in runner.events(lambda: _gone(request)):
                await answer.write(b"".join(json.dumps(e, ensure_ascii=False).encode() + b"\n" for e in events))
        finally:
            await runner.stop()
    return answer


class _Runner:
    """A script in its thread."""

    def __init__(self, order: Order, tenant: Tenant, clock: SimClock) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[JSON | None] = asyncio.Queue()
        self._stopped = threading.Event()
        self._order = order
        self._clock = clock
        self.session = session_for(order, tenant)
        self.session.within = self.within
        self._thread = threading.Thread(target=self._work, name="rehearsal", daemon=True)

    async def events(self, gone: Callable[[], bool]) -> AsyncIterator[list[JSON]]:
        """What happens, some events at a time, until the script has ended or its reader has gone."""
        self._thread.start()
        ended = False
        while not ended and not gone():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE):
                    batch = [await self._events.get()]
                while not self._events.empty():
                    batch.append(self._events.get_nowait())
                ended = batch[-1] is None
                yield [event for event in batch if event is not None]

    async def stop(self) -> None:
        """Ends the thread at its next cmdlet."""
        self._stopped.set()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join)

    def within(self, work: Callable[[], Any]) -> Any:
        """Does a piece of work in the event loop's thread."""
        while self._events.qsize() > _WAITING and not self._stopped.is_set():
            time.sleep(0.01)  # the reader is slower
        if self._stopped.is_set():
            raise Interrupted
        done: Future[Any] = Future()
        self._loop.call_soon_threadsafe(_call, work, done)
        return done.result()

    def _work(self) -> None:
        try:
            rehearse(self._order, self.session, self._tell, self._sleep)
        except Interrupted:
            pass
        except Exception as error:
            self._tell({"failed": f"line {self.session.line}: {type(error).__name__}: {error}"})
            raise
        finally:
            self._tell(None)

    def _tell(self, event: JSON | None) -> None:
        """From either thread: a change is told while the loop's thread does it."""
        self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    def _sleep(self, seconds: float) -> None:
        self.within(lambda: self._clock.advance(seconds))


def _gone(request: web.Request) -> bool:
    """Whether who asked has closed the connection."""
    return request.transport is None or request.transport.is_closing()


def _call(work: Callable[[], Any], done: "Future[Any]") -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 (it is raised where the result is waited for)
        done.set_exception(error)
