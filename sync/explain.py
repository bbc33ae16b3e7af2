"""Why a person is what they are at a time: the match, the users passed over, every event and what became of it.

Told from the store alone, so it shows no more than sinks may know: private and forbidden texts are not in it.
"""

import msgspec

from sync import instants
from sync.availability import availability
from sync.matching import Wanted, preference, why
from sync.model import Availability, Event, Person, User, unpack
from sync.rules import weigh
from sync.sources.calendars import AHEAD, BACK
from sync.store import Store
from tenantry.integration import IntegrationFile, Rules

_WORDS = {
    "cancelled": "it was cancelled",
    "declined": "the person declined it",
    "skipped": "this Outlook state is not synced",
    "private": "it is private, and private events are skipped",
}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A user who has the address, and why it is taken or not."""

    id: str
    name: str
    enabled: bool
    member: bool
    chosen: bool
    why: str


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event and what became of it: wins, loses, dropped, or not now."""

    start: str
    end: str
    show: str
    private: bool
    state: str | None
    verdict: str
    why: str
    subject: str | None = None
    location: str | None = None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one person of one integration; without a match only the facts say why."""

    tenant: str
    integration: str
    address: str
    at: str
    facts: list[str]
    key: str | None = None
    follows: bool | None = None
    stale: bool | None = None
    candidates: list[Candidate] = []
    availability: dict[str, str | None] | None = None
    events: list[EventView] = []


def explain(file: IntegrationFile, store: Store | None, name: str, at: int, now: int) -> list[Explained]:
    """Explains everybody of that key or address; one answer with facts alone where there is nobody."""
    if store is None:
        return [_nobody(file, name, at, ["The runner has not worked yet: start `tenantry sync run`."])]
    found = store.named(name)
    if not found:
        return [_nobody(file, name, at, _why_nobody(file, store, name))]
    return [_person(file, store, person, at, now) for person in found]


def _person(file: IntegrationFile, store: Store, person: Person, at: int, now: int) -> Explained:
    state, events = _state(person, file.rules, at)
    return Explained(
        tenant=file.tenant.name,
        integration=file.integration,
        address=person.address,
        at=instants.text(at),
        facts=_facts(person, state, at, now),
        key=person.key,
        follows=person.follow,
        stale=bool(person.stale),
        candidates=_candidates(store.users_at(person.address), person),
        availability=None if state is None else _shown(state),
        events=events,
    )


def _nobody(file: IntegrationFile, name: str, at: int, facts: list[str]) -> Explained:
    return Explained(
        tenant=file.tenant.name, integration=file.integration, address=name.lower(), at=instants.text(at), facts=facts
    )


def _why_nobody(file: IntegrationFile, store: Store, name: str) -> list[str]:
    """Why a name has no person: not configured, no such user, no address, or an account that is passed over."""
    wanted = Wanted(file)
    if not wanted.everybody and not wanted.persons(name):
        return ["No person with this key or address is configured."]
    users = store.users_at(name)
    if not users:
        return ["No user of the directory has this address as `mail`. Aliases (proxyAddresses) are not matched."]
    facts = []
    for user in users:
        if user.address != name.lower():
            has = f"its `mail` is {user.address}" if user.address else "it has no `mail`"
            facts.append(f"The user {user.name} has this only as its sign-in name; {has}.")
        elif wanted.everybody and not (user.enabled and user.member):
            kind = "is disabled" if not user.enabled else "is a guest"
            facts.append(f"The user {user.name} {kind}; of everybody only members that may sign in are synced.")
    return facts or ["The user is there, but was not matched in the last round."]


def _candidates(users: list[User], person: Person) -> list[Candidate]:
    """The users of the address, the chosen one first."""
    sharing = sorted((user for user in users if user.address == person.address), key=preference)
    chosen = next((user for user in sharing if user.id == person.user), None)
    return [
        Candidate(
            id=user.id,
            name=user.name,
            enabled=user.enabled,
            member=user.member,
            chosen=user is chosen,
            why="its `mail` is the address" if user is chosen or chosen is None else f"not taken: {why(chosen, user)}",
        )
        for user in sharing
    ]


def _facts(person: Person, state: Availability | None, at: int, now: int) -> list[str]:
    """What to know beside the events."""
    facts = []
    if person.gone is not None:
        facts.append(f"Matched no more since {instants.text(person.gone)}: released to the default.")
    elif not person.follow:
        facts.append("This person does not follow the calendar; it is not read, and nothing is sent.")
    elif person.calendar is None:
        facts.append("The calendar has not been read yet.")
    if person.failure:
        facts.append(f"The last read of the calendar failed ({person.failure}); what was known is held.")
    elif person.stale:
        facts.append("The last read of the users failed; what was known is held.")
    if state is not None and not now - BACK <= at <= now + AHEAD:
        facts.append("This time lies outside the window that is read; events may be missing.")
    if person.sent is not None:
        facts.append(f"Last record: number {person.sent.sequence} at {person.sent.at}, {person.sent.state}.")
    return facts


def _state(person: Person, rules: Rules, at: int) -> tuple[Availability | None, list[EventView]]:
    """The availability at that time and the fate of each event around it."""
    if person.calendar is None:
        return None, []
    events = sorted(unpack(person.calendar), key=lambda event: (event.start, event.id))
    winner = _winner(events, rules, at)
    return availability(events, rules, at), [_event(event, winner, rules, at) for event in events]


def _winner(events: list[Event], rules: Rules, at: int) -> Event | None:
    """The event that decides at that time."""
    live = [event for event in events if event.start <= at < event.end and not weigh(event, rules).why]
    return min(live, key=lambda event: (weigh(event, rules).rank, -event.end, event.id), default=None)


def _event(event: Event, winner: Event | None, rules: Rules, at: int) -> EventView:
    weighed = weigh(event, rules)
    if weighed.why:
        verdict, reason = "dropped", _WORDS[weighed.why]
    elif not event.start <= at < event.end:
        verdict, reason = "not now", "it is over" if event.end <= at else "it has not begun"
    elif event is winner:
        verdict, reason = "wins", "first in priority of what is on now"
    else:
        verdict, reason = "loses", _lost(event, winner, rules)
    return EventView(
        start=instants.text(event.start),
        end=instants.text(event.end),
        show=event.show,
        private=event.private,
        state=weighed.state or None,
        verdict=verdict,
        why=reason,
        subject=weighed.subject,
        location=weighed.location,
    )


def _lost(event: Event, winner: Event | None, rules: Rules) -> str:
    """Why another event decides."""
    if winner is None or weigh(event, rules).rank != weigh(winner, rules).rank:
        return "another state comes first in priority"
    return "another of the same rank ends later" if event.end != winner.end else "another has the lower event id"


def _shown(state: Availability) -> dict[str, str | None]:
    return {
        "state": state.state,
        "source": state.source,
        "subject": state.subject,
        "location": state.location,
        "until": None if state.until is None else instants.text(state.until),
    }
