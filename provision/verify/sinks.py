"""Where availability goes: a file that can be written, a receiver that answers. Nothing is sent to it."""

import asyncio
import os
from pathlib import Path

from provision.verify.link import Called, Seen
from provision.verify.place import Place
from tenantry.errors import TenantryError
from tenantry.graph import Graph
from tenantry.integration import Sink
from tenantry.stores import read_secret

_TIMEOUT = 10.0


async def prove_sinks(seen: Seen, app: Graph | None, place: Place) -> list[Called]:  # noqa: ARG001 (all alike)
    """One look at each sink; what is in order is not told of."""
    found = await asyncio.gather(*(_sink(sink, place.root) for sink in seen.desired.sinks))
    return [called for called in found if called is not None]


async def _sink(sink: Sink, root: Path) -> Called | None:
    if sink.kind == "jsonl" and sink.path:
        return _file(root / sink.path, sink.path)
    if sink.kind == "webhook" and sink.url:
        return _secret(sink, root) or await _receiver(sink.url)
    return None


def _file(path: Path, name: str) -> Called | None:
    """Where the file can be made or added to, looked at without touching it."""
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    if path.is_dir() or not os.access(nearest, os.W_OK) or (nearest != path and not nearest.is_dir()):
        fix = "Correct path of the sink in tenantry.toml, or the rights on its folder."
        return Called("state", False, f"The sink {name} cannot be written.", fix)
    return None


def _secret(sink: Sink, root: Path) -> Called | None:
    if sink.secret is None:
        return None
    try:
        read_secret(sink.secret, root)
    except TenantryError as error:
        return Called("state", False, f"The webhook cannot be signed: {error.what}", error.fix)
    return None


async def _receiver(url: str) -> Called | None:
    """Whatever it answers to HEAD, it is there; no record is sent."""
    import httpx

    host = httpx.URL(url).host
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
            await client.head(url)
    except httpx.HTTPError as error:
        fact = f"The webhook's receiver {host} cannot be reached ({type(error).__name__})."
        return Called("state", False, fact, "Start it, or correct url of the sink in tenantry.toml.")
    return None
