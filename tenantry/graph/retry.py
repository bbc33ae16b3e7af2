"""When a request is sent again, and after how long. Pure decisions; the waiting itself is the sender's.

The rule that matters: a request that may have been carried out is repeated only if doing it twice is harmless.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenantry.graph.transient import Miss, miss

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_BUSY = frozenset({"Directory_ConcurrencyViolation", "ConcurrencyViolation"})


@dataclass(frozen=True)
class RetryPolicy:
    """How patient the door is. Seconds are the clock's; `jitter` gives numbers in [0, 1)."""

    attempts: int = 10  # of one request, for faults
    budget: float = 600.0  # seconds waited for faults of one request
    first: float = 1.0  # first wait where the answer names none; doubles up to `longest`
    longest: float = 30.0
    settle: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # waits for replication; the last one repeats
    absent_reads: int = 3  # how many reads must miss before something counts as not there
    jitter: Callable[[], float] = random.random

    def backoff(self, failed: int) -> float:
        """The wait after so many failures (from 1), with half of it left to chance."""
        return float(min(self.longest, self.first * 2 ** (failed - 1)) * (0.5 + self.jitter() / 2))

    def settling(self, misses: int) -> float:
        """The wait after so many replication misses (from 1)."""
        return self.settle[min(misses, len(self.settle)) - 1]


@dataclass(frozen=True)
class Fault:
    """What went wrong with one attempt. `status` 0: no answer; `sent` False: it never reached the server."""

    status: int
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    sent: bool = True

    @property
    def unknown(self) -> bool:
        """True where nobody can tell whether the request was carried out."""
        if self.status == 0:
            return self.sent
        return self.status in (408, 500, 502, 504) or (self.status == 503 and self.retry_after is None)


def repeatable(method: str, fault: Fault, *, safe: bool = False) -> bool:
    """Whether the same request may be sent again.

    Args:
        method: HTTP method.
        fault: What happened.
        safe: A POST that only reads.
    """
    if fault.status != 0 and fault.status not in _PASSING and fault.code not in _BUSY:
        return False
    return safe or method in _IDEMPOTENT or not fault.unknown


@dataclass
class Tries:
    """The history of one request: decides each time whether and how long to wait."""

    policy: RetryPolicy
    failed: int = 0
    waited: float = 0.0
    misses: int = 0
    settled: float = 0.0
    ambiguous: bool = False  # an attempt may have been carried out
    missed: bool = False  # the last answer meant "not replicated yet"

    def wait(self, method: str, fault: Fault, *, safe: bool = False, settle: str | None = None) -> float | None:
        """Seconds to wait before the next attempt, or None to give up."""
        self.ambiguous = self.ambiguous or fault.unknown
        missed = miss(settle, fault.status, fault.code, fault.message) if settle and fault.status else None
        self.missed = missed is not None
        if missed is not None:
            return self._settling(missed)
        if not repeatable(method, fault, safe=safe):
            return None
        self.failed += 1
        seconds = self.policy.backoff(self.failed)
        if fault.retry_after is not None:
            seconds = fault.retry_after + self.policy.jitter() * min(1.0, fault.retry_after / 10)
        if self.failed >= self.policy.attempts or self.waited + seconds > self.policy.budget:
            return None
        self.waited += seconds
        return seconds

    def _settling(self, missed: Miss) -> float | None:
        self.misses += 1
        seconds = self.policy.settling(self.misses)
        if self.settled + seconds > missed.budget:
            return None
        self.settled += seconds
        return seconds


def retry_after(headers: Mapping[str, str], now: Callable[[], datetime]) -> float | None:
    """Seconds that the answer asks to wait (RFC 9110: seconds or a date), or None.

    Args:
        headers: Of the answer; looked up in lower case. A date is read against the answer's own `date`.
        now: The time where the answer has none.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text)) if text.replace(".", "", 1).isdecimal() else _until(text, headers, now)
    except (ValueError, TypeError, OverflowError):
        return None


def _until(text: str, headers: Mapping[str, str], now: Callable[[], datetime]) -> float:
    target = _date(text)
    start = _date(headers["date"]) if "date" in headers else now()
    return max(0.0, (target - start).total_seconds())


def _date(text: str) -> datetime:
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
