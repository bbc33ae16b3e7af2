"""default-user-read: the delegated `User.Read` that the portal puts on every new app, in manifest and grant.

Taking it out of the manifest leaves the grant, and the other way round; both are looked at.
"""

from collections.abc import Iterator

from audit.app import APPLICATIONS, PRINCIPALS, SCOPES, App
from audit.checks.interface import Check, Point, apply_again, passed, unknown
from audit.checks.permission_excess import USER_READ
from audit.finding import Severity, Verdict
from audit.view import View


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app; one that people sign in to may well need User.Read, and then passes."""
    if app.integration is None and app.application is None:
        return
    if _rightly(app):
        yield passed(Severity.LOW, "needs User.Read, as a person signs in to it", app.proof)
        return
    points = [*_asked(app), *_held(app)]
    yield from points
    if gap := view.gap(APPLICATIONS, PRINCIPALS, SCOPES):
        yield unknown(Severity.LOW, gap, app.proof)
    elif not points:
        yield passed(Severity.LOW, "neither asks for User.Read nor holds it", app.proof)


def _rightly(app: App) -> bool:
    if app.integration is not None:
        return USER_READ in app.required
    return not any(name.type == "application" for name in (*(a.name for a in app.asked), *(h.name for h in app.held)))


def _asked(app: App) -> Iterator[Point]:
    if any(asked.name == USER_READ for asked in app.asked):
        text = "its manifest asks for User.Read (delegated), which the portal adds by itself"
        yield Point(Verdict.FAIL, Severity.LOW, text, ("manifest",), (app.proof,), _fix(app))


def _held(app: App) -> Iterator[Point]:
    for held in app.held:
        if held.name == USER_READ:
            whom = "everybody" if held.everyone else f"{held.users} user{'' if held.users == 1 else 's'}"
            severity = Severity.MEDIUM if held.everyone else Severity.LOW
            text = f"User.Read (delegated) is granted to it for {whom}"
            yield Point(Verdict.FAIL, severity, text, ("grant",), (held.proof,), _fix(app))


def _fix(app: App) -> str:
    return apply_again(app) if app.integration else "Take User.Read out of the manifest and revoke the grant."


CHECK = Check(
    id="default-user-read",
    title="The portal's default User.Read",
    risk="An app that nobody signs in to needs no right to sign people in; it only widens what a stolen app can do.",
    severity=Severity.LOW,
    judge=judge,
    references=(
        "https://learn.microsoft.com/graph/permissions-reference#userread",
        "https://learn.microsoft.com/entra/identity-platform/secure-least-privileged-access",
    ),
    frameworks={
        "NIST SP 800-53 r5": ("AC-6(10)", "CM-5"),
        "ISO/IEC 27001:2022": ("A.5.15", "A.5.18", "A.8.2"),
    },
)
