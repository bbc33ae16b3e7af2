"""Three ways to read the same: through the toolkit's door, with bare httpx and msgspec, with the SDK's models.

All three feed the same sync code and so fill the same store.
"""

import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

import httpx
import msgspec

from tenantry.graph import Part, Reply

T = TypeVar("T")
FAR = 4_000_000_000  # a token that outlives any run


class Token:
    """A credential that has its token already."""

    async def get_token(self, *_: str, **__: Any) -> Any:
        """The token."""
        from azure.core.credentials import AccessToken

        return AccessToken("bench", FAR)

    async def close(self) -> None:
        """Nothing is open."""


class Bare:
    """httpx and msgspec, nothing else: no retries, no budget, no errors."""

    def __init__(self, graph: str, ca: Path) -> None:
        context = ssl.create_default_context(cafile=str(ca))
        self.client = httpx.AsyncClient(
            base_url=f"{graph}/v1.0", verify=context, headers={"Authorization": "Bearer bench"}, timeout=60
        )

    def read(self, body: bytes, type: type[T]) -> list[T]:  # noqa: A002
        """The items of a page and, kept aside, where the next one is."""
        page = msgspec.json.decode(body, type=_Page[type])  # type: ignore[valid-type]
        self.link = page.next_link
        return page.value

    def one(self, body: msgspec.Raw, type: type[T]) -> T:  # noqa: A002
        """The body of a part of a batch."""
        return msgspec.json.decode(body, type=type)

    async def pages(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        type: type[T],  # noqa: A002
    ) -> AsyncIterator[list[T]]:
        """Pages, one after the other."""
        answer = await self.client.get(path, params=params, headers=headers)
        while True:
            yield self.read(answer.content, type)
            if self.link is None:
                return
            answer = await self.client.get(self.link, headers=headers)

    async def batch(self, parts: Iterable[Part], *, type: type[T]) -> AsyncIterator[Reply[T]]:  # noqa: A002
        """Batches of 20, one after the other."""
        for some in _batched(parts, 20):
            asked = [{"id": p.id, "method": p.method, "url": p.path, "headers": dict(p.headers)} for p in some]
            answer = await self.client.post("/$batch", json={"requests": asked})
            for part in msgspec.json.decode(answer.content, type=_Answer).responses:
                yield Reply(part.id, part.status, self.one(part.body, type), None, {})

    async def claims(self) -> dict[str, Any]:
        """No token, no claims."""
        return {}

    async def renew(self) -> None:
        """Nothing to renew."""


class Models(Bare):
    """The same requests, each answer parsed into the SDK's models first."""

    def __init__(self, graph: str, ca: Path) -> None:
        super().__init__(graph, ca)
        from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
        from msgraph.generated.models.event_collection_response import EventCollectionResponse
        from msgraph.generated.models.user_collection_response import UserCollectionResponse

        self.factory = JsonParseNodeFactory()
        self.users, self.events = UserCollectionResponse, EventCollectionResponse

    def parse(self, body: bytes, model: Any) -> Any:
        """Bytes to a model."""
        return self.factory.get_root_parse_node("application/json", body).get_object_value(model)

    def read(self, body: bytes, type: type[T]) -> list[T]:  # noqa: A002
        page = self.parse(body, self.users)
        self.link = page.odata_next_link
        rows = [
            {
                "id": u.id,
                "mail": u.mail,
                "userPrincipalName": u.user_principal_name,
                "accountEnabled": u.account_enabled,
                "userType": u.user_type,
            }
            for u in page.value
        ]
        return msgspec.convert(rows, list[type])  # type: ignore[valid-type]

    def one(self, body: msgspec.Raw, type: type[T]) -> T:  # noqa: A002
        self.parse(bytes(body), self.events)
        return msgspec.json.decode(body, type=type)  # what the model costs more than this is measured


class _Page(msgspec.Struct, Generic[T]):
    value: list[T]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


class _Part(msgspec.Struct):
    id: str
    status: int
    body: msgspec.Raw


class _Answer(msgspec.Struct):
    responses: list[_Part]


def _batched(parts: Iterable[Part], size: int) -> Iterator[list[Part]]:
    """Lists of that size; the last may be shorter."""
    source = iter(parts)
    while some := list(islice(source, size)):
        yield some
