"""Conditional Access takes one writing request a second; more get 429 without Retry-After.

learn.microsoft.com/graph/throttling-limits. A tenth of a second is forgiven: requests travel unevenly.
"""

from datetime import timedelta

from simulator.core import Call, GraphFault

APART = timedelta(seconds=0.9)


def take_turn(call: Call) -> None:
    """Lets one request through a second of the tenant's time, for each application."""
    now, key = call.tenant.now(), f"conditional access of {call.token.app_id}"
    before = call.tenant.busy.get(key)
    if before is not None and before <= now < before + APART:
        raise GraphFault(429, "TooManyRequests", "Too many requests.")
    call.tenant.busy[key] = now
