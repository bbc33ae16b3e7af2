"""Sends one request until it is answered for good: budget, token, repeats, request ids, the log."""

import logging
import time
import uuid
from dataclasses import dataclass, field

import httpx

from tenantry import log
from tenantry.clock import Clock
from tenantry.errors import GraphError
from tenantry.graph.budget import Budget
from tenantry.graph.retry import Fault, RetryPolicy, Tries, retry_after
from tenantry.graph.tokens import Tokens
from tenantry.graph.transport import Transport
from tenantry.graph.wire import Headers, failure

_log = logging.getLogger(__name__)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True)
class Call:
    """One request. `path` is what budget, log and errors speak of; `safe` POSTs only read.

    `bulk` goes past the SDK, as every GET does.
    """

    method: str
    url: str
    path: str
    headers: Headers = field(default_factory=dict)
    content: bytes | None = None
    settle: str | None = None
    once: bool = False
    safe: bool = False
    bulk: bool = False
    cost: int = 1


class Sender:
    """The retry layer that single requests, pages and batches share."""

    def __init__(
        self, transport: Transport, tokens: Tokens, *, clock: Clock, policy: RetryPolicy, budget: Budget, tenant: str
    ) -> None:
        self.tokens = tokens
        self.clock = clock
        self.policy = policy
        self._transport = transport
        self._budget = budget
        self._tenant = tenant

    async def send(self, call: Call) -> httpx.Response:
        """The answer, of status below 300 (or 404 where a repeated DELETE finds its work done).

        Raises:
            GraphError: The final answer, or status 0 where none came.
            SignInError: No token could be had.
        """
        tries = Tries(self.policy)
        renewed = False
        while True:
            await self._budget.take(call.path, self.clock, call.cost)
            token = await self.tokens.value()
            answer = await self._attempt(call, token)
            if isinstance(answer, httpx.Response):
                if answer.status_code < 300 or (
                    answer.status_code == 404 and call.method == "DELETE" and tries.ambiguous
                ):
                    return answer
                if answer.status_code == 401 and not renewed:
                    renewed = True
                    await self.tokens.refused(token)
                    continue
            error, fault = self._fault(call, answer)
            wait = tries.wait(call.method, fault, safe=call.safe, settle=call.settle)
            if wait is None:
                raise _final(call, error, fault, tries)
            _log.info("%s Trying again in %.1f s.", error.what, wait, extra=self._fields(error.request_id))
            await self.clock.sleep(wait)

    async def _attempt(self, call: Call, token: str) -> httpx.Response | tuple[httpx.TransportError, str]:
        """One exchange; a connection's failure is returned with our own request id."""
        asked = str(uuid.uuid4())
        headers = {**call.headers, "client-request-id": asked}
        plain = call.bulk or call.method == "GET"  # the SDK adds nothing to a read but the time to import it
        way = self._transport.plain if plain else self._transport.through_sdk
        began = time.perf_counter()
        try:
            response = await way(token, call.method, call.url, headers, call.content)
        except httpx.TransportError as error:
            return error, asked
        if _log.isEnabledFor(logging.DEBUG):
            spent = (time.perf_counter() - began) * 1000
            told = self._fields(response.headers.get("request-id", asked))
            _log.debug("%s %s: %d, %.0f ms", call.method, call.path, response.status_code, spent, extra=told)
        return response

    def _fault(self, call: Call, answer: httpx.Response | tuple[httpx.TransportError, str]) -> tuple[GraphError, Fault]:
        if isinstance(answer, httpx.Response):
            error = failure(call.method, call.path, answer.status_code, headers=answer.headers, body=answer.content)
            error.retry_after = retry_after(answer.headers, self.clock.now)
            return error, Fault(error.status, error.code, error.message, error.retry_after)
        broken, asked = answer
        error = GraphError(
            status=0,
            code="noAnswer",
            message=f"{_reason(broken)}.",
            method=call.method,
            path=call.path,
            request_id=asked,
            fix="Check the network and the proxy (HTTPS_PROXY).",
        )
        return error, Fault(0, message=str(broken), sent=not isinstance(broken, _NEVER_SENT))

    def _fields(self, request_id: str) -> dict[str, object]:
        return log.fields(tenant=self._tenant, request_id=request_id)


def _final(call: Call, error: GraphError, fault: Fault, tries: Tries) -> GraphError:
    """What the caller gets: an unknown outcome is said so where it was promised never to be repeated."""
    if call.once and fault.unknown:
        return GraphError(
            status=0,
            code="unknownOutcome",
            message=f"it may or may not have been done ({error.message.rstrip('.')}).",
            method=call.method,
            path=call.path,
            request_id=error.request_id,
            fix="Read what is there before doing it again.",
        )
    if tries.missed:
        error.fix = f"It has not reached every server after {tries.settled:.0f} s; run the same command again later."
    return error


def _reason(error: httpx.TransportError) -> str:
    """Why no answer came, in words."""
    if "certificate verify failed" in str(error).lower():
        return "the server's certificate is not trusted (SSL_CERT_FILE, or `ca` in [cloud.NAME], names an authority)"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, _NEVER_SENT):
        return "no connection could be made"
    return "the connection broke before the answer came"
