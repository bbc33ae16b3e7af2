"""Taking the old credential off the app once the new one has proven itself: the last step of a rotation.

Only credentials that our runs made go, never the one in the store, never anybody else's; and none before the new one
is as old as the grace time, so that a vendor's form and every other copy could be changed meanwhile.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from provision import fleet, naming
from provision.apply.credential.probe import unproven
from provision.apply.credential.remove import remove
from provision.apply.work import Tools, Work
from provision.carry_out import SETTLE
from provision.ending import ending
from provision.fleet import Chosen, Result
from provision.guards import refuse_powerless
from provision.model.actual import Actual, Credential
from provision.model.change import Change, Plan, change
from provision.model.desired import Desired
from provision.plan import checksum
from provision.plan.credential import current
from provision.plan.ownership import refuse_foreign
from provision.prepare import Site, wished
from provision.read.actual import read
from provision.read.settled import Doubter
from provision.read.tenant import TenantReader
from provision.rights import APPLICATION, operator_of
from tenantry.errors import GuardRefused
from tenantry.stores import open_store
from tenantry.workspace.model import Integration, Tenant

GRACE = timedelta(hours=24)
"""How old the new credential has to be, unless the user says otherwise."""


def plan_retire(desired: Desired, actual: Actual, after: timedelta) -> Plan:
    """What would be removed now. Pure.

    Raises:
        GuardRefused: The app is not ours, or the runner may still live on one of the old credentials.
    """
    refuse_foreign(desired, actual)
    old = _old(desired, actual)
    changes: list[Change] = []
    if old:
        kept = _kept(desired, actual)
        due = (kept.start or desired.now) + after <= desired.now
        changes = [
            _removal(found, kept) for found in old if (due or found.expired(desired.now)) and _older(found, kept)
        ]
    return Plan(
        tenant=desired.tenant,
        integration=desired.integration,
        checksum=checksum(actual, changes),
        changes=tuple(changes),
        drift=(),
    )


def waiting(desired: Desired, actual: Actual, after: timedelta) -> list[str]:
    """A sentence for each old credential that stays for now."""
    old = _old(desired, actual)
    kept = _kept(desired, actual) if old else None
    if kept is None:
        return []
    due = (kept.start or desired.now) + after
    said = []
    for found in old:
        if not _older(found, kept):
            said.append(f"{_name(found)} is newer than the credential in the store; whose it is nobody here knows.")
        elif due > desired.now and not found.expired(desired.now):
            said.append(f"{_name(found)} stays until {due:%Y-%m-%d %H:%M} UTC, {_words(after)} after the new one.")
    return said


async def plan_retire_all(site: Site, chosen: Sequence[Chosen], after: timedelta) -> list[Result[Plan]]:
    """What retiring would remove from each; where it is something, the credential in the store is tried first."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Plan:
        with ending(f"{tenant.name}/{integration.name}"):
            work, made = await _ready(site, None, reader, (tenant, integration), after)
            for sentence in waiting(work.desired, work.actual, after):
                site.say(f"{work.desired.target}: {sentence}")
            return made

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def retire_all(site: Site, tools: Tools, chosen: Sequence[Chosen], after: timedelta) -> list[Result[Plan]]:
    """Removes them; what is to go is worked out again, and the new credential tried again."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Plan:
        with ending(f"{tenant.name}/{integration.name}", tools):
            work, made = await _ready(site, tools, reader, (tenant, integration), after)
            claims = await reader.graph.claims()
            refuse_powerless(made, claims)
            tools.journal.operators[tenant.name] = operator_of(claims)
            await _remove(site, work, made, reader)
            return made

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def _ready(
    site: Site, tools: Tools | None, reader: TenantReader, chosen: Chosen, after: timedelta
) -> tuple[Work, Plan]:
    """The state, once no replica contradicts the journal, and the plan; the stored credential is proven."""
    from provision.commands import begin

    desired, clock = wished(site, *chosen), site.clock(chosen[0])
    doubter = Doubter(site.history, desired.target, clock, site.say)
    actual, made = await doubter.settled(
        lambda: read(desired, reader, site.root, site.history), lambda seen: plan_retire(desired, seen, after)
    )
    work = Work.begin(tools or begin(site, [chosen]), reader.graph, clock, (desired, actual))
    if made.changes:
        await _prove(work)
    return work, made


async def _prove(work: Work) -> None:
    """Raises GuardRefused unless the credential in the store is accepted now."""
    federated = work.wish.kind == "federated"
    stored = None if federated else await asyncio.to_thread(open_store(work.wish.store, work.root).read)
    problem = await unproven(work, stored) if stored or federated else "is not there any more"
    if problem:
        raise GuardRefused(
            f"{work.desired.target}: the {work.wish.kind} in the store {problem}, so the old one stays.",
            fix="Look at `tenantry provision verify`, mend what it names, then retire again.",
        )


async def _remove(site: Site, work: Work, made: Plan, reader: TenantReader) -> None:
    for step in made.changes:
        await remove(work, step.before["kind"], step.before["id"], step.name)
    gone = {step.before["id"] for step in made.changes}

    async def left() -> set[str]:
        seen = await read(work.desired, reader, site.root, site.history)
        return {c.id for c in seen.application.credentials} & gone if seen.application else set()

    await work.graph.settled(left, lambda ids: not ids, times=2, budget=SETTLE)


def _old(desired: Desired, actual: Actual) -> list[Credential]:
    """Credentials of our runs on the app that are not the one in the store, and no crashed run's."""
    application = actual.application
    if application is None or desired.credential is None:
        return []
    stored = actual.stored.id if actual.stored else ""
    return sorted(
        found
        for found in application.credentials
        if naming.run_of(found.name) and found.id != stored and found.name not in actual.orphans
    )


def _kept(desired: Desired, actual: Actual) -> Credential:
    """The credential that the runner lives on; refused where that is not certain."""
    kept = current(desired, actual)
    if kept is None:
        raise GuardRefused(
            f"{desired.target}: the store holds no working credential of the app, so none is retired.",
            fix=f"Run `tenantry provision apply {desired.target}` first.",
        )
    emitted = actual.emitted.credential if actual.emitted else None
    if emitted is None or emitted.id != kept.id:
        named = f"names {emitted.id}" if emitted else "names no credential" if actual.emitted else "is not there"
        raise GuardRefused(
            f"{desired.target}: the integration file, which the runner reads, {named}; the store holds {kept.id}.",
            fix=f"Run `tenantry provision apply {desired.target}` and restart the runner, then retire.",
        )
    return kept


def _older(found: Credential, kept: Credential) -> bool:
    return found.start is None or kept.start is None or found.start <= kept.start


def _removal(found: Credential, kept: Credential) -> Change:
    since = f" since {kept.start:%Y-%m-%d %H:%M} UTC" if kept.start else ""
    return change(
        "delete",
        "credential",
        _name(found),
        right=APPLICATION,
        before={"id": found.id, "kind": found.kind, "name": found.name, "expires": found.end},
        reason=f"{_name(kept)} has taken its place{since}; whoever still signs in with this one will be refused",
        risk="medium",
    )


def _name(credential: Credential) -> str:
    return credential.name or f"{credential.kind} {credential.id}"


def _words(after: timedelta) -> str:
    hours = after.total_seconds() / 3600
    return f"{hours:g} hours" if hours < 72 else f"{hours / 24:g} days"
