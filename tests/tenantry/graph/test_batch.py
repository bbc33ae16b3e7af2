"""Batches: twenty at a time, only failed parts again, one reply each."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantry.errors import SignInError
from tenantry.graph import Part, RetryPolicy
from tests.tenantry.graph.fakes import FakeClock, FakeCredential, Script, door, error, ok


class Server:
    """Answers batches; `plan` maps a path to the statuses it gives first, then 200."""

    def __init__(self, plan: dict[str, list[int]] | None = None, retry_after: str | None = None) -> None:
        self.plan = {path: list(statuses) for path, statuses in (plan or {}).items()}
        self.retry_after = retry_after
        self.sizes: list[int] = []
        self.asked: Counter[str] = Counter()
        self.requests: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1.0/$batch"
        requests = json.loads(request.content)["requests"]
        assert len({r["id"].lower() for r in requests}) == len(requests) <= 20
        self.sizes.append(len(requests))
        self.requests += requests
        return ok({"responses": [self.answer(r) for r in reversed(requests)]})

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked[request["url"]] += 1
        statuses = self.plan.get(request["url"])
        status = statuses.pop(0) if statuses else 200
        headers = {"Retry-After": self.retry_after} if self.retry_after and status >= 429 else {}
        body = {"path": request["url"]} if status < 400 else {"error": {"code": "x", "message": "m"}}
        return {"id": request["id"], "status": status, "headers": headers, "body": body}


def gets(count: int) -> list[Part]:
    return [Part(f"id{n}", "GET", f"/users/{n}") for n in range(count)]


async def test_every_part_gets_its_reply_in_as_few_batches_as_possible() -> None:
    server = Server()
    async with door(server) as graph:
        replies = [reply async for reply in graph.batch(gets(95))]
    assert sorted(server.sizes) == [15, 20, 20, 20, 20]
    assert {reply.id: reply.body for reply in replies} == {f"id{n}": {"path": f"/users/{n}"} for n in range(95)}


async def test_only_failed_parts_are_repeated_after_the_longest_wait() -> None:
    server = Server({"/users/3": [429], "/users/5": [503, 429]}, retry_after="11")
    clock = FakeClock()
    async with door(server, clock) as graph:
        replies = [reply async for reply in graph.batch(gets(10), in_flight=1)]
    assert [reply.status for reply in replies] == [200] * 10
    assert server.sizes == [10, 2, 1]
    assert clock.slept == [11.0, 11.0]


async def test_failed_parts_ride_in_the_next_batch() -> None:
    server = Server({"/users/3": [429]})
    async with door(server) as graph:
        assert len([reply async for reply in graph.batch(gets(39), in_flight=1)]) == 39
    assert server.sizes == [20, 20]


async def test_errors_are_replies() -> None:
    server = Server({"/users/1": [404], "/users/2": [500] * 99})
    async with door(server, policy=RetryPolicy(attempts=3, jitter=lambda: 0.0)) as graph:
        replies = {reply.id: reply async for reply in graph.batch(gets(3))}
    assert replies["id0"].body == {"path": "/users/0"}
    missing, broken = replies["id1"].error, replies["id2"].error
    assert missing is not None
    assert broken is not None
    assert (missing.status, missing.path, missing.method) == (404, "/users/1", "GET")
    assert (broken.status, server.asked["/users/2"]) == (500, 3)


async def test_a_write_with_unknown_outcome_is_not_repeated() -> None:
    server = Server({"/a": [504], "/b": [429], "/c": [504]})
    parts = [Part("a", "POST", "/a", body={}), Part("b", "POST", "/b", body={}), Part("c", "DELETE", "/c")]
    async with door(server) as graph:
        replies = {reply.id: reply.status async for reply in graph.batch(parts)}
    assert replies == {"a": 504, "b": 200, "c": 200}
    assert server.asked == {"/a": 1, "/b": 2, "/c": 2}
    assert server.requests[0]["headers"] == {"Content-Type": "application/json"}


async def test_the_whole_batch_fails() -> None:
    async with door(Script(error(400, "BadRequest"))) as graph:
        replies = [reply async for reply in graph.batch(gets(2))]
    assert [(r.id, r.status, r.error.path if r.error else "") for r in replies] == [
        ("id0", 400, "/users/0"),
        ("id1", 400, "/users/1"),
    ]
    async with door(Script(httpx.ReadTimeout(""))) as graph:
        replies = [reply async for reply in graph.batch([Part("w", "POST", "/a", body={})])]
    assert [r.status for r in replies] == [0]
    async with door(Script(httpx.ReadTimeout(""), error(503), Server())) as graph:
        assert [r.status async for r in graph.batch(gets(1))] == [200]


async def test_a_part_without_answer_is_asked_again() -> None:
    server = Server()
    script = Script(ok({"responses": []}), server)
    async with door(script) as graph:
        assert [r.status async for r in graph.batch(gets(1))] == [200]
    async with door(Script(ok({"responses": []}))) as graph:
        assert [r.status async for r in graph.batch([Part("w", "POST", "/a", body={})])] == [0]


async def test_types_bytes_empty_bodies_and_bad_ones() -> None:
    class Thing(msgspec.Struct):
        path: str

    async with door(Server()) as graph:
        assert [r.body async for r in graph.batch(gets(1), type=Thing)] == [Thing("/users/0")]
        assert [r.body async for r in graph.batch(gets(1), type=bytes)] == [b'{"path":"/users/0"}']

    class Other(msgspec.Struct):
        name: str

    async with door(Server()) as graph:
        replies = [r async for r in graph.batch(gets(1), type=Other)]
        assert replies[0].error is not None
        assert replies[0].error.code == "unreadableAnswer"
    empty = Script(ok({"responses": [{"id": "0", "status": 204}]}))
    async with door(empty) as graph:
        (reply,) = [r async for r in graph.batch([Part("d", "DELETE", "/a/b c/å")])]
    assert (reply.status, reply.body, reply.error) == (204, None, None)
    assert json.loads(empty.requests[0].content)["requests"][0]["url"] == "/a/b%20c/%C3%A5"


async def test_a_refused_token_inside_a_batch() -> None:
    server = Server({"/users/0": [401]})
    credential = FakeCredential()
    async with door(server, credential=credential) as graph:
        assert [r.status async for r in graph.batch(gets(1))] == [200]
    assert credential.made == 2


async def test_sign_in_that_fails_ends_the_whole_thing() -> None:
    credential = FakeCredential([SignInError("no", code="AADSTS7000222")] * 9)
    async with door(Server(), credential=credential) as graph:
        with pytest.raises(SignInError):
            [r async for r in graph.batch(gets(100))]


async def test_parts_are_taken_as_they_are_needed() -> None:
    taken = 0

    async def endless() -> AsyncIterator[Part]:
        nonlocal taken
        while True:
            taken += 1
            yield Part(str(taken), "GET", f"/users/{taken}")

    async with door(Server()) as graph:
        replies = graph.batch(endless(), in_flight=2)
        for _ in range(50):
            await anext(replies)
        await replies.aclose()  # type: ignore[attr-defined]
    assert taken < 250


@given(
    st.integers(0, 70),
    st.integers(1, 5),
    st.dictionaries(st.integers(0, 69), st.lists(st.sampled_from([429, 500, 503, 504]), max_size=4)),
)
@settings(max_examples=60, deadline=None)
async def test_exactly_one_reply_whatever_fails(count: int, in_flight: int, faults: dict[int, list[int]]) -> None:
    server = Server({f"/users/{n}": statuses for n, statuses in faults.items()})
    async with door(server) as graph:
        replies = [reply async for reply in graph.batch(gets(count), in_flight=in_flight)]
    assert Counter(reply.id for reply in replies) == Counter(f"id{n}" for n in range(count))
    assert all(reply.status == 200 for reply in replies)
    assert sum(server.sizes) == count + sum(len(s) for n, s in faults.items() if n < count)
