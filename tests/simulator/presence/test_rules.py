"""What one sees of many sessions, and what time does to it."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.clock import stamp
from simulator.presence.day import own_presence
from simulator.presence.rules import OFFLINE, Shown, aggregate

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def entry(availability: str, activity: str, *, age: int = 0, left: int = 60) -> dict[str, str]:
    """A session set `age` minutes ago with `left` minutes to live."""
    since, ends = NOW - timedelta(minutes=age), NOW + timedelta(minutes=left)
    return {"availability": availability, "activity": activity, "set": stamp(since), "expires": stamp(ends)}


def seen(own: tuple[str, str], *sessions: dict[str, str], preferred: dict[str, str] | None = None) -> tuple[str, str]:
    numbered = {str(number): one for number, one in enumerate(sessions)}
    made = aggregate(Shown(*own, since=NOW - timedelta(days=1)), numbered, preferred, NOW)
    return made.availability, made.activity


AVAILABLE = ("Available", "Available")
AWAY = ("Away", "Away")
CALL = ("Busy", "InACall")


@pytest.mark.parametrize(
    ("own", "sessions", "wanted"),
    [
        (OFFLINE, [], OFFLINE),
        (AVAILABLE, [], AVAILABLE),
        (AVAILABLE, [CALL], CALL),
        (AVAILABLE, [AWAY], AVAILABLE),
        (AWAY, [AVAILABLE], AVAILABLE),
        (CALL, [("DoNotDisturb", "Presenting")], ("DoNotDisturb", "Presenting")),
        (OFFLINE, [AWAY, AVAILABLE, CALL], CALL),
    ],
)
def test_the_busiest_session_is_shown(
    own: tuple[str, str], sessions: list[tuple[str, str]], wanted: tuple[str, str]
) -> None:
    assert seen(own, *(entry(*one) for one in sessions)) == wanted


def test_an_expired_session_counts_no_more() -> None:
    assert seen(AVAILABLE, entry(*CALL, age=10, left=0)) == AVAILABLE


@pytest.mark.parametrize(
    ("age", "word"), [(4, "Available"), (5, "AvailableInactive"), (9, "AvailableInactive"), (10, "Away")]
)
def test_an_applications_available_fades(age: int, word: str) -> None:
    assert seen(OFFLINE, entry(*AVAILABLE, age=age))[0] == word


def test_a_preferred_presence_wins_while_a_session_is_there() -> None:
    wish = entry("DoNotDisturb", "DoNotDisturb")
    assert seen(AVAILABLE, entry(*CALL), preferred=wish) == ("DoNotDisturb", "DoNotDisturb")
    assert seen(OFFLINE, preferred=wish) == OFFLINE
    assert seen(AVAILABLE, preferred=entry("Offline", "OffWork", age=9, left=0)) == AVAILABLE


def test_the_moment_of_the_last_change() -> None:
    sessions = {"a": entry(*CALL, age=3), "b": entry(*AVAILABLE, age=30, left=-1)}
    assert aggregate(Shown(*AWAY, since=NOW - timedelta(days=1)), sessions, None, NOW).since == NOW - timedelta(
        minutes=1
    )


def test_people_work_by_day_and_on_weekdays() -> None:
    noon = [own_presence(5, person, NOW) for person in range(200)]
    assert {one.availability for one in noon} >= {"Available", "Busy", "Away", "DoNotDisturb", "BeRightBack"}
    for moment in (NOW.replace(hour=22), NOW + timedelta(days=1)):
        assert {own_presence(5, person, moment).availability for person in range(200)} == {"Offline"}
    assert own_presence(5, 1, NOW) == own_presence(5, 1, NOW + timedelta(minutes=14))
