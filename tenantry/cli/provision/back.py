"""`provision undo` and `destroy`: the ways back."""

import click

from tenantry.cli import common
from tenantry.cli.provision import shared


@click.command(epilog=common.examples("tenantry provision undo", "tenantry provision undo 20261121T080000Z-3f9a2c"))
@common.workspace_options
@click.argument("run", required=False)
@shared.YES
def undo(session: common.Session, run: str | None, yes: bool) -> None:
    """Take back what one run made, and only that; by default the last run."""
    from provision import commands, fleet
    from provision.undo import entries_of
    from tenantry import workspace

    entries = entries_of(session.root, run)
    chosen = session.select(sorted({entry.target for entry in entries}))
    site = shared.site_of(session)
    with workspace.lock(session.root):
        found = session.run(commands.undo_all(site, chosen, entries, write=False))
        fleet.settle(found, "looked at")
        rows = [{"target": r.target, **shared.row(c)} for r in found if r.value for c in r.value[0]]
        session.show(rows, ["target", "action", "object", "name", "risk"])
        for text in (f"{r.target}: {lost}" for r in found if r.value for lost in r.value[1]):
            session.say(f"{text}.")
        if rows:
            session.confirm(f"Take back run {entries[0].run}?", yes=yes)
            fleet.settle(session.run(commands.undo_all(site, chosen, entries, write=True)), "undone")
    session.say(f"Run {entries[0].run} is taken back." if rows else "There is nothing to take back.")


@click.command(epilog=common.examples("tenantry provision destroy contoso/telia", "tenantry provision destroy --purge"))
@common.workspace_options
@common.names_argument
@click.option("--purge", is_flag=True, help="Also remove the app from the tenant's bin, for good.")
@click.option("--delete-adopted", is_flag=True, help="Delete an adopted app too, instead of giving it back.")
@shared.YES
def destroy(session: common.Session, names: tuple[str, ...], purge: bool, delete_adopted: bool, yes: bool) -> None:
    """Delete our own app, the stored credential and the integration file. Nothing else is touched.

    An app that was adopted is given back: what was added since goes, the app and what it had stay.
    """
    from provision import commands, fleet
    from tenantry import workspace

    site, chosen = shared.site_of(session), session.select(names)
    with workspace.lock(session.root):
        found = session.run(commands.plan_destroy_all(site, chosen, purge=purge, adopted=delete_adopted))
        shared.show_plans(session, fleet.values(found))
        fleet.settle(found, "looked at")
        if not any(made.changes for made in fleet.values(found)):
            return
        session.confirm("Destroy what is listed?", yes=yes)
        fleet.settle(session.run(commands.destroy_all(site, chosen, purge=purge, adopted=delete_adopted)), "destroyed")
    session.say("Destroyed.")
