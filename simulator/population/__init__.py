"""The people of a simulated tenant: accounts, groups and rooms that follow from a seed and are never stored.

`Population` is the source of the collection `users`: 100,000 accounts cost nothing until somebody asks for one.
"""

from collections.abc import Iterator
from typing import Any

from simulator.population.groups import groups, members
from simulator.population.ids import Ids
from simulator.population.kinds import TWINS, Kind, kind_of
from simulator.population.people import USER, number_in, user
from simulator.population.places import Places

__all__ = ["Kind", "Places", "Population", "has_mailbox", "kind_of"]
JSON = dict[str, Any]


class Population:
    """`count` accounts of a tenant whose default domain is `domain`, all of them a function of `seed`."""

    indexed = frozenset({"id", "userPrincipalName", "mail"})

    def __init__(self, seed: int, count: int, domain: str) -> None:
        self.seed = seed
        self.domain = domain
        self.ids = Ids(seed)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def at(self, index: int) -> JSON:
        """The full Graph user at an index, made anew at each call."""
        return user(self.seed, self.ids, index, self.domain)

    def index(self, object_id: str) -> int | None:
        """The index of the account with an id, or None where the id is none of ours."""
        kind, index = self.ids.read(object_id) or (0, 0)
        return index if kind == USER and index < self._count else None

    def lookup(self, key: str, value: object) -> int | None:
        """The first account whose property (one of `indexed`) has a value, ignoring case; None where none has."""
        return next(iter(self.matches(key, value)), None)

    def matches(self, key: str, value: object) -> list[int]:
        """Every account whose property has a value: an address can belong to two."""
        if key not in self.indexed or not isinstance(value, str):
            return []
        if key == "id":
            index = self.index(value)
            return [] if index is None else [index]
        number = number_in(value)
        if number is None:
            return []
        wanted = value.lower()
        near = [index for index in (number, number + 1) if 0 <= index < self._count]
        return [i for i in near if (i == number or kind_of(i) in TWINS) and (self.at(i)[key] or "").lower() == wanted]

    def groups(self) -> list[JSON]:
        """Every group (shape: graph group): mail-enabled security, nested, Microsoft 365, distribution, dynamic."""
        return groups(self.seed, self.ids, self.domain)

    def members(self) -> Iterator[tuple[str, str]]:
        """Memberships as (group id, member id); a member is an account or a nested group."""
        return members(self.ids, self._count)

    def places(self) -> Places:
        """The source of the collection `places`: room lists, and a room for each room account."""
        return Places(self.seed, self.ids, self._count, self.domain)


def has_mailbox(account: JSON) -> bool:
    """Whether an account has a mailbox in Exchange Online.

    It has none without an address, as a guest, or where its licences name services but not Exchange (a mailbox that
    still stands on premises). Rooms and shared mailboxes need no licence.
    """
    if not account.get("mail") or account.get("userType") == "Guest":
        return False
    plans = account.get("assignedPlans")
    return not plans or any(p.get("service") == "exchange" and p.get("capabilityStatus") == "Enabled" for p in plans)
