"""Simulated time, by itself and through the door."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import SimClock, parse_duration, parse_time, stamp
from tests.simulator.client import Served

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Wall:
    """A wall clock that goes when told."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("12h", 43_200),
        ("180d", 15_552_000),
        ("1h30m", 5_400),
        ("0.250s", 0.25),
        ("20ms", 0.02),
        ("7", 7),
        (3, 3),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "5 minutes", "-3s", "3s3", "h"])
def test_what_is_no_duration_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        parse_duration(text)


@given(st.floats(min_value=600_000_000, max_value=4_000_000_000))
def test_a_stamp_is_read_back_to_the_millisecond(seconds: float) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert timedelta(0) <= moment - parse_time(stamp(moment)) < timedelta(milliseconds=1)


def test_the_clock_runs_at_its_rate_and_stands_still_at_none() -> None:
    wall = Wall()
    clock = SimClock(START, tick=wall)
    wall.seconds += 10
    assert clock.now() == START + timedelta(seconds=10)
    clock.run(60)
    wall.seconds += 1
    assert clock.now() == START + timedelta(seconds=70)
    clock.run(0)
    wall.seconds += 1_000
    assert clock.now() == START + timedelta(seconds=70)
    clock.advance(30)
    assert clock.now() == START + timedelta(seconds=100)


async def test_the_door_moves_the_clock(served: Served) -> None:
    await served.door("POST", "/clock", {"rate": 0})
    moved = await served.door("POST", "/clock", {"set": "2026-11-21T08:00:00Z"})
    assert moved.body["now"] == "2026-11-21T08:00:00.000Z"
    advanced = await served.door("POST", "/clock", {"advance": "1.500s"})
    assert advanced.body["now"] == (await served.door("GET", "/clock")).body["now"] == "2026-11-21T08:00:01.500Z"


@pytest.mark.parametrize("order", [{}, {"set": "soon"}, {"advance": "x"}, {"rate": -1}, {"sett": "2026-01-01"}, [1]])
async def test_the_door_says_what_is_wrong_with_an_order(served: Served, order: object) -> None:
    got = await served.door("POST", "/clock", order)
    assert got.status == 400
    assert got.body["error"]


async def test_several_moves_are_made_in_order_or_not_at_all(served: Served) -> None:
    order = {"rate": 0, "set": "2030-01-01T00:00:00Z", "advance": 60}
    assert (await served.door("POST", "/clock", order)).body == {"now": "2030-01-01T00:01:00.000Z", "rate": 0.0}
    refused = await served.door("POST", "/clock", {"set": "2031-01-01T00:00:00Z", "rate": "fast"})
    assert refused.status == 400
    assert (await served.door("GET", "/clock")).body["now"] == "2030-01-01T00:01:00.000Z"
