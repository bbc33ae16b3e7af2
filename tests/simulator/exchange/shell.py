"""A session with the simulated Exchange for tests: cmdlets called by name, rows as lists."""

from datetime import UTC, datetime
from typing import Any

from simulator.clock import SimClock
from simulator.exchange.calling import call
from simulator.exchange.session import Change, Session
from simulator.tenant import Tenant

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Shell:
    """A connected session; `changes` and `warnings` keep what it was told."""

    def __init__(self, users: int = 60, product: str = "online") -> None:
        self.clock = SimClock(START, rate=0)
        self.tenant = Tenant.create(0, 7, users, self.clock)
        self.changes: list[Change] = []
        self.warnings: list[str] = []
        self.session = Session(self.tenant, product, self.changes.append, self.warnings.append, connected=True)

    def run(self, name: str, *, what_if: bool = False, **given: Any) -> list[dict[str, Any]]:
        """The rows of one cmdlet."""
        return list(call(self.session, name, given, what_if=what_if))

    def one(self, name: str, **given: Any) -> dict[str, Any]:
        """The only row of a cmdlet."""
        (row,) = self.run(name, **given)
        return row
