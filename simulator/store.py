"""Where a simulated tenant keeps its objects: collections whose writes reach other replicas late.

A collection may stand on a `Source` that makes its objects on demand (100,000 users cost nothing until read);
only what was written is held in memory. Every object has a position that never changes, so that a page of a
long list begins where the last one ended without reading what came before.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

JSON = dict[str, Any]


class Clock(Protocol):
    """Simulated time."""

    def now(self) -> datetime:
        """The moment it is in the tenant, with time zone."""
        ...


class Source(Protocol):
    """Objects made on demand, in a fixed order."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def at(self, index: int) -> JSON | None:
        """The object at a position, the same each time; None where nothing stands there."""
        ...

    def index(self, id: str) -> int | None:  # noqa: A002 - the property's own name
        """The position of an id, None where it is not of this source."""
        ...

    def lookup(self, key: str, value: str) -> int | None:
        """The first position whose property `key` is `value` (without case); None: no such object."""
        ...


@runtime_checkable
class ManySource(Source, Protocol):
    """A source that can tell all positions with a value, for keys that are not unique (groupId, mail…)."""

    def matches(self, key: str, value: str) -> Iterable[int]:
        """Every position whose property `key` is `value`, rising."""
        ...


class Collection:
    """Objects by id, each with `id`. What is handed out is the stored object itself: never change it, `put` a new one.

    `keys` are the properties with an index. `lag` is the time a write takes to reach the replicas that answer
    with `stale=True`; zero makes all replicas one.
    """

    def __init__(self, name: str, clock: Clock, *, lag: timedelta = timedelta(0), keys: Iterable[str] = ()) -> None:
        self.name = name
        self.lag = lag
        self.version = 0  # rises with each write
        self._clock = clock
        self._keys = tuple(keys)
        self._source: Source | None = None
        self._marked: dict[str, JSON | None] = {}
        self._cleared = False
        self.cleared_at = 0  # version of the last `clear`
        self._reset()

    def _reset(self) -> None:
        self._now: dict[str, JSON | None] = {}  # written objects; None: removed
        self._before: dict[str, list[tuple[datetime, JSON | None]]] = {}  # what lagging replicas still see, until when
        self._changed: dict[str, int] = {}  # id -> version of its last write, oldest first
        self._order: list[str] = []  # ids written that are not of the source, by position
        self._place: dict[str, int] = {}
        self._touched: dict[int, str] = {}  # positions of the source that were written over
        self._index: dict[str, dict[str, dict[str, None]]] = {key: {} for key in self._keys}
        self._count = len(self._source) if self._source is not None else 0

    def stand_on(self, source: Source) -> None:
        """Lets the collection begin with the source's objects; those written before come after them."""
        self._source = source
        self._count += len(source)

    def put(self, value: JSON, *, at_once: bool = False) -> JSON:
        """Adds or replaces by id. `at_once`: all replicas have it now (seeding)."""
        self._write(value["id"], value, at_once=at_once)
        self._file(value)
        return value

    def _file(self, value: JSON) -> None:
        for key in self._keys:
            for word in _words(value.get(key)):
                self._index[key].setdefault(word, {})[value["id"]] = None

    def remove(self, id: str, *, at_once: bool = False) -> None:  # noqa: A002 - the property's own name
        """Takes an object away; no word about one that is not there."""
        if self.get(id) is not None:
            self._write(id, None, at_once=at_once)

    def _write(self, key: str, value: JSON | None, *, at_once: bool) -> None:
        before = self.get(key)
        self._count += (value is not None) - (before is not None)
        self.version += 1
        self._changed.pop(key, None)
        self._changed[key] = self.version
        if at_once or not self.lag:
            self._before.pop(key, None)
        else:
            now = self._clock.now()
            pending = [entry for entry in self._before.get(key, ()) if entry[0] > now]
            self._before[key] = [*pending, (now + self.lag, before)]
        if key not in self._now:
            position = self._source.index(key) if self._source is not None else None
            if position is not None:
                self._touched[position] = key
                self._file(before or {"id": key})  # lagging replicas look for the old values
            else:
                self._place[key] = len(self._order)
                self._order.append(key)
        self._now[key] = value

    def get(self, id: str, stale: bool = False) -> JSON | None:  # noqa: A002 - the property's own name
        """The object with this id, as the fresh or the lagging replica has it."""
        key = id if id in self._now else id.lower()
        if key in self._now:
            return self._seen(key, stale)
        position = self._source.index(key) if self._source is not None else None
        return None if position is None or self._source is None else self._source.at(position)

    def _seen(self, key: str, stale: bool) -> JSON | None:
        if stale and key in self._before:
            now = self._clock.now()
            for until, value in self._before[key]:
                if until > now:
                    return value
            del self._before[key]
        return self._now[key]

    def position(self, id: str) -> int | None:  # noqa: A002 - the property's own name
        """Where the object stands, None for an unknown id."""
        position = self._source.index(id) if self._source is not None else None
        if position is None and id in self._place:
            return self._base + self._place[id]
        return position

    @property
    def _base(self) -> int:
        return len(self._source) if self._source is not None else 0

    def walk(self, start: int = 0, stale: bool = False) -> Iterator[tuple[int, JSON]]:
        """Objects with their positions, from a position on."""
        base, source = self._base, self._source
        if source is not None:
            for position in range(start, base):
                key = self._touched.get(position)
                value = source.at(position) if key is None else self._seen(key, stale)
                if value is not None:
                    yield position, value
        for place in range(max(start - base, 0), len(self._order)):
            value = self._seen(self._order[place], stale)
            if value is not None:
                yield base + place, value

    def iterate(self, stale: bool = False) -> Iterator[JSON]:
        """Every object, in order of position."""
        return (value for _, value in self.walk(0, stale))

    def find(self, key: str, value: str, stale: bool = False) -> Iterator[JSON]:
        """Objects whose indexed property `key` is (or, for a list, contains) `value`, without case."""
        word = value.lower()
        yield from self._made(key, value, word)
        for found in tuple(self._index[key].get(word, ())):
            seen = self._seen(found, stale)
            if seen is not None and word in _words(seen.get(key)):
                yield seen

    def _made(self, key: str, value: str, word: str) -> Iterator[JSON]:
        """What the source has and nobody wrote over."""
        source = self._source
        if source is None:
            return
        if isinstance(source, ManySource):
            positions = source.matches(key, value)
        else:
            position = source.lookup(key, value)
            positions = () if position is None else (position,)
        for place in positions:
            if place not in self._touched:
                made = source.at(place)
                if made is not None and word in _words(made.get(key)):
                    yield made

    def first(self, key: str, value: str, stale: bool = False) -> JSON | None:
        """The first of `find`, None where nothing has the value."""
        return next(self.find(key, value, stale), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Properties with an index."""
        return self._keys

    def changes(self, since: int) -> list[tuple[int, str]]:
        """(version, id) of what was written after a version, each object once, oldest first."""
        found = []
        for key, version in reversed(self._changed.items()):
            if version <= since:
                break
            found.append((version, key))
        return found[::-1]

    def view(self, stale: bool = False) -> "View":
        """The collection as one replica has it."""
        return View(self, stale)

    def clear(self) -> None:
        """Empties the collection on all replicas; the source is let go too."""
        self._source = None
        self._cleared = True
        self.version += 1
        self.cleared_at = self.version
        self._reset()

    def mark(self) -> None:
        """Takes the present state as the one that `save` tells the difference to."""
        self._marked = dict(self._now)

    def save(self) -> JSON:
        """What was written since `mark`, JSON-ready; empty where nothing was."""
        new = {k: v for k, v in self._now.items() if k not in self._marked or self._marked[k] is not v}
        written = [value for value in new.values() if value is not None]
        removed = [key for key, value in new.items() if value is None]
        return {"cleared": self._cleared, "written": written, "removed": removed} if new or self._cleared else {}

    def load(self, saved: JSON) -> None:
        """Brings back what `save` gave, on all replicas."""
        if saved["cleared"]:
            self.clear()
        for value in saved["written"]:
            self.put(value, at_once=True)
        for key in saved["removed"]:
            self.remove(key, at_once=True)

    def __len__(self) -> int:
        """How many objects the fresh replica has."""
        return self._count


class View:
    """A collection as one replica has it: what a list request reads."""

    def __init__(self, collection: Collection, stale: bool) -> None:
        self._collection = collection
        self._stale = stale
        self.keys = collection.keys

    def walk(self, start: int = 0) -> Iterator[tuple[int, JSON]]:
        """Objects with their positions, from a position on."""
        return self._collection.walk(start, self._stale)

    def __iter__(self) -> Iterator[JSON]:
        """Every object."""
        return self._collection.iterate(self._stale)

    def find(self, key: str, value: str) -> Iterator[tuple[int, JSON]]:
        """Objects with a value of an indexed property (or `id`), with positions, rising."""
        if key == "id":
            one = self._collection.get(value, self._stale)
            found = [one] if one is not None else []
        else:
            found = list(self._collection.find(key, value, self._stale))
        placed = [(self._collection.position(one["id"]) or 0, one) for one in found]
        return iter(sorted(placed, key=lambda pair: pair[0]))

    def __len__(self) -> int:
        """How many objects the fresh replica has: the service's own counts are no better."""
        return len(self._collection)


def _words(value: object) -> tuple[str, ...]:
    """What an index holds of a property: the text, or each of a list, without case."""
    if isinstance(value, str):
        return (value.lower(),)
    if isinstance(value, (list, tuple)):
        return tuple(item.lower() for item in value if isinstance(item, str))
    return ()
