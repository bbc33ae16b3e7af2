"""The network side of a service: reads a request, lets the faults act, logs it, sends the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import Protocol

from aiohttp import web

from simulator import failures
from simulator.app import Answer, encoded
from simulator.clock import stamp
from simulator.core import Reply
from simulator.faults import Fault
from simulator.requestlog import Entry
from simulator.signin import service as sign_in
from simulator.world import Asked, World

MAX_BODY = 16 * 1024 * 1024
MAX_LINE = 64 * 1024  # of a URL and of a header; a token with many roles is a long one
_LOGGED = ("prefer", "consistencylevel", "content-type", "client-request-id", "if-match")
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Service(Protocol):
    """What the front asks of a service."""

    def answer(self, asked: Asked) -> Answer:
        """Does the work."""
        ...

    def missed(self, asked: Asked) -> Answer | None:
        """The answer of a replica that lags; None where this request meets nothing new."""
        ...

    def failed(self, asked: Asked, fault: Fault) -> Answer:
        """The answer of a service in trouble."""
        ...


class SignInService:
    """The sign-in service as the front sees it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, asked: Asked) -> Answer:
        """Does the work."""
        reply, app = sign_in.answer(self._world, asked)
        return Answer(reply, app)

    def missed(self, asked: Asked) -> Answer | None:
        """A sign-in service that has not heard of a new application or secret."""
        reply = sign_in.missed(self._world, asked)
        return None if reply is None else Answer(reply, asked.form().get("client_id"))

    def failed(self, asked: Asked, fault: Fault) -> Answer:
        """A sign-in service in trouble."""
        app = asked.form().get("client_id") if asked.method == "POST" else None
        return Answer(failures.sign_in(fault), app)


def handler(world: World, service: Service) -> Handler:
    """The aiohttp handler of one service."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        asked = _asked(request, body)
        entry = Entry(stamp(world.clock.now()), asked.method, f"{asked.origin}{request.raw_path}")
        entry.headers = {name: asked.headers[name] for name in _LOGGED if name in asked.headers}
        entry.request = body or None
        try:
            answer = await _met(world, service, request, asked, entry)
        except Exception:  # a mistake of the simulator: aiohttp tells it on stderr and answers 500
            entry.status = 500
            world.log.add(entry)
            raise
        if answer is None:  # nobody is there any more, or nobody shall hear
            world.log.add(entry)
            _cut(request)
            return web.Response(status=500)
        return _sent(world, answer, entry)

    return handle


async def _met(world: World, service: Service, request: web.BaseRequest, asked: Asked, entry: Entry) -> Answer | None:
    """The answer after whatever fault the request met; None where none is sent."""
    fault = world.faults.decide(asked.method, asked.path, lambda kind: _able(service, asked, kind))
    if fault is None:
        return service.answer(asked)
    entry.fault = fault.kind
    if fault.kind == "lag-miss":
        return service.missed(asked)
    if fault.kind == "cut-after":
        answer = service.answer(asked)
        _noted(entry, answer)
        entry.status = 0
        return None
    if fault.kind == "hang":
        await world.faults.hold()
        await asyncio.sleep(0.02)  # a client that was killed is known to be gone by then
        gone = request.transport is None or request.transport.is_closing()
        return None if gone else service.answer(asked)
    if fault.kind == "timeout":
        await asyncio.sleep(fault.silence)
    if fault.kind in ("timeout", "cut"):
        return None
    return service.failed(asked, fault)


def _able(service: Service, asked: Asked, kind: str) -> bool:
    return kind != "lag-miss" or service.missed(asked) is not None


def _asked(request: web.BaseRequest, body: bytes) -> Asked:
    path, _, query = request.raw_path.partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(request.method, path, query, headers, body, f"https://{request.host}")


def _noted(entry: Entry, answer: Answer) -> bytes | None:
    """Writes the answer into the log's entry; returns the rendered body."""
    reply = answer.reply
    body = None if reply.body is None else encoded(reply.body)
    entry.app, entry.status, entry.parts, entry.response = answer.app, reply.status, answer.parts, body
    return body


def _sent(world: World, answer: Answer, entry: Entry) -> web.Response:
    body = _noted(entry, answer)
    world.log.add(entry, shared=answer.shared)
    reply: Reply = answer.reply
    headers = reply.headers | {"Date": format_datetime(world.clock.now(), usegmt=True)}
    if body is not None:
        headers["Content-Type"] = reply.content_type
    return web.Response(status=reply.status, body=body, headers=headers)


def _cut(request: web.BaseRequest) -> None:
    """Closes the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
