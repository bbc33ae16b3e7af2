"""credential-unknown: live credentials of an integration's app that its integration file does not name.

Whoever adds a secret, certificate or federated credential to the app can sign in as it, unseen by the one who runs
it. The other way round, a named credential that the tenant does not have means that the integration cannot sign in.
"""

import re
from collections.abc import Iterator

from audit import credentials
from audit.app import APPLICATIONS, FEDERATED, PRINCIPALS, App
from audit.checks.interface import Check, Point, apply_again, passed, unknown
from audit.credentials import Credential
from audit.entra import Federated
from audit.finding import Pointer, Severity, Verdict
from audit.times import day
from audit.view import View

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_OURS = re.compile(r"tenantry-\d{8}T\d{6}Z-[0-9a-f]{6}-\d+$")  # how `provision` names a credential it makes


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app. Without any integration file nobody names credentials, so nothing can be told."""
    if app.integration is None:
        if not view.snapshot.integrations and any(c.live(view.options.as_of) for c in credentials.of(app)):
            text = "no integration file says which of its credentials are meant"
            fix = "Collect in the workspace that provisioned the app; its integration file then comes along."
            yield unknown(Severity.HIGH, text, app.proof, fix=fix)
        return
    points = [*_strangers(app, view), *_strange_federated(app), *_lost(app, view)]
    yield from points
    if gap := _gap(app, view):
        yield unknown(Severity.HIGH, gap, app.declared)
    elif not points:
        yield passed(Severity.HIGH, _good(app), app.declared, app.proof)


def _gap(app: App, view: View) -> str | None:
    if gap := view.gap(APPLICATIONS, PRINCIPALS, FEDERATED):
        return gap
    return None if app.application is None or credentials.told(app) else "the evidence lists no credentials of the app"


def _named(app: App) -> str:
    reference = app.integration.credential if app.integration else None
    return reference.id if reference else ""


def _strangers(app: App, view: View) -> Iterator[Point]:
    found = credentials.of(app)
    named = next((one for one in found if _named(app) in one.ids), None)
    for one in found:
        if one.live(view.options.as_of) and one is not named:
            since = f", from {day(one.start)} on" if one.start else ""
            until = f" until {day(one.end)}" if one.end else " without an end"
            proof = (one.proof, app.declared)
            if _before(one, named):
                text = f"its {one} still works{until}; by name and date it is the one before the named one"
                yield Point(Verdict.CONDITIONAL, Severity.MEDIUM, text, one.ids, proof, _remove(app, one))
            else:
                text = f"its {one} works{until}{since}, and the integration file does not name it"
                yield Point(Verdict.FAIL, Severity.HIGH, text, one.ids, proof, _remove(app, one))


def _before(one: Credential, named: Credential | None) -> bool:
    """True for what `provision rotate` leaves until it ends. Anybody can choose a name, so it is no pass."""
    ours = named is not None and _OURS.search(one.name) and _OURS.search(named.name)
    return bool(ours) and named is not None and one.home == named.home and _begins(one) < _begins(named)


def _begins(one: Credential) -> float:
    return one.start.timestamp() if one.start else float("inf")


def _strange_federated(app: App) -> Iterator[Point]:
    for one in app.federated:
        if _named(app) not in (one.id, one.name):
            text = f"{_who(one)} may sign in as the app by the federated credential {one.name or one.id!r}, "
            proof = (Pointer(file=FEDERATED, id=one.id), app.declared)
            yield Point(
                Verdict.FAIL,
                Severity.HIGH,
                f"{text}which the integration file does not name",
                (one.id,),
                proof,
                f"If nobody can say what it is for, run `{_federated_command(app, one)}`.",
            )


def _who(one: Federated) -> str:
    return f"{one.subject or 'anybody'} of {one.issuer or 'an issuer that the evidence does not tell'}"


def _lost(app: App, view: View) -> Iterator[Point]:
    """The named credential is nowhere in the tenant; told only where the evidence would show it."""
    reference = app.integration.credential if app.integration else None
    if reference is None or app.application is None or not credentials.told(app):
        return
    if reference.kind == "federated":
        there = view.gap(FEDERATED) is not None or any(reference.id in (f.id, f.name) for f in app.federated)
    else:
        there = any(reference.id in one.ids for one in credentials.of(app))
    if not there:
        text = f"the {reference.kind} {reference.id} that the integration file names is not in the tenant"
        proof = (app.declared, app.proof)
        yield Point(Verdict.FAIL, Severity.HIGH, text, (reference.id,), proof, apply_again(app))


def _good(app: App) -> str:
    named = _named(app)
    return f"has no live credential but the named one ({named})" if named else "has no live credential, and names none"


def _remove(app: App, one: Credential) -> str:
    """A command ready to run. Ids come from the evidence, so anything but a GUID is left out of it."""
    command = f"tenantry provision apply {app.label} --prune"
    if one.home == "service principal":
        certificate = " --cert" if one.kind == "certificate" else ""
        command = f"az ad sp credential delete --id {_guid(app.app_id)} --key-id {_guid(one.id)}{certificate}"
    return f"If nobody can say what it is for, run `{command}`."


def _federated_command(app: App, one: Federated) -> str:
    end = f"--id {_guid(app.app_id)} --federated-credential-id {_guid(one.id)}"
    return f"az ad app federated-credential delete {end}"


def _guid(text: str) -> str:
    return text if _GUID.fullmatch(text) else "ID"


CHECK = Check(
    id="credential-unknown",
    title="Credentials that nobody named",
    risk="Whoever knows it signs in as the app, with all that the app may do.",
    severity=Severity.HIGH,
    judge=judge,
    references=(
        "https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration",
        "https://learn.microsoft.com/graph/api/resources/federatedidentitycredential",
    ),
    frameworks={"ISO/IEC 27001:2022": ("A.5.17",), "CIS Microsoft 365 Foundations 7.0": ("5.1.5.3",)},
)
