"""Whom each integration user watches. People stay with their user as long as both are there; nobody is shuffled."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from provision.model.actual import Actual
from provision.model.desired import Desired
from provision.plan.users.slots import known, slots_of
from tenantry.stores.beside import beside

Shards = dict[str, tuple[str, ...]]


def shards(users: Sequence[str], people: Iterable[str], before: Mapping[str, Iterable[str]], each: int) -> Shards:
    """The people (addresses) of each user, sorted; newcomers go to whoever watches fewest.

    Args:
        users: User principal names, in their order.
        people: Everybody to watch. More than `each` a user are left out; the plan refuses that before.
        before: What was assigned until now.
        each: The most for one user.
    """
    left = set(people)
    assigned: dict[str, list[str]] = {}
    for user in users:
        kept = sorted(left.intersection(before.get(user, ())))[:each]
        assigned[user] = kept
        left.difference_update(kept)
    for person in sorted(left):
        user = min(users, key=lambda name: len(assigned[name]), default="")
        if user and len(assigned[user]) < each:
            assigned[user].append(person)
    return {user: tuple(sorted(watched)) for user, watched in assigned.items()}


def integration_users(desired: Desired, actual: Actual) -> tuple[dict[str, Any], ...]:
    """What the integration file says of them: who, where the password lies, and whom each one watches."""
    wanted, users = desired.users, known(actual)
    if wanted is None or not wanted.wanted:
        return ()
    before = actual.emitted.integration_users if actual.emitted else ()
    assigned = {str(u.get("userPrincipalName", "")).lower(): u.get("people") or () for u in before}
    wished = slots_of(wanted, users)
    watched = shards([slot.upn for slot in wished], users.people, assigned, wanted.each)
    return tuple(
        {
            "id": account.id if (account := users.accounts.get(slot.upn)) else "",
            "userPrincipalName": slot.upn,
            "store": msgspec.to_builtins(beside(wanted.store, slot.upn)),
            "people": list(watched[slot.upn]),
        }
        for slot in wished
    )
