"""The work behind each command: many integrations, one after the other or side by side. The command line prints.

What only some commands need (the writers, the proof) is imported where they begin, so that a plan starts at once.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provision import fleet, naming
from provision.ending import ending
from provision.fleet import Chosen, Result
from provision.model.actual import Actual
from provision.model.change import Change, Plan
from provision.model.desired import Desired
from provision.prepare import Site, prepare, wished
from provision.read.actual import read
from provision.read.settled import Doubter
from provision.read.tenant import TenantReader
from tenantry.errors import TenantryError, UsageError
from tenantry.workspace.model import Integration, Tenant

if TYPE_CHECKING:
    from provision.apply.work import Tools, Work
    from provision.carry_out import Applied, Limits
    from provision.journal import Entry
    from provision.verify import Chain

Done = Callable[[], None]


def nothing() -> None:
    """For callers that show no progress."""


def unchanged(planned: Result[Plan]) -> "Result[Applied]":
    """What `apply` comes to where there was nothing to do, or where planning failed."""
    from provision.carry_out import Applied

    value = None
    if planned.error is None:
        value = Applied(
            tenant=planned.tenant, integration=planned.integration, run="", changes=0, outcome="nothing to do"
        )
    return Result(planned.tenant, planned.integration, value, planned.error)


_LOOKS = (1.0, 4.0, 15.0, 45.0)


def begin(site: Site, chosen: Sequence[Chosen], *, undoes: str = "") -> "Tools":
    """A new run, named by the time of the first tenant's clock."""
    from provision.apply.work import Tools
    from provision.journal import Journal

    run = naming.new_run(site.clock(chosen[0][0]).now())
    return Tools(site.root, Journal(site.root, run, undoes=undoes), site.say)


