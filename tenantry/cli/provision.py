"""`tenantry provision`: from the workspace to the tenant, and the proof that it got there."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.errors import NotSo, UsageError

if TYPE_CHECKING:
    from provision.fleet import Result
    from provision.model.change import Plan
    from provision.prepare import Site

_PRUNE = click.option("--prune", is_flag=True, help="Also take away what nobody asked for (the plan's drift).")
_YES = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


@click.group()
def command() -> None:
    """Bring tenants to what tenantry.toml says, and prove it.

    `plan` only reads. `apply` shows the plan, asks once, and writes each step to a journal.
    """


@command.command(
    epilog=common.examples(
        "tenantry provision plan",
        "tenantry provision plan contoso/telia -o json > plan.json",
        "tenantry provision plan --exit-code      # 3 where there is something to do",
    )
)
@common.workspace_options
@common.names_argument
@_PRUNE
@click.option("--exit-code", is_flag=True, help="End with 3 where a plan has changes.")
def plan(session: common.Session, names: tuple[str, ...], prune: bool, exit_code: bool) -> None:
    """Show what `apply` would do, why, how risky it is and which right it takes. Nothing is written."""
    from provision import commands, fleet

    site = _site(session, prune=prune)
    chosen = session.select(names)
    with session.progress("planning", len(chosen)) as progress:
        results = session.run(commands.plan_all(site, chosen, progress.step))
    _show_plans(session, fleet.values(results))
    _say_limits(session, chosen)
    fleet.settle(results, "planned")
    if exit_code and any(made.changes for made in fleet.values(results)):
        raise NotSo("There is something to do.", fix="`tenantry provision apply` does it.")


@command.command(
    epilog=common.examples(
        "tenantry provision apply",
        "tenantry provision apply contoso/telia --yes",
        "tenantry provision apply --plan plan.json --yes   # only if it is still the reviewed plan",
    )
)
@common.workspace_options
@common.names_argument
@_YES
@_PRUNE
@click.option("--plan", "file", type=click.Path(exists=True, dir_okay=False), help="The reviewed plan (-o json).")
@click.option("--checksum", help="The checksum of the reviewed plan of the one chosen integration.")
@click.option("--max-removals", type=click.IntRange(0), default=20, show_default=True, help="Refuse to take away more.")
def apply(session: common.Session, names: tuple[str, ...], yes: bool, prune: bool, **review: Any) -> None:
    """Carry out the plan: show it, ask once, write, wait until the tenant shows it.

    Ends with 4 where something gave way; run it again then, it goes on where it stopped.
    """
    _apply(session, names, _site(session, prune=prune), yes=yes, **review)


@command.command(epilog=common.examples("tenantry provision rotate contoso/telia --yes"))
@common.workspace_options
@common.names_argument
@_YES
def rotate(session: common.Session, names: tuple[str, ...], yes: bool) -> None:
    """Make a new credential, try it, store it, emit it. The old one works on until it ends or is pruned."""
    _apply(session, names, _site(session, renew=True), yes=yes)


@command.command(epilog=common.examples("tenantry provision undo", "tenantry provision undo 20261121T080000Z-3f9a2c"))
@common.workspace_options
@click.argument("run", required=False)
@_YES
def undo(session: common.Session, run: str | None, yes: bool) -> None:
    """Take back what one run made, and only that; by default the last run."""
    from provision import commands, fleet
    from provision.undo import entries_of
    from tenantry import workspace

    entries = entries_of(session.root, run)
    chosen = session.select(sorted({entry.target for entry in entries}))
    site = _site(session)
    with workspace.lock(session.root):
        found = session.run(commands.undo_all(site, chosen, entries, write=False))
        fleet.settle(found, "looked at")
        rows = [{"target": r.target, **_row(c)} for r in found if r.value for c in r.value[0]]
        session.show(rows, ["target", "action", "object", "name", "risk"])
        for text in (f"{r.target}: {lost}" for r in found if r.value for lost in r.value[1]):
            session.say(f"{text}.")
        if rows:
            session.confirm(f"Take back run {entries[0].run}?", yes=yes)
            fleet.settle(session.run(commands.undo_all(site, chosen, entries, write=True)), "undone")
    session.say(f"Run {entries[0].run} is taken back." if rows else "There is nothing to take back.")


@command.command(
    epilog=common.examples("tenantry provision verify", "tenantry provision verify contoso/telia --exchange exchange")
)
@common.workspace_options
@common.names_argument
@click.option("--exchange", type=click.Path(file_okay=False), help="Folder of Exchange evidence; by default exchange.")
def verify(session: common.Session, names: tuple[str, ...], exchange: str | None) -> None:
    """Prove the chain with a fresh token of the app itself, link by link; ends with 3 where one is broken.

    required, granted, scoped, credential, addresses, state: `yes`, `no`, or `?` where it could not be told.
    """
    from provision import commands, fleet

    site, chosen = _site(session), session.select(names)
    folder = Path(exchange) if exchange else session.root / "exchange"
    with session.progress("verifying", len(chosen)) as progress:
        results = session.run(commands.verify_all(site, chosen, folder, progress.step))
    chains = fleet.values(results)
    words = {True: "yes", False: "no", None: "?"}
    rows = [
        {"target": f"{c.tenant}/{c.integration}", "link": k.link, "ok": words[k.ok], "fact": k.fact, "fix": k.fix}
        for c in chains
        for k in c.links
    ]
    session.show(rows, ["target", "link", "ok", "fact", "fix"], data=chains)
    fleet.settle(results, "verified")
    broken = [f"{c.tenant}/{c.integration}: {c.broken.link}" for c in chains if c.broken]
    if broken:
        raise NotSo(f"Broken: {'; '.join(broken)}.", fix="What to do stands beside the link.")
    session.say("Next: `tenantry audit collect` and `tenantry audit run`, or `tenantry sync check`.")


@command.command(epilog=common.examples("tenantry provision emit contoso/telia"))
@common.workspace_options
@common.names_argument
def emit(session: common.Session, names: tuple[str, ...]) -> None:
    """Write the integration file anew from what tenant, store and workspace say. The tenant is only read."""
    from provision import commands, fleet
    from tenantry import workspace

    with workspace.lock(session.root):
        results = session.run(commands.emit_all(_site(session), session.select(names)))
    rows = [{"target": r.target, "file": str(r.value)} for r in results if r.value]
    session.show(rows, ["target", "file"])
    fleet.settle(results, "emitted")


@command.command(
    epilog=common.examples(
        "tenantry provision handover --out handover",
        "tenantry provision handover contoso/telia --out handover --secret-file secret.txt",
    )
)
@common.workspace_options
@common.names_argument
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the sheets.")
@click.option(
    "--secret-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the secret's value, alone, here."
)
@click.option("--language", type=click.Choice(["en", "sv"]), help="Only this language; by default both.")
def handover(
    session: common.Session, names: tuple[str, ...], out: Path, secret_file: Path | None, language: str | None
) -> None:
    """Write the vendor's form sheet: what to type where. Works offline, from the integration file and the store."""
    from provision.handover import LANGUAGES, hand_over

    chosen = session.select(names)
    if secret_file is not None and len(chosen) != 1:
        raise UsageError("--secret-file takes the secret of one integration.", fix="Name it: TENANT/INTEGRATION.")
    languages = tuple(known for known in LANGUAGES if language in (None, known))
    paths = [
        path
        for tenant, integration in chosen
        for path in hand_over(
            session.root, tenant.name, integration.name, out, secret_file=secret_file, languages=languages
        )
    ]
    session.show([{"file": str(path)} for path in paths], ["file"])


