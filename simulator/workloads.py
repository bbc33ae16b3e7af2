"""Which of Graph's services answers a path, for each words its refusals and its throttling in its own way.

Sources: learn.microsoft.com/graph/errors, /graph/throttling-limits; codes of single workloads from answers shown
in public issue threads.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """One service behind Graph: its codes for a missing permission, throttling and failure."""

    name: str
    denied_code: str
    denied_text: str
    throttled_code: str
    throttled_text: str
    failed_code: str = "InternalServerError"
    says_when: bool = True  # a 429 carries Retry-After


DIRECTORY = Workload(
    "directory",
    "Authorization_RequestDenied",
    "Insufficient privileges to complete the operation.",
    "TooManyRequests",
    "Please retry again later.",
    "Service_InternalServerError",
)
EXCHANGE = Workload(
    "exchange",
    "ErrorAccessDenied",
    "Access is denied. Check credentials and try again.",
    "ApplicationThrottled",
    "Application is over its MailboxConcurrency limit.",
    "ErrorInternalServerError",
)
CONDITIONAL_ACCESS = Workload(
    "conditional-access",
    "AccessDenied",
    "You cannot perform the requested operation, required scopes are missing in the token.",
    "TooManyRequests",
    "Too many requests.",
    says_when=False,
)
PRESENCE = Workload("presence", "Forbidden", "Access is forbidden.", "TooManyRequests", "Too many requests.")

_EXCHANGE = re.compile(
    r"^/(users|me)/?[^/]*/(calendar|calendars|calendarview|events|mailboxsettings)\b|^/places\b", re.I
)
_PRESENCE = re.compile(r"^/communications\b|/presence\b", re.I)
_CONDITIONAL = re.compile(r"^/identity/", re.I)


def of(path: str) -> Workload:
    """The service behind a path below the version, or behind a template."""
    if _EXCHANGE.search(path):
        return EXCHANGE
    if _PRESENCE.search(path):
        return PRESENCE
    return CONDITIONAL_ACCESS if _CONDITIONAL.search(path) else DIRECTORY
