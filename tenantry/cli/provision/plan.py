"""`provision plan`: what apply would do."""

import click

from tenantry.cli import common
from tenantry.cli.provision import shared
from tenantry.errors import NotSo


@click.command(
    epilog=common.examples(
        "tenantry provision plan",
        "tenantry provision plan contoso/telia -o json > plan.json",
        "tenantry provision plan --exit-code      # 3 where there is something to do",
    )
)
@common.workspace_options
@common.names_argument
@shared.PRUNE
@click.option("--exit-code", is_flag=True, help="End with 3 where a plan has changes.")
def plan(session: common.Session, names: tuple[str, ...], prune: bool, exit_code: bool) -> None:
    """Show what `apply` would do, why, how risky it is and which right it takes. Nothing is written."""
    from provision import commands, fleet

    site = shared.site_of(session, prune=prune)
    chosen = session.select(names)
    with session.progress("planning", len(chosen)) as progress:
        results = session.run(commands.plan_all(site, chosen, progress.step))
    shared.show_plans(session, fleet.values(results))
    shared.say_limits(session, chosen)
    fleet.settle(results, "planned")
    if exit_code and any(made.changes for made in fleet.values(results)):
        raise NotSo("There is something to do.", fix="`tenantry provision apply` does it.")
