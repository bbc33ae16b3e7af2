"""Addresses of Graph and what can be wrong with an answer before anybody looks at its content."""

from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from tenantry.cloud import Cloud
from tenantry.errors import GraphError
from tenantry.graph.wire import JSON, Query


def absolute(cloud: Cloud, path: str, params: Query | None = None) -> str:
    """The absolute address of a path below /v1.0, or of a link that Graph gave.

    Raises:
        GraphError: The link leads to another server, which would be given our token.
    """
    if path.startswith("/"):
        url = cloud.base_url + path
    elif _origin(path) == _origin(cloud.graph):
        url = path
    else:
        host = urlsplit(path).netloc or path[:80]
        raise refused("GET", host, "foreignLink", f"a link leads away from {cloud.graph}")
    if params:
        query = urlencode({name: str(value) for name, value in params.items()}, safe="$,:()'*@", quote_via=quote)
        url += ("&" if "?" in url else "?") + query
    return url


def relative(url: str) -> str:
    """The address as logs, errors and budgets speak of it: path and query below /v1.0."""
    parts = urlsplit(url)
    return parts.path.removeprefix("/v1.0") + (f"?{parts.query}" if parts.query else "")


def body_of(response: httpx.Response, path: str) -> JSON | None:
    """The body as a dict; None where there is none."""
    if response.status_code == 204 or not response.content:
        return None
    try:
        return msgspec.json.decode(response.content, type=JSON)
    except msgspec.DecodeError as error:
        method = response.request.method
        why = f"the answer is not JSON ({error})"
        raise refused(method, path, "unreadableAnswer", why, status=response.status_code) from None


def refused(method: str, path: str, code: str, why: str, *, fix: str = "", status: int = 0) -> GraphError:
    """An error of ours about an answer: `why` without the full stop."""
    return GraphError(status=status, code=code, message=f"{why}.", method=method, path=path, fix=fix)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or ""), parts.port or (443 if parts.scheme == "https" else 80)