async def plan_all(
    site: Site, chosen: Sequence[Chosen], done: Done = nothing, *, to_apply: bool = False
) -> list[Result[Plan]]:
    """A plan for each; nothing is written. Before an apply, a failure that may pass means: run again."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Plan:
        with ending(f"{tenant.name}/{integration.name}") if to_apply else nullcontext():
            return (await prepare(site, reader, tenant, integration)).plan

    return await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)


async def apply_all(
    site: Site, chosen: Sequence[Chosen], limits: "Limits", done: Done = nothing
) -> "list[Result[Applied]]":
    """Applies what was shown to each."""
    from provision.carry_out import Applied, carry_out

    tools = begin(site, chosen)

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Applied:
        return await carry_out(site, tools, limits, reader, (tenant, integration))

    return await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)


async def verify_all(
    site: Site, chosen: Sequence[Chosen], exchange: Path, done: Done = nothing
) -> "list[Result[Chain]]":
    """The chain of each; an operator who cannot sign in leaves links untold, not the whole."""
    from provision.verify import judge
    from provision.verify.look import look

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> "Chain":
        desired = wished(site, tenant, integration)
        return judge(await look(desired, reader, site.root, site.clock(tenant), exchange))

    results = await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)
    return [await _without_operator(site, chosen, r, exchange) for r in results]


async def _without_operator(
    site: Site, chosen: Sequence[Chosen], result: "Result[Chain]", exchange: Path
) -> "Result[Chain]":
    from provision.verify import judge
    from provision.verify.look import look

    if result.error is None:
        return result
    tenant, integration = next(c for c in chosen if f"{c[0].name}/{c[1].name}" == result.target)
    try:
        seen = await look(wished(site, tenant, integration), result.error, site.root, site.clock(tenant), exchange)
    except TenantryError as error:
        return replace(result, error=error)
    return replace(result, value=judge(seen), error=None)


async def emit_all(site: Site, chosen: Sequence[Chosen], done: Done = nothing) -> list[Result[Path]]:
    """Writes each integration file from what the tenant and the store say now; nothing is written to the tenant."""
    from provision.apply.emitted import compose
    from provision.plan.credential import current
    from provision.plan.ownership import refuse_foreign
    from tenantry import integration as files

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Path:
        work = await _work(site, begin(site, chosen), reader, (tenant, integration))
        refuse_foreign(work.desired, work.actual)
        if not (work.object_id or work.desired.vendor_app) or not work.principal:
            raise UsageError(f"{work.desired.target}: there is no app to write about.", fix="Run apply first.")
        if current(work.desired, work.actual) is None:
            work.stored = None
            site.say(f"{work.desired.target}: the store holds no working credential; the file will name none.")
        return files.save(site.root, await compose(work))

    return await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)


async def plan_destroy_all(
    site: Site, chosen: Sequence[Chosen], *, purge: bool, adopted: bool = False, done: Done = nothing
) -> list[Result[Plan]]:
    """What destroying each would take away; `adopted`: also apps that were there before us."""
    from provision.destroy import plan_destroy

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Plan:
        with ending(f"{tenant.name}/{integration.name}"):
            desired, actual = await _read(site, reader, (tenant, integration), purge=purge)
            return plan_destroy(desired, actual, purge=purge, adopted=adopted)

    return await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)


async def destroy_all(
    site: Site, chosen: Sequence[Chosen], *, purge: bool, adopted: bool = False, done: Done = nothing
) -> list[Result[Plan]]:
    """Destroys each; what is to go is worked out again from the tenant as it is now."""
    from provision.destroy import carry_out_destroy, plan_destroy
    from provision.rights import operator_of

    tools = begin(site, chosen)

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Plan:
        with ending(f"{tenant.name}/{integration.name}", tools):
            work = await _work(site, tools, reader, (tenant, integration), purge=purge)
            made = plan_destroy(work.desired, work.actual, purge=purge, adopted=adopted)
            if made.changes:
                tools.journal.operators[tenant.name] = operator_of(await reader.graph.claims())
            await carry_out_destroy(work, made)
            return made

    return await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)


async def undo_all(
    site: Site, chosen: Sequence[Chosen], entries: "Sequence[Entry]", *, write: bool, done: Done = nothing
) -> list[Result[tuple[list[Change], list[str]]]]:
    """The way back from one run for each integration it touched; goes it when `write`."""
    from provision.rights import operator_of
    from provision.undo import carry_out_undo, plan_undo

    tools = begin(site, chosen, undoes=entries[0].run)

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> tuple[list[Change], list[str]]:
        with ending(f"{tenant.name}/{integration.name}", tools):
            work = await _work(site, tools, reader, (tenant, integration))
            mine = [entry for entry in entries if entry.target == work.desired.target]
            changes, lost = plan_undo(mine, work.actual)
            if write and changes:
                tools.journal.operators[tenant.name] = operator_of(await reader.graph.claims())
                await carry_out_undo(work, changes)
            return changes, lost

    return await fleet.each(chosen, one, root=site.root, clock=site.clock, done=done)


async def _read(site: Site, reader: TenantReader, chosen: Chosen, *, purge: bool = False) -> tuple[Desired, Actual]:
    """The tenant as it is.

    An app that the integration file knows (or, to purge it, the journal knows in the bin) and a replica does not show
    is looked for again, and so is whatever a run of ours made a moment ago: what is not seen would be left behind.
    One that a run of ours deleted and that a replica still shows is not believed at once either.
    """
    desired = wished(site, *chosen)
    for wait in (*_LOOKS, None):
        actual = await read(desired, reader, site.root, site.history)
        known = actual.emitted is not None and actual.emitted.tenant.id == actual.tenant_id
        known |= purge and site.history.binned_app(desired.target)
        gone = actual.application is not None and actual.application.id in site.history.deleted_apps(desired.target)
        there = actual.application is not None or actual.deleted is not None
        if wait is None or (not gone and (there or not known)):
            break
        await site.clock(chosen[0]).sleep(wait)
    from provision.read.unseen import until_seen

    doubter = Doubter(site.history, desired.target, site.clock(chosen[0]), site.say)
    return desired, await until_seen(doubter, actual, lambda: read(desired, reader, site.root, site.history))


async def _work(site: Site, tools: "Tools", reader: TenantReader, chosen: Chosen, *, purge: bool = False) -> "Work":
    from provision.apply.work import Work

    state = await _read(site, reader, chosen, purge=purge)
    return Work.begin(tools, reader.graph, site.clock(chosen[0]), state)
