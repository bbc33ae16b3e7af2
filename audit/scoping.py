"""What Exchange does with one app: its policies and assignments, and whether they are what its integration declares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.app import App
from audit.finding import Pointer, Severity, Verdict
from audit.mailboxes import (
    ASSIGNMENT_CMDLET,
    POINTER_CMDLET,
    POLICY_CMDLET,
    Assignment,
    Policy,
    Reach,
    Right,
    assignments_for,
    policies_for,
    reach,
)
from audit.times import day, moment
from audit.view import View

STALE = timedelta(days=30)  # Exchange's evidence is brought by hand and is easily forgotten
PROPAGATION = timedelta(hours=2)  # "more than an hour" for policies, 30 minutes to 2 hours for RBAC

Wrong = tuple[Verdict, Severity, str]


@dataclass(frozen=True)
class Scoping:
    """Exchange's evidence about one app; None where that evidence is missing. `read` is when each file was written."""

    policies: tuple[Policy, ...] | None
    assignments: tuple[Assignment, ...] | None
    read: dict[str, datetime | None]

    @classmethod
    def of(cls, app: App, view: View) -> "Scoping":
        """Picks what concerns the app out of the exports."""
        policies, assignments = view.snapshot.exported(POLICY_CMDLET), view.snapshot.exported(ASSIGNMENT_CMDLET)
        ids = frozenset({app.app_id, app.principal.id if app.principal else app.app_id})
        pointers = view.snapshot.exported(POINTER_CMDLET)
        return cls(
            policies=None if policies is None else tuple(policies_for(app.app_id, policies)),
            assignments=None if assignments is None else tuple(assignments_for(ids, assignments, pointers)),
            read={export.file: moment(export.collected) for export in (*(policies or ()), *(assignments or ()))},
        )

    @property
    def reach(self) -> Reach:
        """What the policies leave of a permission granted in Entra."""
        return reach(self.policies or ())

    @property
    def restricting(self) -> tuple[Policy, ...]:
        """The policies that admit only their group, and are in force."""
        return tuple(p for p in self.policies or () if p.valid and p.right is Right.RESTRICT)

    @property
    def proof(self) -> tuple[Pointer, ...]:
        """All of it, as evidence."""
        rows: tuple[Policy | Assignment, ...] = (*(self.policies or ()), *(self.assignments or ()))
        return tuple(Pointer(file=row.file, id=row.identity) for row in rows)

    def stale(self, collected: datetime | None) -> str:
        """The day of the oldest export, where it is much older than the rest of the evidence; else empty."""
        times = [time for time in self.read.values() if time is not None]
        if collected is None or not times or collected - min(times) <= STALE:
            return ""
        return day(min(times))

    def fresh(self) -> tuple[Policy, ...]:
        """Policies changed so shortly before they were read that they may not act yet."""
        return tuple(policy for policy in self.restricting if self._fresh(policy))

    def _fresh(self, policy: Policy) -> bool:
        changed, seen = moment(policy.changed), self.read.get(policy.file)
        return changed is not None and seen is not None and seen - changed < PROPAGATION


def mismatch(app: App, view: View, policies: Sequence[Policy]) -> Wrong | None:
    """How the groups of restricting policies differ from the declared mailboxes; None where they agree.

    Exchange tells a group by its object id or only by its name. Names agree or they prove nothing.
    """
    if app.integration is None:
        return None
    group = app.integration.mailboxes.group
    if group is None:
        text = f"narrowed to {_names(policies)}; whether these are the declared mailboxes was not compared"
        return Verdict.CONDITIONAL, Severity.LOW, text
    declared = group_id(group, view)
    strangers = [policy for policy in policies if not _is(policy, group, declared, view)]
    if not strangers:
        return None
    if len(strangers) < len(policies):
        text = f"reaches the calendars of {_names(strangers)} beside those of {group}"
        return Verdict.FAIL, Severity.MEDIUM, text
    if declared and all(policy.group_id for policy in strangers):
        return Verdict.FAIL, Severity.MEDIUM, f"narrowed to {_names(strangers)}, not to the declared {group}"
    text = f"narrowed to {_names(strangers)}, which could not be recognised as the declared {group}"
    return Verdict.CONDITIONAL, Severity.LOW, text


def _names(policies: Sequence[Policy]) -> str:
    return ", ".join(sorted({policy.group_name for policy in policies}))


def _is(policy: Policy, group: str, declared: str, view: View) -> bool:
    """True where the policy's group is the declared one."""
    if declared and policy.group_id:
        return declared == policy.group_id
    names = {group.casefold(), group.casefold().partition("@")[0]}
    for row in view.groups:
        if row.id.casefold() == declared:
            names |= {text.casefold() for text in (row.display_name, row.mail) if text}
    return bool(names & policy.group_keys)


def group_id(group: str, view: View) -> str:
    """The object id of a group that an integration declares, by id or address in groups.jsonl; empty if not there."""
    wanted = group.casefold()
    for row in view.groups:
        if wanted in (row.id.casefold(), (row.mail or "").casefold()):
            return row.id.casefold()
    return ""
