"""`consent-link`: each integration's link, made to work where it could land nowhere, and the wait for the consent."""

import asyncio
from collections.abc import Sequence

from provision import fleet, guards
from provision.apply.consent import ready_link
from provision.apply.work import Tools, Work
from provision.ending import ending
from provision.fleet import Chosen, Result
from provision.model.actual import Actual
from provision.model.change import Change, Plan, change
from provision.model.desired import Desired
from provision.plan import checksum, consent
from provision.plan.consent import ConsentLink
from provision.plan.ownership import refuse_foreign
from provision.prepare import Site, wished
from provision.read.actual import read
from provision.read.tenant import TenantReader
from provision.rights import APPLICATION, operator_of
from tenantry.errors import UsageError
from tenantry.workspace.model import Integration, Tenant


async def find_links(site: Site, chosen: Sequence[Chosen], redirect_uri: str) -> list[Result[ConsentLink]]:
    """The links as far as nothing has to be written: one without a `url` still needs an address to land on."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> ConsentLink:
        with ending(f"{tenant.name}/{integration.name}"):
            desired, actual = await _state(site, reader, (tenant, integration))
            if desired.vendor_app:
                return consent.link(desired, actual, redirect_uri or desired.vendor_redirect)
            application = actual.application
            assert application is not None
            known = consent.redirect(desired, application)
            uris = (*application.web_redirects, *application.redirects)
            if redirect_uri and redirect_uri not in uris:
                raise UsageError(
                    f"{desired.target}: the app has no redirect URI {redirect_uri}.",
                    fix=f"Leave --redirect-uri out, or take one of the app's: {', '.join(uris) or 'it has none yet'}.",
                )
            return consent.link(desired, actual, redirect_uri or known)

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def make_links(site: Site, tools: Tools, chosen: Sequence[Chosen]) -> list[Result[ConsentLink]]:
    """Registers Microsoft's empty page as the address where the link lands; journaled, and taken off by apply later."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> ConsentLink:
        with ending(f"{tenant.name}/{integration.name}", tools):
            state = await _state(site, reader, (tenant, integration))
            claims = await reader.graph.claims()
            guards.refuse_powerless(_plan(*state), claims)
            tools.journal.operators[tenant.name] = operator_of(claims)
            work = Work.begin(tools, reader.graph, site.clock(tenant), state)
            made = await ready_link(work, state[1])
            return consent.link(*state, made.redirect_uri)

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def wait_for(site: Site, chosen: Sequence[Chosen], *, every: float, longest: float | None) -> list[Result[bool]]:
    """Polls until nothing is missing any more; False where `longest` seconds went by.

    It is people that are waited for, so the seconds are the wall's, in a rehearsal too.
    """

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> bool:
        loop = asyncio.get_running_loop()
        end = None if longest is None else loop.time() + longest
        while True:
            if not consent.missing(*await _state(site, reader, (tenant, integration))):
                return True
            if end is not None and loop.time() >= end:
                return False
            await asyncio.sleep(every)

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def _state(site: Site, reader: TenantReader, chosen: Chosen) -> tuple[Desired, Actual]:
    desired = wished(site, *chosen)
    actual = await read(desired, reader, site.root, site.history)
    refuse_foreign(desired, actual)
    if not desired.vendor_app and (actual.application is None or actual.service_principal is None):
        raise UsageError(
            f"{desired.target}: there is no app to consent to yet.",
            fix=f"Run `tenantry provision apply {desired.target} --mine` first: it makes the app and names the link.",
        )
    return desired, actual


def _plan(desired: Desired, actual: Actual) -> Plan:
    """The one change that making a link takes, for the guard."""
    steps: tuple[Change, ...] = (
        change("update", "application", f"{desired.unique_name} web.redirectUris", right=APPLICATION, reason=""),
    )
    return Plan(
        tenant=desired.tenant,
        integration=desired.integration,
        checksum=checksum(actual, steps),
        changes=steps,
        drift=(),
    )
