"""What a person is now and when that next changes: one pure function of events, rules and time.

The rules of time, as in CONTRACTS: events are half-open; of overlapping ones the first in `priority` wins, ties by
later end, then event id; with none the state is the mapping of `free`, source `default`; `until` is when any of
state, source, subject, location next changes; back-to-back events that look alike are one.
"""

from collections.abc import Iterable, Iterator

from sync.model import Availability, Event, Source
from sync.rules import state_of, weigh
from tenantry.integration import Rules

_Look = tuple[str, Source, str | None, str | None]  # state, source, subject, location: what others see of a person
_Ranked = tuple[int, int, str, int, _Look]  # rank, -end, event id, start, what it makes of the person


def availability(events: Iterable[Event], rules: Rules, now: int) -> Availability:
    """The availability at `now` (an instant) as far as these events tell.

    Args:
        events: All known events of one mailbox, masked; past and dropped ones may be among them.
        rules: The rules of now.
        now: The instant asked for; an event that starts then counts, one that ends then does not.

    Returns:
        The state with `until`: the next instant at which state, source, subject or location differ, or None.
    """
    ranked = sorted(_ranked(events, rules, now))
    nothing: _Look = state_of("free", rules), "default", None, None
    current = _winner(ranked, now, nothing)
    return Availability(*current, until=_until(ranked, now, current, nothing))


def _ranked(events: Iterable[Event], rules: Rules, now: int) -> Iterator[_Ranked]:
    """The events that still count, as tuples that sort best first."""
    for event in events:
        if event.start < event.end and event.end > now:
            weighed = weigh(event, rules)
            if not weighed.why:
                look: _Look = weighed.state, "calendar", weighed.subject, weighed.location
                yield weighed.rank, -event.end, event.id, event.start, look


def _winner(ranked: list[_Ranked], at: int, nothing: _Look) -> _Look:
    """The first in order of those that cover `at`."""
    for _, end, _, start, look in ranked:
        if start <= at < -end:
            return look
    return nothing


def _until(ranked: list[_Ranked], now: int, current: _Look, nothing: _Look) -> int | None:
    """Walks the boundaries ahead until one changes what is seen."""
    ahead = {each[3] for each in ranked} | {-each[1] for each in ranked}
    return next((at for at in sorted(ahead) if at > now and _winner(ranked, at, nothing) != current), None)
