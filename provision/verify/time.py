"""This machine's clock, held against the time in Microsoft's own token: a wrong one reads the wrong day."""

from provision.verify.link import Called, Seen
from provision.verify.place import Place
from tenantry.graph import Graph

_BEHIND, _AHEAD = 300, 900
"""Seconds that are fine: tokens are dated up to five minutes back."""


async def prove_time(seen: Seen, app: Graph | None, place: Place) -> list[Called]:  # noqa: ARG001 (all alike)
    """Nothing where the clock is right, or there is no token to tell by."""
    issued = (seen.claims or {}).get("iat")
    if not isinstance(issued, int | float):
        return []
    off = seen.now.timestamp() - issued
    if -_BEHIND <= off <= _AHEAD:
        return []
    fact = f"This machine's clock is {_words(abs(off))} {'ahead of' if off > 0 else 'behind'} Microsoft's."
    return [Called("state", False, fact, "Set the clock, best by a time service (NTP).")]


def _words(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
