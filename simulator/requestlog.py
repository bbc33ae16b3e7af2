"""The log of requests that the door tells: who asked what, the answer's status, the fault that was made.

Bodies are kept for `?bodies=1` in a bounded amount of memory: the oldest are let go first. Secrets are masked
when the log is told, whatever the body's shape.
"""

import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

MASK = "***"
SECRETS = frozenset(
    {
        "secrettext",
        "client_secret",
        "client_assertion",
        "assertion",
        "password",
        "newpassword",
        "currentpassword",
        "access_token",
        "refresh_token",
        "id_token",
        "code",
        "code_verifier",
        "device_code",
    }
)
# `code` is also the name of a harmless field in error bodies and `password` of nothing harmless.
_HARMLESS_IN_JSON = frozenset({"code"})
_INPUT = re.compile(r'(name="(?:code|id_token|access_token)" value=")[^"]*(")')
BODY_BUDGET = 64_000_000
_WORTH_SQUEEZING = 2_048


@dataclass(slots=True, eq=False)
class Entry:
    """One request. `fault` is the kind that was made, None where there was none; `status` 0: no answer was sent."""

    time: str
    method: str
    url: str
    app: str | None = None
    status: int = 0
    fault: str | None = None
    parts: list[dict[str, Any]] | None = None  # of a $batch: id, method, url, status, fault
    headers: dict[str, str] = field(default_factory=dict)  # those that change what the service does
    request: bytes | None = None
    response: bytes | None = None
    squeezed: bool = False

    def told(self, *, bodies: bool) -> dict[str, Any]:
        """The line as the door tells it."""
        line: dict[str, Any] = {
            "time": self.time,
            "method": self.method,
            "url": self.url,
            "app": self.app,
            "status": self.status,
            "fault": self.fault,
        }
        if self.parts is not None:
            line["parts"] = self.parts
        if bodies:
            response = zlib.decompress(self.response) if self.response and self.squeezed else self.response
            line |= {
                "requestHeaders": self.headers,
                "requestBody": masked(self.request),
                "responseBody": masked(response),
            }
        return line


class RequestLog:
    """All requests since the start or the last `clear`.

    `limit` bounds the entries (None: all of them), `budget` the bytes that bodies may take.
    """

    def __init__(self, limit: int | None = None, budget: int = BODY_BUDGET) -> None:
        self._entries: deque[Entry] = deque()
        self._heavy: deque[tuple[Entry, int]] = deque()  # those whose bodies are still held, and what they weigh
        self._limit = limit
        self._budget = budget
        self._held = 0

    def add(self, entry: Entry, *, shared: bool = False) -> None:
        """Files a finished request. `shared`: its answer is held elsewhere anyway and is neither copied nor counted."""
        if entry.response is not None and not shared and len(entry.response) > _WORTH_SQUEEZING:
            entry.response, entry.squeezed = zlib.compress(entry.response, 1), True
        weight = len(entry.request or b"") + (0 if shared else len(entry.response or b""))
        self._entries.append(entry)
        self._heavy.append((entry, weight))
        self._held += weight
        while self._held > self._budget:
            self._lighten()
        while self._limit is not None and len(self._entries) > self._limit:
            oldest = self._entries.popleft()
            if self._heavy and self._heavy[0][0] is oldest:
                self._lighten()

    def _lighten(self) -> None:
        """Lets the oldest bodies go."""
        old, weight = self._heavy.popleft()
        old.request = old.response = None
        self._held -= weight

    def clear(self) -> None:
        """Forgets everything."""
        self._entries.clear()
        self._heavy.clear()
        self._held = 0

    def lines(self, *, bodies: bool = False) -> Iterator[bytes]:
        """JSON lines, oldest first."""
        for entry in tuple(self._entries):  # requests may come in while it is told
            yield msgspec.json.encode(entry.told(bodies=bodies)) + b"\n"

    def __len__(self) -> int:
        """How many requests it holds."""
        return len(self._entries)


def masked(body: bytes | None) -> Any:
    """A body fit to be shown: JSON as a value, a form as its text, both with secrets masked; None for no body."""
    if not body:
        return None
    try:
        return _masked(msgspec.json.decode(body))
    except msgspec.DecodeError:
        text = body.decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True) if _form_like(text) else []
    if pairs:
        return urlencode([(key, MASK if key.lower() in SECRETS else value) for key, value in pairs], safe="*")
    return _INPUT.sub(rf"\g<1>{MASK}\g<2>", text)


def _form_like(text: str) -> bool:
    return "=" in text and not text.lstrip().startswith(("<", "{", "[")) and "\n" not in text.strip()


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: MASK if _hides(key, inner) else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value


def _hides(key: str, value: Any) -> bool:
    name = key.lower()
    return name in SECRETS and name not in _HARMLESS_IN_JSON and isinstance(value, str) and bool(value)
