"""`provision apply`: plan, show, ask once, write."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.cli.provision import shared
from tenantry.errors import PartlyDone, UsageError

if TYPE_CHECKING:
    from provision.carry_out import Applied
    from provision.fleet import Result
    from provision.model.change import Plan
    from provision.prepare import Site


@click.command(
    epilog=common.examples(
        "tenantry provision apply",
        "tenantry provision apply contoso/telia --yes",
        "tenantry provision apply --plan plan.json --yes   # only if it is still the reviewed plan",
        "tenantry provision apply contoso/telia --mine     # what my rights allow; split says who does the rest",
    )
)
@common.workspace_options
@common.names_argument
@shared.YES
@shared.PRUNE
@click.option("--plan", "file", type=click.Path(exists=True, dir_okay=False), help="The reviewed plan (-o json).")
@click.option("--checksum", help="The checksum of the reviewed plan of the one chosen integration.")
@click.option("--mine", is_flag=True, help="Do what these rights allow and leave the rest to others (ends with 4).")
@click.option("--max-removals", type=click.IntRange(0), default=20, show_default=True, help="Refuse to take away more.")
def apply(session: common.Session, names: tuple[str, ...], yes: bool, prune: bool, **review: Any) -> None:
    """Carry out the plan: show it, ask once, write, wait until the tenant shows it.

    Ends with 4 where something gave way; run it again then, it goes on where it stopped. What only others may do, such
    as an administrator's consent to a vendor's app, is named and also ends with 4.
    """
    carry_out(session, names, shared.site_of(session, prune=prune), yes=yes, **review)


def carry_out(
    session: common.Session,
    names: tuple[str, ...],
    site: "Site",
    *,
    yes: bool,
    file: str | None = None,
    checksum: str | None = None,
    max_removals: int = 20,
    mine: bool = False,
) -> None:
    """Plan, show, ask, write."""
    from provision import commands, fleet, guards
    from tenantry import workspace

    chosen = session.select(names)
    reviewed = _reviewed(file, checksum, chosen)
    with workspace.lock(session.root):
        with session.progress("planning", len(chosen)) as progress:
            planned = session.run(commands.plan_all(site, chosen, progress.step, to_apply=True))
        for made in fleet.values(planned):
            guards.refuse_moved(made, reviewed.get(made.target) if reviewed is not None else None)
            guards.refuse_mass(made, max_removals)
        if session.output != "json":
            shared.show_plans(session, fleet.values(planned))
            shared.say_limits(session, chosen)
        results = _write(session, site, chosen, planned, (max_removals, mine), yes=yes)
    if session.output == "json":
        session.show([], data=fleet.values(results))
    _next_steps(session, results)
    fleet.settle(results, "applied")
    _left_to_others(fleet.values(results))


def _left_to_others(results: "Sequence[Applied]") -> None:
    """Raises PartlyDone, naming what somebody else has to do."""
    left = [f"{a.tenant}/{a.integration}: {', '.join(a.left)}" for a in results if a.left]
    if left:
        names = " ".join(f"{a.tenant}/{a.integration}" for a in results if a.left)
        raise PartlyDone(
            f"Left to others: {'; '.join(left)}.",
            fix=f"`tenantry provision split {names}` says to whom, and with which link or command; then apply again.",
        )


def _write(
    session: common.Session,
    site: "Site",
    chosen: Sequence[Any],
    planned: "Sequence[Result[Plan]]",
    allowed: tuple[int, bool],
    *,
    yes: bool,
) -> "list[Result[Any]]":
    """Asks, and carries out what has changes; integrations that could not be planned keep their error."""
    from provision import commands
    from provision.carry_out import Limits

    busy = {r.target: r.value for r in planned if r.value is not None and r.value.changes}
    if busy:
        count = sum(len(made.changes) for made in busy.values())
        what = "what these rights allow of " if allowed[1] else ""
        session.confirm(f"Carry out {what}{count} changes in {len(busy)} integrations?", yes=yes)
    limits = Limits({target: made.checksum for target, made in busy.items()}, *allowed)
    todo = [c for c in chosen if f"{c[0].name}/{c[1].name}" in busy]
    with session.progress("applying", len(todo)) as progress:
        written = session.run(commands.apply_all(site, todo, limits, progress.step)) if todo else []
    by_target = {result.target: result for result in written}
    return [by_target.get(r.target) or commands.unchanged(r) for r in planned]


def _reviewed(file: str | None, checksum: str | None, chosen: Sequence[Any]) -> Mapping[str, str] | None:
    """Checksums of the reviewed plans by target; None where nobody reviewed."""
    targets = [f"{tenant.name}/{integration.name}" for tenant, integration in chosen]
    if checksum is not None:
        if len(targets) != 1 or file is not None:
            raise UsageError("--checksum is for one integration.", fix="Name it, or give the reviewed --plan FILE.")
        return {targets[0]: checksum}
    if file is None:
        return None
    try:
        plans = json.loads(Path(file).read_text(encoding="utf-8-sig"))
        reviewed = {f"{p['tenant']}/{p['integration']}": str(p["checksum"]) for p in plans}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is not a plan.", fix="Write one with `tenantry provision plan -o json`.") from error
    missing = [target for target in targets if target not in reviewed]
    if missing:
        raise UsageError(f"{file} has no plan for {', '.join(missing)}.", fix="Name only what was reviewed.")
    return reviewed


def _next_steps(session: common.Session, results: "Sequence[Result[Any]]") -> None:
    """What became of each, and what comes next where something was written."""
    done = [(result.target, result.value) for result in results if result.value is not None]
    for target, applied in done:
        session.say(f"{target}: {applied.outcome}.")
    names = " ".join(target for target, applied in done if applied.changes)
    if names:
        session.say(
            f"Next: `tenantry provision verify {names}` proves it, "
            f"`tenantry provision handover {names} --out DIR` writes what to type into the vendor's form."
        )
