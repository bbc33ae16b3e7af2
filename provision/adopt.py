"""Taking over an app that is there already: known by its client id, never by its name.

What it has stays: its name, its credentials, its grants, its `uniqueName`. Our tag goes on it, and a note of what it
was like stays here; from then on plan and apply treat it as ours, and destroy gives it back.
"""

import re
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec

from provision import adopted, fleet, guards, naming
from provision.apply.work import Tools, Work
from provision.emit import rfc3339
from provision.ending import ending
from provision.fleet import Chosen, Result
from provision.model.actual import Actual, Application
from provision.model.adoption import Adoption, Before
from provision.model.change import Change, Plan, change
from provision.model.desired import Desired
from provision.plan import checksum, plan
from provision.plan.ownership import owner_of
from provision.prepare import Site, wished
from provision.read import application as apps
from provision.read.actual import read
from provision.read.tenant import TenantReader
from provision.rights import APPLICATION, operator_of
from tenantry.errors import GuardRefused, PartlyDone, UsageError
from tenantry.graph import Graph
from tenantry.workspace.model import Integration, Tenant

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CLIENT_ID = "It stands in the portal under App registrations as Application (client) ID."


class Takeover(msgspec.Struct, frozen=True):
    """What adopting does now, and what apply would do afterwards."""

    now: Plan
    then: Plan


def check_app_id(text: str) -> str:
    """The client id in lower case; UsageError where the text is none."""
    app_id = text.strip().lower()
    if not _GUID.fullmatch(app_id):
        raise UsageError(f"--app-id: {text!r} is not a client id.", fix=f"A name is never enough. {_CLIENT_ID}")
    return app_id


def plan_adopt(desired: Desired, actual: Actual) -> Takeover:
    """The adoption of `actual.application`, and the plan that follows once it is ours. Pure.

    Raises:
        GuardRefused: The app is another integration's.
    """
    application = actual.application
    assert application is not None
    owner = owner_of(application)
    if owner and desired.owner_tag not in application.tags:
        raise GuardRefused(
            f"{desired.target}: the app {application.app_id} belongs to {owner}.",
            fix=f"Run `tenantry provision destroy {owner}`, which gives it back, or choose another app.",
        )
    marked = _marked(desired, application)
    steps = () if marked == application and actual.adopted else (_adoption(desired, application, marked),)
    then = plan(desired, msgspec.structs.replace(actual, application=marked))
    now = Plan(
        tenant=desired.tenant,
        integration=desired.integration,
        checksum=checksum(actual, steps),
        changes=steps,
        drift=then.drift,
    )
    return Takeover(now, then)


async def plan_adopt_all(site: Site, chosen: Sequence[Chosen], app_id: str) -> list[Result[Takeover]]:
    """What adopting would do; nothing is written."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Takeover:
        with ending(f"{tenant.name}/{integration.name}"):
            return plan_adopt(*await _read(site, reader, (tenant, integration), app_id))

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def adopt_all(site: Site, tools: Tools, chosen: Sequence[Chosen], app_id: str) -> list[Result[Takeover]]:
    """Adopts it: the note first, so that nothing of what it was like can be lost, then the tag."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Takeover:
        with ending(f"{tenant.name}/{integration.name}", tools):
            state = await _read(site, reader, (tenant, integration), app_id)
            made = plan_adopt(*state)
            claims = await reader.graph.claims()
            guards.refuse_powerless(made.now, claims)
            tools.journal.operators[tenant.name] = operator_of(claims)
            work = Work.begin(tools, reader.graph, site.clock(tenant), state)
            for step in made.now.changes:
                await apply_adoption(work, step)
            return made

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


async def apply_adoption(work: Work, step: Change) -> None:
    """Writes the note and puts our marker on the app."""
    application = work.actual.application
    assert application is not None
    desired = work.desired
    earlier = adopted.load(work.root, desired.target)
    if earlier is None or earlier.app_id != application.app_id or earlier.before is None:
        note = _note(application, work)
        async with work.writing("create", "adoptionNote", desired.target, known=application.id):
            adopted.save(work.root, desired.target, note)
    async with work.write(step, known=application.id, undo=step.before):
        await work.graph.patch(f"/applications/{application.id}", step.after, settle="application")
    await _until_shown(work, application)


async def _until_shown(work: Work, application: Application) -> None:
    async def read_tags() -> list[str]:
        found = await work.graph.get(f"/applications/{application.id}", {"$select": "id,tags"}, settle="application")
        return list(found.get("tags") or ())

    await work.graph.settled(read_tags, lambda tags: work.desired.owner_tag in tags, times=2)


