"""Lists that Graph replaces whole: read afresh right before the write, and only our own entries moved.

Between the plan's read and the write somebody else may have added an entry, and a replica that lags may not show it.
So the list is read until equal reads in a row agree, and an entry that any read of this run saw stays on it, unless
the plan takes it away.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from provision.apply.work import Work

T = TypeVar("T", bound=Hashable)
READS = 3
"""Equal reads in a row that count as the newest version."""


@dataclass(frozen=True)
class Moved(Generic[T]):
    """What a change puts onto a list and takes off it."""

    added: tuple[T, ...]
    removed: tuple[T, ...]

    @classmethod
    def between(cls, before: Iterable[T], after: Iterable[T]) -> "Moved[T]":
        """The difference of two lists."""
        before, after = tuple(before), tuple(after)
        return cls(
            added=tuple(entry for entry in after if entry not in before),
            removed=tuple(entry for entry in before if entry not in after),
        )

    @property
    def back(self) -> "Moved[T]":
        """The way back."""
        return Moved(added=self.removed, removed=self.added)

    def applied(self, *lists: Iterable[T]) -> tuple[T, ...]:
        """Everything on any of these lists, in order, less what is removed and with what is added."""
        there = dict.fromkeys(entry for one in lists for entry in one)
        return (
            *(entry for entry in there if entry not in self.removed),
            *(entry for entry in self.added if entry not in there),
        )


async def newest(work: Work, read: Callable[[], Awaitable[T | None]]) -> T | None:
    """What equal reads in a row agree on; None where they agree that it is not there."""
    last: list[T | None] = []

    async def wrapped() -> tuple[T | None]:
        return (await read(),)

    def believed(found: tuple[T | None]) -> bool:
        same = not last or last[-1] == found[0]
        last.append(found[0])
        return same

    return (await work.graph.settled(wrapped, believed, times=READS))[0]
