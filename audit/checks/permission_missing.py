"""permission-missing: what the integration needs, held against what the tenant granted.

The manifest is only the request; the grant is the truth. A grant to single users is not one to all, and a wider
permission does the work of a narrower one.
"""

from collections.abc import Iterator

from audit.app import APPLICATIONS, PRINCIPALS, ROLES, SCOPES, App, Held
from audit.checks.interface import Check, Point, apply_again, listed, passed, unknown
from audit.exchange import Export
from audit.finding import Severity, Verdict
from audit.mailboxes import ASSIGNMENT_CMDLET, POINTER_CMDLET, assignments_for
from audit.permissions import EXCHANGE, GRAPH, Name, includes
from audit.remedies import export_evidence, run_script
from audit.view import View


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app; without an integration file its own manifest says what it needs."""
    gap = view.gap(PRINCIPALS, APPLICATIONS, ROLES, SCOPES)
    if app.integration is None:
        yield from _unconsented(app, gap)
    elif gap and app.principal is None:
        yield unknown(Severity.HIGH, gap, app.declared)
    elif app.principal is None:
        yield _absent(app)
    else:
        yield from _present(app, view)


def _present(app: App, view: View) -> Iterator[Point]:
    points = [point for name in app.required for point in _required(app, view, name)]
    yield from points
    yield from _disabled(app)
    if not points:
        needs = f"holds all it needs: {listed(app.required)}" if app.required else "needs no permission"
        yield passed(Severity.HIGH, needs, app.declared, *(held.proof for held in app.held))


def _required(app: App, view: View, name: Name) -> Iterator[Point]:
    """What is to say about one needed permission; nothing where it is granted and asked for."""
    item, fix = (str(name),), apply_again(app)
    gap = view.gap(ROLES if name.type == "application" else SCOPES)
    held = next((held for held in app.held if held.name == name), None)
    wider = next((held for held in app.held if held.everyone and includes(held.name, name)), None)
    proof = (app.declared, app.proof)
    if name in app.in_exchange:
        yield from _by_exchange(app, view, name)
    elif held and held.everyone:
        yield from _unasked(app, held, fix)
    elif gap:
        yield unknown(Severity.HIGH, gap, app.declared)
    elif not view.resources.has(name.resource):
        text = f"{PRINCIPALS} does not hold the service principal of {name.resource}, which publishes {name.name}"
        yield unknown(Severity.HIGH, text, app.declared)
    elif held:
        text = f"holds {held}, so it works for nobody else"
        yield Point(Verdict.CONDITIONAL, Severity.MEDIUM, text, item, (*proof, held.proof), fix)
    elif wider:
        text = f"lacks {name}, and works only by the wider {wider}"
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, item, (*proof, wider.proof), fix)
    elif not _through_exchange(app, view, name):
        asked = any(asked.name == name for asked in app.asked)
        how = "its manifest asks for it, but nobody consented" if asked else "its manifest does not ask for it either"
        yield Point(Verdict.FAIL, Severity.HIGH, f"lacks {name}: {how}", item, proof, fix)


def _by_exchange(app: App, view: View, name: Name) -> Iterator[Point]:
    """A permission that Exchange shall give; whether Entra grants it too, calendar-tenant-wide tells."""
    if _through_exchange(app, view, name):
        return
    if view.snapshot.exported(ASSIGNMENT_CMDLET) is None:
        text = f"whether Exchange gives it {name.name} only Exchange knows, and {ASSIGNMENT_CMDLET} was not exported"
        yield unknown(Severity.HIGH, text, app.declared, fix=export_evidence(app))
        return
    text = f"lacks {name}: Exchange shall give it, and no role assignment does"
    yield Point(Verdict.FAIL, Severity.HIGH, text, (str(name),), (app.declared, app.proof), run_script(app, "rbac"))


def _unasked(app: App, held: Held, fix: str) -> Iterator[Point]:
    """Granted, but not in the manifest: it works, and is lost when somebody consents anew from the portal."""
    read = app.application is not None and app.application.required_resource_access is not None
    if read and all(asked.name != held.name for asked in app.asked):
        text = f"holds {held.name}, but its manifest does not ask for it, so a new consent would not renew it"
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, (str(held.name),), (app.proof, held.proof), fix)


def _through_exchange(app: App, view: View, name: Name) -> bool:
    """True where RBAC for Applications grants it, as it does when Exchange does the scoping."""
    exports: tuple[Export, ...] = view.snapshot.exported(ASSIGNMENT_CMDLET) or ()
    ids = frozenset({app.app_id, app.principal.id if app.principal else ""})
    found = assignments_for(ids, exports, view.snapshot.exported(POINTER_CMDLET))
    roles = {Name(r, "application", a.permission) for a in found if a.certain for r in (GRAPH, EXCHANGE)}
    return name in roles or any(includes(role, name) for role in roles)


def _absent(app: App) -> Point:
    what = "has no service principal, so nothing can be granted to it" if app.application else "is not in the tenant"
    proof = (app.declared, app.proof)
    return Point(Verdict.FAIL, Severity.CRITICAL, f"the app {app.app_id} {what}", (), proof, apply_again(app))


def _disabled(app: App) -> Iterator[Point]:
    off = app.principal is not None and app.principal.account_enabled is False
    if off or (app.application is not None and app.application.is_disabled):
        text = "the app is switched off, so it gets no token whatever it holds"
        yield Point(
            Verdict.FAIL, Severity.HIGH, text, (), (app.proof,), "Switch its sign-in on again, or find out why."
        )


def _unconsented(app: App, gap: str | None) -> Iterator[Point]:
    if app.application is None or app.application.required_resource_access is None:
        return
    missing = {asked.name for asked in app.asked} - {held.name for held in app.held}
    if gap:
        yield unknown(Severity.HIGH, gap, app.proof)
    elif missing:
        text = f"its manifest asks for {listed(sorted(missing))}, but nobody consented"
        items = tuple(str(name) for name in missing)
        yield Point(Verdict.FAIL, Severity.LOW, text, items, (app.proof,), "Consent to it, or take it out.")
    else:
        yield passed(Severity.HIGH, "all that its manifest asks for is granted", app.proof)


CHECK = Check(
    id="permission-missing",
    title="Needed permissions",
    risk="Without it the integration sees nothing, and often says so only as zero users.",
    severity=Severity.HIGH,
    judge=judge,
    references=(
        "https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview",
        "https://learn.microsoft.com/graph/api/resources/approleassignment",
    ),
)
