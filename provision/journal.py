"""The journal: a line before and a line after every write, on disk before the write goes out.

`.tenantry/journal/<run>.jsonl`, shape in CONTRACTS; ours also say which integration, how it ended (`outcome`), and what
`undo` needs (`undo`: values that were there before). Never a secret.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from tenantry.clock import Clock
from tenantry.errors import ConfigurationError, GraphError, Problem, UsageError
from tenantry.workspace.lock import FOLDER, folder

Outcome = Literal["done", "failed", "unknown"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `step` counts the writes of a run; `outcome` stands on `after` lines only."""

    time: str
    run: str
    operator: str
    step: int
    phase: Literal["before", "after"]
    action: str
    object: str
    id: str
    tenant: str = ""
    integration: str = ""
    name: str = ""
    outcome: str = ""
    undo: dict[str, Any] | None = None
    undoes: str = ""

    @property
    def target(self) -> str:
        """`tenant/integration`."""
        return f"{self.tenant}/{self.integration}"

    @property
    def at(self) -> datetime:
        """When, by the tenant's clock."""
        return datetime.fromisoformat(self.time)


@dataclass(frozen=True)
class What:
    """Which write: of which integration, and the change it belongs to."""

    tenant: str
    integration: str
    action: str
    object: str
    name: str


@dataclass
class Writing:
    """What a step fills in while it writes: the id it learned, and what undoing takes."""

    id: str = ""
    undo: dict[str, Any] | None = None


@dataclass
class Journal:
    """The journal of one run, written by all its integrations. `writes` counts what was not refused, by integration."""

    root: Path
    run: str
    undoes: str = ""
    writes: dict[str, int] = field(default_factory=dict)
    operators: dict[str, str] = field(default_factory=dict)
    _step: int = field(default=0)

    @asynccontextmanager
    async def write(
        self, what: What, clock: Clock, *, known: str = "", undo: dict[str, Any] | None = None
    ) -> AsyncIterator[Writing]:
        """Surrounds one write; an answer that never came is `unknown`, a refusal `failed`.

        `known` is the id and `undo` the way back, where they are known before: a kill then loses neither.
        """
        self._step += 1
        target = f"{what.tenant}/{what.integration}"
        self.writes[target] = self.writes.get(target, 0) + 1
        writing = Writing(id=known, undo=undo)
        before = self._entry(what, clock, writing)
        self._append(before)
        outcome: Outcome = "failed"
        try:
            yield writing
            outcome = "done"
        except GraphError as error:
            outcome = "unknown" if error.status == 0 or error.status >= 500 else "failed"
            raise
        except (asyncio.CancelledError, KeyboardInterrupt):
            outcome = "unknown"
            raise
        finally:
            self.writes[target] -= str(outcome) == "failed"
            after = self._entry(what, clock, writing)
            self._append(msgspec.structs.replace(after, step=before.step, phase="after", outcome=outcome))

    def _entry(self, what: What, clock: Clock, writing: Writing) -> Entry:
        return Entry(
            time=f"{clock.now():%Y-%m-%dT%H:%M:%S.%fZ}",
            run=self.run,
            operator=self.operators.get(what.tenant, ""),
            step=self._step,
            phase="before",
            action=what.action,
            object=what.object,
            id=writing.id,
            tenant=what.tenant,
            integration=what.integration,
            name=what.name,
            undo=writing.undo,
            undoes=self.undoes,
        )

    def _append(self, entry: Entry) -> None:
        folder(self.root)
        append(path_of(self.root, self.run), msgspec.json.encode(entry))


