"""One signed-in identity: an azure-identity credential whose failures become SignInError and which can start anew."""

import asyncio
import time
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, HttpResponseError
from azure.identity import AuthenticationRequiredError, CredentialUnavailableError

from tenantry import explain
from tenantry.errors import SignInError

T = TypeVar("T")
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Credential:
    """An asynchronous azure-identity credential, made when first needed and anew after `forget`.

    `get_token` is azure's, so that it can be handed to anything of azure's too.
    """

    def __init__(self, make: Callable[[], Any], *, secret: str | None = None) -> None:
        self._make = make
        self._made: Any = None
        self._secret = secret

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token for the scopes, from memory while it lives.

        Raises:
            SignInError: With Microsoft's code and an explanation, whatever went wrong.
        """
        if self._made is None:
            self._made = self._make()
        try:
            token: AccessToken = await self._made.get_token(*scopes)
        except (AzureError, ValueError) as error:
            raise explained(error, self._secret) from None
        return token

    async def forget(self) -> None:
        """The next token is a fresh one."""
        made, self._made = self._made, None
        if made is not None:
            await made.close()

    async def close(self) -> None:
        """Closes connections; `get_token` would open new ones."""
        await self.forget()


class PersonCredential:
    """A blocking azure-identity credential of a person, run beside the event loop.

    `remember` is given who signed in, as text without a secret, for the next run.
    `scopes` replace what callers ask for: a person's token holds delegated permissions by name. After `forget` a token
    is asked for that begins now, which no cache can serve.
    """

    def __init__(self, make: Callable[[], Any], scopes: tuple[str, ...], remember: Callable[[str], None]) -> None:
        self._make = make
        self._made: Any = None
        self._scopes = scopes
        self._remember = remember
        self._not_before: int | None = None

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        """A token for the person; asks them to sign in where nothing is remembered.

        Raises:
            SignInError: With Microsoft's code and an explanation, whatever went wrong.
        """
        try:
            token = await in_thread(self._token)
        except (AzureError, ValueError, OSError) as error:
            raise explained(error) from None
        self._not_before = None
        return token

    def _token(self) -> AccessToken:
        if self._made is None:
            self._made = self._make()
        claims = None
        if self._not_before is not None:
            claims = f'{{"access_token":{{"nbf":{{"essential":true,"value":"{self._not_before}"}}}}}}'
        try:
            token: AccessToken = self._made.get_token(*self._scopes, claims=claims)
        except AuthenticationRequiredError as error:
            self._remember(self._made.authenticate(scopes=self._scopes, claims=error.claims).serialize())
            token = self._made.get_token(*self._scopes)
        return token

    async def forget(self) -> None:
        """The next token is a fresh one; nobody has to sign in again for it."""
        self._not_before = int(time.time())

    async def close(self) -> None:
        """Closes connections."""
        made, self._made = self._made, None
        if made is not None:
            made.close()


def explained(error: Exception, secret: str | None = None) -> SignInError:
    """The error in our family: Microsoft's code and trace id, what it means, what to do.

    Args:
        error: What azure-identity raised.
        secret: The client secret that was used; only looked at, never shown.
    """
    text = str(getattr(error, "message", None) or error)
    code, trace, explanation = explain.sign_in(text, secret=secret)
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    tail = f" (trace id {trace})" if trace else ""
    if status in _PASSING:
        named = f" ({code})" if code else ""
        what = f"The sign-in service answered HTTP {status}{named}.{tail}"
        fix = "Try again in a minute."
        return SignInError(what, code=code, fix=fix, trace_id=trace, transient=True, retry_after=_seconds(response))
    if explanation is not None:
        what = f"Sign-in failed with {code}: {explanation.what}{tail}"
        return SignInError(what, code=code, fix=explanation.fix, trace_id=trace, transient=explanation.transient)
    if code:
        first = text.strip().splitlines()[0].split(" Trace ID")[0]
        fix = f"Look it up at https://login.microsoftonline.com/error?code={code[6:]}."
        return SignInError(f"Sign-in failed with {first[:300]}{tail}", code=code, fix=fix, trace_id=trace)
    if isinstance(error, CredentialUnavailableError):
        return SignInError(f"Nobody could be signed in: {text.strip().splitlines()[0][:300]}", code="")
    if isinstance(error, HttpResponseError) and status is not None and status != 200:
        return SignInError(
            f"The sign-in service answered HTTP {status}.", code="", fix="Check the cloud's login address."
        )
    return _no_answer(error, text)


def _no_answer(error: Exception, text: str) -> SignInError:
    """No usable answer came: a connection failed, or what came was no token."""
    reason = (text.strip().splitlines() or [type(error).__name__])[0][:200]
    certificate = "certificate verify failed" in text.lower()
    fix = "Check the network, the proxy (HTTPS_PROXY) and the cloud's login address."
    if certificate:
        fix = "Name your company's authority with SSL_CERT_FILE, or `ca` in [cloud.NAME]."
    return SignInError(f"The sign-in service gave no answer: {reason}", code="", fix=fix, transient=not certificate)


def _seconds(response: Any) -> float | None:
    value = (getattr(response, "headers", None) or {}).get("Retry-After", "")
    return float(value) if str(value).isdecimal() else None


async def in_thread(function: Callable[[], T]) -> T:
    """Runs a blocking function in a thread that nobody waits for when the program is interrupted."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        try:
            result, error = function(), None
        except BaseException as caught:  # noqa: BLE001 (handed to whoever awaits)
            result, error = None, caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=work, name="sign-in", daemon=True).start()
    return await future
