"""Reading for evidence: pages through, counted; what is ours read first and with care.

A change needs time to reach every replica. Right after `provision apply` a read may miss what was just written, and
that would be false evidence. So while an integration file is fresh, a read that does not show what it promises is
repeated a few times; the last one counts.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from audit.collect.job import Job
from audit.times import moment
from tenantry.graph import Graph
from tenantry.integration import IntegrationFile

T = TypeVar("T")
Row = dict[str, Any]

_FRESH = timedelta(minutes=15)
_AGAIN = (5.0, 10.0, 20.0, 30.0, 30.0, 30.0)  # seconds between repeated reads


class Reader:
    """Graph for one collection. `calls` counts requests by path, `source` collects those of the file being read."""

    def __init__(self, graph: Graph, job: Job) -> None:
        self.graph = graph
        self.job = job
        self.calls: Counter[str] = Counter()
        self.source: list[str] = []

    @property
    def files(self) -> list[IntegrationFile]:
        """The integration files there are."""
        return [one.file for one in self.job.integrations if one.file is not None]

    async def raw(self, path: str, params: Mapping[str, str | int] | None = None) -> AsyncIterator[bytes]:
        """Every element of a collection as the bytes of one line, never decoded."""
        async for page in self._pages(path, params, msgspec.Raw):
            for item in page:
                yield _line(bytes(item))

    async def rows(self, path: str, params: Mapping[str, str | int] | None = None) -> AsyncIterator[Row]:
        """Every element of a collection as a dict."""
        async for page in self._pages(path, params, dict[str, Any]):
            for item in page:
                yield item

    async def one(self, path: str, params: Mapping[str, str | int] | None = None) -> Row:
        """One object."""
        self._count(path)
        return await self.graph.get(path, params)

    async def find(self, path: str, params: Mapping[str, str | int] | None = None, *, care: bool = False) -> Row | None:
        """One object or None; with `care` it must be missing several times in a row."""
        self._count(path)
        return await self.graph.find(path, params, settle="read" if care else None)

    def fresh(self, file: IntegrationFile) -> bool:
        """True where the app was changed so shortly ago that replicas may differ."""
        emitted = moment(file.emitted)
        return emitted is not None and self.graph.clock.now() - emitted <= _FRESH

    async def steady(self, file: IntegrationFile, read: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
        """What `read` gives; while the integration file is fresh, read again until it is as the file promises."""
        value = await read()
        if not self.fresh(file):
            return value
        for wait in _AGAIN:
            if good(value):
                break
            await self.graph.clock.sleep(wait)
            value = await read()
        return value

    async def _pages(self, path: str, params: Mapping[str, str | int] | None, kind: Any) -> AsyncIterator[list[Any]]:
        first = True
        async for page in self.graph.pages(path, params, type=kind):
            self._count(path, first=first)
            first = False
            yield page

    def _count(self, path: str, *, first: bool = True) -> None:
        shape = f"GET {path}"
        self.calls[shape] += 1
        if first and shape not in self.source:
            self.source.append(shape)


def encode(row: Row) -> bytes:
    """A row as one line."""
    return msgspec.json.encode(row)


def _line(raw: bytes) -> bytes:
    """Raw JSON on one line; an answer that was laid out for people is packed."""
    return raw if b"\n" not in raw and b"\r" not in raw else msgspec.json.encode(msgspec.json.decode(raw))
