"""Gathering what the links are judged by: the operator looks at the app, then the app itself makes real calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from provision.exchange import read_evidence
from provision.journal import History
from provision.model.desired import Desired
from provision.read.actual import read, read_store
from provision.read.tenant import TenantReader
from provision.verify.candidates import Candidates, read_users
from provision.verify.link import Scope, Seen
from provision.verify.place import Place
from provision.verify.proofs import PROOFS
from provision.verify.scope import read_scope
from tenantry import integration, signin
from tenantry.clock import Clock
from tenantry.errors import GraphError, SignInError, TenantryError
from tenantry.graph import Graph
from tenantry.stores import open_store

READS_USERS = {"User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All", "Directory.Read.All"}
"""Application permissions with which the app lists users itself."""


async def look(
    desired: Desired, operator: TenantReader | TenantryError, root: Path, clock: Clock, exchange: Path
) -> Seen:
    """Everything about one integration; what fails is noted, not raised."""
    seen = Seen(desired=desired, now=clock.now(), evidence=read_evidence(exchange))
    path = integration.path_of(root, desired.tenant, desired.integration)
    seen.file = integration.load(path) if path.exists() else None
    await _with_operator(seen, operator, root)
    try:
        seen.stored = await asyncio.to_thread(read_store, desired, root)
    except TenantryError as error:
        seen.no_store = error.what
    async with _as_app(seen, root, clock) as app:
        door = operator.graph if isinstance(operator, TenantReader) else None
        candidates = await _users(seen, app, door)
        place = Place(root=root, clock=clock, operator=door, candidates=candidates)
        for prove in PROOFS:
            seen.called += await prove(seen, app, place)
    return seen


async def _with_operator(seen: Seen, operator: TenantReader | TenantryError, root: Path) -> None:
    """Looks at the app and at who is in scope."""
    if isinstance(operator, TenantryError):
        seen.no_actual = f"the operator could not sign in: {operator.what}"
        seen.scope = Scope(why=seen.no_actual)
        return
    try:
        seen.actual = await read(seen.desired, operator, root, History(root))
        seen.enabled = await _enabled(operator.graph, seen.actual.service_principal)
    except TenantryError as error:
        who = "the operator could not sign in: " if isinstance(error, SignInError) else ""
        seen.no_actual = f"{who}{error.what}"
    try:
        seen.scope = await read_scope(seen.desired, operator.graph)
    except TenantryError as error:
        seen.scope = Scope(why=f"who is in scope could not be read: {error.what}")


async def _enabled(graph: Graph, principal: str | None) -> bool | None:
    """Whether the service principal may sign in; a disabled one gets no token."""
    if principal is None:
        return None
    try:
        found = await graph.get(f"/servicePrincipals/{principal}", {"$select": "id,accountEnabled"})
    except GraphError:
        return None
    return found.get("accountEnabled") is not False


@asynccontextmanager
async def _as_app(seen: Seen, root: Path, clock: Clock) -> AsyncIterator[Graph | None]:
    """Graph with a fresh token of the app itself; None where none can be had."""
    wish = seen.desired.credential
    if seen.file is None or wish is None or (seen.stored is None and wish.kind != "federated"):
        yield None
        return
    try:
        stored = None if wish.kind == "federated" else open_store(wish.store, root).read()
        credential = signin.application(seen.file, root, stored)
        graph = Graph(seen.file.tenant.cloud, credential, clock, root=root)
    except TenantryError as error:
        seen.no_token = error
        yield None
        return
    async with graph:
        try:
            seen.claims = await graph.claims()
        except TenantryError as error:
            seen.no_token = error
        yield None if seen.claims is None else graph


async def _users(seen: Seen, app: Graph | None, operator: Graph | None) -> Candidates:
    """Reads the users as the app itself where it may list them, else as the operator; picks mailboxes to try."""
    wanted = any(p.name in READS_USERS and p.type == "application" for p in seen.desired.required)
    door = app if wanted and app is not None else operator
    candidates = Candidates(seen.desired, seen.scope)
    if door is None:
        return candidates
    try:
        seen.users = await read_users(seen, door, candidates)
        seen.users.by_app = door is app
    except TenantryError as error:
        seen.no_users = error
    return candidates
