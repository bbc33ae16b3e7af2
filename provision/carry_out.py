"""`apply` for one integration: plan again, guard, write, and stay until the directory shows what was written."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from provision import guards
from provision.apply import apply
from provision.apply.consent import say_link
from provision.apply.work import Tools, Work
from provision.ending import ending
from provision.journal import History
from provision.model.change import Change, Plan
from provision.plan import plan
from provision.plan.consent import missing
from provision.prepare import Prepared, Site, prepare
from provision.read.actual import read
from provision.read.tenant import TenantReader
from provision.rights import operator_of, owned
from provision.split import by_consent, divide
from tenantry.workspace.model import Integration, Tenant

SETTLE = 600.0
"""Seconds that the directory may take to show what was written."""

_LOOKS = (0.0, 2.0, 5.0, 15.0)


@dataclass(frozen=True)
class Limits:
    """What the user allows: the reviewed checksum of each integration (by target), and how much may go at once.

    `mine`: what the operator's rights do not suffice for is left to others instead of refused.
    """

    reviewed: Mapping[str, str]
    removals: int = guards.MOST_REMOVALS
    mine: bool = False


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What `apply` did to one integration."""

    tenant: str
    integration: str
    run: str
    changes: int
    outcome: str
    left: tuple[str, ...] = ()


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
        left = await _guard(prepared, tools, limits, reader)
        doing = tuple(change for change in prepared.plan.changes if change not in left)
        if prepared.plan.changes:
            await _write(site, tools, reader, chosen[0], (prepared, doing, left))
    return Applied(
        tenant=chosen[0].name,
        integration=chosen[1].name,
        run=tools.journal.run if doing else "",
        changes=len(doing),
        outcome="done" if doing else "left to others" if left else "nothing to do",
        left=tuple(f"{change.action} {change.object} {change.name}" for change in left),
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


async def _guard(prepared: Prepared, tools: Tools, limits: Limits, reader: TenantReader) -> tuple[Change, ...]:
    """Refuses what may not be; returns the changes that are left to others."""
    made = prepared.plan
    if not made.changes:
        return ()
    guards.refuse_mass(made, limits.removals)
    wish = prepared.desired.credential
    guards.refuse_homeless(made, tools.root, wish.store if wish and wish.kind != "federated" else None)
    claims = await reader.graph.claims()
    owns = owned(prepared.actual, claims)
    lacking = divide(made, claims, owns=owns) if limits.mine else {}
    left = tuple(c for c in made.changes if _by_somebody_else(c) or (c.key in lacking and c.object != "mailboxScope"))
    rest = msgspec.structs.replace(made, changes=tuple(c for c in made.changes if c not in left))
    guards.refuse_powerless(rest, claims, owned=owns)
    tools.journal.operators[made.tenant] = operator_of(claims)
    return left


def _by_somebody_else(change: Change) -> bool:
    """True for the consent to a vendor's app, which no run of ours gives."""
    return (change.action, change.object) == ("script", "servicePrincipal")


Parts = tuple[Prepared, tuple[Change, ...], tuple[Change, ...]]


async def _write(site: Site, tools: Tools, reader: TenantReader, tenant: Tenant, parts: Parts) -> None:
    """Makes the changes of the second part, and stays until none but those of the third are left to make."""
    prepared, doing, left = parts
    clock = site.clock(tenant)
    work = Work.begin(tools, reader.graph, clock, (prepared.desired, prepared.actual))
    if any(by_consent(change) for change in left):
        work.waived = frozenset(missing(prepared.desired, prepared.actual))
    await apply(work, msgspec.structs.replace(prepared.plan, changes=doing))
    if work.app_id and any(by_consent(change) for change in left):
        await say_link(work, prepared.actual, (await reader.graph.claims()))
    if not doing:
        return
    tools.say(f"{prepared.plan.target}: written; waiting until the directory shows it.")
    desired = msgspec.structs.replace(prepared.desired, renew=False, now=clock.now())
    history, others = History(site.root), {change.key for change in left}

    async def again() -> Plan:
        return plan(desired, await read(desired, reader, site.root, history))

    await reader.graph.settled(again, lambda made: {c.key for c in made.changes} <= others, times=2, budget=SETTLE)
