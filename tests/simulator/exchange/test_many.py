"""The reviewer script on many mailboxes: a stop or trouble on the way, and the next run does only the rest."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from simulator.exchange.errors import ExchangeError, Interrupted
from simulator.exchange.faults import Trouble
from simulator.exchange.rehearsal import Order, rehearse, session_for
from simulator.exchange.session import Session
from simulator.faults import Faults, parse
from templates import scripts
from templates.scripts import Target
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import Run

Hook = Callable[[Session], object]
EACH = 3  # cmdlets that a mailbox takes: its folders, its rights, the change


class Many:
    """A tenant with mailboxes, the reviewer script for it, and runs of it in one folder."""

    def __init__(self, folder: Path, users: int = 200) -> None:
        self.shell = Shell(users=users)
        people = self.shell.tenant.population
        assert people is not None
        target = Target(tenant_id=self.shell.tenant.id, cloud="global", tenant="contoso", integration="telia")
        self.script = scripts.reviewer(target, user=people.at(1)["mail"])
        self.folder = folder
        self.called: Counter[str] = Counter()

    def run(self, hook: Hook | None = None, **arguments: Any) -> Run:
        """One run; the cmdlets that it called are counted."""
        told, self.called = Run(), Counter()
        text = self.script.content.decode("utf-8-sig")
        order = Order(text, self.script.name, self.folder, {"Confirm": False, **arguments})
        session = session_for(order, self.shell.tenant)
        session.before_each = lambda name: self.called.update([name])
        if hook is not None:
            hook(session)
        try:
            rehearse(order, session, told.take, self.shell.clock.advance)
        except Interrupted:
            told.stopped = True
        told.calls = session.calls
        assert told.refused is None, told.refused
        return told

    def state(self) -> list[str]:
        """Every right that was written."""
        return sorted(str(row) for row in self.shell.tenant.collection("mailboxFolderPermissions").iterate())


def after(calls: int, error: Exception) -> Hook:
    """Raises an error in front of every cmdlet after so many, but where the script says good-bye."""

    def on(session: Session) -> None:
        left = calls

        def before(cmdlet: str) -> None:
            nonlocal left
            left -= 1
            if left < 0 and cmdlet != "Disconnect-ExchangeOnline":
                raise error

        session.before_each = before

    return on


def test_a_stop_at_sixty_percent_leaves_the_rest_for_the_next_run(tmp_path: Path) -> None:
    whole = Many(tmp_path / "whole")
    first = whole.run().check()
    many = Many(tmp_path / "stopped")
    stopped = many.run(after(first.calls * 6 // 10, Interrupted()))
    assert stopped.stopped
    done = len(stopped.changes)
    assert abs(done - len(first.changes) * 6 // 10) <= 1
    rest = many.run().check()
    assert len(rest.changes) == len(first.changes) - done
    assert rest.calls <= EACH * (len(first.changes) - done) + 8
    assert rest.result is not None
    assert rest.result["DoneBefore"] in (done, done - 1)
    assert many.state() == whole.state()


def test_service_trouble_is_waited_out(tmp_path: Path) -> None:
    whole = Many(tmp_path / "whole")
    whole.run().check()
    many = Many(tmp_path / "faulty")
    faults = Faults()
    rate: dict[str, Any] = {"rate": 0.05, "kinds": ["429", "503", "timeout", "cut", "cut-after"]}
    faults.add(parse(rate | {"match": "EXCHANGE (Get|Add)-MailboxFolder"}))
    faults.add(parse({"match": "GET /users"}))
    before = many.shell.clock.now()
    told = many.run(partial(Trouble, faults)).check()
    assert told.result is not None
    assert told.result["Failed"] == 0
    assert (many.shell.clock.now() - before).total_seconds() > 60
    assert many.state() == whole.state()


def test_one_mailbox_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    many = Many(tmp_path)
    faults = Faults()
    faults.add(parse({"kinds": ["500"], "match": "EXCHANGE Add-", "nth": 9}))
    told = many.run(partial(Trouble, faults)).check()
    assert told.result is not None
    assert told.result["Failed"] == 1
    assert any("Internal Server Error" in warning for warning in told.warnings)
    again = many.run().check()
    assert len(again.changes) == 1


def test_where_nothing_works_any_more_the_run_ends_and_the_next_one_does_the_rest(tmp_path: Path) -> None:
    whole = Many(tmp_path / "whole")
    first = whole.run().check()
    many = Many(tmp_path / "cut")
    gone = ExchangeError("UnauthorizedAccessException", "You must call the Connect-ExchangeOnline cmdlet.", "x")
    told = many.run(after(first.calls * 6 // 10, gone))
    assert "20 mailboxes failed in a row" in told.errors[0]["message"]
    assert told.result is None
    done = len(told.changes)
    rest = many.run().check()
    assert len(rest.changes) == len(first.changes) - done
    assert rest.calls <= EACH * (len(first.changes) - done) + 8
    assert many.state() == whole.state()


def test_a_removal_resumes_too_and_is_not_mixed_up_with_giving(tmp_path: Path) -> None:
    many = Many(tmp_path)
    given = many.run().check()
    stopped = many.run(after(given.calls // 2, Interrupted()), Remove=True)
    back = many.run().check()
    assert len(back.changes) == len(stopped.changes), "giving begins anew: it is another task"
    taken = many.run(Remove=True).check()
    assert len(taken.changes) == len(given.changes)
    assert {change["after"] for change in taken.changes} == {None}


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    many = Many(tmp_path)
    order = Order(many.script.content.decode("utf-8-sig"), "reviewer.ps1", tmp_path, {"Confirm": False})
    session = session_for(order, many.shell.tenant)

    def take(event: dict[str, Any]) -> None:
        told.extend(event["progress"]["status"] for _ in event if "progress" in event)

    rehearse(order, session, take, many.shell.clock.advance)
    assert told == ["100 of 179"]
