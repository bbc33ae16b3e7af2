"""An unattended account signed in with its password, through the integration's own app: for integration users.

MSAL's confidential client, since a password alone does not do for an app that has a secret. Microsoft advises against
this flow wherever another will do: learn.microsoft.com/entra/identity-platform/v2-oauth-ropc.
"""

import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from tenantry import network
from tenantry.errors import UsageError
from tenantry.integration import IntegrationFile
from tenantry.redact import Secret
from tenantry.signin.assertion import from_place
from tenantry.signin.credential import explained, in_thread
from tenantry.stores import StoredCredential

_SECONDS = (20, 60)


class UserCredential:
    """azure's asynchronous `get_token` for one account; every token after `forget` is a fresh one."""

    def __init__(self, make: Callable[[], Any], user: str, password: Secret) -> None:
        self._make = make
        self._user = user
        self._password = password
        self._token: AccessToken | None = None

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token for what was consented to.

        Raises:
            SignInError: With Microsoft's code and an explanation, whatever went wrong.
        """
        if self._token is None or self._token.expires_on - 300 < time.time():
            try:
                answer = await in_thread(partial(self._ask, scopes))
            except (OSError, ValueError) as error:
                raise explained(error) from None
            if "access_token" not in answer:
                text = str(answer.get("error_description") or answer.get("error") or "no token in the answer")
                raise explained(ClientAuthenticationError(message=text))
            self._token = AccessToken(answer["access_token"], int(time.time()) + int(answer.get("expires_in") or 0))
        return self._token

    def _ask(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        from msal.exceptions import MsalError

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the flow, for public clients
            try:
                found: dict[str, Any] = self._make().acquire_token_by_username_password(
                    self._user, self._password.reveal(), scopes=list(scopes)
                )
            except MsalError as error:  # where even the user's realm could not be asked for
                raise OSError(str(error)) from None
        return found

    async def forget(self) -> None:
        """The next token is a fresh one."""
        self._token = None

    async def close(self) -> None:
        """Nothing stays open."""


def user(
    file: IntegrationFile, root: Path, name: str, password: Secret, stored: StoredCredential | None
) -> UserCredential:
    """The account `name`, signed in to the integration's app.

    Args:
        file: The integration.
        root: What its relative paths start from.
        name: User principal name.
        password: Its password.
        stored: The app's own credential; None for a public client and a federated one.

    Raises:
        UsageError: The app has a credential that is not at hand.
    """
    proof = _proof(file, root, stored)

    def make() -> Any:
        import msal

        cloud = file.tenant.cloud
        kind = msal.PublicClientApplication if proof is None else msal.ConfidentialClientApplication
        return kind(
            file.app.app_id,
            client_credential=proof,
            authority=f"{cloud.login}/{file.tenant.id}",
            instance_discovery=None if cloud.built_in else False,
            http_client=_session(file, root),
        )

    return UserCredential(make, name, password)


def _proof(file: IntegrationFile, root: Path, stored: StoredCredential | None) -> Any:
    """What the app proves itself with, as MSAL takes it; None for a public client."""
    if file.credential is None:
        return None
    if file.credential.kind == "federated":
        return {"client_assertion": from_place(file.credential.store, root)}
    if stored is not None and stored.secret is not None:
        return stored.secret.reveal()
    if stored is not None and stored.certificate_pem is not None:
        return _certificate(stored.certificate_pem.reveal())
    raise UsageError("Nothing is stored that the app could sign in with.", fix="Run `tenantry provision apply`.")


def _certificate(pem: str) -> dict[str, str]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    found = x509.load_pem_x509_certificate(pem.encode())
    thumbprint = found.fingerprint(hashes.SHA1()).hex()  # noqa: S303 (names the certificate, as Entra does)
    return {"private_key": pem, "thumbprint": thumbprint, "public_certificate": pem}


def _session(file: IntegrationFile, root: Path) -> Any:
    """A requests session that trusts whom the cloud says, and goes past proxies on this machine."""
    import requests

    session = requests.Session()
    bundle = network.bundle(file.tenant.cloud, root)
    session.verify = str(bundle) if bundle is not None else True
    session.trust_env = not network.loopback(file.tenant.cloud.login)
    login, send = file.tenant.cloud.login, session.request
    origin = f"https://{urlsplit(login).hostname}/"

    def request(method: str, url: str, **given: Any) -> Any:
        """MSAL asks for a user's realm without the port of the sign-in service, which a rehearsal has."""
        return send(method, url.replace(origin, f"{login}/", 1), **{"timeout": _SECONDS, **given})

    session.request = request  # type: ignore[method-assign,assignment]
    return session
