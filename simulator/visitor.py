"""Where a request to the sign-in service comes from: address and platform, as Conditional Access sees them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from simulator.conditional.facts import UNKNOWN_PLATFORM

ADDRESS = "203.0.113.10"  # TEST-NET-3: everybody who names no address of theirs
_PLATFORMS = (
    ("windowsPhone", re.compile(r"windows phone", re.I)),
    ("android", re.compile(r"android", re.I)),
    ("iOS", re.compile(r"iphone|ipad|ios\b", re.I)),
    ("windows", re.compile(r"windows|win32", re.I)),
    ("macOS", re.compile(r"mac os|macintosh|darwin", re.I)),
    ("linux", re.compile(r"linux|x11", re.I)),
)


@dataclass(frozen=True)
class Visitor:
    """Who knocks: `platform` in Graph's words, `unknown` where the user agent tells none of them."""

    address: str = ADDRESS
    platform: str = UNKNOWN_PLATFORM
    agent: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Visitor":
        """By the headers of a request, names in lower case."""
        agent = headers.get("user-agent", "")
        platform = next((name for name, pattern in _PLATFORMS if pattern.search(agent)), UNKNOWN_PLATFORM)
        return cls(_address(headers.get("x-forwarded-for", "")), platform, agent)


def _address(forwarded: str) -> str:
    first = forwarded.partition(",")[0].strip()
    try:
        return str(ip_address(first))
    except ValueError:
        return ADDRESS
