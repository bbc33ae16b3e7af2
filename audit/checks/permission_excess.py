"""permission-excess: what the app holds, or asks for, beyond what the integration needs.

`User.Read` that the portal adds by itself has its own check, default-user-read.
"""

from collections.abc import Iterator

from audit.app import APPLICATIONS, PRINCIPALS, ROLES, SCOPES, App, Held
from audit.checks.interface import Check, Point, apply_again, listed, passed, unknown
from audit.finding import Severity, Verdict
from audit.permissions import GRAPH, Name, narrower, rate
from audit.view import View

USER_READ = Name(GRAPH, "delegated", "User.Read")


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app; without an integration file its own manifest says what it needs."""
    if app.integration is None and (app.application is None or app.application.required_resource_access is None):
        return
    points = [*_held(app), *_asked(app)]
    yield from points
    if gap := view.gap(PRINCIPALS, APPLICATIONS, ROLES, SCOPES):
        yield unknown(Severity.MEDIUM, gap, app.proof)
    elif app.principal is None and not points:
        yield passed(Severity.MEDIUM, "holds nothing: it has no service principal", app.proof)
    elif not points:
        yield passed(Severity.MEDIUM, "holds and asks for nothing beyond its need", app.proof)


def _needed(app: App) -> set[Name]:
    return set(app.required) if app.integration is not None else {asked.name for asked in app.asked}


def _held(app: App) -> Iterator[Point]:
    needed = _needed(app)
    for held in app.held:
        if held.name not in needed and held.name != USER_READ:
            yield _excess(app, held, needed)


def _excess(app: App, held: Held, needed: set[Name]) -> Point:
    rating = rate(held.name)
    severity = rating.level
    text = f"holds {held}, rated {rating.level} ({rating.by})"
    if enough := narrower(held.name, needed):
        text += f", where {enough.name} is enough"
    if held.name in app.forbidden:
        text += ", which its profile forbids"
        severity = max(severity, Severity.MEDIUM, key=lambda level: level.rank)
    elif app.integration is None:
        text += ", which its manifest does not ask for"
    fix = apply_again(app, "--prune") if app.integration else "Revoke the grant, or write down who needs it."
    return Point(Verdict.FAIL, severity, text, (str(held.name),), (held.proof, app.declared or app.proof), fix)


def _asked(app: App) -> Iterator[Point]:
    """Asked for and not granted: the next consent would grant it."""
    if app.integration is None:
        return
    extra = sorted({a.name for a in app.asked} - set(app.required) - {h.name for h in app.held} - {USER_READ})
    if extra:
        text = f"its manifest asks for {listed(extra)} beyond its need; the next consent would grant that"
        proof = (app.proof, app.declared)
        items = tuple(str(name) for name in extra)
        yield Point(Verdict.FAIL, Severity.LOW, text, items, proof, apply_again(app, "--prune"))


CHECK = Check(
    id="permission-excess",
    title="Permissions beyond the need",
    risk="Whoever gets hold of the app's credential gets all of it.",
    severity=Severity.MEDIUM,
    judge=judge,
    references=(
        "https://learn.microsoft.com/entra/identity-platform/secure-least-privileged-access",
        "https://learn.microsoft.com/graph/permissions-reference",
    ),
    frameworks={
        "NIST SP 800-53 r5": ("AC-6(10)", "CM-5"),
        "ISO/IEC 27001:2022": ("A.5.15", "A.5.18", "A.8.2"),
    },
)
