"""The webhook sink against a receiver that checks signatures as the standard says."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web

from sync.model import Pending, record_body
from sync.sinks.webhook import Webhook, signature, signing_key
from tenantry.errors import UsageError
from tests.sync.make import record

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = signing_key(SECRET)


class Receiver:
    """Keeps what it was sent; `answer` decides status and headers by key and attempt."""

    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []
        self.ids: list[str] = []
        self.forged = 0
        self.busy: set[str] = set()
        self.overlaps = 0
        self.most = 0
        self.answer: Callable[[str, int], tuple[int, dict[str, str]]] = lambda key, attempt: (200, {})
        self._attempts: dict[str, int] = defaultdict(int)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(base64.b64decode(SECRET[6:]), content, hashlib.sha256).digest()
        self.forged += request.headers["webhook-signature"] != f"v1,{base64.b64encode(digest).decode()}"
        found = json.loads(body)
        self.overlaps += found["key"] in self.busy
        self.busy.add(found["key"])
        self.most = max(self.most, len(self.busy))
        await asyncio.sleep(0.002)
        self.busy.discard(found["key"])
        self._attempts[found["key"]] += 1
        status, headers = self.answer(found["key"], self._attempts[found["key"]])
        if status == 200:
            self.got.append((found["key"], found["sequence"]))
        self.ids.append(request.headers["webhook-id"])
        return web.Response(status=status, headers=headers)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield made, f"http://127.0.0.1:{port}/hook"
    await runner.cleanup()


@pytest.fixture
async def sink(receiver: tuple[Receiver, str]) -> AsyncIterator[Webhook]:
    made = Webhook(receiver[1], KEY, "tenant/telia")
    assert await made.open([]) == []
    yield made
    await made.close()


def waiting(*pairs: tuple[str, int]) -> list[Pending]:
    """Records as the outbox gives them."""
    return [Pending(n, key, record_body(record(key, sequence))) for n, (key, sequence) in enumerate(pairs)]


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    made = signature(KEY, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "password"])
def test_a_secret_that_is_none_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(UsageError) as refused:
        signing_key(secret)
    assert not secret or secret not in f"{refused.value.what} {refused.value.fix}".replace("`whsec_`", "")


async def test_records_are_signed_ordered_for_each_key_and_side_by_side(
    receiver: tuple[Receiver, str], sink: Webhook
) -> None:
    pairs = [(f"k{n % 30}", n // 30 + 1) for n in range(120)]
    delivery = await sink.deliver(waiting(*pairs))
    assert sorted(delivery.taken) == list(range(120))
    got = receiver[0]
    assert (got.forged, got.overlaps) == (0, 0)
    assert 1 < got.most <= 8
    for number in range(30):
        assert [sequence for key, sequence in got.got if key == f"k{number}"] == [1, 2, 3, 4]
    assert len(set(got.ids)) == 120


async def test_a_repeated_record_has_the_same_id(receiver: tuple[Receiver, str], sink: Webhook) -> None:
    await sink.deliver(waiting(("k", 1)))
    await sink.deliver(waiting(("k", 1)))
    assert len(set(receiver[0].ids)) == 1
    assert "." not in receiver[0].ids[0]


async def test_a_busy_receiver_is_a_failure_with_its_own_wish(receiver: tuple[Receiver, str], sink: Webhook) -> None:
    receiver[0].answer = lambda key, attempt: (429, {"retry-after": "77"})
    delivery = await sink.deliver(waiting(*((f"k{n}", 1) for n in range(50))))
    assert (delivery.taken, delivery.refused) == ([], {})
    assert delivery.failure is not None
    assert delivery.failure.retry_after == 77
    assert len(receiver[0].ids) <= 8


async def test_a_refused_record_stops_its_key_alone(receiver: tuple[Receiver, str], sink: Webhook) -> None:
    receiver[0].answer = lambda key, attempt: (422 if key == "bad" else 200, {})
    delivery = await sink.deliver(waiting(("bad", 1), ("good", 1), ("bad", 2), ("good", 2)))
    assert (sorted(delivery.taken), delivery.refused, delivery.failure) == ([1, 3], {0: "HTTP 422"}, None)


async def test_a_failure_in_the_middle_keeps_what_was_taken(receiver: tuple[Receiver, str], sink: Webhook) -> None:
    receiver[0].answer = lambda key, attempt: (503 if key == "a" and attempt == 2 else 200, {})
    delivery = await sink.deliver(waiting(("a", 1), ("a", 2), ("a", 3), ("b", 1)))
    assert sorted(delivery.taken) == [0, 3]
    assert delivery.failure is not None


async def test_nobody_there_is_a_failure() -> None:
    made = Webhook("http://127.0.0.1:9/hook", KEY, "t/i")
    await made.open([])
    delivery = await made.deliver(waiting(("a", 1)))
    assert (delivery.taken, "no answer" in str(delivery.failure)) == ([], True)
    await made.close()
    await made.close()