def append(path: Path, line: bytes) -> None:
    """One line, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def path_of(root: Path, run: str) -> Path:
    """The journal of one run."""
    return root / FOLDER / "journal" / f"{run}.jsonl"


def runs(root: Path) -> list[str]:
    """All runs with a journal, oldest first (their names begin with their time)."""
    return sorted(path.stem for path in (root / FOLDER / "journal").glob("*.jsonl"))


def read(root: Path, run: str) -> list[Entry]:
    """The lines of one run; a last line that a crash cut short is left out.

    Raises:
        UsageError: There is no journal of that run.
        ConfigurationError: A line in the middle of it is damaged.
    """
    try:
        lines = path_of(root, run).read_bytes().splitlines()
    except OSError as error:
        known = ", ".join(runs(root)[-3:]) or "none"
        raise UsageError(f"There is no journal of run {run!r}.", fix=f"The last runs are: {known}.") from error
    return list(_entries(lines, path_of(root, run)))


def _entries(lines: Sequence[bytes], path: Path) -> Iterator[Entry]:
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            if number == len(lines):
                return  # a crash cut it short
            fix = "Bring the file back from a backup, or move it away: what it tells of can then not be taken back."
            problem = Problem("is no line of a journal.", where=f"{path}:{number}", fix=fix)
            raise ConfigurationError([problem]) from error


class History:
    """What earlier runs of this workspace wrote, by integration; read once, when first asked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_target: dict[str, list[Entry]] | None = None

    def of(self, target: str) -> list[Entry]:
        """All lines about `tenant/integration`, oldest run first."""
        if self._by_target is None:
            self._by_target = {}
            for run in runs(self._root):
                for entry in read(self._root, run):
                    self._by_target.setdefault(entry.target, []).append(entry)
        return self._by_target.get(target, [])

    def made_app(self, target: str) -> bool:
        """True where the last that a run did to the app was to make it, adopt it or change it, not to part with it."""
        kinds = ("application", "adoptionNote")
        done = [e for e in self.of(target) if e.object in kinds and (e.phase, e.outcome) == ("after", "done")]
        return bool(done) and done[-1].action != "delete"

    def granted(self, target: str) -> set[str]:
        """Ids of the grants that runs made anew."""
        kinds = ("appRoleAssignment", "oauth2PermissionGrant")
        made = [e for e in self.of(target) if e.object in kinds and (e.action, e.outcome) == ("grant", "done")]
        return {entry.id for entry in made if entry.undo is None}

    def binned_app(self, target: str) -> bool:
        """True where a run deleted the app and none purged it since."""
        kinds = ("application", "deletedApplication")
        done = [e for e in self.of(target) if e.object in kinds and (e.phase, e.outcome) == ("after", "done")]
        return bool(done) and (done[-1].object, done[-1].action) == ("application", "delete")

    def made_users(self, target: str) -> list[str]:
        """Integration users that a run made, or tried to, and none deleted since; in the order of making."""
        made: dict[str, None] = {}
        for entry in self.of(target):
            if entry.object != "integrationUser":
                continue
            if (entry.action, entry.outcome) in (("delete", "done"), ("create", "failed")):
                made.pop(entry.name, None)
            elif entry.action == "create":
                made[entry.name] = None
        return list(made)

    def deleted_apps(self, target: str) -> set[str]:
        """Ids of the apps that runs deleted."""
        done = [e for e in self.of(target) if (e.object, e.action) == ("application", "delete")]
        return {entry.id for entry in done if (entry.phase, entry.outcome) == ("after", "done")}

    def orphans(self, target: str) -> dict[str, datetime]:
        """Credentials that a run tried to make and neither stored nor removed: display name and time of the try."""
        tried: dict[str, datetime] = {}
        for entry in self.of(target):
            if entry.object != "credential":
                continue
            if (entry.action, entry.phase) == ("create", "before"):
                tried[entry.name] = entry.at
            elif entry.phase == "after" and _settles(entry):
                tried.pop(entry.name, None)
        return tried


def _settles(entry: Entry) -> bool:
    """True where the line says that no credential of unknown value can be left of this try."""
    if entry.action == "create":
        return entry.outcome == "failed"
    return entry.action in ("store", "delete") and entry.outcome == "done"
