"""The order that .NET's List.Sort leaves equal items in: it is not stable for 3 items, nor for more than 16."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
Compare = Callable[[T, T], int]
SHORT = 16  # up to here items are inserted one by one


class TooDeep(Exception):  # noqa: N818 (a way out, not a fault)
    """The partitions got so uneven that .NET would change to another sort."""


def introsort(items: list[T], compare: Compare[T]) -> list[T]:
    """The items as List.Sort leaves them.

    Raises:
        TooDeep: See there.
    """
    made = list(items)
    if len(made) > 1:
        part(made, 0, len(made), 2 * len(made).bit_length(), compare)
    return made


def part(items: list[T], low: int, high: int, depth: int, compare: Compare[T]) -> None:
    """Sorts `items[low:high]` in place."""
    while high - low > 1:
        if high - low <= SHORT:
            few(items, low, high, compare)
            return
        if depth == 0:
            raise TooDeep
        depth -= 1
        pivot = split(items, low, high, compare)
        part(items, pivot + 1, high, depth, compare)
        high = pivot


def few(items: list[T], low: int, high: int, compare: Compare[T]) -> None:
    """Up to sixteen items."""
    if high - low <= 3:
        pairs = [(0, 1)] if high - low == 2 else [(0, 1), (0, 2), (1, 2)]
        for a, b in pairs:
            swap_if_greater(items, low + a, low + b, compare)
        return
    for place in range(low + 1, high):
        item, at = items[place], place - 1
        while at >= low and compare(item, items[at]) < 0:
            items[at + 1] = items[at]
            at -= 1
        items[at + 1] = item


def swap_if_greater(items: list[T], a: int, b: int, compare: Compare[T]) -> None:
    """Puts two items in order."""
    if compare(items[a], items[b]) > 0:
        items[a], items[b] = items[b], items[a]


def split(items: list[T], low: int, high: int, compare: Compare[T]) -> int:
    """Parts the items around the median of three; where that one stands then."""
    last = high - 1
    middle = low + ((last - low) >> 1)
    for a, b in ((low, middle), (low, last), (middle, last)):
        swap_if_greater(items, a, b, compare)
    pivot = items[middle]
    items[middle], items[last - 1] = items[last - 1], items[middle]
    left, right = low, last - 1
    while left < right:
        left += 1
        while compare(items[left], pivot) < 0:
            left += 1
        right -= 1
        while compare(pivot, items[right]) < 0:
            right -= 1
        if left >= right:
            break
        items[left], items[right] = items[right], items[left]
    if left != last - 1:
        items[left], items[last - 1] = items[last - 1], items[left]
    return left
