"""Two integrations of one tenant side by side, one to a file, one to a webhook as well: each right, time shared."""

import base64
import hashlib
import hmac
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.sync.tenant import integrate, records
from tests.sync.test_day import CLOSED, OPEN, check, complete, sync, time_of, truth
from tests.tenant import simulated

SECRET = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, or so").decode()


class Hook(BaseHTTPRequestHandler):
    """A receiver that fails every fifth time, checks signatures and drops what it has seen."""

    seen: ClassVar[dict[str, dict[str, Any]]]
    order: ClassVar[dict[str, list[int]]]
    count = forged = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        kind = type(self)
        kind.count += 1
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(base64.b64decode(SECRET[6:]), content, hashlib.sha256).digest()
        kind.forged += self.headers["webhook-signature"] != f"v1,{base64.b64encode(digest).decode()}"
        failed = kind.count % 5 == 0
        if not failed and self.headers["webhook-id"] not in kind.seen:
            record = kind.seen[self.headers["webhook-id"]] = json.loads(body)
            kind.order[record["key"]].append(record["sequence"])
        self.send_response(503 if failed else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def hook() -> Iterator[tuple[type[Hook], str]]:
    class Fresh(Hook):
        seen: ClassVar[dict[str, dict[str, Any]]] = {}
        order: ClassVar[dict[str, list[int]]] = defaultdict(list)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Fresh, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_two_integrations_share_a_tenant_and_its_clock(tmp_path: Path, hook: tuple[type[Hook], str]) -> None:
    start = "2026-11-23T06:30:00Z"
    with simulated(users=40, seed=9, start=start) as tenant:
        secret = tmp_path / "secrets" / "hook"
        path = integrate(tenant, tmp_path, rules=CLOSED)
        secret.write_text(SECRET, encoding="utf-8")
        secret.chmod(0o600)
        sinks = [
            {"kind": "jsonl", "path": "other.jsonl"},
            {"kind": "webhook", "url": hook[1], "secret": {"kind": "file", "path": "secrets/hook"}},
        ]
        other = json.loads(path.read_text(encoding="utf-8"))
        other |= {"integration": "other", "rules": OPEN, "time_zone": "America/New_York", "sinks": sinks}
        path.with_name("other.json").write_text(json.dumps(other), encoding="utf-8")
        sync(tmp_path, "run", "--for", "12h")
        now = time_of(tenant.get("/clock")["now"])
        one = truth(tenant, CLOSED, "Europe/Stockholm", time_of(start))
        two = truth(tenant, OPEN, "America/New_York", time_of(start))
    end = time_of("2026-11-23T18:30:00Z")
    assert (now - end).total_seconds() < 120
    first = records(tmp_path)
    second = [json.loads(line) for line in (tmp_path / "other.jsonl").read_text(encoding="utf-8").splitlines()]
    check(one, first, CLOSED)
    check(two, second, OPEN)
    assert complete(one, first, CLOSED, end) > 20
    assert complete(two, second, OPEN, end) > 20
    got = hook[0]
    assert got.forged == 0
    assert got.count > len(got.seen)
    assert all(numbers == sorted(numbers) for numbers in got.order.values())
    assert sorted(map(json.dumps, got.seen.values())) == sorted(map(json.dumps, second))
