"""What every step of an apply works with, and how it writes so that a crash loses nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from provision.journal import Journal, What, Writing
from provision.model.actual import Actual, Stored
from provision.model.change import Change
from provision.model.desired import CredentialWanted, Desired
from tenantry.clock import Clock
from tenantry.graph import Graph


@dataclass(frozen=True)
class Tools:
    """What all integrations of a run share."""

    root: Path
    journal: Journal
    say: Callable[[str], None]


@dataclass
class Work:
    """One integration being applied. The ids are what is known so far; steps fill them in as they make things."""

    graph: Graph
    clock: Clock
    journal: Journal
    root: Path
    desired: Desired
    actual: Actual
    say: Callable[[str], None]
    object_id: str = ""
    app_id: str = ""
    principal: str = ""
    stored: Stored | None = None
    added: set[str] = field(default_factory=set)  # ids of certificates
    removed: set[str] = field(default_factory=set)  # ids of credentials
    waived: frozenset[str] = frozenset()  # permissions that somebody else will grant, as `Name (type)`
    unsure: dict[str, datetime] = field(default_factory=dict)  # credentials tried without an answer, and when
    users: dict[str, str] = field(default_factory=dict)  # integration users by name, with the ids of their accounts
    group: str = ""  # id of the group that policies exclude

    @classmethod
    def begin(cls, tools: "Tools", graph: Graph, clock: Clock, state: tuple[Desired, Actual]) -> "Work":
        """Work on an integration as it was read."""
        desired, actual = state
        work = cls(graph, clock, tools.journal, tools.root, desired, actual, tools.say)
        if actual.application is not None:
            work.object_id, work.app_id = actual.application.id, actual.application.app_id
        work.app_id = work.app_id or desired.vendor_app
        work.principal = actual.service_principal or ""
        work.stored = actual.stored
        if actual.users is not None:
            work.users = {name: account.id for name, account in actual.users.accounts.items() if account}
            work.group = actual.users.group.id if actual.users.group else ""
        return work

    @property
    def wish(self) -> CredentialWanted:
        """The wished credential; only asked for by steps of a plan that has one."""
        assert self.desired.credential is not None
        return self.desired.credential

    @asynccontextmanager
    async def write(
        self, change: Change, *, known: str = "", undo: dict[str, Any] | None = None
    ) -> AsyncIterator[Writing]:
        """One journaled write that carries out (a part of) the change; say id and way back where known beforehand."""
        async with self.writing(change.action, change.object, change.name, known=known, undo=undo) as writing:
            yield writing

    @asynccontextmanager
    async def writing(
        self, action: str, kind: str, name: str, *, known: str = "", undo: dict[str, Any] | None = None
    ) -> AsyncIterator[Writing]:
        """The same for a write that the plan has no line of its own for, such as storing a credential."""
        what = What(self.desired.tenant, self.desired.integration, action, kind, name)
        async with self.journal.write(what, self.clock, known=known, undo=undo) as writing:
            yield writing
