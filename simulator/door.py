"""The door: the way of tests and people into the simulated tenants, plain HTTP on loopback, no part of Graph.

    GET    /health                        how many tenants, users and requests
    GET    /state/<collection>            JSON array of raw objects; DELETE empties it
    GET    /state/events?owner=<mailbox>  the events of one mailbox, by id, principal name or address of its owner
    POST   /seed                          {collection: [objects]}: adds or replaces by id
    GET    /requests[?bodies=1]           JSON lines; DELETE empties the log
    GET    /faults                        the rules in force; POST adds one (or a list); DELETE ends all
    GET    /clock                         {"now", "rate"}; POST {"set"} | {"advance"} | {"rate"}
    POST   /exchange/run                  {"script", "name", "whatIf", "arguments", "folder"}: rehearses a script
    GET    /devices                       device sign-ins that wait; POST /devices {"user_code", "username", "password"}

With several tenants `?tenant=ID` or a path that begins with `/tenants/ID` chooses one (the ready line's doors do);
without, it is the first. Clock, faults and requests are common to all.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from aiohttp import web

from simulator import collections
from simulator.calendar.store import EventStore
from simulator.clock import SimClock, parse_duration, parse_time, stamp
from simulator.faults import parse as parse_fault
from simulator.signin.errors import SignInError
from simulator.signin.interactive import approve_device
from simulator.tenant import Tenant
from simulator.world import World

Answer = Callable[[web.Request], Any]
_CHUNK = 500


def application(world: World) -> web.Application:
    """The door of a world as an aiohttp application."""
    door = _Door(world)
    app = web.Application(client_max_size=1024**3, middlewares=[_told])
    for prefix in ("", "/tenants/{tenant}"):
        for method, path, answer in door.routes():
            app.router.add_route(method, prefix + path, answer)
    return app


@web.middleware
async def _told(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    """Errors as JSON: what was wrong with the request, in a sentence."""
    try:
        answer: web.StreamResponse = await handler(request)
    except web.HTTPException as error:
        return _json({"error": error.text or error.reason}, error.status)
    except (ValueError, KeyError, TypeError, SignInError) as error:
        return _json({"error": str(error)}, 400)
    return answer


class _Door:
    """The door's answers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Answer]]:
        """Method, path and answer of everything the door does."""
        return [
            ("GET", "/state/{collection}", self.state),
            ("DELETE", "/state/{collection}", self.empty),
            ("POST", "/seed", self.seed),
            ("GET", "/health", self.health),
            ("GET", "/requests", self.requests),
            ("DELETE", "/requests", self.forget),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.end_faults),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.move_clock),
            ("POST", "/exchange/run", self.exchange),
            ("GET", "/devices", self.devices),
            ("POST", "/devices", self.approve),
        ]

    async def state(self, request: web.Request) -> web.StreamResponse:
        """A collection, object by object, so that a large one is never held as text."""
        collection = self._tenant(request).collection(request.match_info["collection"])
        owner = request.query.get("owner")
        rows = collection.iterate()
        if owner is not None and isinstance(collection, EventStore):
            rows = collection.of(owner)
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        async for chunk in _array(rows):
            await answer.write(chunk)
        return answer

    async def empty(self, request: web.Request) -> web.Response:
        self._tenant(request).collection(request.match_info["collection"]).clear()
        return web.Response(status=204)

    async def seed(self, request: web.Request) -> web.Response:
        given = await _body(request)
        if not isinstance(given, dict) or not all(_objects(rows) for rows in given.values()):
            raise ValueError("a seed is {collection: [objects]}")
        collections.check(given)
        self._tenant(request).seed(given)
        return _json({name: len(rows) for name, rows in given.items()})

    async def health(self, request: web.Request) -> web.Response:  # noqa: ARG002
        users = {tenant.id: len(tenant.collection("users")) for tenant in self._world.tenants}
        return _json({"tenants": users, "requests": len(self._world.log), "now": stamp(self._world.clock.now())})

    async def requests(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/jsonl; charset=utf-8"})
        await answer.prepare(request)
        bodies = request.query.get("bodies", "0") not in ("", "0", "false")
        for line in self._world.log.lines(bodies=bodies):
            await answer.write(line)
        return answer

    async def forget(self, request: web.Request) -> web.Response:  # noqa: ARG002
        self._world.log.clear()
        return web.Response(status=204)

    async def faults(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return _json(self._world.faults.told())

    async def add_faults(self, request: web.Request) -> web.Response:
        given = await _body(request)
        rules = [parse_fault(order) for order in (given if isinstance(given, list) else [given])]
        for rule in rules:
            self._world.faults.add(rule)
        return _json(self._world.faults.told())

    async def end_faults(self, request: web.Request) -> web.Response:  # noqa: ARG002
        self._world.faults.end()
        return web.Response(status=204)

    async def clock(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return self._now()

    async def move_clock(self, request: web.Request) -> web.Response:
        given = await _body(request)
        if not isinstance(given, dict) or not given or set(given) - _MOVES.keys():
            raise ValueError('the clock takes {"set": time}, {"advance": duration}, {"rate": number from 0}')
        moves = [_MOVES[name](value) for name, value in given.items()]  # all are read before one is done
        for move in moves:
            move(self._world.clock)
        return self._now()

    async def exchange(self, request: web.Request) -> web.StreamResponse:
        from simulator.exchange.route import run

        return await run(request, self._tenant(request), self._world.clock, self._world.faults)

    async def devices(self, request: web.Request) -> web.Response:  # noqa: ARG002
        now = self._world.clock.now()
        waiting = [
            d for d in self._world.pending.devices.values() if d.person is None and not d.declined and d.expires > now
        ]
        return _json([{"user_code": d.user_code, "app": d.app_id, "scope": d.scope} for d in waiting])

    async def approve(self, request: web.Request) -> web.Response:
        given = await _body(request)
        if not isinstance(given, dict):
            raise ValueError('a device is approved by {"user_code", "username", "password"}')
        approve_device(self._world, {str(key): str(value) for key, value in given.items()})
        return web.Response(status=204)

    def _now(self) -> web.Response:
        return _json({"now": stamp(self._world.clock.now()), "rate": self._world.clock.rate})

    def _tenant(self, request: web.Request) -> Tenant:
        name = request.match_info.get("tenant") or request.query.get("tenant")
        found = self._world.tenant(name) if name else self._world.tenants[0]
        if found is None:
            raise web.HTTPNotFound(text=f"no tenant {name}")
        return found


def _set(value: Any) -> Callable[[SimClock], None]:
    moment = parse_time(str(value))
    return lambda clock: clock.set(moment)


def _advance(value: Any) -> Callable[[SimClock], None]:
    seconds = parse_duration(value if isinstance(value, int | float) else str(value))
    return lambda clock: clock.advance(seconds)


def _run(value: Any) -> Callable[[SimClock], None]:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError("rate is a number from 0: simulated seconds per second")
    return lambda clock: clock.run(float(value))


_MOVES: dict[str, Callable[[Any], Callable[[SimClock], None]]] = {"set": _set, "advance": _advance, "rate": _run}


async def _array(objects: Any) -> AsyncIterator[bytes]:
    """A JSON array in pieces."""
    encode, piece, first = msgspec.json.encode, bytearray(b"["), True
    for count, value in enumerate(objects, 1):
        piece += encode(value) if first else b"," + encode(value)
        first = False
        if count % _CHUNK == 0:
            yield bytes(piece)
            piece = bytearray()
    yield bytes(piece) + b"]"


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise ValueError("the body is no JSON") from None


def _objects(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
