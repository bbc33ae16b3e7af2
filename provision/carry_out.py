"""`apply` for one integration: plan again, guard, write, and stay until the directory shows what was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from provision import guards
from provision.apply import apply
from provision.apply.work import Tools, Work
from provision.ending import ending
from provision.journal import History
from provision.model.change import Plan
from provision.plan import plan
from provision.prepare import Prepared, Site, prepare
from provision.read.actual import read
from provision.read.tenant import TenantReader
from tenantry.workspace.model import Integration, Tenant

SETTLE = 600.0
"""Seconds that the directory may take to show what was written."""

_LOOKS = (0.0, 2.0, 5.0, 15.0)


@dataclass(frozen=True)
class Limits:
    """What the user allows: the reviewed checksum of each integration (by target), and how much may go at once."""

    reviewed: Mapping[str, str]
    removals: int = guards.MOST_REMOVALS


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What `apply` did to one integration."""

    tenant: str
    integration: str
    run: str
    changes: int
    outcome: str


async def carry_out(
    site: Site, tools: Tools, limits: Limits, reader: TenantReader, chosen: tuple[Tenant, Integration]
) -> Applied:
    """Applies the plan that was shown, if it still is the plan.

    Raises:
        GuardRefused: A safety rule forbids it; nothing was written.
        PartlyDone: Something gave way; what was done is done, and running again continues.
    """
    with ending(f"{chosen[0].name}/{chosen[1].name}", tools):
        prepared = await _as_shown(site, limits, reader, chosen)
        if prepared.plan.changes:
            await _guard(prepared.plan, tools, limits, reader)
            await _write(site, tools, reader, chosen[0], prepared)
    return Applied(
        tenant=chosen[0].name,
        integration=chosen[1].name,
        run=tools.journal.run if prepared.plan.changes else "",
        changes=len(prepared.plan.changes),
        outcome="done" if prepared.plan.changes else "nothing to do",
    )


async def _as_shown(site: Site, limits: Limits, reader: TenantReader, chosen: tuple[Tenant, Integration]) -> Prepared:
    """The plan made anew; a lagging replica may differ for a moment, so a difference is looked at more than once."""
    clock = site.clock(chosen[0])
    for wait in _LOOKS:
        await clock.sleep(wait)
        prepared = await prepare(site, reader, *chosen)
        if prepared.plan.checksum == limits.reviewed[prepared.plan.target]:
            return prepared
    guards.refuse_moved(prepared.plan, limits.reviewed[prepared.plan.target])
    return prepared


async def _guard(made: Plan, tools: Tools, limits: Limits, reader: TenantReader) -> None:
    guards.refuse_mass(made, limits.removals)
    claims = await reader.graph.claims()
    guards.refuse_powerless(made, claims)
    tools.journal.operators[made.tenant] = operator_of(claims)


async def _write(site: Site, tools: Tools, reader: TenantReader, tenant: Tenant, prepared: Prepared) -> None:
    clock = site.clock(tenant)
    work = Work.begin(tools, reader.graph, clock, (prepared.desired, prepared.actual))
    await apply(work, prepared.plan)
    tools.say(f"{prepared.plan.target}: written; waiting until the directory shows it.")
    desired = msgspec.structs.replace(prepared.desired, renew=False, now=clock.now())
    history = History(site.root)

    async def again() -> Plan:
        return plan(desired, await read(desired, reader, site.root, history))

    await reader.graph.settled(again, lambda made: not made.changes, times=2, budget=SETTLE)


def operator_of(claims: Mapping[str, Any]) -> str:
    """Who writes, for the journal: a person's sign-in name, else the app's id."""
    return str(claims.get("upn") or claims.get("preferred_username") or claims.get("appid") or claims.get("oid") or "")
