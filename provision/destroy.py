"""Taking an integration away again: our own app, what the store holds, the integration file. Never anything else.

Deleting the app takes its service principal, grants and credentials along. A resource's service principal (Microsoft
Graph's own) is never touched, whatever else happens.
"""

import asyncio
from collections.abc import Awaitable, Callable

from provision import destroy_users, naming, release
from provision.apply import repeat
from provision.apply.work import Work
from provision.destroy_users import users_away, users_left
from provision.model.actual import Actual, Application
from provision.model.change import Change, Plan, Risk, change
from provision.model.desired import Desired
from provision.plan import checksum
from provision.plan.credential import describe_store
from provision.plan.ownership import refuse_foreign
from provision.read import application as apps
from provision.read.torn import WAITS
from provision.rights import APPLICATION, LOCAL
from tenantry import integration
from tenantry.errors import GuardRefused
from tenantry.stores import open_store


def plan_destroy(desired: Desired, actual: Actual, *, purge: bool, adopted: bool = False) -> Plan:
    """What would be taken away. Pure. An app that was there before us is given back; with `adopted` it goes too.

    Raises:
        GuardRefused: The app is not ours, or not the one that the integration file names.
    """
    refuse_foreign(desired, actual)
    _refuse_unknown(desired, actual)
    changes = _of_app(desired, actual, purge=purge, adopted=adopted)
    users = sorted(users_away(desired, actual), key=_order)
    ordered = (*users, *changes, *sorted(_local(desired, actual, changes), key=_order))
    return Plan(
        tenant=desired.tenant,
        integration=desired.integration,
        checksum=checksum(actual, ordered),
        changes=ordered,
        drift=tuple(users_left(desired, actual)),
    )


async def carry_out_destroy(work: Work, plan: Plan) -> None:
    """Does it, in order: first the tenant, then what would be needed to do it again."""
    goes = any(step.object in ("application", "deletedApplication") and step.removes for step in plan.changes)
    steps = {**STEPS, **({} if goes else release.STEPS)}
    for step in plan.changes:
        await steps[step.object](work, step)


def _of_app(desired: Desired, actual: Actual, *, purge: bool, adopted: bool) -> list[Change]:
    """What becomes of the app: it goes; one that was there before us is given back, unless that is asked for."""
    changes: list[Change] = []
    application = actual.application
    if desired.vendor_app:
        return release.plan_vendor_release(desired, actual, everything=adopted)
    if application is not None and actual.adopted and not adopted:
        return release.plan_release(desired, actual)
    binned = application or actual.deleted
    if application is not None:
        before = {"id": application.id, "appId": application.app_id, "displayName": application.display_name}
        goes = f"its service principal, grants and credentials go with it{_theirs(application)}"
        reason = f"{goes}; for 30 days it can be restored"
        changes.append(_delete("application", desired.unique_name, before, reason, "high"))
    if purge and binned is not None:
        before = {"id": binned.id, "appId": binned.app_id}
        reason = "it is removed from the tenant's bin too and can never be restored"
        changes.append(_delete("deletedApplication", desired.unique_name, before, reason, "high"))
    if application is not None and actual.adopted:
        changes.append(_delete("adoptionNote", desired.target, None, "there is nothing left to give back", "low"))
    return changes


def _theirs(application: Application) -> str:
    """What of the credentials that go others made, in words."""
    names = [found.name or found.id for found in application.credentials if naming.run_of(found.name) is None]
    return f", with what others put on it ({', '.join(names)})" if names else ""


def _local(desired: Desired, actual: Actual, of_app: list[Change]) -> list[Change]:
    """What goes from this machine; a credential that others made stays in its store, where the app keeps it."""
    changes: list[Change] = []
    wish = desired.credential
    store = wish.store if wish and wish.kind != "federated" else None  # an issuer's token is not ours
    held = actual.application.credentials if actual.application else ()
    lives = any(step.object == "adoption" for step in of_app) and any(
        c.id == actual.stored.id for c in held if actual.stored and c.id not in release.removed(of_app)
    )
    if actual.stored is not None and store is not None and store.kind != "environment" and not lives:
        reason = "it opens nothing any more"
        changes.append(_delete("storedCredential", describe_store(store), None, reason, "medium"))
    if actual.emitted is not None:
        name = f"integrations/{desired.target}.json"
        changes.append(_delete("integrationFile", name, None, "there is nothing left for the runner to do", "medium"))
    return changes


def _delete(kind: str, name: str, before: object, reason: str, risk: Risk) -> Change:
    right = LOCAL if kind in ("storedCredential", "integrationFile", "adoptionNote") else APPLICATION
    return change("delete", kind, name, right=right, before=before, reason=reason, risk=risk)


def _order(step: Change) -> int:
    return list(STEPS).index(step.object)


def _refuse_unknown(desired: Desired, actual: Actual) -> None:
    application, emitted = actual.application, actual.emitted
    if application is None or emitted is None or emitted.tenant.id != actual.tenant_id:
        return
    if emitted.app.app_id != application.app_id:
        raise GuardRefused(
            f"{desired.target}: the integration file names app {emitted.app.app_id}, "
            f"but the app under our key is {application.app_id}.",
            fix="Find out which is right; `tenantry provision emit` writes the file anew.",
        )


async def _application(work: Work, step: Change) -> None:
    async with work.write(step, known=step.before["id"]):
        await repeat.delete(work, f"/applications/{step.before['id']}")
        await _until_gone(work)


async def _until_gone(work: Work) -> None:
    path = f"/applications/{work.object_id}"

    async def read() -> bool:
        return await work.graph.find(path, {"$select": "id"}) is None

    await work.graph.settled(read, lambda gone: gone, times=2)


async def _purge(work: Work, step: Change) -> None:
    """Removes it from the bin, where it may take a while to appear, and its service principal with it."""
    path = f"/directory/deletedItems/{step.before['id']}"
    async with work.write(step, known=step.before["id"]):
        await work.graph.get(path, {"$select": "id"}, settle="application")
        await repeat.purge(work, step.before["id"])
        for principal in await _principals(work, step.before["appId"]):
            await repeat.purge(work, principal)


async def _principals(work: Work, app_id: str) -> list[str]:
    """Our service principals in the bin; where there was one, looked for until it shows."""
    for wait in (*WAITS[:6], None):
        found = await apps.deleted_principals(work.graph, app_id)
        if found or wait is None or not work.principal:
            return found
        await work.clock.sleep(wait)
    raise AssertionError("the loop returns")


async def _store(work: Work, step: Change) -> None:
    async with work.write(step):
        await asyncio.to_thread(open_store(work.wish.store, work.root).delete)


async def _file(work: Work, step: Change) -> None:
    async with work.write(step):
        integration.path_of(work.root, work.desired.tenant, work.desired.integration).unlink(missing_ok=True)


STEPS: dict[str, Callable[[Work, Change], Awaitable[None]]] = {
    **destroy_users.STEPS,
    "application": _application,
    "deletedApplication": _purge,
    "adoptionNote": release.STEPS["adoptionNote"],
    "storedCredential": _store,
    "integrationFile": _file,
}
"""In the order in which things are taken away."""
