"""credential-expiry: credentials that have ended, end soon, never end, live too long, or do not work yet.

The credential that the integration file names is the one that counts. An older one is no news once a newer one of
its kind works: rotation leaves such leftovers, and naming them would bury the one that matters.
"""

from collections.abc import Iterator
from datetime import datetime

from audit import credentials
from audit.app import APPLICATIONS, FEDERATED, PRINCIPALS, App
from audit.checks.interface import Check, Point, listed, passed, unknown
from audit.credentials import Credential
from audit.finding import Severity, Verdict
from audit.options import Options
from audit.times import day
from audit.view import View


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app; nothing for an app of somebody else's without credentials here."""
    found = credentials.of(app)
    if app.integration is None and not found:
        return
    gap = view.gap(APPLICATIONS, PRINCIPALS)
    if app.integration is not None and not credentials.told(app):
        yield unknown(Severity.HIGH, gap or "the evidence lists no credentials of the app", app.declared, app.proof)
        return
    named = _named(app, found)
    worth = [c for c in found if c is named or not _leftover(c, found, view.options.as_of)]
    points = [point for one in worth for point in _one(app, one, view.options, ours=_ours(app, one, named, found))]
    points += _nothing_live(app, found, view)
    yield from points
    if gap:
        yield unknown(Severity.HIGH, gap, app.proof)
    elif not points:
        yield passed(Severity.HIGH, _good(app, found, worth), app.proof)


def _named(app: App, found: tuple[Credential, ...]) -> Credential | None:
    reference = app.integration.credential if app.integration else None
    return next((c for c in found if reference and reference.id in c.ids), None)


def _leftover(one: Credential, found: tuple[Credential, ...], at: datetime) -> bool:
    """True where a newer credential of the same kind, on the same object, works now and lasts longer."""
    alike = (c for c in found if (c.kind, c.home) == (one.kind, one.home) and c.live(at) and c.begun(at))
    return one.end is not None and any(c.end is not None and c.end > one.end for c in alike)


def _ours(app: App, one: Credential, named: Credential | None, found: tuple[Credential, ...]) -> bool:
    """True for the credential that the integration signs in with: the named one, or the only one there is."""
    return one is named or (app.integration is not None and named is None and len(found) == 1)


def _one(app: App, one: Credential, options: Options, *, ours: bool) -> Iterator[Point]:
    at, fix = options.as_of, _fix(app, one)

    def point(severity: Severity, text: str) -> Point:
        return Point(Verdict.FAIL, severity, text, one.ids, (one.proof,), fix)

    if one.end is None:
        yield point(Severity.MEDIUM, f"its {one} never ends")
    elif one.end <= at:
        severity = Severity.CRITICAL if ours else Severity.MEDIUM if app.integration is None else Severity.LOW
        yield point(severity, f"its {one} ended on {day(one.end)}")
        return
    elif one.end - at <= options.expiry_warning:
        left = (one.end - at).days
        soon = one.end - at <= options.expiry_alarm
        severity = Severity.HIGH if soon and (ours or app.integration is None) else Severity.MEDIUM
        yield point(severity, f"its {one} ends on {day(one.end)}, in {left} day{'' if left == 1 else 's'}")
    if not one.begun(at) and one.start is not None:
        yield point(Severity.HIGH if ours else Severity.LOW, f"its {one} works only from {day(one.start)} on")
    if one.start and one.end and one.end - one.start > options.longest_life:
        life = (one.end - one.start).days
        yield point(Severity.LOW, f"its {one} lives {life} days, more than {options.longest_life.days}")


def _nothing_live(app: App, found: tuple[Credential, ...], view: View) -> Iterator[Point]:
    """The integration needs a credential and none is alive: it cannot sign in."""
    reference = app.integration.credential if app.integration else None
    if reference is None or any(c.live(view.options.as_of) for c in found):
        return
    if reference.kind == "federated":
        gap = view.gap(FEDERATED)
        if gap:
            yield unknown(Severity.HIGH, gap, app.declared)
            return
        if app.federated:
            return
    if not found and view.gap(APPLICATIONS, PRINCIPALS) is None:
        text = f"has no credential, though the integration signs in with a {reference.kind}"
        yield Point(Verdict.FAIL, Severity.CRITICAL, text, (), (app.declared, app.proof), _rotate(app))


def _good(app: App, found: tuple[Credential, ...], worth: list[Credential]) -> str:
    if not found:
        return "its federated credential does not end" if app.federated else "it needs no credential"
    texts = [f"its {c} works until {day(c.end)}" for c in worth if c.end]
    if left := len(found) - len(worth):
        texts.append(f"{left} older one{'' if left == 1 else 's'} replaced by it")
    return listed(texts)


def _rotate(app: App) -> str:
    return f"Run `tenantry provision rotate {app.label}`; it makes a new one, tries it and stores it."


def _fix(app: App, one: Credential) -> str:
    if app.integration is None:
        return f"Ask the app's owners to renew or remove the {one.kind}."
    return _rotate(app)


CHECK = Check(
    id="credential-expiry",
    title="The end of credentials",
    risk="On the day it ends the integration stops; one that never ends can be stolen and used for years.",
    severity=Severity.HIGH,
    judge=judge,
    references=(
        "https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration",
        "https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials",
    ),
    frameworks={
        "CIS Microsoft 365 Foundations 7.0": ("5.1.5.3", "5.1.5.4", "5.1.5.5", "5.1.5.6"),
        "ISO/IEC 27001:2022": ("A.5.17", "A.8.24"),
        "SOC 2": ("CC6.1",),
    },
)
