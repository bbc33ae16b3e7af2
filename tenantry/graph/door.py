"""`Graph`, the only door to Microsoft Graph.

Writes go through the SDK's request adapter, reads past it; both share sign-in, HTTP client, budget and retry layer.
Errors are GraphError (Graph answered, or did not) and SignInError (no token).
"""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import httpx
import msgspec

from tenantry.clock import Clock
from tenantry.cloud import Cloud
from tenantry.errors import GraphError, UsageError
from tenantry.graph import batch as batches
from tenantry.graph import pages as collection
from tenantry.graph.address import absolute, body_of, refused, relative
from tenantry.graph.budget import Budget, shared
from tenantry.graph.retry import RetryPolicy
from tenantry.graph.sender import Call, Sender
from tenantry.graph.tokens import Tokens, claims
from tenantry.graph.transport import Transport, open_client
from tenantry.graph.wire import JSON, Headers, Part, Query, Reply
from tenantry.integration import IntegrationFile
from tenantry.workspace.model import Tenant

T = TypeVar("T")
_NONE: Headers = {}


class Graph:
    """A door to one tenant, open inside `async with`. Paths begin with `/` and are below /v1.0, percent-encoded."""

    def __init__(
        self,
        cloud: Cloud,
        credential: Any,
        clock: Clock,
        *,
        root: Path,
        retry: RetryPolicy | None = None,
        budget: Budget | None = None,
        tenant: str = "",
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """A door for a credential.

        Args:
            cloud: Where Graph is and whom to trust.
            credential: Anything with azure's asynchronous `get_token`; closed together with the door.
            clock: All waiting goes through it.
            root: What a relative `cloud.ca` is relative to.
            retry: How patient to be.
            budget: How fast to ask; by default this door's own.
            tenant: The tenant's name in the log.
            client: Another HTTP client (tests); closed together with the door.
        """
        policy = retry or RetryPolicy()
        self.cloud = cloud
        self.clock = clock
        self._credential = credential
        self._client = client or open_client(cloud, root)
        self._tokens = Tokens(credential, cloud.scope, clock, policy)
        transport = Transport(self._client)
        self._sender = Sender(
            transport, self._tokens, clock=clock, policy=policy, budget=budget or Budget(), tenant=tenant
        )

    @classmethod
    def for_operator(
        cls, tenant: Tenant, root: Path, clock: Clock, *, permissions: tuple[str, ...] | None = None
    ) -> Self:
        """A door for whoever runs the command; `permissions` are the delegated ones to ask a person for."""
        from tenantry import signin

        credential = signin.operator(tenant, root, permissions=permissions or signin.OPERATOR)
        budget = shared(tenant.cloud.graph, tenant.authority)
        return cls(tenant.cloud, credential, clock, root=root, budget=budget, tenant=tenant.name)

    @classmethod
    def for_integration(cls, file: IntegrationFile, root: Path, clock: Clock) -> Self:
        """A door for the integration's own app, with its stored credential or its issuer's token.

        Raises:
            UsageError: There is no credential, in the file or in its store.
        """
        from tenantry import signin
        from tenantry.stores import open_store

        name = f"{file.tenant.name}/{file.integration}"
        if file.credential is None:
            raise UsageError(f"{name} has no credential.", fix="Run `tenantry provision apply`.")
        stored = None
        if file.credential.kind != "federated":
            store = open_store(file.credential.store, root)
            stored = store.read()
            if stored is None:
                fix = "Run `tenantry provision apply`, or bring the credential to this machine."
                raise UsageError(f"The credential of {name} is not in the {store.describe()}.", fix=fix)
        credential = signin.application(file, root, stored)
        budget = shared(file.tenant.cloud.graph, file.tenant.id)
        return cls(file.tenant.cloud, credential, clock, root=root, budget=budget, tenant=file.tenant.name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()
        close = getattr(self._credential, "close", None)
        if close is not None:
            await close()

    async def get(
        self, path: str, params: Query | None = None, headers: Headers | None = None, settle: str | None = None
    ) -> JSON:
        """One object. With `settle` a 404 is waited out as replication's."""
        return body_of(await self._send("GET", path, params, headers=headers, settle=settle), path) or {}

    async def find(self, path: str, params: Query | None = None, settle: str | None = None) -> JSON | None:
        """One object, or None where there is none. With `settle`, several reads in a row must miss."""
        policy = self._sender.policy
        reads = policy.absent_reads if settle else 1
        for read in range(1, reads + 1):
            try:
                return await self.get(path, params)
            except GraphError as error:
                if error.status != 404:
                    raise
            if read < reads:
                await self.clock.sleep(policy.settling(read))
        return None

    async def post(
        self,
        path: str,
        body: object,
        headers: Headers | None = None,
        settle: str | None = None,
        *,
        once: bool = False,
        safe: bool = False,
    ) -> JSON | None:
        """A POST; None where the answer has no body.

        It is repeated only where it certainly was not carried out. Else the answer's error is raised with its status
        (0: no answer), and the caller reads what is there before doing it again.

        Args:
            path: Below /v1.0.
            body: JSON-ready, or None.
            headers: More headers.
            settle: Which answers mean "not replicated yet"; see `transient`.
            once: An unknown outcome is raised as GraphError of status 0, code `unknownOutcome`.
            safe: This POST only reads, and may be repeated like a GET.
        """
        response = await self._send("POST", path, body=body, headers=headers, settle=settle, once=once, safe=safe)
        return body_of(response, path)

    async def patch(
        self, path: str, body: object, headers: Headers | None = None, settle: str | None = None
    ) -> JSON | None:
        """A PATCH; None where the answer has no body (204)."""
        return body_of(await self._send("PATCH", path, body=body, headers=headers, settle=settle), path)

    async def delete(self, path: str, settle: str | None = None) -> None:
        """A DELETE; a 404 after an attempt without an answer counts as done."""
        await self._send("DELETE", path, settle=settle)

    @overload
    def pages(
        self, path: str, params: Query | None = None, headers: Headers | None = None
    ) -> AsyncGenerator[list[JSON], None]: ...
    @overload
    def pages(
        self, path: str, params: Query | None = None, headers: Headers | None = None, *, type: type[T]
    ) -> AsyncGenerator[list[T], None]: ...
    def pages(
        self,
        path: str,
        params: Query | None = None,
        headers: Headers | None = None,
        *,
        type: Any = dict,  # noqa: A002 (reads as msgspec's own)
    ) -> AsyncGenerator[list[Any], None]:
        """Every page of a collection, each decoded from its bytes and handed on; the next is fetched meanwhile.

        Args:
            path: Below /v1.0, or an absolute link of this Graph.
            params: Query options of the first request; links carry them on.
            headers: Sent with each page, since links do not carry them.
            type: What an element is decoded into: dict or a msgspec type.
        """

        def fetch(link: str, query: Query | None) -> Awaitable[httpx.Response]:
            return self._send("GET", link, query, headers=headers, bulk=True)

        return collection.run(fetch, path, params, type)

    @overload
    def items(
        self, path: str, params: Query | None = None, headers: Headers | None = None
    ) -> AsyncGenerator[JSON, None]: ...
    @overload
    def items(
        self, path: str, params: Query | None = None, headers: Headers | None = None, *, type: type[T]
    ) -> AsyncGenerator[T, None]: ...
    async def items(
        self,
        path: str,
        params: Query | None = None,
        headers: Headers | None = None,
        *,
        type: Any = dict,  # noqa: A002
    ) -> AsyncGenerator[Any, None]:
        """Every element of a collection, page by page underneath."""
        pages = self.pages(path, params, headers, type=type)
        try:
            async for page in pages:
                for item in page:
                    yield item
        finally:
            await pages.aclose()

    @overload
    def batch(
        self, parts: AsyncIterable[Part] | Iterable[Part], *, in_flight: int = 4
    ) -> AsyncIterator[Reply[JSON]]: ...
    @overload
    def batch(
        self, parts: AsyncIterable[Part] | Iterable[Part], type: type[T], in_flight: int = 4
    ) -> AsyncIterator[Reply[T]]: ...
    def batch(
        self,
        parts: AsyncIterable[Part] | Iterable[Part],
        type: Any = dict,  # noqa: A002
        in_flight: int = 4,
    ) -> AsyncIterator[Reply[Any]]:
        """Many requests, twenty a `$batch`: exactly one Reply each, in any order; see `batch`.

        Args:
            parts: The requests, taken as they are needed.
            type: What bodies are decoded into; `bytes` hands them on as they came.
            in_flight: How many batches are under way at once.
        """
        return batches.run(self._sender, absolute(self.cloud, batches.PATH), parts, type, in_flight)

    async def claims(self) -> JSON:
        """What our token says: roles, scp, wids, oid, tid, appid."""
        return claims(await self._tokens.value())

    async def renew(self) -> None:
        """Forgets the token, so that the next call's carries what was granted meanwhile."""
        await self._tokens.renew()

    async def settled(
        self,
        read: Callable[[], Awaitable[T | None]],
        ok: Callable[[T], bool],
        times: int = 3,
        budget: float = 600.0,
    ) -> T:
        """Reads until `ok` held so many times in a row, since one good read may come from one good replica.

        Raises:
            GraphError: Code `notSettled`, after `budget` seconds of the clock.
        """
        policy = self._sender.policy
        good = bad = 0
        waited = 0.0
        while True:
            value = await read()
            if value is not None and ok(value):
                good += 1
                if good >= times:
                    return value
            else:
                good, bad = 0, bad + 1
            wait = policy.settling(max(1, bad)) if not good else policy.settling(1)
            if waited + wait > budget:
                fix = "Run the same command again later."
                raise refused("GET", "(settling)", "notSettled", f"not replicated after {waited:.0f} s", fix=fix)
            waited += wait
            await self.clock.sleep(wait)

    async def _send(
        self,
        method: str,
        path: str,
        params: Query | None = None,
        *,
        body: object = None,
        headers: Headers | None = None,
        settle: str | None = None,
        once: bool = False,
        safe: bool = False,
        bulk: bool = False,
    ) -> httpx.Response:
        given = dict(headers or _NONE)
        content = None
        if method in ("POST", "PATCH"):
            content = b"" if body is None else msgspec.json.encode(body)
            given.setdefault("Content-Type", "application/json")
        url = absolute(self.cloud, path, params)
        return await self._sender.send(Call(method, url, relative(url), given, content, settle, once, safe, bulk))
