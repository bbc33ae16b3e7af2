"""Posts each record to a URL, signed as Standard Webhooks says (standardwebhooks.com): the body is the record.

A receiver checks `webhook-signature` with the shared secret and drops a `webhook-id` it has seen. Records of
different keys travel side by side, those of one key one after the other.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from sync.model import Pending, record_of
from sync.sinks.interface import Delivery, SinkError
from tenantry.errors import UsageError

if TYPE_CHECKING:
    import httpx

LANES = 8  # requests at once
TIMEOUT = 15.0  # seconds for one request
_REFUSALS = frozenset({400, 413, 415, 422})  # about this record; every other failure is about the receiver
MOST_WAIT = 3600.0  # seconds of a Retry-After that is followed


def signing_key(secret: str) -> bytes:
    """The key of a `whsec_…` secret: what follows the prefix, as base64.

    Raises:
        UsageError: It is not such a secret; the value is not repeated.
    """
    try:
        key = base64.b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < 16:
        fix = "Store `whsec_` and at least 24 random bytes as base64."
        raise UsageError("The webhook's secret is not a Standard Webhooks secret.", fix=fix)
    return key


def signature(key: bytes, identity: str, seconds: int, body: bytes) -> str:
    """The value of `webhook-signature` for one message."""
    digest = hmac.new(key, f"{identity}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Webhook:
    """See `sync.sinks.interface.Sink`."""

    def __init__(self, url: str, key: bytes, origin: str, *, wall: Callable[[], float] = time.time) -> None:
        """
        Args:
            url: Where to post; https, or http on this machine.
            key: From `signing_key`.
            origin: Tenant and integration; part of every message's id, so that ids differ between senders.
            wall: Seconds since 1970. The receiver compares the timestamp with its own clock, so even in a rehearsal
                it is the wall's time, as with TLS.
        """
        self._url = url
        self._key = key
        self._origin = origin
        self._wall = wall
        self._client: httpx.AsyncClient | None = None

    async def open(self, waiting: Sequence[Pending]) -> list[int]:  # noqa: ARG002 (nothing is remembered)
        """Readies the HTTP client; what the receiver had before a crash it knows by its ids."""
        import httpx

        if self._client is None:
            limits = httpx.Limits(max_connections=LANES)
            self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits, follow_redirects=False)
        return []

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        """Posts them, some keys at a time, and stops early where the receiver does not answer."""
        taken: list[int] = []
        refused: dict[int, str] = {}
        failures: list[SinkError] = []
        queue = iter(_by_key(records))

        async def lane() -> None:
            for one_key in queue:
                try:
                    await self._post_all(one_key, taken, refused)
                except SinkError as failure:
                    failures.append(failure)
                    return

        await asyncio.gather(*(lane() for _ in range(LANES)))
        worst = max(failures, key=lambda failure: failure.retry_after or 0, default=None)
        return Delivery(taken, refused, worst)

    async def close(self) -> None:
        """Ends the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def identity(self, record: Pending) -> str:
        """The message's id: the same at every attempt, of no two records the same."""
        sequence = record_of(record.body).sequence
        digest = hashlib.blake2b(f"{self._origin}\0{record.key}\0{sequence}".encode(), digest_size=18)
        return f"msg_{base64.urlsafe_b64encode(digest.digest()).decode()}"

    async def _post_all(self, records: Iterable[Pending], taken: list[int], refused: dict[int, str]) -> None:
        """The records of one key, one after the other, up to the first that is not taken."""
        for record in records:
            status, retry_after = await self._post(record)
            if 200 <= status < 300:
                taken.append(record.id)
            elif status in _REFUSALS:
                refused[record.id] = f"HTTP {status}"
                return
            else:
                raise SinkError(f"the webhook answered HTTP {status}", retry_after)

    async def _post(self, record: Pending) -> tuple[int, float | None]:
        """Status and Retry-After of one attempt."""
        import httpx

        assert self._client is not None, "open comes first"
        identity, seconds = self.identity(record), int(self._wall())
        headers = {
            "content-type": "application/json",
            "webhook-id": identity,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signature(self._key, identity, seconds, record.body),
        }
        try:
            answer = await self._client.post(self._url, content=record.body, headers=headers)
        except httpx.HTTPError as error:
            raise SinkError(f"no answer from the webhook ({type(error).__name__})") from error
        return answer.status_code, _retry_after(answer.headers)


def _by_key(records: Sequence[Pending]) -> list[list[Pending]]:
    """The records of each key, in order."""
    keys: dict[str, list[Pending]] = {}
    for record in records:
        keys.setdefault(record.key, []).append(record)
    return list(keys.values())


def _retry_after(headers: "httpx.Headers") -> float | None:
    """Seconds of a Retry-After header; a date or nonsense counts as none."""
    text = headers.get("retry-after", "")
    return min(float(text), MOST_WAIT) if text.isdecimal() else None
