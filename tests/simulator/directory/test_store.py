"""Collections: generated, written over, lagging, and where everything stands."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import SimClock
from simulator.store import Collection
from tests.simulator.directory.asking import START

JSON = dict[str, Any]


class Numbers:
    """A source of 100 objects; place 7 is empty."""

    def __len__(self) -> int:
        return 100

    def at(self, index: int) -> JSON | None:
        return None if index == 7 else {"id": f"n{index}", "name": f"Name{index % 10}"}

    def index(self, id: str) -> int | None:  # noqa: A002
        number = int(id[1:]) if id[:1] == "n" and id[1:].isdigit() else 1000
        return number if number < 100 and number != 7 else None

    def matches(self, key: str, value: str) -> Iterator[int]:
        return (n for n in range(100) if n != 7 and key == "name" and f"name{n % 10}" == value.lower())

    def lookup(self, key: str, value: str) -> int | None:
        return next(self.matches(key, value), None)


def collection(lag: float = 0) -> tuple[Collection, SimClock]:
    clock = SimClock(START, rate=0)
    made = Collection("numbers", clock, lag=timedelta(seconds=lag), keys=("name",))
    made.stand_on(Numbers())
    return made, clock


def test_a_source_is_written_over() -> None:
    rows, _ = collection()
    rows.put({"id": "n3", "name": "Changed"})
    rows.put({"id": "extra", "name": "Name3"})
    rows.remove("n13")
    assert rows.get("n3") == {"id": "n3", "name": "Changed"}
    assert rows.get("n13") is None
    assert rows.get("n7") is None
    assert [row["id"] for row in rows.find("name", "NAME3")] == [f"n{n}3" for n in range(2, 10)] + ["extra"]
    assert rows.first("name", "changed") == {"id": "n3", "name": "Changed"}
    assert [position for position, _ in rows.walk(98)] == [98, 99, 100]
    assert rows.position("extra") == 100
    assert rows.position("nowhere") is None


def test_removed_and_put_again_keeps_its_place() -> None:
    rows, _ = collection()
    rows.put({"id": "a", "name": "x"})
    rows.remove("a")
    rows.remove("a")
    assert rows.first("name", "x") is None
    rows.put({"id": "a", "name": "y"})
    assert rows.position("a") == 100
    assert list(rows.find("name", "x")) == []


def test_cleared_is_empty_for_good() -> None:
    rows, _ = collection(60)
    rows.put({"id": "a", "name": "x"})
    rows.clear()
    assert list(rows.iterate()) == list(rows.iterate(stale=True)) == []
    assert (len(rows), rows.get("n1")) == (0, None)


def test_lagging_readers_find_old_values() -> None:
    rows, clock = collection(60)
    rows.put({"id": "n3", "name": "Changed"})
    assert rows.first("name", "changed", stale=True) is None
    assert "n3" in {row["id"] for row in rows.find("name", "name3", stale=True)}
    rows.remove("n3")
    clock.advance(60)
    assert rows.get("n3", stale=True) is None


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "remove", "wait"]), st.sampled_from(["n1", "n2", "a", "b"]), st.integers(0, 50)),
    max_size=25,
)


@given(STEPS)
def test_a_stale_reader_sees_the_past_and_nothing_else(steps: list[tuple[str, str, int]]) -> None:
    rows, clock = collection(60)
    names = ("n1", "n2", "a", "b")
    history = [(clock.now(), {name: rows.get(name) for name in names})]
    for action, name, value in steps:
        if action == "wait":
            clock.advance(value)
        elif action == "put":
            rows.put({"id": name, "name": str(value)})
        else:
            rows.remove(name)
        history.append((clock.now(), {name: rows.get(name) for name in names}))
        limit = clock.now() - timedelta(seconds=60)
        past = [state for moment, state in history if moment <= limit] or [history[0][1]]
        assert {key: rows.get(key, stale=True) for key in names} == past[-1]
        live = [row["id"] for row in rows.iterate()]
        assert len(live) == len(set(live)) == len([n for n in live if rows.get(n) is not None])
        seen = {row["id"] for _, row in rows.walk(0, stale=True)}
        assert {key for key in names if past[-1][key] is not None} <= seen
