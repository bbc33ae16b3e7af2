"""Rounds against a fake door: what is taken in, what is held, and which link is named."""

from typing import Any

import msgspec
import pytest

from sync.instants import DAY, HOUR
from sync.keeper import Keeper
from sync.model import People, Record, Round, record_of
from sync.rounds import Rounds
from sync.store import Store
from sync.store.memory import MemoryStore
from tenantry.errors import SignInError
from tests.sync.fake import FakeDoor, HandClock, graph_error, graph_event
from tests.sync.make import NOW, integration

TEXTS = {"title": ["busy"], "location": ["busy"]}
TIMEOUT = graph_error(504, "GatewayTimeout")


class Bench:
    """One integration with its fake tenant."""

    def __init__(self, *, accept: bool = False, **file: Any) -> None:
        self.file = integration(**file)
        self.door = FakeDoor()
        self.store: Store = MemoryStore()
        self.clock = HandClock()
        self.keeper = Keeper(self.store, self.file.rules, ["s"])
        self.rounds = Rounds(self.file, self.door, self.keeper, lambda: self.clock.at, accept=accept)
        self._seen = 0

    async def both(self) -> tuple[Round, Round]:
        """A users round, a calendars round, and what is due then."""
        users = await self.rounds.users()
        calendars = await self.rounds.calendars()
        self.keeper.flip(self.clock.at)
        return users, calendars

    def records(self) -> list[Record]:
        """The records since the last look."""
        waiting = [each for each in self.store.pending("s", 10_000) if each.id > self._seen]
        self._seen = max((each.id for each in waiting), default=self._seen)
        return [record_of(each.body) for each in waiting]

    def states(self) -> list[tuple[str, str, bool]]:
        """Key, state and stale of the new records."""
        return sorted((r.key[: r.key.index("@")], r.state, r.stale) for r in self.records())


async def ready(count: int = 4, **file: Any) -> Bench:
    """A bench with people in a meeting from NOW on, both rounds done, and the records seen."""
    bench = Bench(**file)
    for number in range(count):
        bench.door.add(number, graph_event(NOW - HOUR, NOW + HOUR))
    assert all(done.ok for done in await bench.both())
    bench.records()
    return bench


async def test_people_are_matched_read_and_told() -> None:
    bench = Bench(rules=TEXTS)
    bench.door.add(1, graph_event(NOW - HOUR, NOW + HOUR))
    bench.door.add(2)
    assert all(done.ok for done in await bench.both())
    one, two = bench.records()
    assert msgspec.to_builtins(one) == {
        "sequence": 1,
        "at": "2026-11-21T08:00:00Z",
        "kind": "person",
        "key": "u1@contoso.com",
        "state": "busy",
        "until": "2026-11-21T09:00:00Z",
        "source": "calendar",
        "subject": "Secret plans",
        "location": "Room 1",
        "stale": False,
    }
    assert (two.key, two.state, two.source, two.until) == ("u2@contoso.com", "available", "default", None)
    assert bench.store.people() == People(configured=2, matched=2)


async def test_a_quiet_round_tells_nothing_and_asks_for_one_page_a_mailbox() -> None:
    bench = await ready()
    bench.door.asked.clear()
    await bench.rounds.calendars()
    assert bench.records() == []
    assert len(bench.door.asked) == 4


async def test_only_texts_that_may_show_are_asked_for() -> None:
    bench = await ready()
    assert "subject" not in "".join(bench.door.asked)
    assert "location" not in "".join(bench.door.asked)
    assert all("body" not in path and "attendees" not in path for path in bench.door.asked)


async def test_a_new_meeting_a_longer_one_and_a_vanished_one_are_told() -> None:
    bench = await ready(3)
    bench.door.events["id0"].append(graph_event(NOW + HOUR, NOW + 2 * HOUR, "f"))
    bench.door.events["id1"] = [graph_event(NOW - HOUR, NOW + 3 * HOUR)]
    bench.door.events["id2"] = []
    await bench.rounds.calendars()
    assert sorted((r.key[:2], r.state, r.until and r.until[11:16]) for r in bench.records()) == [
        ("u0", "busy", "10:00"),
        ("u1", "busy", "11:00"),
        ("u2", "available", None),
    ]


async def test_a_mailbox_with_more_events_than_a_page_is_read_to_its_end() -> None:
    bench = Bench()
    bench.door.event_page = 2
    bench.door.add(1, *(graph_event(NOW + n * HOUR, NOW + (n + 1) * HOUR, f"e{n}") for n in range(5)))
    await bench.both()
    assert [r.until for r in bench.records()] == ["2026-11-21T13:00:00Z"]


