"""The door on real sockets: connections that break, TLS that is not trusted, a proxy on the way."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tenantry import network
from tenantry.clock import DoorClock
from tenantry.cloud import BUILT_IN, Cloud
from tenantry.errors import ConfigurationError, GraphError
from tenantry.graph import Graph, Part
from tenantry.workspace.model import Tenant
from tests.simulator.front.proxy import proxy
from tests.tenant import start
from tests.tenantry.graph.fakes import POLICY, FakeClock, FakeCredential

Answer = Callable[[int], bytes | None]


class Anybody(FakeCredential):
    async def get_token(self, *scopes: str) -> object:  # type: ignore[override]
        return await super().get_token("https://graph.test/.default")


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Plain HTTP: `answer(n)` is written whole, or the connection is cut where it is None."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = [line.partition(b":") for line in head.lower().split(b"\r\n")]
                length = int(next((value for name, _, value in lines if name == b"content-length"), b"0"))
                seen.append(head + await reader.readexactly(length))
                raw = answer(len(seen))
                if raw is None:
                    break
                writer.write(raw)
                await writer.drain()
                if b"Content-Length: 500" in raw:
                    break  # promised more than it gives
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", seen


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def with_door(base: str, work: Callable[[Graph], Awaitable[None]]) -> None:
    cloud = Cloud(name="t", login=base, graph=base)
    async with Graph(cloud, Anybody(), FakeClock(), root=Path(), retry=POLICY) as graph:
        await work(graph)


async def test_a_cut_connection_is_repeated_for_reads_and_told_for_posts() -> None:
    async with server(lambda n: ok(b'{"id": "1"}') if n % 2 == 0 else None) as (base, seen):

        async def work(graph: Graph) -> None:
            assert await graph.get("/a") == {"id": "1"}
            with pytest.raises(GraphError) as caught:
                await graph.post("/a/addPassword", {"x": 1}, once=True)
            assert caught.value.code == "unknownOutcome"
            assert caught.value.request_id.encode() in seen[-1]

        await with_door(base, work)
        assert len(seen) == 3


async def test_half_an_answer_is_no_answer() -> None:
    half = b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"value": ['
    whole = ok(b'{"responses": [{"id": "0", "status": 200, "body": {}}]}')
    async with server(lambda n: whole if n > 2 else half if n == 1 else None) as (base, seen):

        async def work(graph: Graph) -> None:
            assert [r.status async for r in graph.batch([Part("a", "GET", "/b")])] == [200]

        await with_door(base, work)
        assert len(seen) == 3


async def test_nobody_listens() -> None:
    async def work(graph: Graph) -> None:
        with pytest.raises(GraphError, match="no connection could be made"):
            await graph.get("/a")

    await with_door("http://127.0.0.1:9", work)


def test_whom_to_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    cloud = BUILT_IN["global"]
    assert network.bundle(cloud, tmp_path) is None
    assert network.context(cloud, tmp_path).verify_mode == ssl.CERT_REQUIRED
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ConfigurationError, match="no such file"):
        network.context(cloud, tmp_path)
    (tmp_path / "none.pem").write_text("x")
    with pytest.raises(ConfigurationError, match="no certificate"):
        network.context(cloud, tmp_path)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("https://localhost:1", True),
        ("http://127.3.2.1", True),
        ("https://[::1]:4", True),
        ("https://a.localhost", True),
        ("https://graph.microsoft.com", False),
        ("https://localhost.evil.com", False),
        ("https://10.0.0.1", False),
    ],
)
def test_what_is_this_machine(url: str, here: bool) -> None:
    assert network.loopback(url) is here


async def test_a_proxy_leads_microsofts_names_to_the_simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with start(users=5) as tenant:
        ports = {name: int(tenant.ready[name].rsplit(":", 1)[1]) for name in ("login", "graph")}
        routes = {"login.microsoftonline.com": ports["login"], "graph.microsoft.com": ports["graph"]}
        for name, value in tenant.environment().items():
            monkeypatch.setenv(name, value)
        with proxy(routes) as address:
            monkeypatch.setenv("HTTPS_PROXY", address)
            monkeypatch.setenv("SSL_CERT_FILE", tenant.ready["ca"])
            where = Tenant(name="c", cloud=BUILT_IN["global"], id=tenant.ready["tenantId"], sign_in="environment")
            async with Graph.for_operator(where, tmp_path, DoorClock(tenant.door)) as graph:
                assert len([user async for user in graph.items("/users", {"$top": 2})]) >= 5
