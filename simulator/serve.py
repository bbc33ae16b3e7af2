"""Runs simulated tenants: three servers on loopback, one ready line, a clean end.

`running(options)` serves inside a process that has an event loop; `run(options)` is the whole process of
`tenantry simulate`.
"""

import asyncio
import contextlib
import errno
import shutil
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from simulator import door, front, parents, tls
from simulator.app import GraphService
from simulator.clock import SimClock
from simulator.clouds import CLOUDS
from simulator.faults import Rule
from simulator.requestlog import RequestLog
from simulator.state import load, save
from simulator.tenant import Tenant
from simulator.world import World

DEFAULT_SEED = 1
DEFAULT_USERS = 300


@dataclass(frozen=True)
class Options:
    """What `tenantry simulate` takes. `lag` in simulated seconds; `start` the first moment of the tenant's clock."""

    users: int = DEFAULT_USERS
    tenants: int = 1
    seed: int = DEFAULT_SEED
    state: Path | None = None
    faults: float = 0.0
    lag: float = 0.0
    start: datetime | None = None
    cloud: str = "global"  # global | china
    cache_pages: bool = False  # answers to GET are rendered once and kept; for benchmarks
    log_limit: int | None = None
    parent: int | None = None  # end when this process has ended

    def made(self) -> dict[str, Any]:
        """How the tenants are made: a state file must come from tenants made the same way."""
        return {"seed": self.seed, "users": self.users, "tenants": self.tenants, "cloud": self.cloud}


@dataclass
class Running:
    """Simulated tenants being served: `ready` is what the ready line prints, `world` all of the state."""

    ready: dict[str, Any]
    world: World
    folder: Path = field(repr=False)


def make_world(options: Options) -> World:
    """The tenants and their clock, as seeded."""
    clock = SimClock(options.start or datetime.now(UTC))
    tenants = [
        Tenant.create(
            index=index,
            seed=options.seed,
            users=options.users,
            clock=clock,
            lag=options.lag,
            cloud=CLOUDS[options.cloud],
        )
        for index in range(options.tenants)
    ]
    for tenant in tenants:
        tenant.neighbours = [other for other in tenants if other is not tenant]
    world = World(tenants, clock, options.seed, log=RequestLog(options.log_limit))
    world.pages = {} if options.cache_pages else None
    if options.faults:
        world.faults.add(Rule(rate=options.faults, seed=options.seed))
    return world


@contextlib.asynccontextmanager
async def running(options: Options) -> AsyncIterator[Running]:
    """Serves until the block ends; leaves no file and no socket behind."""
    folder = Path(tempfile.mkdtemp(prefix="tenantry-simulate-"))
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        world = make_world(options)
        if options.state is not None:
            load(world, options.state, options.made())
        ca, context = await asyncio.to_thread(tls.make, folder)
        login = await _serve(stack, front.handler(world, front.SignInService(world)), context)
        graph = await _serve(stack, front.handler(world, GraphService(world)), context)
        side = await _open_door(stack, world)
        stack.callback(world.faults.end)  # what hangs lets the servers close
        yield Running(_ready(world, login, graph, side, ca), world, folder)
        if options.state is not None:
            save(world, options.state, options.made())


def run(options: Options, say: Callable[[str], None] = print) -> int:
    """The process of `tenantry simulate`: says the ready line, serves until SIGINT or SIGTERM; returns 0."""
    asyncio.run(_until_told(options, say))
    return 0


async def _until_told(options: Options, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    with _signals(stop):
        async with running(options) as served:
            say(msgspec.json.encode(served.ready).decode())
            sys.stdout.flush()
            await _wait(stop, options.parent)


async def _wait(stop: asyncio.Event, parent: int | None) -> None:
    """Waits for the signal or the parent's end; a turn a second lets Windows see Ctrl-C too."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1.0)
        if parent is not None and not parents.alive(parent):
            return


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Any:
    loop = asyncio.get_running_loop()
    names = [signal.SIGINT, signal.SIGTERM]
    before = {name: signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set)) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


async def _serve(stack: contextlib.AsyncExitStack, handle: front.Handler, context: ssl.SSLContext) -> int:
    """One https server on both loopbacks, on one port; returns the port."""
    line = front.MAX_LINE
    server = web.Server(handle, request_factory=_roomy, access_log=None, max_line_size=line, max_field_size=line)
    runner = web.ServerRunner(server, shutdown_timeout=0.2)
    return await _listen(stack, runner, context)


async def _open_door(stack: contextlib.AsyncExitStack, world: World) -> int:
    runner = web.AppRunner(door.application(world), shutdown_timeout=0.2, access_log=None)
    return await _listen(stack, runner, None)


async def _listen(stack: contextlib.AsyncExitStack, runner: web.BaseRunner, context: ssl.SSLContext | None) -> int:
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    sockets = _loopbacks()
    for one in sockets:
        await web.SockSite(runner, one, ssl_context=context).start()
    return int(sockets[0].getsockname()[1])


def _loopbacks() -> list[socket.socket]:
    """One free port on both loopbacks: `localhost` may mean either, and nobody else must answer at the other."""
    while True:
        four = socket.create_server(("127.0.0.1", 0))
        try:
            six = socket.create_server(("::1", four.getsockname()[1]), family=socket.AF_INET6)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return [four]  # no IPv6 here
            four.close()
        else:
            return [four, six]


def _roomy(message: Any, payload: Any, protocol: RequestHandler, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=front.MAX_BODY)


def _ready(world: World, login: int, graph: int, side: int, ca: Path) -> dict[str, Any]:
    """The ready line of CONTRACTS: one tenant's fields at the top, several under `tenants`."""
    common = {"login": f"https://localhost:{login}", "graph": f"https://localhost:{graph}", "ca": str(ca)}
    place, several = f"http://127.0.0.1:{side}", len(world.tenants) > 1
    lines = [
        common
        | {"tenantId": tenant.id, "domain": tenant.domain, "operator": dict(tenant.operator)}
        | {"door": f"{place}/tenants/{tenant.id}" if several else place}
        for tenant in world.tenants
    ]
    return {"tenants": lines} if several else lines[0]