async def test_who_does_not_follow_is_neither_read_nor_told() -> None:
    listed = [
        {"address": f"u{n}@contoso.com", "key": f"k{n}", "follow": follow} for n, follow in enumerate([True, False])
    ]
    bench = await ready(2, people={"all": False, "listed": listed})
    assert len([path for path in bench.door.asked if "calendarView" in path]) == 1
    assert bench.store.people() == People(configured=2, matched=2)
    person = bench.store.person("k1")
    assert person is not None
    assert (person.calendar, person.sent) == (None, None)


@pytest.mark.parametrize("error", [TIMEOUT, graph_error(429, "TooManyRequests"), graph_error(0, "noAnswer")])
async def test_users_that_cannot_be_read_clear_nothing_and_make_everybody_stale_once(error: Any) -> None:
    bench = await ready(2)
    bench.door.users_error = error
    users, calendars = await bench.both()
    assert (users.ok, users.link, calendars.ok) == (False, "state", True)
    assert bench.states() == [("u0", "busy", True), ("u1", "busy", True)]
    await bench.both()
    assert bench.states() == []
    bench.clock.at += HOUR
    bench.keeper.flip(bench.clock.at)
    assert bench.states() == [("u0", "available", True), ("u1", "available", True)]
    bench.door.users_error = None
    await bench.both()
    assert bench.states() == [("u0", "available", False), ("u1", "available", False)]


async def test_an_empty_list_of_users_is_not_believed() -> None:
    bench = await ready(3)
    bench.door.users, kept = [], bench.door.users
    users, _ = await bench.both()
    assert (users.ok, users.link) == (False, "addresses")
    assert bench.states() == [(f"u{n}", "busy", True) for n in range(3)]
    bench.door.users = kept
    await bench.both()
    assert bench.states() == [(f"u{n}", "busy", False) for n in range(3)]


async def test_an_empty_list_because_the_permission_is_missing_names_the_grant() -> None:
    bench = await ready()
    bench.door.users, bench.door.roles = [], ["Calendars.Read"]
    users, _ = await bench.both()
    assert users.link == "granted"
    assert "User.Read.All" in (users.error or "")


async def test_a_shrunken_list_is_not_believed_but_a_few_may_leave() -> None:
    bench = await ready(10)
    kept = bench.door.users
    bench.door.users = kept[:7]
    users, _ = await bench.both()
    assert (users.ok, users.link) == (False, "addresses")
    assert "3 of 10" in (users.error or "")
    bench.records()
    bench.door.users = kept[:8]
    users, _ = await bench.both()
    assert users.ok
    gone = {"u8": "available", "u9": "available"}
    assert {r.key[:2]: r.state for r in bench.records() if r.source == "default"} == gone
    assert bench.store.people() == People(configured=8, matched=8)


async def test_people_that_the_admin_took_out_are_no_loss() -> None:
    listed = [{"address": f"u{n}@contoso.com", "key": f"u{n}@"} for n in range(10)]
    bench = await ready(10, people={"all": False, "listed": listed})
    fewer = integration(people={"all": False, "listed": listed[:2]})
    bench.rounds = Rounds(fewer, bench.door, bench.keeper, lambda: bench.clock.at)
    users, _ = await bench.both()
    assert users.ok
    assert len(bench.states()) == 8


async def test_a_person_may_say_that_a_shrunken_list_is_right() -> None:
    bench = await ready(10)
    bench.door.users = bench.door.users[:1]
    bench.rounds = Rounds(bench.file, bench.door, bench.keeper, lambda: bench.clock.at, accept=True)
    users, _ = await bench.both()
    assert users.ok
    assert len(bench.states()) == 9


async def test_one_mailbox_that_fails_is_held_alone() -> None:
    bench = await ready(3)
    bench.door.mailbox_errors["id1"] = graph_error(403, "ErrorAccessDenied", "/users/id1/calendarView")
    _, calendars = await bench.both()
    assert calendars.ok
    assert calendars.error == "1 of 3 mailboxes were not read: HTTP 403 ErrorAccessDenied (1)."
    assert bench.states() == [("u1", "busy", True)]
    assert bench.store.stale() == 1
    del bench.door.mailbox_errors["id1"]
    await bench.both()
    assert bench.states() == [("u1", "busy", False)]


