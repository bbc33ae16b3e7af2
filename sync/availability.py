"""What a person is now and when that next changes: one pure function of events, rules and time.

The rules of time, as in CONTRACTS: events are half-open; of overlapping ones the first in `priority` wins, ties by
later end, then event id; with none the state is the mapping of `free`, source `default`; `until` is when any of
state, source, subject, location next changes; back-to-back events that look alike are one.
"""

from collections.abc import Iterable

from sync.model import Availability, Event
from sync.rules import state_of, weigh
from tenantry.integration import Rules

_Ranked = tuple[int, int, str, int, Availability]  # rank, -end, id, start, what it makes of the person


def availability(events: Iterable[Event], rules: Rules, now: int) -> Availability:
    """The availability at `now` (an instant) as far as these events tell.

    Args:
        events: All known events of one mailbox, masked; past and dropped ones may be among them.
        rules: The rules of now.
        now: The instant asked for; an event that starts then counts, one that ends then does not.

    Returns:
        The state with `until`: the next instant at which state, source, subject or location differ, or None.
    """
    ranked = [
        _rank(event, weighed.state, weighed.rank, weighed.subject, weighed.location)
        for event in events
        if event.start < event.end and event.end > now and not (weighed := weigh(event, rules)).why
    ]
    ranked.sort(key=lambda each: each[:3])
    nothing = Availability(state=state_of("free", rules), source="default")
    current = _winner(ranked, now, nothing)
    return Availability(
        state=current.state,
        source=current.source,
        subject=current.subject,
        location=current.location,
        until=_until(ranked, now, current, nothing),
    )


def _rank(event: Event, state: str, rank: int, subject: str | None, location: str | None) -> _Ranked:
    return rank, -event.end, event.id, event.start, Availability(state, "calendar", subject, location)


def _winner(ranked: list[_Ranked], at: int, nothing: Availability) -> Availability:
    """The first in order of those that cover `at`."""
    return next((made for _, end, _, start, made in ranked if start <= at < -end), nothing)


def _until(ranked: list[_Ranked], now: int, current: Availability, nothing: Availability) -> int | None:
    """Walks the boundaries ahead until one changes what is seen."""
    ahead = {start for _, _, _, start, _ in ranked} | {-end for _, end, _, _, _ in ranked}
    return next((at for at in sorted(ahead) if at > now and _winner(ranked, at, nothing) != current), None)
