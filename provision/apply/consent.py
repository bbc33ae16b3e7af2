"""Handing consent on: the address where its link lands, registered for as long as consent is missing."""

from collections.abc import Mapping
from typing import Any

from provision.apply.work import Work
from provision.model.actual import Actual
from provision.plan import consent
from provision.read.application import redirects
from provision.rights import APPLICATION, owned


async def say_link(work: Work, actual: Actual, claims: Mapping[str, Any]) -> None:
    """Says which link to hand on; makes it work where it could land nowhere, if this operator may."""
    if not work.desired.vendor_app and APPLICATION.missing(claims, owned=owned(actual, claims)):
        return
    made = await ready_link(work, actual)
    work.say(f"{made.target}: hand this link to a {made.role} (or a Global Administrator): {made.url}")


async def ready_link(work: Work, actual: Actual) -> consent.ConsentLink:
    """The link, to a redirect URI that the app has; Microsoft's empty page is registered where it has none."""
    desired = work.desired
    if desired.vendor_app:
        return consent.link(desired, actual, desired.vendor_redirect)
    web, others = await redirects(work.graph, work.object_id)
    known, page = (*web, *others), consent.landing(desired.cloud)
    chosen = page if page in known or not known else known[0]
    if chosen not in known:
        before, after = {"web": {"redirectUris": web}}, {"web": {"redirectUris": [*web, chosen]}}
        name = f"{desired.unique_name} web.redirectUris"
        async with work.writing("update", "application", name, known=work.object_id, undo=before):
            await work.graph.patch(f"/applications/{work.object_id}", after, settle="application")
    return consent.of_app(desired, actual.tenant_id, work.app_id, chosen, consent.missing(desired, actual))
