"""Reading after writing. The directory's replicas lag, so a fresh read may show the time before our last write.

A plan made from such a read would do things twice, or make a second secret. So a read that contradicts what the
journal knows is repeated until it does not, or until every replica has had its time.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from provision.journal import Entry, History
from provision.model.actual import Actual
from provision.model.change import Plan
from tenantry.clock import Clock

WINDOW = timedelta(minutes=5)
"""How long after a write a replica may still answer from before it; no promise of Microsoft's, seen in the field."""


@dataclass(frozen=True)
class Doubter:
    """Judges reads of one integration by what the journal says was written lately."""

    history: History
    target: str
    clock: Clock
    wait: Callable[[str], None]

    async def settled(
        self, read: Callable[[], Awaitable[Actual]], make: Callable[[Actual], Plan]
    ) -> tuple[Actual, Plan]:
        """The state and its plan, once no read contradicts what was written less than WINDOW ago."""
        waits, said = delays(), ""
        while True:
            actual = await read()
            made = make(actual)
            why = self.doubt(actual, made)
            if not why:
                return actual, made
            if why != said:
                self.wait(f"{self.target}: waiting for the directory: {why}.")
                said = why
            await self.clock.sleep(next(waits))

    def doubt(self, actual: Actual, made: Plan) -> str:
        """Why the state cannot be taken at its word yet; empty where it can."""
        now = self.clock.now()
        for name, at in self.history.orphans(self.target).items():
            if abs(now - at) < WINDOW and not _shown(name, actual):
                return f"a credential of an interrupted run ({name}) may still appear"
        recent = _Recent.of([e for e in self.history.of(self.target) if abs(now - e.at) < WINDOW])
        gone = self._gone(recent, actual)
        if gone:
            return gone
        for change in made.changes:
            if not change.local and recent.wrote(change.action, change.object, change.name):
                return f"{change.object} {change.name} was written a moment ago and does not show yet"
            if change.key[:2] == ("create", "credential") and recent.stored(actual):
                return "the stored credential was made a moment ago and does not show yet"
        return ""

    def _gone(self, recent: "_Recent", actual: Actual) -> str:
        """What was deleted and still shows, or does not show in the tenant's bin yet, where it keeps our key taken."""
        application = actual.application
        if application is not None and application.id in recent.deleted:
            return f"the app {application.app_id} was deleted and still shows"
        binned = recent.binned if application is None and self.history.binned_app(self.target) else ""
        if binned and (actual.deleted is None or actual.deleted.id != binned):
            return "the app was deleted and does not show in the tenant's bin yet"
        shown = recent.undead(actual)
        return f"{shown} was deleted and still shows" if shown else ""


@dataclass(frozen=True)
class _Recent:
    """The lines of the journal that are young enough to be missing from a replica."""

    entries: list[Entry]
    deleted: frozenset[str]  # apps
    binned: str  # the app that was deleted last
    gone: frozenset[str]  # integration users and their group

    @classmethod
    def of(cls, entries: list[Entry]) -> "_Recent":
        """The lines since our app was last deleted, if it was: what was there before went with it."""
        deleted = [
            i for i, e in enumerate(entries) if (e.object, e.action, e.outcome) == ("application", "delete", "done")
        ]
        since = entries[deleted[-1] + 1 :] if deleted else entries
        kinds = ("integrationUser", "exclusionGroup")
        gone = {e.id for e in entries if e.object in kinds and (e.action, e.outcome) == ("delete", "done")}
        binned = entries[deleted[-1]].id if deleted else ""
        return cls(since, frozenset(entries[i].id for i in deleted), binned, frozenset(gone))

    def wrote(self, action: str, kind: str, name: str) -> bool:
        """True where the last finished write to that thing is this very one."""
        for entry in reversed(self.entries):
            if (entry.object, entry.name, entry.outcome) == (kind, name, "done"):
                return entry.action == action
        return False

    def undead(self, actual: Actual) -> str:
        """What was deleted a moment ago and still shows: an integration user or their group, by name."""
        if actual.users is None:
            return ""
        group = actual.users.group
        if group is not None and group.id in self.gone:
            return f"the group {group.name}"
        accounts = (account for account in actual.users.accounts.values() if account is not None)
        return next((f"the account {account.name}" for account in accounts if account.id in self.gone), "")

    def stored(self, actual: Actual) -> bool:
        """True where the credential in the store is one of these writes and is missing from the app."""
        held, application = actual.stored, actual.application
        if held is None or (application and any(c.id == held.id for c in application.credentials)):
            return False
        return any(entry.object == "credential" and entry.id == held.id for entry in self.entries)


def _shown(name: str, actual: Actual) -> bool:
    application = actual.application
    return application is not None and any(credential.name == name for credential in application.credentials)


def delays() -> Iterator[float]:
    """Seconds between reads that are in doubt."""
    yield from (1, 2, 4, 8, 15)
    while True:
        yield 30
