"""`Graph`, the only door to Microsoft Graph. (Signatures first; the body follows.)"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from tenantry.clock import Clock
from tenantry.cloud import Cloud
from tenantry.errors import GraphError
from tenantry.integration import IntegrationFile
from tenantry.workspace.model import Tenant

T = TypeVar("T")
JSON = dict[str, Any]
Query = Mapping[str, str | int]
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """One request of a `$batch`; `path` is below /v1.0 with its query string, `id` comes back in the Reply."""

    id: str
    method: str
    path: str
    headers: Headers = field(default_factory=dict)
    body: object = None


@dataclass(frozen=True)
class Reply(Generic[T]):
    """The one answer to a Part: `body` on success, `error` otherwise (status 0: no answer in spite of repeats)."""

    id: str
    status: int
    body: T | None
    error: GraphError | None
    headers: Headers


class Graph:
    """See the module's text."""

    def __init__(self, cloud: Cloud, credential: Any, clock: Clock, *, root: Path, retry: Any = None) -> None: ...

    @classmethod
    def for_operator(cls, tenant: Tenant, root: Path, clock: Clock) -> Self: ...

    @classmethod
    def for_integration(cls, file: IntegrationFile, root: Path, clock: Clock) -> Self: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def get(
        self, path: str, params: Query | None = None, headers: Headers | None = None, settle: str | None = None
    ) -> JSON: ...

    async def find(self, path: str, params: Query | None = None, settle: str | None = None) -> JSON | None: ...

    async def post(
        self, path: str, body: object, headers: Headers | None = None, settle: str | None = None, once: bool = False
    ) -> JSON | None: ...

    async def patch(
        self, path: str, body: object, headers: Headers | None = None, settle: str | None = None
    ) -> JSON | None: ...

    async def delete(self, path: str, settle: str | None = None) -> None: ...

    def pages(
        self, path: str, params: Query | None = None, headers: Headers | None = None, type: type[T] = dict
    ) -> AsyncIterator[list[T]]: ...

    def items(
        self, path: str, params: Query | None = None, headers: Headers | None = None, type: type[T] = dict
    ) -> AsyncIterator[T]: ...

    def batch(
        self, parts: AsyncIterable[Part] | Iterable[Part], type: type[T] = dict, in_flight: int = 4
    ) -> AsyncIterator[Reply[T]]: ...

    async def claims(self) -> JSON: ...

    async def renew(self) -> None: ...

    async def settled(
        self,
        read: Callable[[], Awaitable[T | None]],
        ok: Callable[[T], bool],
        times: int = 3,
        budget: float = 600.0,
    ) -> T: ...
