"""The engine under a Hypothesis state machine: calendars flicker, reads fail, time passes, processes end."""

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.availability import availability
from sync.instants import HOUR, MINUTE, parse, text
from sync.keeper import Keeper
from sync.model import Event, Record, record_of
from sync.rounds import Rounds
from sync.store import Store, open_store
from tests.sync.fake import FakeDoor, HandClock, graph_error, graph_event
from tests.sync.make import NOW, event, integration

PEOPLE = 5
hours = st.integers(-2, 8)
FILE = integration(rules={"title": ["busy"]})


class Engine(RuleBasedStateMachine):
    """`known` is what the engine may know: what the last good read of each mailbox said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = HandClock()
        self.door = FakeDoor()
        self.known: dict[str, list[Event]] = {}
        self.users_ok = True
        self.failing: set[str] = set()
        self.told: dict[str, list[Record]] = {}
        self.store: Store = open_store(Path(self.folder.name) / "s.sqlite")
        self._ready()

    def _ready(self) -> None:
        self.keeper = Keeper(self.store, FILE.rules, ["s"])
        self.rounds = Rounds(FILE, self.door, self.keeper, lambda: self.clock.at)

    @initialize()
    def begin(self) -> None:
        for number in range(PEOPLE):
            self.door.add(number)
        self.users_round()
        self.calendars_round()

    @rule(number=st.integers(0, PEOPLE - 1), times=st.lists(st.tuples(hours, hours, st.sampled_from("SB")), max_size=4))
    def change(self, number: int, times: list[tuple[int, int, str]]) -> None:
        """The calendar changes; the engine does not know yet. It never becomes empty: that is another test's."""
        base = self.clock.at // HOUR * HOUR
        rows = [graph_event(base + a * HOUR, base + b * HOUR, f"e{n}", subject=s) for n, (a, b, s) in enumerate(times)]
        rows.append(graph_event(base + 20 * HOUR, base + 21 * HOUR, "far"))
        self.door.events[f"id{number}"] = rows

    @rule(number=st.integers(0, PEOPLE - 1))
    def break_mailbox(self, number: int) -> None:
        self.door.mailbox_errors[f"id{number}"] = graph_error(503, "", f"/users/id{number}/calendarView")

    @rule()
    def mend_mailboxes(self) -> None:
        self.door.mailbox_errors.clear()

    @rule()
    def calendars_round(self) -> None:
        self._run(self.rounds.calendars())
        for number in range(PEOPLE):
            key = f"u{number}@contoso.com"
            if f"id{number}" in self.door.mailbox_errors:
                self.failing.add(key)
            else:
                self.failing.discard(key)
                self.known[key] = [self._event(row) for row in self.door.events[f"id{number}"]]

    @rule()
    def users_round(self) -> None:
        self._run(self.rounds.users())
        self.users_ok = True

    @rule(how=st.sampled_from(["empty", "error", "cut"]))
    def failed_users_round(self, how: str) -> None:
        kept = self.door.users
        self.door.users = [] if how == "empty" else kept[:2] if how == "cut" else kept
        self.door.users_error = graph_error(500, "") if how == "error" else None
        self._run(self.rounds.users())
        self.door.users, self.door.users_error = kept, None
        self.users_ok = False

    @rule(minutes=st.integers(1, 200))
    def pass_time(self, minutes: int) -> None:
        self.clock.at += minutes * MINUTE
        self.keeper.flip(self.clock.at)

    @rule(minutes=st.integers(0, 300))
    def restart(self, minutes: int) -> None:
        """The process ends, time passes, another one takes up the store."""
        self.store.close()
        self.clock.at += minutes * MINUTE
        self.store = open_store(Path(self.folder.name) / "s.sqlite")
        self._ready()
        self.keeper.jump(self.clock.at)

    @invariant()
    def every_record_is_what_is_known(self) -> None:
        """The last record of each person is the availability of the known events, and says whether it is stale."""
        self.keeper.flip(self.clock.at)
        waiting = self.store.pending("s", 1000)
        for each in waiting:
            self.told.setdefault(each.key, []).append(record_of(each.body))
        self.store.delivered("s", [each.id for each in waiting])
        for key, events in self.known.items():
            last = self.told[key][-1]
            found = availability(events, FILE.rules, self.clock.at)
            until = None if found.until is None else text(found.until)
            assert (last.state, last.source, last.subject, last.until) == (
                found.state,
                found.source,
                found.subject,
                until,
            )
            assert last.stale == (not self.users_ok or key in self.failing)

    @invariant()
    def sequences_rise_by_one_and_every_record_says_something_new(self) -> None:
        for records in self.told.values():
            assert [each.sequence for each in records] == list(range(1, len(records) + 1))
            looks = [(r.state, r.source, r.subject, r.until, r.stale) for r in records]
            assert all(one != two for one, two in pairwise(looks))
            times = [parse(each.at) for each in records]
            assert times == sorted(times)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def _run(self, coroutine: Any) -> None:
        asyncio.run(coroutine)

    @staticmethod
    def _event(row: dict[str, Any]) -> Event:
        start, end = (parse(row[side]["dateTime"]) for side in ("start", "end"))
        return event((start - NOW) / HOUR, (end - NOW) / HOUR, row["id"], row["showAs"], subject=row["subject"])


TestEngine = Engine.TestCase
TestEngine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
