"""A simulated tenant served inside the test's own event loop, and a client that knows its three servers."""

import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from simulator.serve import Options, Running, running
from simulator.tenant import Tenant


@dataclass(frozen=True)
class Got:
    """What came back: status, headers (any case), and the body as JSON or text."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def error(self) -> str:
        """The code of a Graph error, the `error` of a sign-in error."""
        told = self.body["error"]
        return str(told["code"] if isinstance(told, dict) else told)


@dataclass
class Served:
    """Simulated tenants and a session that trusts their authority."""

    running: Running = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)

    @property
    def ready(self) -> dict[str, Any]:
        """The ready line."""
        return self.running.ready

    @property
    def tenant(self) -> Tenant:
        """The first tenant's state."""
        return self.running.world.tenants[0]

    @property
    def scope(self) -> str:
        """Everything granted on Graph."""
        return f"{self.ready['graph']}/.default"

    async def token(self, tenant: str | None = None, **form: str) -> Got:
        """POST to the token endpoint; `tenant` as named in the path."""
        path = f"/{tenant or self.ready['tenantId']}/oauth2/v2.0/token"
        return await self.call("POST", self.ready["login"] + path, data=form)

    async def by_secret(self, app: str | None = None, secret: str | None = None, **form: str) -> Got:
        """Client credentials, by default the operator's."""
        operator = self.ready["operator"]
        given = {
            "grant_type": "client_credentials",
            "client_id": app or operator["clientId"],
            "client_secret": secret or operator["clientSecret"],
            "scope": self.scope,
        }
        return await self.token(**{**given, **form})

    async def operator(self) -> str:
        """An access token of the operator app."""
        got = await self.by_secret()
        assert got.status == 200, got.body
        return str(got.body["access_token"])

    async def graph(self, method: str, path: str, token: str | None = None, **more: Any) -> Got:
        """One Graph request, path below /v1.0; as the operator where no token is given."""
        headers = {"Authorization": f"Bearer {token or await self.operator()}", **more.pop("headers", {})}
        return await self.call(method, f"{self.ready['graph']}/v1.0{path}", headers=headers, **more)

    async def batch(self, *parts: dict[str, Any], token: str | None = None) -> dict[str, dict[str, Any]]:
        """A `$batch`; the answers by id."""
        got = await self.graph("POST", "/$batch", token, json={"requests": list(parts)})
        assert got.status == 200, got.body
        return {row["id"]: row for row in got.body["responses"]}

    async def door(self, method: str, path: str, body: Any = None) -> Got:
        """One request at the door."""
        return await self.call(method, self.ready["door"] + path, json=body)

    async def call(self, method: str, url: str, **more: Any) -> Got:
        """Any request; redirects are not followed."""
        async with self.session.request(method, url, allow_redirects=False, **more) as answer:
            text = await answer.text()
            is_json = "json" in answer.content_type and answer.content_type != "application/jsonl" and text
            return Got(answer.status, answer.headers, await answer.json() if is_json else text)


@contextlib.asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Served]:
    """Serves for the block: `serving(users=5, lag=60.0)`."""
    async with running(Options(**{"users": 5, **options})) as served:
        tenants = served.ready.get("tenants", [served.ready])
        context = ssl.create_default_context(cafile=tenants[0]["ca"])
        connector = aiohttp.TCPConnector(ssl=context)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Served(served, session)
