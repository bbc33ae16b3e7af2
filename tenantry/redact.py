"""Secrets that do not show themselves, and the last net: text that leaves the process with secrets masked."""

import hmac
import json
import re
from typing import NoReturn
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 6  # a shorter value would mask ordinary words

_known: set[str] = set()

_SHAPES = (
    re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"),
    re.compile(
        r"(?i)([\"']?(?:secretText|client_secret|clientSecret|password|refresh_token|access_token|id_token"
        r"|client_assertion|device_code|webhook_secret)[\"']?\s*[:=]\s*)(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s,;&}]+)"
    ),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)


class Secret:
    """A secret text that hides itself in repr, str, format and JSON. `reveal()` is the one way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        remember(value)

    def reveal(self) -> str:
        """The text itself; for the store, the token request and `handover --secret-file` only."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled or copied")


def remember(value: str) -> None:
    """Masks this text wherever `redact` meets it from now on, also as JSON or a URL would spell it."""
    if len(value) < _SHORTEST:
        return
    for spelling in (value, json.dumps(value)[1:-1], quote(value, safe=""), quote_plus(value)):
        _known.add(spelling)


def redact(text: str) -> str:
    """`text` with known secrets and whatever looks like a token, password or private key masked."""
    for value in sorted(_known, key=len, reverse=True):
        if value in text:
            text = text.replace(value, MASK)
    text = _SHAPES[0].sub(r"\1 ***", text)
    text = _SHAPES[1].sub(MASK, text)
    text = _SHAPES[2].sub(lambda found: f"{found[1]}{MASK}", text)
    return _SHAPES[3].sub(MASK, text)
