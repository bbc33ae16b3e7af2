"""`provision adopt`: an app that is there already becomes an integration's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tenantry.cli import common
from tenantry.cli.provision import shared
from tenantry.errors import UsageError

if TYPE_CHECKING:
    from provision.adopt import Takeover


@click.command(
    epilog=common.examples(
        "tenantry provision adopt contoso/telia --app-id 1b9f…      # shows what would change, then asks",
        "tenantry provision adopt contoso/telia --app-id 1b9f… --yes && tenantry provision apply contoso/telia",
    )
)
@common.workspace_options
@click.argument("name", metavar="TENANT/INTEGRATION")
@click.option("--app-id", required=True, metavar="ID", help="The app's client id; a name is never enough.")
@shared.PRUNE
@shared.YES
def adopt(session: common.Session, name: str, app_id: str, prune: bool, yes: bool) -> None:
    """Take over an app that is there already: show what would change, ask once, mark it as ours.

    Its name, credentials and grants stay. What the profile still misses comes with the next `apply`, what nobody asked
    for is shown as drift. `destroy` gives an adopted app back instead of deleting it.
    """
    from provision import fleet
    from provision.adopt import adopt_all, check_app_id, plan_adopt_all
    from provision.commands import begin
    from tenantry import workspace

    client = check_app_id(app_id)
    site, chosen = shared.site_of(session, prune=prune), session.select([name])
    if len(chosen) != 1:
        raise UsageError(f"{name} names {len(chosen)} integrations; an app is adopted by one.", fix="Name it in full.")
    with workspace.lock(session.root):
        found = session.run(plan_adopt_all(site, chosen, client))
        (takeover,) = fleet.values(found) or (None,)
        if takeover is not None:
            _show(session, [takeover])
        fleet.settle(found, "looked at")
        assert takeover is not None
        target = takeover.now.target
        if not takeover.now.changes:
            session.say(f"{target}: the app is adopted already. Next: `tenantry provision apply {target}`.")
            return
        session.confirm(f"Adopt this app for {target}?", yes=yes)
        fleet.settle(session.run(adopt_all(site, begin(site, chosen), chosen, client)), "adopted")
    session.say(f"{target}: adopted. Next: `tenantry provision apply {target}` makes the changes named after it.")


def _show(session: common.Session, takeovers: "Sequence[Takeover]") -> None:
    """Both parts: what adopting does, and what apply would do then (`then` in JSON)."""
    from provision import render

    if session.output == "json":
        data = render.as_data([takeover.now for takeover in takeovers])
        for entry, takeover in zip(data, takeovers, strict=True):
            entry["then"] = render.as_data([takeover.then])[0]["changes"]
        session.show([], data=data)
        return
    shared.show_plans(session, [takeover.now for takeover in takeovers])
    for takeover in takeovers:
        session.write(f"\nThen `tenantry provision apply {takeover.then.target}` would do this:\n")
        shared.show_plans(session, [takeover.then])
