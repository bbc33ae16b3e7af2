"""One integration as it is: the tenant, the credential store (never the value), the journal, the file on disk."""

import asyncio
from pathlib import Path

from provision.emit import rfc3339
from provision.journal import History
from provision.model.actual import UNTOLD, Actual, Application, Deleted, Resource, Stored
from provision.model.desired import Desired
from provision.model.parts import DelegatedGrant, RoleGrant
from provision.model.users import UsersActual
from provision.plan.federated import ours
from provision.read import application as apps
from provision.read.exchange import read_exchange
from provision.read.find import find
from provision.read.tenant import TenantReader
from provision.read.torn import whole
from tenantry import integration
from tenantry.errors import GraphError
from tenantry.graph import Graph, segment
from tenantry.stores import open_store

_DENIED = 403
_HINT = 3
"""How many characters of a secret Graph shows (passwordCredential.hint)."""


async def read(desired: Desired, tenant: TenantReader, root: Path, history: History) -> Actual:
    """Reads everything a plan needs; about ten requests.

    Where one replica shows the app and the next one does not know it yet, all of it is read again.
    """
    return await whole(tenant.clock, lambda: _read(desired, tenant, root, history))


async def _read(desired: Desired, tenant: TenantReader, root: Path, history: History) -> Actual:
    graph = tenant.graph
    organization, emitted = await tenant.organization(), _emitted(desired, root)
    known = (emitted is not None and emitted.tenant.id == organization["id"]) or history.made_app(desired.target)
    (found, adopted), people, namesakes, stored = await asyncio.gather(
        find(desired, tenant, root, known=known),
        _people(graph, desired.owners),
        apps.namesakes(graph, desired.display_name, desired.unique_name),
        asyncio.to_thread(read_store, desired, root),
    )
    app_id = desired.vendor_app or (found.app_id if found else "")
    principal = await apps.service_principal(graph, app_id) if app_id else None
    roles, delegated = await _grants(graph, principal)
    return Actual(
        tenant_id=organization["id"],
        domains=tuple(domain["name"] for domain in organization.get("verifiedDomains") or ()),
        resources=await _resources(desired, tenant),
        application=found,
        service_principal=principal,
        grants=roles,
        delegated=delegated or (),
        blind=delegated is None,
        people=people,
        namesakes=tuple(other for other in namesakes if other.app_id != app_id),
        deleted=await _deleted(graph, desired, found),
        policy=await tenant.policy(found.id if found else None, (found and found.created) or desired.now),
        stored=_identified(desired, stored, found),
        orphans=frozenset(history.orphans(desired.target)),
        emitted=emitted,
        adopted=adopted,
        ours=frozenset(history.granted(desired.target)),
        exchange=await read_exchange(desired, graph, root, found, principal),
        users=await _users(desired, tenant, root, [*_emitted_users(emitted), *history.made_users(desired.target)]),
    )


def _emitted_users(emitted: integration.IntegrationFile | None) -> list[str]:
    """Names of the integration users that the runner knows."""
    return [str(user.get("userPrincipalName", "")).lower() for user in emitted.integration_users] if emitted else []


async def _users(desired: Desired, tenant: TenantReader, root: Path, before: list[str]) -> UsersActual | None:
    if desired.users is None:
        return None
    from provision.read.users import read_users  # most plans have none

    return await read_users(desired, tenant, root, before)


async def _grants(
    graph: Graph, principal: str | None
) -> tuple[tuple[RoleGrant, ...], tuple[DelegatedGrant, ...] | None]:
    if principal is None:
        return (), ()
    return await asyncio.gather(apps.role_grants(graph, principal), apps.told_delegated(graph, principal))


async def _resources(desired: Desired, tenant: TenantReader) -> dict[str, Resource]:
    names = {permission.resource for permission in (*desired.required, *desired.forbidden)}
    found = [await tenant.resource(name) for name in sorted(names)]
    return {resource.name: resource for resource in found if resource is not None}


def read_store(desired: Desired, root: Path) -> Stored | None:
    """What the credential store holds, without the value; a federated credential has no store of ours."""
    if desired.credential is None or desired.credential.kind == "federated":
        return None
    held = open_store(desired.credential.store, root).read()
    if held is None:
        return None
    hint = "" if held.id or held.secret is None else held.secret.reveal()[:_HINT]
    return Stored(kind=held.kind, id=held.id, expires=held.expires, hint=hint, names_itself=held.names_itself)


def _identified(desired: Desired, stored: Stored | None, found: Application | None) -> Stored | None:
    """A bare secret that a person put into the store is known by its beginning, where only one on the app fits.

    In place of what is stored stands the federated credential that is ours, where one is wished.
    """
    wish = desired.credential
    if wish is not None and wish.kind == "federated":
        one = ours(desired, found)
        return Stored(kind="federated", id=one.id) if one else None
    if stored is None or found is None or not stored.hint or stored.names_itself:
        return stored
    fitting = [c for c in found.credentials if c.kind == stored.kind and c.hint == stored.hint]
    if len(fitting) != 1:
        return stored
    return Stored(kind=stored.kind, id=fitting[0].id, expires=rfc3339(fitting[0].end) if fitting[0].end else None)


async def _people(graph: Graph, names: tuple[str, ...]) -> dict[str, str | None]:
    found = await asyncio.gather(*(_person(graph, name) for name in names))
    return dict(zip(names, found, strict=True))


async def _person(graph: Graph, name: str) -> str | None:
    """The user's id; None where there is no such user, UNTOLD where the operator may not look."""
    try:
        found = await graph.find(f"/users/{segment(name)}", {"$select": "id,userPrincipalName"}, settle="read")
    except GraphError as error:
        if error.status != _DENIED:
            raise
        return UNTOLD
    return found["id"] if found else None


async def _deleted(graph: Graph, desired: Desired, found: Application | None) -> Deleted | None:
    if found is not None or desired.vendor_app:
        return None
    return await apps.deleted(graph, desired.unique_name, desired.owner_tag, desired.notes)


def _emitted(desired: Desired, root: Path) -> integration.IntegrationFile | None:
    path = integration.path_of(root, desired.tenant, desired.integration)
    return integration.load(path) if path.exists() else None
