"""`tenantry simulate`: a Microsoft 365 tenant on loopback to rehearse on."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from tenantry.cli import common
from tenantry.errors import UsageError


def _duration(_: click.Context, __: click.Parameter, value: str) -> float:
    from simulator.clock import parse_duration

    try:
        return parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    from simulator.clock import parse_time

    try:
        return None if value is None else parse_time(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(
    epilog=common.examples(
        "tenantry simulate > ready.json &                     # a tenant in the background",
        "tenantry simulate --lag 60s --faults 0.3 --seed 7    # a slow, faulty one",
        "tenantry simulate --state tenant.json                # one that remembers",
    )
)
@click.option(
    "--users", metavar="N", type=click.IntRange(0), default=300, show_default=True, help="How many people there are."
)
@click.option(
    "--tenants", metavar="N", type=click.IntRange(1, 5000), default=1, show_default=True, help="How many tenants."
)
@click.option(
    "--seed", metavar="S", type=int, default=1, show_default=True, help="The same seed makes the same tenant."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Begin with this file, save to it at the end."
)
@click.option(
    "--faults",
    metavar="RATE",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of requests that meet a fault, 0 to 1.",
)
@click.option(
    "--lag",
    default="0s",
    callback=_duration,
    metavar="DURATION",
    show_default=True,
    help="How late replicas learn of a write.",
)
@click.option(
    "--cloud",
    type=click.Choice(["global", "china"]),
    default="global",
    show_default=True,
    help="Whose permissions and interfaces it has.",
)
@click.option("--start", callback=_moment, metavar="TIME", help="The tenant's time at the start, by default now.")
@click.option("--parent", type=int, hidden=True, help="End when the process with this id has ended.")
@click.option("--cache-pages", is_flag=True, hidden=True, help="Render each answer to GET once (benchmarks).")
@click.option("--log-limit", type=click.IntRange(1), hidden=True, help="Remember so many requests at most.")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Run a simulated Microsoft 365 tenant until Ctrl-C.

    One JSON line on stdout tells where it is and who its operator is; the line holds the operator's secret. The door
    it names lets you look at the tenant's state, seed it, make faults and move its clock.

    With --state it goes on where it was: --seed, --users, --tenants and --cloud are then those of the file.
    """
    from simulator import serve
    from simulator.state import StateError, made_with

    try:
        kept = made_with(given["state"]) if given["state"] is not None else {}
        defaults = {name for name in kept if context.get_parameter_source(name) is ParameterSource.DEFAULT}
        given |= {name: value for name, value in kept.items() if name in defaults and name in given}
        serve.run(serve.Options(**given), click.echo)
    except StateError as error:
        raise UsageError(str(error), fix="Leave those options, or choose another --state file.") from None
