"""Azure Key Vault, over its REST interface: one secret that holds the credential as JSON.

Signed in as whoever the machine is: an app of the environment (AZURE_CLIENT_ID …), a workload or managed identity, or
`az login`. Source: learn.microsoft.com/rest/api/keyvault/secrets (get, set, delete, recover deleted secret).
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from tenantry.errors import UsageError
from tenantry.network import loopback
from tenantry.stores.base import StoredCredential, decode, encode

API_VERSION = "7.4"
CONTENT_TYPE = "application/vnd.tenantry.credential+json"
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_TRIES = 4
_LOGINS = {
    "vault.azure.net": "https://login.microsoftonline.com",
    "vault.usgovcloudapi.net": "https://login.microsoftonline.us",
    "vault.azure.cn": "https://login.chinacloudapi.cn",
}
_RECOVERABLE = "ObjectIsDeletedButRecoverable"
_SIGN_IN = "Set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, use a managed identity, or run `az login`."


class TokenSource(Protocol):
    """azure-identity's blocking credentials."""

    def get_token(self, *scopes: str) -> Any:
        """A token whose text is `.token`."""
        ...


def domain(vault: str) -> str:
    """The vault service's domain in its cloud: what follows the vault's own name."""
    return (urlsplit(vault).hostname or "").partition(".")[2]


def scope(vault: str) -> str:
    """What a token for this vault is asked for; a vault on this machine takes the public cloud's."""
    return f"https://{domain(vault) if domain(vault) in _LOGINS else 'vault.azure.net'}/.default"


def machine(vault: str) -> TokenSource:
    """Whoever this machine is, in the vault's cloud."""
    from azure.identity import DefaultAzureCredential

    login = _LOGINS.get(domain(vault))
    return DefaultAzureCredential(**({"authority": login} if login else {}), exclude_shared_token_cache_credential=True)


class KeyVaultStore:
    """One secret of a vault. Each write is a new version; older ones stay in the vault, where their end shows."""

    def __init__(
        self,
        vault: str,
        name: str,
        credential: Callable[[str], TokenSource] = machine,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._vault = vault
        self._name = name
        self._credential = credential
        self._sleep = sleep

    def read(self) -> StoredCredential | None:
        """The newest version; None where there is no such secret."""
        status, answer = self._ask("GET")
        if status == 404:
            return None
        self._check(status, answer, "read")
        value = answer.get("value")
        if not isinstance(value, str):
            raise UsageError(f"The {self.describe()} answered without a value.")
        return decode(value, self.describe())

    def write(self, credential: StoredCredential) -> None:
        """A new version; a deleted secret of that name is recovered first, since its name is taken until then."""
        body: dict[str, Any] = {"value": encode(credential), "contentType": CONTENT_TYPE}
        if credential.expires:
            body["attributes"] = {"exp": int(datetime.fromisoformat(credential.expires).timestamp())}
        status, answer = self._ask("PUT", body)
        if status == 409 and _RECOVERABLE in _codes(answer):
            self._recover()
            status, answer = self._ask("PUT", body)
        self._check(status, answer, "written")

    def delete(self) -> None:
        """Removes it; the vault keeps it recoverable for its retention time."""
        status, answer = self._ask("DELETE")
        if status != 404:
            self._check(status, answer, "deleted")

    def describe(self) -> str:
        """`Key Vault secret NAME in HOST`."""
        return f"Key Vault secret {self._name} in {urlsplit(self._vault).netloc}"

    def _recover(self) -> None:
        """Brings a deleted secret back and waits until it is there, some seconds."""
        status, answer = self._ask("POST", path=f"deletedsecrets/{self._name}/recover")
        self._check(status, answer, "recovered")
        for _ in range(15):
            if self._ask("GET")[0] != 404:
                return
            self._sleep(2)

    def _ask(self, method: str, body: Mapping[str, Any] | None = None, path: str = "") -> tuple[int, dict[str, Any]]:
        """Status and answer; throttling and passing failures are repeated, since every call may be."""
        import httpx

        url = f"{self._vault}/{path or f'secrets/{self._name}'}"
        headers = {"Authorization": f"Bearer {self._token()}"}
        parameters = {"api-version": API_VERSION}
        try:
            with httpx.Client(timeout=30, trust_env=not loopback(self._vault)) as client:
                for attempt in range(1, _TRIES + 1):
                    reply = client.request(method, url, params=parameters, headers=headers, json=body)
                    if reply.status_code not in _AGAIN or attempt == _TRIES:
                        break
                    self._sleep(_seconds(reply.headers.get("Retry-After", ""), attempt))
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            fix = "Check the vault's address, its firewall and the proxy (HTTPS_PROXY)."
            raise UsageError(f"The {self.describe()} is out of reach: {reason}.", fix=fix) from None
        return reply.status_code, _decoded(reply.content)

    def _token(self) -> str:
        from azure.core.exceptions import AzureError

        try:
            return str(self._credential(self._vault).get_token(scope(self._vault)).token)
        except AzureError as error:
            first = str(error).strip().splitlines()[0][:200]
            raise UsageError(f"Nobody could be signed in for the {self.describe()}: {first}", fix=_SIGN_IN) from None

    def _check(self, status: int, answer: Mapping[str, Any], done: str) -> None:
        """Raises where the vault refused, in its own words."""
        if status in (200, 201):
            return
        error = answer.get("error") or {}
        message = str(error.get("message", "")).partition("\n")[0].strip()
        shown = f"{error.get('code', '')} {message}".strip().rstrip(".")[:300]
        fix = {
            401: "The vault belongs to another tenant than who is signed in, or the token is not accepted.",
            403: 'Give whoever is signed in the role "Key Vault Secrets Officer", and let the vault\'s firewall pass.',
            409: "Purge or recover the deleted secret of that name.",
        }.get(status, "")
        raise UsageError(f"The {self.describe()} cannot be {done}: HTTP {status} {shown}.", fix=fix)


def _codes(answer: Mapping[str, Any]) -> set[str]:
    """The error's code and those inside it."""
    found, error = set(), answer.get("error")
    while isinstance(error, Mapping):
        found.add(str(error.get("code", "")))
        error = error.get("innererror")
    return found


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content or b"{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _seconds(retry_after: str, attempt: int) -> float:
    return min(float(retry_after), 30.0) if retry_after.isdecimal() else float(2**attempt)
