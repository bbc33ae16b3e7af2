"""The access token of one door: fetched once, kept while it lives, fetched again when the service refuses it."""

import asyncio
import base64
import json
import logging
import time
from typing import Any, Protocol

from tenantry.clock import Clock
from tenantry.errors import SignInError
from tenantry.graph.retry import Fault, RetryPolicy, Tries

_log = logging.getLogger(__name__)
_MARGIN = 300.0  # seconds before its end that a token is no longer used


class TokenSource(Protocol):
    """What the door needs of a credential: azure-identity's own method."""

    async def get_token(self, *scopes: str) -> Any:
        """An object with `token` and `expires_on` (seconds since 1970, by the machine's clock)."""
        ...


class Tokens:
    """One token for one scope. Faults of the token endpoint are waited out by the clock."""

    def __init__(self, credential: Any, scope: str, clock: Clock, policy: RetryPolicy) -> None:
        self._credential = credential
        self._scope = scope
        self._clock = clock
        self._policy = policy
        self._token = ""
        self._usable_until = 0.0
        self._lock = asyncio.Lock()

    async def value(self) -> str:
        """The token.

        Raises:
            SignInError: The service refuses, or stays out of reach.
        """
        if self._token and time.time() < self._usable_until:  # azure-identity counts by the machine's clock
            return self._token
        async with self._lock:
            if not self._token or time.time() >= self._usable_until:
                await self._fetch()
        return self._token

    async def refused(self, token: str) -> None:
        """The service did not take this token: the next one is fresh. Nothing happens where it was replaced already."""
        async with self._lock:
            if self._token == token:
                await self._forget()

    async def renew(self) -> None:
        """Forgets the token, whatever it is worth."""
        async with self._lock:
            await self._forget()

    async def _forget(self) -> None:
        self._token = ""
        forget = getattr(self._credential, "forget", None)
        if forget is not None:
            await forget()

    async def _fetch(self) -> None:
        tries = Tries(self._policy)
        while True:
            try:
                given = await self._credential.get_token(self._scope)
                break
            except SignInError as error:
                fault = Fault(503, retry_after=error.retry_after, sent=False)
                wait = tries.wait("GET", fault) if error.transient else None
                if wait is None:
                    raise
                _log.info("%s Waiting %.0f s.", error.what, wait)
                await self._clock.sleep(wait)
        lives = given.expires_on - time.time()
        self._token = given.token
        self._usable_until = given.expires_on - min(_MARGIN, lives / 2)


def claims(token: str) -> dict[str, Any]:
    """What an access token says of itself; empty for a token that is no JWT. Nothing is verified: it is ours."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        decoded = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return decoded if isinstance(decoded, dict) else {}
