"""calendar-tenant-wide: apps whose consent reaches every calendar of the organisation.

Admin consent for a calendar permission has no bounds of its own; only Exchange can narrow it, and only Exchange's
own evidence shows that it does. Two ways exist and they add up (see `audit.mailboxes`), so both are looked at.
"""

from collections.abc import Iterator, Sequence

from audit.app import PRINCIPALS, ROLES, App, Held
from audit.checks.interface import Check, Point, listed, passed, unknown
from audit.finding import Pointer, Severity, Verdict
from audit.mailboxes import ASSIGNMENT_CMDLET, NARROWED, POINTER_CMDLET, POLICY_CMDLET, Assignment, Reach, Right
from audit.permissions import EXCHANGE, GRAPH
from audit.remedies import export_evidence, narrow
from audit.scoping import Scoping, group_id, mismatch
from audit.times import moment
from audit.view import View

EVERYBODY = "mailboxes: all"
"""The item of a finding that is only about an integration which says so itself."""


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app; nothing for somebody else's app that nothing gives a calendar permission."""
    granted = [held for held in app.held if _reaches_calendars(held)]
    scoping = Scoping.of(app, view)
    if app.integration is None and not granted and not scoping.assignments:
        return
    if gap := view.gap(PRINCIPALS, ROLES):
        yield unknown(Severity.HIGH, gap, app.proof)
        return
    points = list(_points(app, view, granted, scoping))
    yield from points
    proof = (app.proof, *(held.proof for held in granted), *scoping.proof)
    if not points and (old := scoping.stale(moment(view.snapshot.collected))):
        text = f"{_good(granted, scoping)}, by Exchange's evidence of {old}, which is much older than the rest"
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, (), proof, export_evidence(app))
    elif not points:
        yield passed(Severity.HIGH, _good(granted, scoping), *proof)


def _points(app: App, view: View, granted: Sequence[Held], scoping: Scoping) -> Iterator[Point]:
    calendars = any(_calendar(name.name) for name in app.required)
    if scoping.policies is None and (granted or calendars):
        yield _no_evidence(app, granted, POLICY_CMDLET)
    elif app.integration is not None and app.integration.mailboxes.all:
        yield from _everybody(app, granted, scoping)
    else:
        for held in granted:
            yield from _left(app, view, held, scoping)
        if scoping.assignments is None and (granted or calendars):
            yield _half_evidence(app, granted)
        for one in scoping.assignments or ():
            yield from _added(app, view, one, granted, scoping)


def _calendar(name: str) -> bool:
    return name.startswith("Calendars.") or name in ("full_access_as_app", "EWS.AccessAsApp")


def _reaches_calendars(held: Held) -> bool:
    """Only application permissions: a delegated one goes no further than its user."""
    name = held.name
    return name.type == "application" and name.resource in (GRAPH, EXCHANGE) and _calendar(name.name)


def _left(app: App, view: View, held: Held, scoping: Scoping) -> Iterator[Point]:
    """What application access policies leave of one permission that Entra granted."""
    proof, what = (held.proof, *scoping.proof), (str(held.name),)
    policies = scoping.policies or ()
    groups = listed(policy.group_name for policy in policies if policy.valid)
    if held.name.name not in NARROWED:
        text = f"{held.name} reaches every calendar: application access policies do not narrow it"
        yield Point(Verdict.FAIL, Severity.HIGH, text, what, proof, _instead(app, held))
    elif scoping.reach is Reach.UNREADABLE:
        odd = next(policy for policy in policies if policy.right is Right.UNREADABLE)
        text = f"the policy {odd.identity} has an access right ({odd.raw_right or 'none'}) that cannot be read"
        yield unknown(Severity.HIGH, text, *proof, fix=export_evidence(app))
    elif scoping.reach is Reach.ALL:
        dead = [policy.group_name for policy in policies]
        why = f": its policy for {listed(dead)} is no longer valid" if dead else ", and no policy narrows it"
        yield Point(Verdict.FAIL, Severity.HIGH, f"{held.name} reaches every calendar{why}", what, proof, narrow(app))
    elif scoping.reach is Reach.ALL_BUT_DENIED:
        text = f"{held.name} reaches every calendar but those of {groups}; a new mailbox is reached at once"
        yield Point(Verdict.FAIL, Severity.MEDIUM, text, what, proof, narrow(app))
    else:
        yield from _narrowed(app, view, held, scoping)


def _everybody(app: App, granted: Sequence[Held], scoping: Scoping) -> Iterator[Point]:
    """The integration says that it is for everybody: reaching every calendar is meant, and still worth a look."""
    proof, what = (app.declared, *(held.proof for held in granted), *scoping.proof), (EVERYBODY,)
    if granted and scoping.reach in (Reach.ONLY_GROUPS, Reach.ALL_BUT_DENIED):
        groups = listed(policy.group_name for policy in scoping.policies or () if policy.valid)
        text = f"its integration file says all mailboxes, but a policy for {groups} shuts some out"
        fix = "Change `mailboxes` in tenantry.toml, or take the policy away."
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, (), proof, fix)
    elif granted or scoping.assignments:
        text = "reaches every calendar, as its integration file says (mailboxes: all)"
        fix = "Name a group under `mailboxes` in tenantry.toml, or accept it with a waiver that says why."
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, what, proof, fix)


