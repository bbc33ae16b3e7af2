"""The contract of a sink: every kind passes the same tests. A new kind gets a line in KINDS."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiohttp import web

from sync.model import Pending, record_body
from sync.sinks import SINKS
from sync.sinks.interface import Sink
from sync.sinks.jsonl import JsonLines
from sync.sinks.webhook import Webhook
from tests.sync.make import record


class Rig(Protocol):
    """A sink with its receiver: what arrived, and a way to take the receiver away and bring it back."""

    sink: Sink

    async def start(self, folder: Path) -> None: ...
    def received(self) -> list[dict[str, Any]]: ...
    def break_down(self) -> None: ...
    def mend(self) -> None: ...
    async def end(self) -> None: ...


class FileRig:
    """A file; broken down, a folder is in its way."""

    sink: Sink

    async def start(self, folder: Path) -> None:
        self.path = folder / "out.jsonl"
        self.sink = JsonLines(self.path)

    def received(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_bytes().splitlines()] if self.path.is_file() else []

    def break_down(self) -> None:
        if self.path.exists():
            self.path.rename(self.path.with_suffix(".kept"))
        self.path.mkdir()

    def mend(self) -> None:
        self.path.rmdir()
        if self.path.with_suffix(".kept").exists():
            self.path.with_suffix(".kept").rename(self.path)

    async def end(self) -> None: ...


class HttpRig:
    """A receiver on loopback; broken down, it answers 503."""

    sink: Sink

    async def start(self, folder: Path) -> None:
        self.got: list[dict[str, Any]] = []
        self.down = False
        app = web.Application()
        app.router.add_post("/", self._take)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.sink = Webhook(f"http://127.0.0.1:{self.runner.addresses[0][1]}/", b"k" * 24, "t/i")

    async def _take(self, request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        self.got.append(json.loads(await request.read()))
        return web.Response()

    def received(self) -> list[dict[str, Any]]:
        return self.got

    def break_down(self) -> None:
        self.down = True

    def mend(self) -> None:
        self.down = False

    async def end(self) -> None:
        await self.runner.cleanup()


KINDS: dict[str, Callable[[], Rig]] = {"jsonl": FileRig, "webhook": HttpRig}


def test_every_kind_is_held_to_the_contract() -> None:
    assert set(KINDS) == set(SINKS)


@pytest.fixture(params=list(KINDS))
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    made = KINDS[request.param]()
    await made.start(tmp_path)
    yield made
    await made.sink.close()
    await made.end()


def waiting(*pairs: tuple[str, int]) -> list[Pending]:
    """Records as the outbox gives them, ids from 1 on."""
    return [
        Pending(number, key, record_body(record(key, sequence, subject="Åsa’s 🎄 \n möte")))
        for number, (key, sequence) in enumerate(pairs, 1)
    ]


async def test_everything_is_taken_unchanged_and_for_each_key_in_order(rig: Rig) -> None:
    records = waiting(*((f"k{n % 7}", n // 7 + 1) for n in range(70)))
    await rig.sink.open(records)
    delivery = await rig.sink.deliver(records)
    assert sorted(delivery.taken) == list(range(1, 71))
    assert (delivery.refused, delivery.failure) == ({}, None)
    for number in range(7):
        mine = [each for each in rig.received() if each["key"] == f"k{number}"]
        assert [each["sequence"] for each in mine] == list(range(1, 11))
    assert json.loads(records[0].body) in rig.received()


async def test_nothing_is_said_to_be_taken_while_the_receiver_is_away(rig: Rig) -> None:
    records = waiting(("a", 1), ("a", 2), ("b", 1))
    await rig.sink.open([])
    rig.break_down()
    delivery = await rig.sink.deliver(records)
    assert delivery.taken == []
    assert delivery.failure is not None
    rig.mend()
    assert sorted((await rig.sink.deliver(records)).taken) == [1, 2, 3]
    assert len(rig.received()) == 3


async def test_taking_one_twice_is_no_failure(rig: Rig) -> None:
    await rig.sink.open([])
    for _ in range(2):
        assert (await rig.sink.deliver(waiting(("a", 1)))).taken == [1]
    assert {each["sequence"] for each in rig.received()} == {1}


async def test_nothing_to_deliver_and_closing_twice_are_fine(rig: Rig) -> None:
    await rig.sink.open([])
    assert (await rig.sink.deliver([])).failure is None
    await rig.sink.close()
