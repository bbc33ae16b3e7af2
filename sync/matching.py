"""Which Microsoft user is which switchboard user: by `mail` alone, each user once, and always the same choice."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sync.model import Match, User
from tenantry.integration import IntegrationFile, Person

LARGEST_LOSS = 0.2  # of the people known; more missing at once is taken for a fault of the read, not for the truth


def preference(user: User) -> tuple[bool, bool, str]:
    """Sorts users who share an address, best first: enabled before disabled, member before guest, then lowest id."""
    return not user.enabled, not user.member, user.id


def why(chosen: User, other: User) -> str:
    """Why `chosen` is taken and not `other`."""
    if chosen.enabled != other.enabled:
        return "the other account is enabled, this one is disabled"
    if chosen.member != other.member:
        return "the other account is a member, this one is a guest"
    return "the other account has the lower id"


class Wanted:
    """The people of an integration file: whom to look for, with their keys."""

    def __init__(self, file: IntegrationFile) -> None:
        self.everybody = file.people.all
        self._follow = file.rules.follow
        self._rooms = frozenset(room.lower() for room in file.mailboxes.rooms or ())
        self._listed: dict[str, tuple[int, Person]] = {}
        for order, person in enumerate(() if self.everybody else file.people.listed):
            self._listed.setdefault(person.address.lower(), (order, person))
        self.keys = frozenset(person.key for _, person in self._listed.values())

    def wants(self, key: str) -> bool:
        """Whether this key is still configured."""
        return self.everybody or key in self.keys

    def interested(self, user: User) -> bool:
        """Whether this user could be anybody's match."""
        return user.address is not None and (self.everybody or user.address in self._listed)

    def persons(self, key_or_address: str) -> list[Person]:
        """The listed persons of a key or address."""
        named = key_or_address.lower()
        return [p for _, p in self._listed.values() if p.key == key_or_address or p.address.lower() == named]

    def match(self, users: Iterable[User]) -> Iterator[Match]:
        """Finds the user of every person.

        Args:
            users: Those with an address, sorted by address.
        """
        choices = (sorted(group, key=preference) for _, group in groupby(users, key=lambda user: user.address))
        return self._match_all(choices) if self.everybody else self._match_listed(choices)

    def _match_all(self, choices: Iterable[list[User]]) -> Iterator[Match]:
        """Everybody: members that may sign in. Shared mailboxes and rooms (disabled) and guests are not people."""
        for best, *others in choices:
            if best.enabled and best.member and best.address:
                yield self._matched(best.address, best, self._follow, len(others))

    def _match_listed(self, choices: Iterable[list[User]]) -> Iterator[Match]:
        """The listed ones; of a person's several addresses the first in the list that exists."""
        found: dict[str, tuple[int, Match]] = {}
        for best, *others in choices:
            order, person = self._listed.get(best.address or "", (0, None))
            if person is not None and (person.key not in found or order < found[person.key][0]):
                follow = self._follow if person.follow is None else person.follow
                found[person.key] = order, self._matched(person.key, best, follow, len(others))
        return (match for _, match in found.values())

    def _matched(self, key: str, user: User, follow: bool, others: int) -> Match:
        address = user.address or ""
        return Match(key, address, user.id, follow, "room" if address in self._rooms else "person", others)


class Shrink(NamedTuple):
    """What a users read would take away: `known` people still wanted, `lost` of them; `users` came in all."""

    users: int
    known: int
    lost: int


def shrink(users: int, active: int, missing: Sequence[str], wanted: Wanted) -> Shrink:
    """Counts the loss; people the admin took out of the configuration are no loss."""
    lost = sum(wanted.wants(key) for key in missing)
    return Shrink(users, active - (len(missing) - lost), lost)


def refusal(loss: Shrink) -> str:
    """Why this read is not believed, or an empty string: it is empty, or too many known people are missing."""
    if loss.users == 0:
        return "Graph answered with an empty list of users"
    if loss.lost > max(1, LARGEST_LOSS * loss.known):
        return f"{loss.lost} of {loss.known} known people are missing from the list of users"
    return ""
