"""The chain of each integration, as far as a snapshot can tell, in the words every tool uses.

required → granted → scoped → credential → addresses → state. A link is the sum of the findings that belong to it;
None where the evidence does not tell. The last link never shows in a snapshot: the sync knows it.
"""

from collections.abc import Iterable, Sequence

import msgspec

from audit.entra import User
from audit.finding import Finding, Verdict
from audit.view import USERS, App, View

_LINKS = (
    ("granted", ("permission-missing",)),
    ("scoped", ("calendar-tenant-wide",)),
    ("credential", ("credential-expiry", "credential-unknown")),
)


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
    links = [_required(app, view), *(_sum(name, [own[c] for c in checks if c in own]) for name, checks in _LINKS)]
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
        links=(*links, _addresses(app, view), state),
    )


def _required(app: App, view: View) -> Link:
    """What is needed is written down, and the app that shall have it exists."""
    if gap := view.gap("applications.jsonl", "servicePrincipals.jsonl"):
        return Link(link="required", ok=None, fact=f"Cannot be told: {gap}")
    if app.principal is None:
        fix = f"Run `tenantry provision apply {app.label}`."
        return Link(link="required", ok=False, fact=f"The app {app.app_id} is not in the tenant.", fix=fix)
    number = len(app.required)
    fact = f"The integration needs {number} permission{'' if number == 1 else 's'}, and its app is in the tenant."
    return Link(link="required", ok=True, fact=fact)


def _sum(name: str, findings: Sequence[Finding]) -> Link:
    """A link holds if its findings pass or are accepted, and is broken if one of them fails."""
    if not findings:
        return Link(link=name, ok=None, fact="Was not checked.")
    bad = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    open_ = [finding for finding in findings if finding.verdict in (Verdict.UNKNOWN, Verdict.CONDITIONAL)]
    told = bad or open_ or findings
    return Link(
        link=name,
        ok=False if bad else None if open_ else True,
        fact=" ".join(finding.fact for finding in told),
        fix=" ".join(dict.fromkeys(finding.remediation for finding in told if finding.remediation)),
    )


def _addresses(app: App, view: View) -> Link:
    """How many of the switchboard's people are users of the tenant, by their own address."""
    assert app.integration is not None
    if gap := view.gap(USERS):
        return Link(link="addresses", ok=None, fact=f"Cannot be told: {gap}")
    people = app.integration.people
    wanted = {person.address.casefold() for person in people.listed}
    users = view.snapshot.rows(USERS, User)
    if people.all or not wanted:
        number = sum(
            1 for user in users if user.account_enabled is not False and (user.mail or user.user_principal_name)
        )
        fact = f"Everybody is synced; {number} users of the tenant have an address."
        return Link(link="addresses", ok=number > 0, fact=fact)
    missing = wanted - {address for user in users for address in _addresses_of(user)}
    return _matched(len(wanted), sorted(missing))


def _matched(number: int, missing: Sequence[str]) -> Link:
    fact = f"{number - len(missing)} of {number} people match a user of the tenant."
    if not missing:
        return Link(link="addresses", ok=True, fact=fact)
    shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    fix = f"Correct the addresses without a user: {shown}."
    return Link(link="addresses", ok=len(missing) < number, fact=fact, fix=fix)


def _addresses_of(user: User) -> Iterable[str]:
    return {text.casefold() for text in (user.mail, user.user_principal_name) if text}