def _narrowed(app: App, view: View, held: Held, scoping: Scoping) -> Iterator[Point]:
    """Members of some groups only. Are they the declared ones, and has Exchange had the time to act on it?"""
    proof, what = (held.proof, *scoping.proof, app.declared), (str(held.name),)
    if wrong := mismatch(app, view, scoping.restricting):
        verdict, severity, text = wrong
        yield Point(verdict, severity, text, what, proof, narrow(app))
    for policy in scoping.fresh():
        text = f"the policy for {policy.group_name} was changed shortly before it was read and may not act yet"
        fix = "Collect again when two hours have passed."
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, what, proof, fix)


def _added(app: App, view: View, one: Assignment, granted: Sequence[Held], scoping: Scoping) -> Iterator[Point]:
    """What one assignment of RBAC for Applications adds to the permissions that Entra granted."""
    proof, what = (Pointer(file=one.file, id=one.identity), app.proof), (one.identity,)
    if not one.certain:
        text = f"{one.role} is assigned to an app that cannot be told, as {POINTER_CMDLET} was not exported"
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, what, proof, export_evidence(app))
    elif not one.scope:
        text = f"{one.role} is assigned to it without a scope, so it reaches every calendar"
        fix = f"Remove the role assignment {one.identity} in Exchange. {narrow(app, 'rbac')}"
        yield Point(Verdict.FAIL, Severity.HIGH, text, what, proof, fix)
    elif granted and scoping.reach is not Reach.ONLY_GROUPS:
        text = (
            f"the scope {one.scope} of {one.role} is worth nothing while {granted[0].name} is granted in Entra too: "
            "the two add up"
        )
        fix = f"Revoke {granted[0].name} in Entra once the assignment is proven to work."
        yield Point(Verdict.FAIL, Severity.HIGH, text, what, (*proof, granted[0].proof), fix)
    else:
        yield from _nested(app, view, one, proof)


def _nested(app: App, view: View, one: Assignment, proof: tuple[Pointer, ...]) -> Iterator[Point]:
    """RBAC for Applications counts direct members only, where policies counted nested ones too."""
    group = app.integration.mailboxes.group if app.integration else None
    if group and group_id(group, view) in view.nested:
        text = f"{one.role} counts direct members only, and {group} has groups inside, whose members it does not reach"
        fix = f"Make the members of the groups inside {group} members of it themselves."
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, (one.identity,), proof, fix)


def _half_evidence(app: App, granted: Sequence[Held]) -> Point:
    """Policies were read, assignments were not: what Entra granted is narrowed, what Exchange adds is not known."""
    if not granted:
        return _no_evidence(app, granted, ASSIGNMENT_CMDLET)
    text = f"whether RBAC for Applications adds to its consent was not read (exchange/{ASSIGNMENT_CMDLET}.json)"
    return Point(Verdict.CONDITIONAL, Severity.LOW, text, (), (app.proof,), export_evidence(app))


def _no_evidence(app: App, granted: Sequence[Held], cmdlet: str) -> Point:
    what = listed(held.name for held in granted) if granted else "what Exchange grants"
    text = f"whether {what} reaches every calendar only Exchange knows, and exchange/{cmdlet}.json is not in evidence"
    return unknown(Severity.MEDIUM, text, *(held.proof for held in granted), fix=export_evidence(app))


def _instead(app: App, held: Held) -> str:
    """No script narrows this permission; Calendars.Read can be narrowed."""
    then = f" {narrow(app, 'rbac')}" if app.label else ""
    return f"Nothing narrows {held.name.name}: give Calendars.Read in its place, and revoke this one.{then}"


def _good(granted: Sequence[Held], scoping: Scoping) -> str:
    groups = {policy.group_name for policy in scoping.restricting} if granted else set()
    where = sorted(groups | {one.scope for one in scoping.assignments or ()})
    return f"reaches only the calendars of {listed(where)}" if where else "reaches no calendar"


CHECK = Check(
    id="calendar-tenant-wide",
    title="Reach into calendars",
    risk="Consent knows no mailboxes: unnarrowed, the app reads the calendars of management and personnel as well.",
    severity=Severity.HIGH,
    judge=judge,
    references=(
        "https://learn.microsoft.com/exchange/permissions-exo/application-rbac",
        "https://learn.microsoft.com/exchange/permissions-exo/application-access-policies",
        "https://learn.microsoft.com/graph/auth-limit-mailbox-access",
    ),
    frameworks={"CMMC 2.0": ("SC.L2-3.13.1",)},
)
