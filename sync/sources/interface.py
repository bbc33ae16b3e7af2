"""What a source needs of the door to Graph. `tenantry.graph.Graph` is it; tests give a smaller one."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from tenantry.graph import Part, Reply

T = TypeVar("T")


class Door(Protocol):
    """The part of `Graph` that sources use."""

    def pages(
        self,
        path: str,
        params: Mapping[str, str | int] | None = ...,
        headers: Mapping[str, str] | None = ...,
        *,
        type: type[T],  # noqa: A002 (the door's own name)
    ) -> AsyncIterator[list[T]]:
        """The items of a collection, page by page."""
        ...

    def batch(self, parts: Iterable[Part], *, type: type[T]) -> AsyncIterator[Reply[T]]:  # noqa: A002
        """Answers to many small requests, 20 a `$batch`; exactly one for each."""
        ...

    async def claims(self) -> dict[str, Any]:
        """What our own token says."""
        ...

    async def renew(self) -> None:
        """The next call takes a fresh token."""
        ...
