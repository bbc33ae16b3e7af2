"""What the provision commands share: their options, the site they work on, how plans are shown."""

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common

if TYPE_CHECKING:
    from provision.model.change import Plan
    from provision.prepare import Site

PRUNE = click.option("--prune", is_flag=True, help="Also take away what nobody asked for (the plan's drift).")
YES = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def site_of(session: common.Session, *, prune: bool = False, renew: bool = False) -> "Site":
    from provision.prepare import Site

    return Site(session.root, session.clock, session.say, prune=prune, renew=renew)


def show_plans(session: common.Session, plans: "Sequence[Plan]") -> None:
    from provision import render

    if session.output == "table":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        session.write("\n".join(render.as_text(made, width) for made in plans))
    elif session.output == "md":
        session.write("\n".join(render.as_markdown(made) for made in plans))
    else:
        session.show(render.as_rows(plans), render.COLUMNS, data=render.as_data(plans))


def say_limits(session: common.Session, chosen: "Sequence[Any]") -> None:
    """Tells what the chosen profiles ask for that is left to the admin."""
    from provision import limits
    from tenantry import profiles

    for tenant, integration in chosen:
        for sentence in limits.left_to_you(profiles.of(integration, session.root)):
            session.say(f"{tenant.name}/{integration.name}: {sentence}")


def row(change: Any) -> dict[str, str]:
    return {"action": change.action, "object": change.object, "name": change.name, "risk": change.risk}
