"""`provision rotate` and `retire`: a new credential beside the old, then the old one away."""

from datetime import timedelta

import click

from tenantry.cli import common
from tenantry.cli.provision import shared
from tenantry.cli.provision.apply import carry_out
from tenantry.errors import UsageError


@click.command(epilog=common.examples("tenantry provision rotate contoso/telia --yes"))
@common.workspace_options
@common.names_argument
@shared.YES
def rotate(session: common.Session, names: tuple[str, ...], yes: bool) -> None:
    """Make a new credential, try it, store it, emit it. The old one works on until it ends or is pruned."""
    carry_out(session, names, shared.site_of(session, renew=True), yes=yes)


@click.command(
    epilog=common.examples(
        "tenantry provision retire contoso/telia            # once the new one is 24 hours old",
        "tenantry provision retire --after 7d --yes         # as a daily job",
        "tenantry provision retire contoso/telia --now      # the form has the new one already",
    )
)
@common.workspace_options
@common.names_argument
@click.option("--after", metavar="DURATION", help="How old the new credential has to be.  [default: 24h]")
@click.option("--now", "at_once", is_flag=True, help="Do not wait: the same as --after 0s.")
@shared.YES
def retire(session: common.Session, names: tuple[str, ...], after: str | None, at_once: bool, yes: bool) -> None:
    """Remove the old credential once its successor works and the grace time is over.

    Refused where the one in the store does not sign in, or where the integration file names another one. Credentials
    that Tenantry did not make are left alone.
    """
    from provision import fleet
    from provision.commands import begin
    from provision.retire import plan_retire_all, retire_all
    from tenantry import workspace

    grace = _grace(after, at_once=at_once)
    site, chosen = shared.site_of(session), session.select(names)
    with workspace.lock(session.root):
        found = session.run(plan_retire_all(site, chosen, grace))
        shared.show_plans(session, fleet.values(found))
        fleet.settle(found, "looked at")
        busy = {made.target for made in fleet.values(found) if made.changes}
        if not busy:
            session.say("There is nothing to retire now.")
            return
        session.say("Has every place that was given the old one, such as the vendor's form, got the new one?")
        session.confirm("Remove what is listed, for good?", yes=yes)
        todo = [c for c in chosen if f"{c[0].name}/{c[1].name}" in busy]
        fleet.settle(session.run(retire_all(site, begin(site, todo), todo, grace)), "retired")
    session.say("Retired.")


def _grace(after: str | None, *, at_once: bool) -> timedelta:
    from provision.retire import GRACE
    from tenantry import duration

    if at_once and after is not None:
        raise UsageError("--now and --after exclude each other.", fix="Give one of them.")
    if at_once:
        return timedelta()
    try:
        return GRACE if after is None else duration.parse(after)
    except ValueError as error:
        raise UsageError(f"--after: {error}") from None
