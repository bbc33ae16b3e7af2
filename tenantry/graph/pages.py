"""Collections page by page: one page is decoded and handed on while the next is on its way."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import msgspec

from tenantry.graph.address import refused
from tenantry.graph.wire import Page, Query, page_decoder

Fetch = Callable[[str, Query | None], Awaitable[httpx.Response]]


async def run(fetch: Fetch, path: str, params: Query | None, kind: Any) -> AsyncGenerator[list[Any], None]:
    """Every page, decoded straight from its bytes; links are followed as they are (learn.microsoft.com/graph/paging).

    Raises:
        GraphError: A page cannot be had or read, or a link leads in circles.
    """
    decoder = page_decoder(kind)
    task = asyncio.ensure_future(_page(fetch, path, params, decoder))
    seen = ""
    try:
        while True:
            page = await task
            link = page.next
            if not link:
                yield page.value
                return
            if link == seen:
                raise refused("GET", path, "loopingLink", "the answer links to itself")
            seen = link
            task = asyncio.ensure_future(_page(fetch, link, None, decoder))
            yield page.value
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def _page(fetch: Fetch, path: str, params: Query | None, decoder: "msgspec.json.Decoder[Page[Any]]") -> Page[Any]:
    response = await fetch(path, params)
    try:
        return decoder.decode(response.content)
    except msgspec.DecodeError as error:
        why = f"the answer is not what was expected: {error}"
        raise refused("GET", path, "unreadableAnswer", why, status=response.status_code) from None
