"""Time as a parameter: the tenant's clock is moved, shared by sleepers, and its absence told."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tenantry.clock import DoorClock, SystemClock, clock_for
from tenantry.errors import TenantryError

START = datetime(2026, 1, 1, tzinfo=UTC)


class Door:
    """A clock that stands still unless it is advanced; `slow` makes each advance take its time."""

    def __init__(self) -> None:
        self.now = START
        self.advances: list[float] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                seconds = float(body["advance"].removesuffix("s"))
                door.advances.append(seconds)
                door.now += timedelta(seconds=seconds)
                self.answer()

            def answer(self) -> None:
                raw = json.dumps({"now": door.now.isoformat().replace("+00:00", "Z")}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


async def test_sleeping_advances_the_tenants_clock(door: Door) -> None:
    clock = DoorClock(door.url)
    await clock.sleep(3600)
    assert clock.now() == START + timedelta(hours=1)
    await clock.sleep(0)
    await clock.sleep(0.0001)
    assert sum(door.advances) <= 3600.001


async def test_sleepers_side_by_side_share_the_time(door: Door) -> None:
    clock = DoorClock(door.url)
    order: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        order.append(seconds)

    await asyncio.gather(*(sleeper(seconds) for seconds in (60, 10, 60, 30, 60, 60, 10)))
    assert order == [10, 10, 30, 60, 60, 60, 60]
    assert door.now - START == timedelta(seconds=60)


async def test_a_cancelled_sleeper_holds_up_nobody(door: Door) -> None:
    clock = DoorClock(door.url)
    gone = asyncio.create_task(clock.sleep(1))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(clock.sleep(100), 5)
    assert door.now - START == timedelta(seconds=100)


def test_a_door_that_is_gone_is_one_sentence() -> None:
    with pytest.raises(TenantryError) as caught:
        DoorClock("http://127.0.0.1:9").now()
    assert "tenantry simulate" in caught.value.fix


async def test_the_machines_clock() -> None:
    clock = clock_for(None)
    assert isinstance(clock, SystemClock)
    before = clock.now()
    await clock.sleep(0.01)
    await clock.sleep(-1)
    assert clock.now() - before >= timedelta(seconds=0.009)
    assert clock.now().tzinfo is UTC
    assert isinstance(clock_for("http://127.0.0.1:1"), DoorClock)
