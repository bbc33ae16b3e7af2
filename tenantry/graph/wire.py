"""What goes over the wire: parts and replies of a batch, pages, and Graph's error envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from tenantry import explain
from tenantry.errors import GraphError

T = TypeVar("T")
JSON = dict[str, Any]
Headers = Mapping[str, str]
Query = Mapping[str, str | int]


@dataclass(frozen=True)
class Part:
    """One request of a `$batch`: `path` is below /v1.0 with its query string; `id` comes back in the Reply."""

    id: str
    method: str
    path: str
    headers: Headers = field(default_factory=dict)
    body: object = None


@dataclass(frozen=True)
class Reply(Generic[T]):
    """The one answer to a Part: `body` on success (None for 204), else `error`; status 0 means no answer came."""

    id: str
    status: int
    body: T | None
    error: GraphError | None
    headers: Headers


class Page(msgspec.Struct, Generic[T]):
    """A page of a collection."""

    value: list[T]
    next: str | None = msgspec.field(name="@odata.nextLink", default=None)


class Item(msgspec.Struct):
    """One answer inside a `$batch`; its body stays raw until somebody wants it."""

    id: str
    status: int
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw()


class Answers(msgspec.Struct):
    """The answer to a `$batch`."""

    responses: list[Item]


class _Inner(msgspec.Struct):
    request_id: str = msgspec.field(name="request-id", default="")
    code: str = ""


class _Error(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    inner: _Inner | None = msgspec.field(name="innerError", default=None)
    lower: _Inner | None = msgspec.field(name="innererror", default=None)


class _Envelope(msgspec.Struct):
    error: _Error


_ENVELOPE = msgspec.json.Decoder(_Envelope)
ANSWERS = msgspec.json.Decoder(Answers)


@cache
def page_decoder(kind: Any) -> "msgspec.json.Decoder[Page[Any]]":
    """Decodes a page straight from bytes into objects of that type; one decoder a type."""
    return msgspec.json.Decoder(Page[JSON if kind is dict else kind])  # type: ignore[misc]


@cache
def body_decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    """Decodes a single body."""
    return msgspec.json.Decoder(JSON if kind is dict else kind)


def failure(method: str, path: str, status: int, *, headers: Headers, body: bytes) -> GraphError:
    """The error that an answer of 400 and above means, with Microsoft's code, message and request id.

    Args:
        method: Of the request.
        path: Of the request, as the error shall name it.
        status: HTTP status.
        headers: Of the answer; looked up with lower-case names.
        body: The envelope of learn.microsoft.com/graph/errors, or anything (a proxy's page).
    """
    try:
        error = _ENVELOPE.decode(body).error
    except msgspec.DecodeError:
        error = _Error()
    inner = error.inner or error.lower or _Inner()
    code = error.code or inner.code
    return GraphError(
        status=status,
        code=code,
        message=(error.message or "the answer says nothing more").strip()[:500],
        method=method,
        path=path,
        request_id=headers.get("request-id") or inner.request_id or headers.get("client-request-id", ""),
        retry_after=None,
        fix=explain.graph(status, code),
    )


def segment(value: str) -> str:
    """A value as one segment of a path: `users/{segment(address)}`."""
    return quote(value, safe="")


def literal(value: str) -> str:
    """A text as OData writes it in filters and keys, quotes doubled: `'O''Brien'`; not yet percent-encoded."""
    return "'" + value.replace("'", "''") + "'"
