"""The commands of sync as plain functions: files in, answers out. `tenantry.cli.sync` only parses and prints."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sync import instants
from sync.check import Checked, check
from sync.explain import Explained, explain
from sync.pace import Pace
from sync.place import Place
from sync.runner import Runner, Schedule
from sync.sinks import open_sinks
from sync.status import Status, status
from sync.store import Store, open_store
from tenantry.clock import Clock
from tenantry.errors import TenantryError, UsageError

Clocks = Callable[[Place], Clock]
Note = Callable[[str], None]


def now_of(place: Place, clocks: Clocks) -> int:
    """The time of the place's tenant."""
    return instants.of(clocks(place).now())


@contextlib.contextmanager
def existing(place: Place) -> Iterator[Store | None]:
    """The store of a place if its runner ever worked, None else; nothing is made."""
    if not place.store.exists():
        yield None
        return
    store = open_store(place.store)
    try:
        yield store
    finally:
        store.close()


def statuses(places: Iterable[Place], clocks: Clocks) -> list[Status]:
    """How each integration stands, as its runner left it."""
    found = []
    for place in places:
        with existing(place) as store:
            found.append(status(place.file, store, now_of(place, clocks)))
    return found


async def checks(places: Iterable[Place], clocks: Clocks) -> list[Checked]:
    """The chain of each integration, tried against the tenant."""
    from tenantry.graph import Graph

    found = []
    for place in places:
        with existing(place) as store:
            now = now_of(place, clocks)
            try:
                opened = Graph.for_integration(place.file, place.base, clocks(place))
            except TenantryError as error:
                found.append(await check(place.file, error, store, now))
                continue
            async with opened as door:
                found.append(await check(place.file, door, store, now))
    return found


def explanations(places: Iterable[Place], clocks: Clocks, name: str, at: int | None) -> list[Explained]:
    """Why everybody of that key or address is what they are at `at`, or now."""
    found: list[Explained] = []
    for place in places:
        now = now_of(place, clocks)
        with existing(place) as store:
            found += explain(place.file, store, name, now if at is None else at, now)
    return found


def forget(places: Iterable[Place], name: str) -> list[dict[str, object]]:
    """Removes everything about a person from the stores; tells what was removed, and who will come back."""
    found: list[dict[str, object]] = []
    for place in places:
        with existing(place) as store:
            keys = store.forget(name) if store is not None else []
        people = place.file.people
        known = {person.address.lower() for person in people.listed} | {person.key for person in people.listed}
        returns = bool(keys) and (people.all or name in known or name.lower() in known)
        entry = {"tenant": place.file.tenant.name, "integration": place.file.integration, "forgotten": keys}
        found.append(entry | {"returns": returns})
    return found


async def once(
    places: Sequence[Place], clocks: Clocks, *, accept: bool, note: Note = lambda _: None
) -> list[tuple[Status, bool]]:
    """Both rounds once for each integration, one after the other; the status, and whether all went well."""
    done = []
    for place in places:
        async with _runner(place, clocks, _Paces(clocks), Schedule(), accept=accept, note=note) as (runner, store):
            well = await runner.once()
            done.append((status(place.file, store, runner.now()), well))
    return done


async def run(
    places: Sequence[Place],
    clocks: Clocks,
    stop: asyncio.Event,
    schedule: Schedule,
    *,
    duration: int | None,
    note: Note = lambda _: None,
) -> list[Status]:
    """All integrations side by side until `stop`, or for that many milliseconds of each tenant's clock."""
    paces = _Paces(clocks)
    async with contextlib.AsyncExitStack() as stack:
        made = [await stack.enter_async_context(_runner(place, clocks, paces, schedule, note=note)) for place in places]
        async with asyncio.TaskGroup() as group:
            for runner, _ in made:
                group.create_task(runner.run(stop, None if duration is None else runner.now() + duration))
        return [status(place.file, store, runner.now()) for place, (runner, store) in zip(places, made, strict=True)]


class _Paces:
    """One pace for each clock, so that runners who share a clock wait together."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._made: dict[int, Pace] = {}

    def of(self, place: Place) -> Pace:
        """The pace of the place's clock."""
        clock = self._clocks(place)
        if id(clock) not in self._made:
            self._made[id(clock)] = Pace(clock, rehearsal=place.file.tenant.cloud.clock is not None)
        return self._made[id(clock)]


@contextlib.asynccontextmanager
async def _runner(
    place: Place, clocks: Clocks, paces: _Paces, schedule: Schedule, *, accept: bool = False, note: Note
) -> AsyncIterator[tuple[Runner, Store]]:
    """A runner with everything it needs open; only one at a time works on a store."""
    from tenantry.graph import Graph

    sinks = open_sinks(place.file, place.base)
    with _alone(place.store):
        async with Graph.for_integration(place.file, place.base, clocks(place)) as door:
            store = open_store(place.store)
            runner = Runner(
                place.file, door, store, sinks, paces.of(place), schedule=schedule, accept=accept, note=note
            )
            try:
                yield runner, store
            finally:
                await runner.close()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keeps a second runner from the store."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(f"{path}.lock", timeout=0):
            yield
    except Timeout:
        fix = "End that one first; two would send everything twice."
        raise UsageError(f"Another sync is at work on {path}.", fix=fix) from None