async def test_a_mailbox_never_read_is_not_told_of() -> None:
    bench = Bench()
    for number in range(3):
        bench.door.add(number, graph_event(NOW - HOUR, NOW + HOUR))
    bench.door.mailbox_errors["id1"] = graph_error(404, "MailboxNotEnabledForRESTAPI", "/users/id1/calendarView")
    _, calendars = await bench.both()
    assert calendars.ok
    assert bench.states() == [("u0", "busy", False), ("u2", "busy", False)]
    assert bench.store.stale() == 0


@pytest.mark.parametrize(
    ("roles", "link"), [(["User.Read.All"], "granted"), (["User.Read.All", "Calendars.Read"], "scoped")]
)
async def test_all_mailboxes_refused_names_the_link_and_holds_everybody(roles: list[str], link: str) -> None:
    bench = await ready(3)
    bench.door.roles = roles
    for n in range(3):
        bench.door.mailbox_errors[f"id{n}"] = graph_error(403, "ErrorAccessDenied", f"/users/id{n}/calendarView")
    _, calendars = await bench.both()
    assert (calendars.ok, calendars.link, calendars.fails) == (False, link, 1)
    assert bench.states() == [(f"u{n}", "busy", True) for n in range(3)]
    _, calendars = await bench.both()
    assert calendars.fails == 2
    assert bench.states() == []


async def test_a_failed_users_round_is_not_laid_on_calendars_that_are_nearly_all_read() -> None:
    bench = await ready(6)
    bench.door.users_error = graph_error(403, "Authorization_RequestDenied")
    bench.door.roles = ["Calendars.Read"]
    bench.door.mailbox_errors["id1"] = graph_error(404, "MailboxNotEnabledForRESTAPI", "/users/id1/calendarView")
    users, calendars = await bench.both()
    assert (users.ok, users.link) == (False, "granted")
    assert (calendars.ok, calendars.link, bench.store.stale()) == (True, None, 6)
    assert "1 of 6" in (calendars.error or "")


async def test_after_a_refusal_the_next_round_takes_a_fresh_token() -> None:
    bench = await ready(2)
    bench.door.users_error = graph_error(403, "Authorization_RequestDenied")
    bench.door.roles = []
    users, _ = await bench.both()
    assert users.link == "granted"
    before = bench.door.renewed
    bench.door.users_error = None
    users, _ = await bench.both()
    assert users.ok
    assert bench.door.renewed > before


async def test_a_credential_that_ended_is_named_and_everybody_is_held() -> None:
    bench = await ready(2)
    error = SignInError("AADSTS7000222: the secret has ended.", code="AADSTS7000222")
    bench.door.users_error = bench.door.batch_error = error
    users, calendars = await bench.both()
    assert (users.link, calendars.link) == ("credential", "credential")
    assert bench.states() == [("u0", "busy", True), ("u1", "busy", True)]


async def test_calendars_that_are_suddenly_empty_everywhere_are_not_believed() -> None:
    bench = await ready(5)
    kept, bench.door.events = bench.door.events, {f"id{n}": [] for n in range(5)}
    _, calendars = await bench.both()
    assert (calendars.ok, calendars.link) == (False, "state")
    assert bench.states() == [(f"u{n}", "busy", True) for n in range(5)]
    bench.door.events = kept
    await bench.both()
    assert bench.states() == [(f"u{n}", "busy", False) for n in range(5)]


async def test_what_ended_by_itself_is_no_sudden_emptiness() -> None:
    bench = await ready(5)
    bench.clock.at += 3 * DAY
    _, calendars = await bench.both()
    assert calendars.ok
    assert bench.states() == [(f"u{n}", "available", False) for n in range(5)]


async def test_a_changed_user_at_an_address_is_held_until_its_own_calendar_is_read() -> None:
    bench = await ready(3)
    bench.door.users[0]["id"] = "id9"
    bench.door.events["id9"] = []
    bench.door.mailbox_errors["id9"] = graph_error(503, "", "/users/id9/calendarView")
    await bench.both()
    assert bench.states() == [("u0", "busy", True)]
    del bench.door.mailbox_errors["id9"]
    await bench.both()
    assert bench.states() == [("u0", "available", False)]


async def test_no_private_text_reaches_the_store() -> None:
    bench = Bench(rules=TEXTS)
    bench.door.add(1, graph_event(NOW - HOUR, NOW + HOUR, sensitivity="private", subject="Surgery"))
    bench.door.add(2, graph_event(NOW - HOUR, NOW + HOUR, sensitivity="confidential", subject="Surgery"))
    await bench.both()
    held = b"".join(person.calendar or b"" for person in bench.store.persons())
    assert b"Surgery" not in held
    assert b"Room 1" not in held
    assert [r.source for r in bench.records()] == ["default", "default"]
