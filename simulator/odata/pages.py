"""Pages of long lists: which objects stand on one, and the opaque token that leads to the next."""

import base64
import binascii
import heapq
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from functools import total_ordering
from itertools import islice
from typing import Any, Protocol, runtime_checkable

from simulator.core import GraphFault
from simulator.odata.options import Options
from simulator.odata.syntax import Both, Compare, Literal, Node, Path

JSON = dict[str, Any]
ODD_SIZES = (3, 7, 13, 29, 61, 97)


@runtime_checkable
class Rows(Protocol):
    """A list that can begin anywhere (`simulator.store.View`)."""

    keys: tuple[str, ...]

    def walk(self, start: int = 0) -> Iterator[tuple[int, JSON]]:
        """Objects with positions, from a position on."""
        ...

    def find(self, key: str, value: str) -> Iterator[tuple[int, JSON]]:
        """Objects with a value of one of `keys` or `id`, positions rising."""
        ...


class Listed:
    """Any iterable as Rows; one that can be read once only is short, and read now."""

    keys: tuple[str, ...] = ()

    def __init__(self, rows: Iterable[JSON]) -> None:
        self._rows = list(rows) if isinstance(rows, Iterator) else rows

    def walk(self, start: int = 0) -> Iterator[tuple[int, JSON]]:
        """Objects with positions, from a position on."""
        return islice(enumerate(self._rows), start, None)

    def find(self, key: str, value: str) -> Iterator[tuple[int, JSON]]:
        """Nothing is indexed: never asked, since `keys` is empty but for `id`."""
        return ((at, row) for at, row in self.walk() if str(row.get(key, "")).lower() == value.lower())


@dataclass(frozen=True)
class Token:
    """Where a page begins: `after` is a position, or with `$orderby` the sort keys and position of the last object."""

    number: int = 0  # of the page, from 0
    after: Any = 0


@dataclass(frozen=True)
class Page:
    """One page and the token of the next, None at the end."""

    rows: list[JSON]
    following: Token | None


def digest(path: str, query: Mapping[str, str]) -> int:
    """A number for the question that a token belongs to."""
    asked = sorted((name, value) for name, value in query.items() if name != "$skiptoken")
    return zlib.crc32(json.dumps([path, asked]).encode())


def write_token(token: Token, question: int) -> str:
    """The token as it stands in the link: opaque."""
    text = json.dumps([question, token.number, token.after], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_token(text: str | None, question: int) -> Token:
    """The token of a request. Raises GraphFault where it is none, or belongs to another question."""
    if text is None:
        return Token()
    try:
        made = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        asked, number, after = made
    except (ValueError, TypeError, binascii.Error):
        asked, number, after = -1, 0, 0
    if asked != question:
        message = "The specified page token value has expired and can no longer be included in your request."
        raise GraphFault(400, "Directory_ExpiredPageToken", message)
    return Token(number, after)


def odd_size(question: int, number: int, default: int) -> int:
    """The size of a page where nobody asked for one and the service pleases to be awkward."""
    return min(default, ODD_SIZES[zlib.crc32(f"{question} {number}".encode()) % len(ODD_SIZES)])


def cut(rows: Rows, options: Options, token: Token, size: int, *, lazy: bool = False) -> Page:
    """The page that begins at a token. `lazy`: does not look whether anything follows, so the next may be empty."""
    if options.order:
        return _sorted(rows, options, token, size)
    found: list[JSON] = []
    last = -1
    start = int(token.after)
    for position, row in matching(rows, options, start):
        if len(found) == size:
            return Page(found, Token(token.number + 1, position))
        found.append(row)
        last = position
        if lazy and len(found) == size:
            return Page(found, Token(token.number + 1, last + 1))
    return Page(found, None)


def skipped(rows: Rows, options: Options, size: int) -> Page:
    """A page as mailboxes count it: `$skip` objects of the filtered and sorted list are left out."""
    found = [row for _, row in matching(rows, options)]
    if options.order:
        found.sort(key=_sort_key(options.order))
    end = options.skip + size
    return Page(found[options.skip : end], Token(0, end) if end < len(found) else None)


def matching(rows: Rows, options: Options, start: int = 0) -> Iterator[tuple[int, JSON]]:
    """Objects that pass `$filter` and `$search`, through the index where the filter names an indexed property."""
    test = options.test
    if test is None:
        return rows.walk(start)
    pair = indexed(options.tree, rows.keys)
    candidates = rows.walk(start) if pair is None else rows.find(*pair)
    return ((at, row) for at, row in candidates if at >= start and test(row))


def indexed(tree: Node | None, keys: tuple[str, ...]) -> tuple[str, str] | None:
    """A property with an index and the value it must have for the filter to pass."""
    match tree:
        case Both("and", left, right):
            return indexed(left, keys) or indexed(right, keys)
        case Compare("eq", Path((name,)), Literal("string" | "guid", str(value))) if name in (*keys, "id"):
            return name, value
    return None


def count(rows: Rows, options: Options) -> int:
    """How many objects there are in all."""
    if options.test is None and isinstance(rows, Sized):
        return len(rows)
    return sum(1 for _ in matching(rows, options))


@total_ordering
class _Down:
    """Turns the order of a sort key round."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and self.value == other.value

    def __lt__(self, other: "_Down") -> bool:
        return bool(other.value < self.value)

    __hash__ = None  # type: ignore[assignment]


def _sorted(rows: Rows, options: Options, token: Token, size: int) -> Page:
    """A page of a sorted list: the smallest after the last one sent, so that nothing is kept between requests."""
    key = _sort_key(options.order)
    entries = ((key(row), at, row) for at, row in matching(rows, options))
    if token.after:
        texts, position = token.after
        last = (_wrap(options.order, [tuple(part) for part in texts]), position)
        entries = (entry for entry in entries if (entry[0], entry[1]) > last)
    best = heapq.nsmallest(size + 1, entries, key=lambda entry: (entry[0], entry[1]))
    page = best[:size]
    if len(best) <= size:
        return Page([row for _, _, row in page], None)
    tail = page[-1]
    bare = [part.value if isinstance(part, _Down) else part for part in tail[0]]
    return Page([row for _, _, row in page], Token(token.number + 1, [bare, tail[1]]))


def _sort_key(order: tuple[tuple[str, bool], ...]) -> Callable[[JSON], tuple[Any, ...]]:
    paths = [name.split("/") for name, _ in order]

    def run(row: JSON) -> tuple[Any, ...]:
        return _wrap(order, [_comparable(_at(row, path)) for path in paths])

    return run


def _wrap(order: tuple[tuple[str, bool], ...], parts: list[tuple[int, Any]]) -> tuple[Any, ...]:
    return tuple(_Down(part) if down else part for part, (_, down) in zip(parts, order, strict=True))


def _at(row: Any, path: list[str]) -> Any:
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    return row


def _comparable(value: Any) -> tuple[int, Any]:
    """A sort key that survives mixed values: null first, then numbers, then texts."""
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, (int, float)) else (2, str(value).casefold())
