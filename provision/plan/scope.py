"""Which mailboxes the app reaches is decided in Exchange, by a script that a person there runs.

Graph cannot tell whether it ran. So the plan names the script while the app is new or the wished scope changed, and
`verify` proves the outcome.
"""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.rights import EXCHANGE
from tenantry.integration import Mailboxes


def describe(mailboxes: Mailboxes) -> str:
    """The scope in words."""
    if mailboxes.all:
        return "all mailboxes"
    if mailboxes.group:
        return f"group {mailboxes.group}"
    if mailboxes.administrative_unit:
        return f"administrative unit {mailboxes.administrative_unit}"
    return f"rooms {', '.join(mailboxes.rooms or ())}"


def plan_scope(desired: Desired, actual: Actual) -> Iterator[Change]:
    """The script to run, where there is a narrower scope than everything and this app was not told it yet."""
    if desired.mailboxes.all:
        return
    emitted = actual.emitted if actual.application is not None else None
    if emitted is not None and actual.application is not None and emitted.app.app_id == actual.application.app_id:
        before: Mailboxes | None = emitted.mailboxes
    else:
        before = None
    if before == desired.mailboxes:
        return
    script = _script(desired)
    yield change(
        "script",
        "mailboxScope",
        describe(desired.mailboxes),
        right=EXCHANGE,
        before=describe(before) if before else None,
        after={"script": script},
        reason=(
            "the granted permissions reach every mailbox until Exchange narrows them: render it with "
            f"`tenantry scripts render {script} {desired.target} --out DIR` and have an Exchange administrator run it"
        ),
        risk="medium",
    )


def _script(desired: Desired) -> str:
    """The script kind: an access policy narrows a grant made in Entra; the others take the grant's place."""
    return "access-policy" if "access-policy" in desired.scoping or not desired.scoping else desired.scoping[0]
