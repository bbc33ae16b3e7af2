"""Which mailboxes the app reaches is decided in Exchange, by a script that a person there runs.

Graph cannot tell whether it ran. So the plan names the script while the app is new or the wished scope changed, and
`verify` proves the outcome.
"""

import shlex
from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.plan.withheld import also_narrowed, entra_grants
from provision.rights import EXCHANGE
from tenantry.errors import Problem
from tenantry.integration import IntegrationFile, Mailboxes

_REASONS = {
    "access-policy": "the granted permissions reach every mailbox until Exchange narrows them",
    "rbac": "Exchange gives the app its right to mailboxes, and Entra does not",
    "migrate": "Exchange shall give the right that Entra grants now, which is withdrawn once Exchange's is proven",
}


def describe(mailboxes: Mailboxes) -> str:
    """The scope in words."""
    if mailboxes.all:
        return "all mailboxes"
    if mailboxes.group:
        return f"group {mailboxes.group}"
    if mailboxes.administrative_unit:
        return f"administrative unit {mailboxes.administrative_unit}"
    return f"rooms {', '.join(mailboxes.rooms or ())}"


def plan_scope(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """The script to run, where there is a narrower scope than everything and this app was not told it yet."""
    script = desired.narrowing.script
    if script is None:
        return
    yield from _impossible(desired, actual)
    emitted = _told(actual)
    before = emitted.mailboxes if emitted else None
    if before != desired.mailboxes or (emitted and bool(emitted.permissions.in_exchange) != desired.narrowing.rbac):
        way = "migrate" if _migrates(desired, actual, emitted) else script
        command = render_command(desired, actual, migrate=way == "migrate")
        run = f"render it with `{command}` and have an Exchange administrator run it{_if(desired, actual, way)}"
        yield change(
            "script",
            "mailboxScope",
            describe(desired.mailboxes),
            right=EXCHANGE,
            before=describe(before) if before else None,
            after={"script": script, "command": command},
            reason=f"{_REASONS[way]}: {run}",
            risk="medium",
        )
    elif desired.narrowing.rbac and actual.exchange.policies and not entra_grants(desired, actual):
        yield _policies_left(desired, actual)


def _if(desired: Desired, actual: Actual, way: str) -> str:
    """What to mind where nobody told whether access policies narrow Entra's grant now."""
    unknown = way == "rbac" and entra_grants(desired, actual) and actual.exchange.policies is None
    groups = not desired.mailboxes.administrative_unit
    return "; where access policies narrow the app now, render it with --migrate" if unknown and groups else ""


def _policies_left(desired: Desired, actual: Actual) -> Drift:
    """Access policies that nobody needs after a migration; only Exchange can take them away."""
    command, others = render_command(desired, actual, migrate=True), also_narrowed(desired, actual)
    fact = f"still has access policies, which narrow nothing any more; `{command}`, run with -Finish, takes them away"
    if others:
        fact = (
            f"still has access policies, and they narrow {', '.join(others)}, which Entra grants too: withdraw that "
            "first (apply --prune), or it reaches every mailbox once the policies go"
        )
    return Drift(object="mailboxScope", name=describe(desired.mailboxes), fact=fact)


def render_command(desired: Desired, actual: Actual | None, *, migrate: bool = False) -> str:
    """The command that writes the script, complete: it can be copied and run."""
    words = ["tenantry", "scripts", "render", desired.narrowing.script or "access-policy", desired.target]
    words += ["--migrate"] if migrate else []
    exchange = actual.exchange if actual else None
    if desired.mailboxes.administrative_unit and exchange and exchange.unit:
        words += ["--administrative-unit", exchange.unit]
    elif desired.mailboxes.rooms:
        words += ["--group", f"{desired.unique_name}-rooms@{_domain(desired, actual)}"]
    return f"{shlex.join(words)} --out DIR"


def _domain(desired: Desired, actual: Actual | None) -> str:
    """A domain of the tenant: that of the rooms."""
    rooms = desired.mailboxes.rooms or ()
    named = next((room.rpartition("@")[2] for room in rooms if "@" in room), "")
    return named or desired.domain or next(iter(actual.domains if actual else ()), "DOMAIN")


def _told(actual: Actual) -> IntegrationFile | None:
    """The integration file, where it is about the app that is there: what it says, somebody was told to run."""
    emitted, application = actual.emitted, actual.application
    same = emitted is not None and application is not None and emitted.app.app_id == application.app_id
    return emitted if same else None


def _migrates(desired: Desired, actual: Actual, emitted: IntegrationFile | None) -> bool:
    """True where access policies narrow Entra's grant now: by Exchange's export, else because we had them made."""
    if not desired.narrowing.rbac or desired.mailboxes.administrative_unit or not entra_grants(desired, actual):
        return False
    if actual.exchange.policies is not None:
        return actual.exchange.policies
    return emitted is not None and not emitted.mailboxes.all and not emitted.permissions.in_exchange


def _impossible(desired: Desired, actual: Actual) -> Iterator[Problem]:
    for permission in desired.narrowing.unable:
        what = f"{permission} cannot be narrowed to mailboxes by {desired.narrowing.script}."
        fix = "Take a profile with one that can, such as Calendars.Read, or say all = true under mailboxes."
        yield Problem(what, where=desired.target, field="scoping", fix=fix)
    if actual.exchange.unit_missing:
        what = f"the tenant has no {describe(desired.mailboxes)}."
        yield Problem(what, where=desired.target, field="mailboxes", fix="Correct its name or id, or make it first.")
