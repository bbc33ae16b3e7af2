"""The two ways out, over one HTTP client and one sign-in: the SDK's request adapter, and bare bytes for bulk reads.

The adapter is given our client without its middleware: its retry handler repeats POSTs and sleeps by the machine's
clock (microsoft/kiota-python), while ours knows which request may be repeated and sleeps by the tenant's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tenantry import __version__, network
from tenantry.cloud import Cloud

_TIMEOUT = httpx.Timeout(connect=20, read=60, write=60, pool=None)
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=16)


def open_client(cloud: Cloud, root: Path) -> httpx.AsyncClient:
    """An HTTP client for this cloud: its trust, the machine's proxies (never for loopback), our name."""
    return httpx.AsyncClient(
        verify=network.context(cloud, root),
        trust_env=not network.loopback(cloud.graph),
        timeout=_TIMEOUT,
        limits=_LIMITS,
        follow_redirects=False,
        headers={"User-Agent": f"tenantry/{__version__}", "Accept": "application/json"},
    )


class Transport:
    """Sends one request once, signed in. No retry lives here."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._adapter: Any = None

    async def plain(
        self, token: str, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Response:
        """Bare: for pages and batches, whose bytes go straight to msgspec."""
        given = {**headers, "Authorization": f"Bearer {token}"}
        return await self._client.request(method, url, headers=given, content=content)

    async def through_sdk(
        self, token: str, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Response:
        """Through the SDK's request adapter, natively: no model is parsed, errors stay answers."""
        from kiota_abstractions.method import Method
        from kiota_abstractions.native_response_handler import NativeResponseHandler
        from kiota_abstractions.request_information import RequestInformation
        from kiota_http.middleware.options import ResponseHandlerOption

        information = RequestInformation()
        information.http_method = Method(method)
        information.url = url
        for name, value in {**headers, "Authorization": f"Bearer {token}"}.items():
            information.headers.add(name, value)
        information.content = content
        information.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        response: httpx.Response = await self._sdk().send_primitive_async(information, "bytes", {})
        return response

    def _sdk(self) -> Any:
        if self._adapter is None:
            from kiota_abstractions.authentication import AnonymousAuthenticationProvider
            from msgraph.graph_request_adapter import GraphRequestAdapter

            # Our sender adds the token, since it must know which one was refused.
            self._adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client=self._client)
        return self._adapter
