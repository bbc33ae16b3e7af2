"""`$batch`: twenty requests in one, only the failed ones again, and exactly one reply for each.

Source: learn.microsoft.com/graph/json-batching. The SDK's handlers do not look inside a batch.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from tenantry.errors import GraphError
from tenantry.graph.retry import Fault, Tries, repeatable, retry_after
from tenantry.graph.sender import Call, Sender
from tenantry.graph.wire import ANSWERS, Headers, Item, Part, Reply, body_decoder, failure

SIZE = 20  # requests a batch; Graph's limit
PATH = "/$batch"


@dataclass
class _Open:
    """A part that has no reply yet."""

    part: Part
    tries: Tries
    renewed: bool = False


async def run(
    sender: Sender, url: str, parts: AsyncIterable[Part] | Iterable[Part], kind: Any, in_flight: int
) -> AsyncIterator[Reply[Any]]:
    """Replies as they come, in any order; `in_flight` batches at a time."""
    source = _Source(parts)
    queue: asyncio.Queue[Reply[Any] | BaseException | None] = asyncio.Queue(maxsize=in_flight * SIZE)
    work = [asyncio.create_task(_Worker(sender, url, source, queue, kind).run()) for _ in range(in_flight)]
    running = in_flight
    try:
        while running:
            got = await queue.get()
            if got is None:
                running -= 1
            elif isinstance(got, BaseException):
                raise got
            else:
                yield got
    finally:
        for task in work:
            task.cancel()
        for task in work:
            with suppress(asyncio.CancelledError):
                await task


class _Source:
    """Hands parts out to several workers, a few at a time."""

    def __init__(self, parts: AsyncIterable[Part] | Iterable[Part]) -> None:
        self._async = aiter(parts) if isinstance(parts, AsyncIterable) else None
        self._sync: Iterator[Part] = iter(()) if isinstance(parts, AsyncIterable) else iter(parts)
        self._lock = asyncio.Lock()

    async def take(self, count: int) -> list[Part]:
        """Up to `count` parts; fewer only at the end."""
        async with self._lock:
            taken: list[Part] = []
            while len(taken) < count:
                if self._async is not None:
                    try:
                        taken.append(await anext(self._async))
                    except StopAsyncIteration:
                        self._async = None
                else:
                    part = next(self._sync, None)
                    if part is None:
                        break
                    taken.append(part)
            return taken


@dataclass
class _Worker:
    """Sends one batch after another until the source is dry; failed parts ride in its next batch."""

    sender: Sender
    url: str
    source: _Source
    queue: "asyncio.Queue[Reply[Any] | BaseException | None]"
    kind: Any

    async def run(self) -> None:
        """Puts every reply into the queue, then None; what breaks the whole batch ends it with that error."""
        try:
            waiting: list[_Open] = []
            while True:
                fresh = await self.source.take(SIZE - len(waiting))
                waiting += [_Open(part, Tries(self.sender.policy)) for part in fresh]
                if not waiting:
                    break
                waiting, pause = await self._round(waiting)
                if waiting:
                    await self.sender.clock.sleep(pause)
            await self.queue.put(None)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 (raised by whoever reads the queue)
            await self.queue.put(error)

    async def _round(self, waiting: Sequence[_Open]) -> tuple[list[_Open], float]:
        """One batch: replies go out; returns the parts to repeat and how long to wait before."""
        try:
            items = await self._exchange(waiting)
        except GraphError as error:
            for opened in waiting:
                await self._reply(opened, error.status, None, _as_part(error, opened.part), {})
            return [], 0.0
        again: list[_Open] = []
        pause = 0.0
        for index, opened in enumerate(waiting):
            wait = await self._settle(opened, items.get(str(index)))
            if wait is not None:
                again.append(opened)
                pause = max(pause, wait)
        return again, pause

    async def _exchange(self, waiting: Sequence[_Open]) -> dict[str, Item]:
        requests = [_request(str(index), opened.part) for index, opened in enumerate(waiting)]
        call = Call(
            "POST",
            self.url,
            PATH,
            headers={"Content-Type": "application/json"},
            content=msgspec.json.encode({"requests": requests}),
            safe=all(opened.part.method == "GET" for opened in waiting),
            bulk=True,
            cost=len(waiting),
        )
        response = await self.sender.send(call)
        try:
            answers = ANSWERS.decode(response.content)
        except msgspec.DecodeError as error:
            raise _unreadable("POST", PATH, response.status_code, str(error)) from None
        return {item.id: item for item in answers.responses}

    async def _settle(self, opened: _Open, item: Item | None) -> float | None:
        """Replies for good (None), or says how long to wait before this part is sent again."""
        part = opened.part
        if item is None:  # the batch was answered, this part was not
            error = _unreadable(part.method, part.path, 0, "no answer in the batch")
            return await self._repeat(opened, error, Fault(0), {})
        if item.status < 400:
            await self._succeed(opened, item)
            return None
        headers = {name.lower(): value for name, value in item.headers.items()}
        error = failure(part.method, part.path, item.status, headers=headers, body=bytes(item.body))
        error.retry_after = retry_after(headers, self.sender.clock.now)
        if item.status == 401 and not opened.renewed:
            opened.renewed = True
            await self.sender.tokens.renew()
            return 0.0
        fault = Fault(item.status, error.code, error.message, error.retry_after)
        return await self._repeat(opened, error, fault, headers)

    async def _repeat(self, opened: _Open, error: GraphError, fault: Fault, headers: Headers) -> float | None:
        may = repeatable(opened.part.method, fault)
        wait = opened.tries.wait(opened.part.method, fault) if may else None
        if wait is None:
            await self._reply(opened, error.status, None, error, headers)
        return wait

    async def _succeed(self, opened: _Open, item: Item) -> None:
        raw = bytes(item.body)
        try:
            body = raw if self.kind is bytes else body_decoder(self.kind).decode(raw) if raw else None
        except msgspec.DecodeError as error:
            broken = _unreadable(opened.part.method, opened.part.path, item.status, str(error))
            await self._reply(opened, item.status, None, broken, item.headers)
            return
        await self._reply(opened, item.status, body, None, item.headers)

    async def _reply(self, opened: _Open, status: int, body: Any, error: GraphError | None, headers: Headers) -> None:
        await self.queue.put(Reply(opened.part.id, status, body, error, headers))


def _request(number: str, part: Part) -> dict[str, Any]:
    """The part as the batch spells it; its own id is kept by us, so any text will do."""
    made: dict[str, Any] = {"id": number, "method": part.method, "url": quote(part.path, safe="/?&=$,:;()'%@+!*~.-_")}
    headers = dict(part.headers)
    if part.body is not None:
        made["body"] = part.body
        headers.setdefault("Content-Type", "application/json")
    if headers:
        made["headers"] = headers
    return made


def _as_part(error: GraphError, part: Part) -> GraphError:
    """The batch's failure, told of one of its parts."""
    return GraphError(
        status=error.status,
        code=error.code,
        message=error.message,
        method=part.method,
        path=part.path,
        request_id=error.request_id,
        retry_after=error.retry_after,
        fix=error.fix,
    )


def _unreadable(method: str, path: str, status: int, why: str) -> GraphError:
    return GraphError(
        status=status, code="unreadableAnswer", message=f"the answer cannot be read: {why}.", method=method, path=path
    )
