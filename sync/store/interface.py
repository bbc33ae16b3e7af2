"""What sync asks of a store. Each method is one transaction: it happens wholly or not at all, and survives a crash."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from sync.model import CALENDAR_STALE, USERS_STALE, Match, Pending, People, Person, Record, Round, User


class Store(Protocol):
    """Holds the directory, the matched people with calendars and last records, the outbox and the rounds."""

    # The directory: a users round is staged page by page and adopted in one step, or dropped.

    def begin_users(self) -> None:
        """Empties the staging area for a new users round."""
        ...

    def stage_users(self, users: Iterable[User]) -> None:
        """Adds a page; the same id twice counts once, the last wins."""
        ...

    def staged_users(self) -> Iterator[User]:
        """The staged users that have an address, by address, then id."""
        ...

    def stage_matches(self, matches: Iterable[Match]) -> tuple[int, int]:
        """Replaces the staged matches; returns how many there are, and how many of them passed other users over."""
        ...

    def staged_loss(self) -> tuple[int, int, list[str]]:
        """How many users are staged, how many people are matched by now, and the keys that would be lost."""
        ...

    def adopt(self, now: int, people: People) -> None:
        """Makes the staged users and matches the valid ones.

        People matched no more are `gone` since `now`, their calendar is deleted; a key that has another user now
        loses the calendar of the old one. Who has anything to tell is due at `now`.
        """
        ...

    def users_at(self, address: str) -> list[User]:
        """The users whose `mail`, or failing that user principal name, is this address."""
        ...

    def people(self) -> People | None:
        """What the last adopted users round made of the people, None before the first."""
        ...

    # The people.

    def person(self, key: str) -> Person | None:
        """The person of that key as it is now."""
        ...

    def persons_of(self, keys: Iterable[str]) -> dict[str, Person]:
        """Those of these keys that exist, as they are now."""
        ...

    def persons(self, after: str = "", limit: int = 500, *, readable: bool = False) -> list[Person]:
        """The next people by key; `readable`: only matched ones that follow their calendar."""
        ...

    def due(self, until: int, limit: int = 500) -> list[Person]:
        """People whose `next` is not after `until`, earliest first."""
        ...

    def next_due(self) -> int | None:
        """The earliest `next` of all."""
        ...

    def named(self, key_or_address: str) -> list[Person]:
        """The people of this key or (lower-cased) address."""
        ...

    def save(self, persons: Sequence[Person], records: Sequence[Record], sinks: Sequence[str]) -> None:
        """Saves what moves of the people together with the records for each sink's outbox.

        Of a person `gone`, `stale`, `failure`, `next`, `calendar` and `sent` are saved; people forgotten meanwhile
        are passed over with their records.
        """
        ...

    def hasten(self, now: int) -> None:
        """Makes everybody who has a calendar or a record due at `now`: the rules changed."""
        ...

    def stale(self, reasons: int = USERS_STALE | CALENDAR_STALE) -> int:
        """How many people that follow a known calendar are stale for one of these reasons at least."""
        ...

    def failures(self) -> list[tuple[str, int]]:
        """Why mailboxes could not be read at the last attempt, with counts, most frequent first."""
        ...

    def floor(self) -> int:
        """No new person's sequence begins at or below this, so that a forgotten key never repeats a number."""
        ...

    # The outbox.

    def keep_sinks(self, sinks: Sequence[str]) -> None:
        """Drops what waits for other sinks; to a sink not known before, everybody's last record is due once more."""
        ...

    def pending(self, sink: str, limit: int = 500) -> list[Pending]:
        """The oldest records that the sink has not taken."""
        ...

    def waiting(self, sink: str) -> int:
        """How many records the sink has not taken."""
        ...

    def delivered(self, sink: str, ids: Iterable[int]) -> None:
        """The sink has taken these."""
        ...

    # Rounds and facts.

    def save_round(self, done: Round) -> None:
        """Replaces the last round of its kind."""
        ...

    def rounds(self) -> dict[str, Round]:
        """The last round of each kind by name."""
        ...

    def fact(self, name: str) -> str | None:
        """A remembered text, e.g. the fingerprint of the rules."""
        ...

    def save_fact(self, name: str, value: str) -> None:
        """Remembers a text."""
        ...

    # The end of a person, and of the store.

    def forget(self, key_or_address: str) -> list[str]:
        """Deletes everything about these people; returns their keys. A name nobody has leaves all as it is."""
        ...

    def purge(self, before: int) -> int:
        """Forgets people that are gone since before that time; returns how many."""
        ...

    def close(self) -> None:
        """Ends the use."""
        ...
