"""A clock that jumps, a credential that counts, and a Graph that answers from a script."""

import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tenantry.cloud import Cloud
from tenantry.graph import Graph, RetryPolicy

CLOUD = Cloud(name="test", login="https://login.test", graph="https://graph.test")
POLICY = RetryPolicy(jitter=lambda: 0.0)


class FakeClock:
    """Sleeping takes no time and is written down."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


class Token(NamedTuple):
    token: str
    expires_on: int


class FakeCredential:
    """Token 1, token 2, …, a new one after each `forget`; `fail` are raised first."""

    def __init__(self, fail: list[Exception] | None = None, lifetime: int = 3600) -> None:
        self.made = 0
        self.forgotten = 0
        self.closed = False
        self.fail = list(fail or [])
        self.lifetime = lifetime

    async def get_token(self, *scopes: str) -> Token:
        assert scopes == ("https://graph.test/.default",)
        if self.fail:
            raise self.fail.pop(0)
        self.made += 1
        return Token(jwt({"n": self.made}), int(time.time()) + self.lifetime)

    async def forget(self) -> None:
        self.forgotten += 1

    async def close(self) -> None:
        self.closed = True


def jwt(payload: dict[str, Any]) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"e30.{middle}.sig"


Step = httpx.Response | Exception


class Script:
    """Answers in order; afterwards repeats the last. Keeps every request."""

    def __init__(self, *steps: Step | Callable[[httpx.Request], httpx.Response]) -> None:
        self.steps = list(steps)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx.Response):
            return httpx.Response(step.status_code, headers=step.headers, content=step.content)
        return step(request)


def ok(body: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return httpx.Response(status, headers=named)
    return httpx.Response(status, json=body, headers=named)


def error(status: int, code: str = "x", message: str = "it failed", **headers: str) -> httpx.Response:
    return ok({"error": {"code": code, "message": message, "innerError": {"request-id": "inner"}}}, status, **headers)


@asynccontextmanager
async def door(
    script: Callable[[httpx.Request], httpx.Response],
    clock: FakeClock | None = None,
    credential: FakeCredential | None = None,
    policy: RetryPolicy = POLICY,
) -> AsyncIterator[Graph]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(script))
    async with Graph(
        CLOUD, credential or FakeCredential(), clock or FakeClock(), root=Path(), retry=policy, client=client
    ) as graph:
        yield graph