def _note(application: Application, work: Work) -> Adoption:
    actual = work.actual
    before = Before(
        tags=application.tags,
        notes=application.notes,
        audience=application.audience,
        declared=application.declared,
        owners=application.owners,
        credentials=tuple(credential.id for credential in application.credentials),
        service_principal=actual.service_principal,
        grants=actual.grants,
        delegated=actual.delegated,
        lock=application.lock,
        redirects=application.redirects,
        web_redirects=application.web_redirects,
        federated=tuple(one.id for one in application.federated),
    )
    return Adoption(
        app_id=application.app_id,
        object_id=application.id,
        adopted=rfc3339(work.clock.now()),
        run=work.journal.run,
        before=before,
    )


def _marked(desired: Desired, application: Application) -> Application:
    tags = [tag for tag in (naming.TAG, desired.owner_tag) if tag not in application.tags]
    return msgspec.structs.replace(
        application, tags=(*application.tags, *tags), notes=application.notes or desired.notes
    )


def _adoption(desired: Desired, application: Application, marked: Application) -> Change:
    kept = len(application.credentials)
    return change(
        "update",
        "adoption",
        f"{application.display_name} ({application.app_id})",
        right=APPLICATION,
        before={"tags": list(application.tags), "notes": application.notes},
        after={"tags": list(marked.tags), "notes": marked.notes},
        reason=(
            f"the app becomes {desired.target}'s: our marker goes on it, a note of what it is like now stays in this "
            f"workspace; its name, its uniqueName and its {kept} credentials stay"
        ),
        risk="medium",
    )


async def _read(site: Site, reader: TenantReader, chosen: Chosen, app_id: str) -> tuple[Desired, Actual]:
    """The integration as it would be read with this app; refused where it may not be adopted."""
    desired = wished(site, *chosen)
    if desired.vendor_app:
        raise UsageError(
            f"{desired.target}: its app is the vendor's ({desired.vendor_app}); there is no registration to adopt.",
            fix=f"Open the link of `tenantry provision consent-link {desired.target}`, then run apply.",
        )
    actual = await read(desired, reader, site.root, site.history)
    mine = actual.application
    if mine is not None and mine.app_id == app_id:
        return desired, actual
    found = await _looked_for(reader, app_id)
    if found is None:
        await _refuse_unknown(desired, actual, reader.graph, app_id)
    if mine is not None and owner_of(mine) == desired.target:
        raise GuardRefused(
            f"{desired.target}: it has an app already, {mine.app_id}.",
            fix=f"Take that one away first with `tenantry provision destroy {desired.target}`.",
        )
    return desired, await _with(reader, actual, found)


async def _looked_for(reader: TenantReader, app_id: str) -> Application | None:
    """The app, looked for more than once: a replica may miss it for a moment."""
    for wait in (1.0, 2.0, 4.0, None):
        found = await apps.by_app_id(reader.graph, app_id)
        if found is not None or wait is None:
            break
        await reader.clock.sleep(wait)
    return found


async def _with(reader: TenantReader, actual: Actual, found: Application) -> Actual:
    principal = await apps.service_principal(reader.graph, found.app_id)
    grants, delegated = await apps.grants(reader.graph, principal) if principal else ((), ())
    return msgspec.structs.replace(
        actual,
        application=found,
        service_principal=principal,
        grants=grants,
        delegated=delegated,
        namesakes=tuple(other for other in actual.namesakes if other.app_id != found.app_id),
        deleted=None,
    )


async def _refuse_unknown(desired: Desired, actual: Actual, graph: Graph, given: str) -> NoReturn:
    """Says what the id is instead of a client id of this tenant."""
    select = {"$select": "id,appId,displayName"}
    registration = await graph.find(f"/applications/{given}", select)
    if registration is not None:
        raise _other(desired, given, "the object id of the app registration", registration)
    principal = await graph.find(f"/servicePrincipals/{given}", select)
    if principal is not None:
        raise _other(desired, given, "the object id of the enterprise application", principal)
    select["$select"] += ",appOwnerOrganizationId"
    foreign = await graph.find(f"/servicePrincipals(appId='{given}')", select)
    if foreign is not None and foreign.get("appOwnerOrganizationId") == actual.tenant_id:
        raise PartlyDone(f"{desired.target}: the app {given} does not show everywhere yet.", fix="Try again soon.")
    if foreign is not None:
        raise GuardRefused(
            f"{desired.target}: {given} ({foreign.get('displayName')}) is another organisation's app; this tenant has "
            "its service principal only, so there is no registration to adopt.",
            fix="Where the profile takes it, name it as the option vendor_app.",
        )
    raise GuardRefused(f"{desired.target}: the tenant has no app with the client id {given}.", fix=_CLIENT_ID)


def _other(desired: Desired, given: str, what: str, found: dict[str, Any]) -> GuardRefused:
    return GuardRefused(
        f"{desired.target}: {given} is {what} {found.get('displayName')!r}, not its client id.",
        fix=f"Its client id is {found.get('appId')}; look whether that is the app you mean.",
    )
