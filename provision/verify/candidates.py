"""Who the people are, and which mailboxes to try on each side of the scope; one pass over the users, nobody kept.

The few to try are spread over the tenant by a hash of their id, the same ones each time.
"""

import hashlib
import heapq
from dataclasses import dataclass, field

from provision.model.desired import Desired
from provision.verify.link import Scope, Seen, User, Users
from tenantry.graph import Graph

INSIDE, OUTSIDE, ACTIVE = 60, 200, 5
"""Mailboxes that may be tried on each side, in `$batch`es of twenty; people whose presence may be read."""

Entry = tuple[int, str, str]  # hash negated, id, address


@dataclass
class Candidates:
    """Mailboxes to try: id and address."""

    desired: Desired
    scope: Scope
    _inside: list[Entry] = field(default_factory=list)
    _outside: list[Entry] = field(default_factory=list)

    def side(self, user: User) -> bool | None:
        """Whether the mailbox is in scope; None where that is not known."""
        mailboxes = self.desired.mailboxes
        if mailboxes.all:
            return True
        if mailboxes.rooms:
            named = {room.lower() for room in mailboxes.rooms}
            return (user.mail or "").lower() in named or user.id.lower() in named
        return None if self.scope.members is None else user.id in self.scope.members

    def offer(self, user: User, *, wanted: bool) -> None:
        """Takes the user into the sample of a side, where it is told."""
        side = self.side(user)
        if side is True and wanted and (user.person or self.desired.mailboxes.rooms):
            _keep(self._inside, user, INSIDE)
        elif side is False and user.mail and user.user_type != "Guest":
            _keep(self._outside, user, OUTSIDE)

    @property
    def inside(self) -> list[tuple[str, str]]:
        """Those in scope; rooms as tenantry.toml names them, whoever could be listed."""
        rooms = self.desired.mailboxes.rooms
        return [(room, room) for room in rooms[:INSIDE]] if rooms else _listed(self._inside)

    @property
    def outside(self) -> list[tuple[str, str]]:
        """Those outside."""
        return _listed(self._outside)


async def read_users(seen: Seen, graph: Graph, candidates: Candidates) -> Users:
    """Streams the users once."""
    people, rooms = seen.desired.people, seen.desired.mailboxes.rooms or ()
    users = Users(met={person.address.lower(): 0 for person in people.listed})
    named = {room.lower() for room in rooms}
    hashes: dict[int, int] = {}
    query: dict[str, str | int] = {"$select": "id,mail,accountEnabled,userType", "$top": 999}
    async for user in graph.items("/users", query, type=User):
        users.total += 1
        address = (user.mail or "").lower()
        wanted = people.all or address in users.met
        users.rooms |= named & {address, user.id.lower()}
        if user.person:
            users.addresses += 1
            _count(users, hashes, address, user.id)
            if wanted and len(users.active) < ACTIVE:
                users.active.append(user)
            if people.listed and wanted and candidates.side(user) is False and len(users.beyond) <= ACTIVE:
                users.beyond.append(address)
        candidates.offer(user, wanted=wanted)
    return users


def _count(users: Users, hashes: dict[int, int], address: str, key: str) -> None:
    """Counts listed addresses, and notes one that another user bears too; of the users only hashes are kept."""
    if address in users.met:
        users.met[address] += 1
    number = _hash(key)
    if hashes.setdefault(_hash(address), number) != number and (not users.met or address in users.met):
        users.twice.add(address)


def _keep(heap: list[Entry], user: User, most: int) -> None:
    """Keeps those with the smallest hashes."""
    entry = (-_hash(user.id), user.id, user.mail or "")
    if len(heap) < most:
        heapq.heappush(heap, entry)
    else:
        heapq.heappushpop(heap, entry)


def _listed(heap: list[Entry]) -> list[tuple[str, str]]:
    return [(key, mail) for _, key, mail in sorted(heap, reverse=True)]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