@command.command(
    epilog=common.examples("tenantry provision destroy contoso/telia", "tenantry provision destroy --purge")
)
@common.workspace_options
@common.names_argument
@click.option("--purge", is_flag=True, help="Also remove the app from the tenant's bin, for good.")
@_YES
def destroy(session: common.Session, names: tuple[str, ...], purge: bool, yes: bool) -> None:
    """Delete our own app, the stored credential and the integration file. Nothing else is touched."""
    from provision import commands, fleet
    from tenantry import workspace

    site, chosen = _site(session), session.select(names)
    with workspace.lock(session.root):
        found = session.run(commands.plan_destroy_all(site, chosen, purge=purge))
        _show_plans(session, fleet.values(found))
        fleet.settle(found, "looked at")
        if not any(made.changes for made in fleet.values(found)):
            return
        session.confirm("Destroy what is listed?", yes=yes)
        fleet.settle(session.run(commands.destroy_all(site, chosen, purge=purge)), "destroyed")
    session.say("Destroyed.")


def _apply(
    session: common.Session,
    names: tuple[str, ...],
    site: "Site",
    *,
    yes: bool,
    file: str | None = None,
    checksum: str | None = None,
    max_removals: int = 20,
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
            _show_plans(session, fleet.values(planned))
            _say_limits(session, chosen)
        results = _write(session, site, chosen, planned, max_removals, yes=yes)
    if session.output == "json":
        session.show([], data=fleet.values(results))
    _next_steps(session, results)
    fleet.settle(results, "applied")


def _write(
    session: common.Session,
    site: "Site",
    chosen: Sequence[Any],
    planned: "Sequence[Result[Plan]]",
    max_removals: int,
    *,
    yes: bool,
) -> "list[Result[Any]]":
    """Asks, and carries out what has changes; integrations that could not be planned keep their error."""
    from provision import commands
    from provision.carry_out import Limits

    busy = {r.target: r.value for r in planned if r.value is not None and r.value.changes}
    if busy:
        count = sum(len(made.changes) for made in busy.values())
        session.confirm(f"Carry out {count} changes in {len(busy)} integrations?", yes=yes)
    limits = Limits({target: made.checksum for target, made in busy.items()}, max_removals)
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


def _site(session: common.Session, *, prune: bool = False, renew: bool = False) -> "Site":
    from provision.prepare import Site

    return Site(session.root, session.clock, session.say, prune=prune, renew=renew)


def _show_plans(session: common.Session, plans: "Sequence[Plan]") -> None:
    from provision import render

    if session.output == "table":
        session.write("\n".join(render.as_text(made) for made in plans))
    elif session.output == "md":
        session.write("\n".join(render.as_markdown(made) for made in plans))
    else:
        session.show(render.as_rows(plans), render.COLUMNS, data=render.as_data(plans))


def _say_limits(session: common.Session, chosen: "Sequence[Any]") -> None:
    """Tells what the chosen profiles ask for that is left to the admin."""
    from provision import limits
    from tenantry import profiles

    for tenant, integration in chosen:
        for sentence in limits.left_to_you(profiles.of(integration, session.root)):
            session.say(f"{tenant.name}/{integration.name}: {sentence}")


def _row(change: Any) -> dict[str, str]:
    return {"action": change.action, "object": change.object, "name": change.name, "risk": change.risk}


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
