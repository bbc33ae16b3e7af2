"""A key vault on this machine, held to the documented REST shapes (learn.microsoft.com/rest/api/keyvault/secrets)."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "vault-token-1234567890"
_SECRET = re.compile(r"/secrets/([0-9a-zA-Z-]{1,127})")
_RECOVER = re.compile(r"/deletedsecrets/([0-9a-zA-Z-]{1,127})/recover")


class Vault:
    """What is in it, and what shall go wrong."""

    def __init__(self) -> None:
        self.secrets: dict[str, list[dict[str, Any]]] = {}
        self.deleted: dict[str, list[dict[str, Any]]] = {}
        self.recovering = 0  # reads that still miss a recovered secret
        self.refuse: list[tuple[int, dict[str, Any], dict[str, str]]] = []  # answers that come first
        self.seen: list[tuple[str, str, Any]] = []
        self.url = ""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """One request on a secret or a deleted one."""
        if (found := _RECOVER.fullmatch(path)) and method == "POST":
            if found[1] not in self.deleted:
                return 404, error("SecretNotFound", f"Deleted Secret not found: {found[1]}")
            self.secrets[found[1]] = self.deleted.pop(found[1])
            self.recovering = 2
            return 200, shown(self.url, found[1], self.secrets[found[1]][-1], value=False)
        found = _SECRET.fullmatch(path)
        if found is None:
            return 400, error("BadParameter", f"The request URI contains an invalid name: {path}")
        return {"GET": self._get, "PUT": self._put, "DELETE": self._delete}[method](found[1], body)

    def _get(self, name: str, _: Any) -> tuple[int, dict[str, Any]]:
        if self.recovering or name not in self.secrets:
            self.recovering = max(0, self.recovering - 1)
            text = f"A secret with (name/id) {name} was not found in this key vault."
            return 404, error("SecretNotFound", text)
        return 200, shown(self.url, name, self.secrets[name][-1])

    def _put(self, name: str, body: Any) -> tuple[int, dict[str, Any]]:
        assert set(body) <= {"value", "contentType", "attributes", "tags"}, body
        assert isinstance(body["value"], str)
        assert set(body.get("attributes", {})) <= {"enabled", "nbf", "exp"}
        assert all(isinstance(number, int) for number in body.get("attributes", {}).values())
        if name in self.deleted:
            text = f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused."
            return 409, error("Conflict", text, inner="ObjectIsDeletedButRecoverable")
        versions = self.secrets.setdefault(name, [])
        versions.append({**body, "version": f"{len(versions) + 1:032x}"})
        return 200, shown(self.url, name, versions[-1])

    def _delete(self, name: str, _: Any) -> tuple[int, dict[str, Any]]:
        if name not in self.secrets:
            return 404, error("SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")
        self.deleted[name] = self.secrets.pop(name)
        bundle = shown(self.url, name, self.deleted[name][-1], value=False)
        extra = {"recoveryId": f"{self.url}/deletedsecrets/{name}", "deletedDate": 1, "scheduledPurgeDate": 2}
        return 200, {**bundle, **extra}


def shown(url: str, name: str, kept: dict[str, Any], *, value: bool = True) -> dict[str, Any]:
    """A SecretBundle."""
    bundle: dict[str, Any] = {"id": f"{url}/secrets/{name}/{kept['version']}"}
    if value:
        bundle["value"] = kept["value"]
    if "contentType" in kept:
        bundle["contentType"] = kept["contentType"]
    times = {"enabled": True, "created": 1, "updated": 1, "recoveryLevel": "Recoverable+Purgeable"}
    return {**bundle, "attributes": {**kept.get("attributes", {}), **times}}


def error(code: str, message: str, inner: str = "") -> dict[str, Any]:
    """A KeyVaultError."""
    made: dict[str, Any] = {"code": code, "message": message}
    if inner:
        made["innererror"] = {"code": inner}
    return {"error": made}


@contextmanager
def serving() -> Iterator[Vault]:
    """The vault, on a free port of this machine."""
    vault = Vault()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            parts = urlsplit(self.path)
            vault.seen.append((self.command, parts.path, body))
            headers: dict[str, str] = {}
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                status, answer = 401, error("Unauthorized", "Request is missing a Bearer or PoP token.")
                login = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000"
                headers["WWW-Authenticate"] = f'Bearer authorization="{login}", resource="https://vault.azure.net"'
            elif "api-version" not in parse_qs(parts.query):
                status, answer = 400, error("BadParameter", "api-version must be specified")
            elif vault.refuse:
                status, answer, headers = vault.refuse.pop(0)
            else:
                status, answer = vault.answer(self.command, parts.path, body)
            raw = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json; charset=utf-8"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_PUT = do_POST = do_DELETE = handle_one  # noqa: N815 (the library's names)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's)
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vault.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield vault
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
