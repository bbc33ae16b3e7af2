"""A server that only hands out bytes made beforehand, so that reading is measured and not making.

It is filled from a simulated tenant once: the pages of `/users`, and each mailbox's calendar view for `$batch`.
Run as `python -m bench.server FILE`: prints its address when ready.
"""

import asyncio
import pickle
import ssl
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from simulator import tls


class Asked(msgspec.Struct):
    """One part of a `$batch`, as far as it matters here."""

    id: str
    url: str


class Batch(msgspec.Struct):
    """A `$batch`."""

    requests: list[Asked]


class Canned:
    """The answers: pages by their number, calendars by user id."""

    def __init__(self, file: Path) -> None:
        held = pickle.loads(file.read_bytes())  # our own file of a moment ago
        self.pages: list[bytes] = held["pages"]
        self.calendars: dict[str, bytes] = held["calendars"]
        self.decoder = msgspec.json.Decoder(Batch)

    async def users(self, request: web.Request) -> web.Response:
        """A page of users; `$skiptoken` is its number."""
        number = int(request.query.get("$skiptoken", "0"))
        link = f"https://{request.host}/v1.0/users?$skiptoken={number + 1}" if number + 1 < len(self.pages) else ""
        head = b'{"@odata.nextLink":"' + link.encode() + b'","value":' if link else b'{"value":'
        return web.Response(body=head + self.pages[number] + b"}", content_type="application/json")

    async def batch(self, request: web.Request) -> web.Response:
        """Calendar views, 20 at a time."""
        parts = []
        for asked in self.decoder.decode(await request.read()).requests:
            user = urlsplit(asked.url).path.split("/")[2]
            head = f'{{"id":"{asked.id}","status":200,"headers":{{"Content-Type":"application/json"}},"body":'
            parts.append(head.encode() + self.calendars[user] + b"}")
        return web.Response(body=b'{"responses":[' + b",".join(parts) + b"]}", content_type="application/json")


async def serve(file: Path) -> None:
    """Serves until it is ended."""
    canned = Canned(file)
    app = web.Application(client_max_size=2**24)
    app.router.add_get("/v1.0/users", canned.users)
    app.router.add_post("/v1.0/$batch", canned.batch)
    with tempfile.TemporaryDirectory() as folder:
        ca, context = tls.make(Path(folder))
        assert isinstance(context, ssl.SSLContext)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = runner.addresses[0][1]
        print(f"https://localhost:{port} {ca}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
