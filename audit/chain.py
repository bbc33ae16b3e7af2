"""The chain of each integration, as far as a snapshot can tell, in the words every tool uses.

required → granted → scoped → credential → addresses → state; None where the evidence does not tell. The last link
never shows in a snapshot: the sync knows it.
"""

from collections.abc import Sequence

import msgspec

from audit import credentials
from audit.app import APPLICATIONS, FEDERATED, PRINCIPALS, USERS, App
from audit.checks.calendar_tenant_wide import EVERYBODY
from audit.entra import User
from audit.finding import Finding, Verdict
from audit.times import day
from audit.view import View
from tenantry.integration import Person


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link: `ok` None means that it could not be told, and `fact` says why."""

    link: str
    ok: bool | None
    fact: str
    fix: str = ""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """One integration (`tenant/name`) and its links in order."""

    name: str
    profile: str
    app: dict[str, str]
    links: tuple[Link, ...]


def chains(view: View, findings: Sequence[Finding]) -> tuple[Chain, ...]:
    """The chain of every integration in the snapshot, by name."""
    made = [_chain(app, view, findings) for app in view.apps if app.integration is not None]
    return tuple(sorted(made, key=lambda chain: chain.name))


def _chain(app: App, view: View, findings: Sequence[Finding]) -> Chain:
    assert app.integration is not None
    own = {finding.check: finding for finding in findings if finding.integration == app.label}
    granted = _of("granted", own.get("permission-missing"), conditional=True)
    reach = own.get("calendar-tenant-wide")
    scoped = _of("scoped", reach, conditional=True if reach and reach.items == (EVERYBODY,) else None)
    state = Link(
        link="state",
        ok=None,
        fact="A snapshot does not show whether states flow.",
        fix=f"Ask `tenantry sync status {app.label}`.",
    )
    return Chain(
        name=app.label or "",
        profile=app.integration.profile,
        app={"name": app.subject.name, "id": app.app_id},
        links=(_required(app, view), granted, scoped, _credential(app, view), _addresses(app, view), state),
    )


def _required(app: App, view: View) -> Link:
    """What is needed is written down, and the app that shall have it exists."""
    if gap := view.gap(APPLICATIONS, PRINCIPALS):
        return Link(link="required", ok=None, fact=f"Cannot be told: {gap}")
    if app.principal is None:
        fix = f"Run `tenantry provision apply {app.label}`."
        return Link(link="required", ok=False, fact=f"The app {app.app_id} is not in the tenant.", fix=fix)
    number = len(app.required)
    fact = f"The integration needs {number} permission{'' if number == 1 else 's'}, and its app is in the tenant."
    return Link(link="required", ok=True, fact=fact)


def _of(name: str, finding: Finding | None, *, conditional: bool | None) -> Link:
    """The link that a finding speaks of; `conditional` says whether it holds when it holds under a condition."""
    if finding is None:
        return Link(link=name, ok=None, fact="Was not checked.")
    ok = {Verdict.FAIL: False, Verdict.UNKNOWN: None, Verdict.CONDITIONAL: conditional}.get(finding.verdict, True)
    return Link(link=name, ok=ok, fact=finding.fact, fix="" if ok else finding.remediation)


def _credential(app: App, view: View) -> Link:
    """The one credential that the integration signs in with is in the tenant, has begun and has not ended."""
    assert app.integration is not None
    reference, at = app.integration.credential, view.options.as_of
    if reference is None:
        return Link(link="credential", ok=True, fact="It signs in without a credential of its own.")
    federated = reference.kind == "federated"
    gap = view.gap(FEDERATED) if federated else view.gap(APPLICATIONS)
    if gap or not (federated or credentials.told(app)):
        return Link(link="credential", ok=None, fact=f"Cannot be told: {gap or 'the evidence lists no credentials.'}")
    rotate = f"Run `tenantry provision rotate {app.label}`."
    if federated:
        ok = any(reference.id in (one.id, one.name) for one in app.federated)
        fact = f"The federated credential {reference.id} is {'' if ok else 'not '}in the tenant."
        return Link(link="credential", ok=ok, fact=fact, fix="" if ok else rotate)
    named = next((one for one in credentials.of(app) if reference.id in one.ids), None)
    if named is None:
        fact = f"The {reference.kind} {reference.id} is not in the tenant."
        return Link(link="credential", ok=False, fact=fact, fix=rotate)
    ok = named.live(at) and named.begun(at)
    end = f" {'works until' if named.live(at) else 'ended on'} {day(named.end)}" if named.end else " never ends"
    fact = f"Its {named}{end}." if named.begun(at) else f"Its {named} does not work yet."
    return Link(link="credential", ok=ok, fact=fact, fix="" if ok else rotate)


def _addresses(app: App, view: View) -> Link:
    """How many of the switchboard's people are active users, by `mail` alone, as the sync matches them."""
    assert app.integration is not None
    if gap := view.gap(USERS):
        return Link(link="addresses", ok=None, fact=f"Cannot be told: {gap}")
    people = app.integration.people
    active = (user.mail for user in view.snapshot.rows(USERS, User) if user.mail and _active(user))
    if people.all:
        number = sum(1 for _ in active)
        fix = "" if number else "Give the users an e-mail address."
        return Link(link="addresses", ok=number > 0, fact=f"{number} active users have an address.", fix=fix)
    keys = {person.address.casefold(): person.key for person in people.listed}
    met = {keys[mail.casefold()] for mail in active if mail.casefold() in keys}
    return _matched(met, people.listed)


def _active(user: User) -> bool:
    """A member of the organisation who may sign in; what the directory does not say is not held against the account."""
    return user.account_enabled is not False and user.user_type != "Guest"


def _matched(met: set[str], listed: Sequence[Person]) -> Link:
    lost = [person.address for person in listed if person.key not in met]
    number = len({person.key for person in listed})
    if not lost:
        return Link(link="addresses", ok=True, fact=f"All {number} people match.")
    shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    fix = f"Write the address exactly as in Microsoft 365, not an alias: {shown}."
    return Link(link="addresses", ok=False, fact=f"{len(met)} of {number} people match an active user.", fix=fix)
