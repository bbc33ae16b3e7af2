"""Gathering what the links are judged by: the operator looks at the app, then the app itself makes real calls."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from provision.emit import rfc3339
from provision.journal import History
from provision.model.desired import Desired
from provision.read.actual import read, read_store
from provision.read.tenant import TenantReader
from provision.verify.link import Evidence, Seen, Tried, Users
from tenantry import integration, signin
from tenantry.clock import Clock
from tenantry.errors import GraphError, TenantryError, UsageError
from tenantry.graph import Graph, literal, segment
from tenantry.stores import open_store

CANDIDATES = 12
"""Mailboxes that may be tried on each side of the scope: accounts without a mailbox tell nothing."""

TOLD = 2
"""Mailboxes that have to tell something on each side."""

_POLICIES = "Get-ApplicationAccessPolicy.json"


class User(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is read of a user: enough to match an address."""

    id: str
    mail: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None

    @property
    def person(self) -> bool:
        """True for an enabled member with an address: whom a calendar read can be tried on."""
        return bool(self.mail) and self.account_enabled is not False and self.user_type != "Guest"


async def look(
    desired: Desired, operator: TenantReader | TenantryError, root: Path, clock: Clock, exchange: Path
) -> Seen:
    """Everything about one integration; what fails is noted, not raised."""
    seen = Seen(desired=desired, now=clock.now(), evidence=read_evidence(exchange))
    path = integration.path_of(root, desired.tenant, desired.integration)
    seen.file = integration.load(path) if path.exists() else None
    members = await _with_operator(seen, operator, root)
    try:
        seen.stored = await asyncio.to_thread(read_store, desired, root)
    except TenantryError as error:
        seen.no_store = error.what
    if seen.file is not None and seen.stored is not None:
        async with _as_app(seen, root, clock) as graph:
            if graph is not None:
                await _with_app(seen, graph, members)
    return seen


def read_evidence(folder: Path) -> Evidence:
    """The access policies that an Exchange administrator exported into this folder, where there is such a file."""
    path = folder / _POLICIES
    if not path.is_file():
        return Evidence()
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return Evidence(items=list(document["items"]), collected=str(document.get("collected") or "an unknown day"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not an export of Exchange evidence.", fix="Export it again.") from error


async def _with_operator(seen: Seen, operator: TenantReader | TenantryError, root: Path) -> frozenset[str] | None:
    """Looks at the app and at the scope's group; returns the ids of its members, None where they are not known."""
    if isinstance(operator, TenantryError):
        seen.no_actual = seen.no_group = f"the operator could not sign in: {operator.what}"
        return None
    try:
        seen.actual = await read(seen.desired, operator, root, History(root))
    except TenantryError as error:
        seen.no_actual = error.what
    address = seen.desired.mailboxes.group
    if address is None:
        seen.no_group = "only groups and rooms can be looked up." if seen.desired.mailboxes.administrative_unit else ""
        return None
    try:
        return await _members(seen, operator.graph, address)
    except TenantryError as error:
        seen.no_group = f"the group could not be read: {error.what}"
        return None


async def _members(seen: Seen, graph: Graph, address: str) -> frozenset[str] | None:
    query = {"$filter": f"mail eq {literal(address)}", "$select": "id,mail"}
    async for group in graph.items("/groups", query, type=dict):
        seen.group = group["id"]
        members = graph.items(f"/groups/{seen.group}/transitiveMembers", {"$select": "id", "$top": 999}, type=dict)
        return frozenset([member["id"] async for member in members])
    seen.group_missing = True
    return None


@asynccontextmanager
async def _as_app(seen: Seen, root: Path, clock: Clock) -> AsyncIterator[Graph | None]:
    """Graph with a fresh token of the app itself; None where none can be had."""
    assert seen.file is not None
    assert seen.desired.credential is not None
    try:
        stored = open_store(seen.desired.credential.store, root).read()
        assert stored is not None
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
            yield None
            return
        yield graph


async def _with_app(seen: Seen, graph: Graph, members: frozenset[str] | None) -> None:
    """Reads the users and tries calendars on both sides of the scope."""
    inside: list[User] = []
    outside: list[User] = []
    try:
        seen.users = await _users(seen, graph, members, inside, outside)
    except TenantryError as error:
        seen.no_users = error
    rooms = [(room, room) for room in seen.desired.mailboxes.rooms or ()]
    seen.inside = await _try_some(seen, graph, rooms or [(user.id, user.mail or "") for user in inside])
    seen.outside = await _try_some(seen, graph, [(user.id, user.mail or "") for user in outside])


async def _users(
    seen: Seen, graph: Graph, members: frozenset[str] | None, inside: list[User], outside: list[User]
) -> Users:
    """Streams the users once; nobody is kept but the few to try."""
    users = Users(met={person.address.lower(): 0 for person in seen.desired.people.listed})
    query: dict[str, Any] = {"$select": "id,mail,accountEnabled,userType", "$top": 999}
    async for user in graph.items("/users", query, type=User):
        users.total += 1
        address = (user.mail or "").lower()
        side = _side(seen, user, members)
        if user.person:
            users.addresses += 1
            wanted = seen.desired.people.all or address in users.met
            if address in users.met:
                users.met[address] += 1
            if side is True and wanted and len(inside) < CANDIDATES:
                inside.append(user)
        if side is False and address and user.user_type != "Guest" and len(outside) < CANDIDATES:
            outside.append(user)
    return users


def _side(seen: Seen, user: User, members: frozenset[str] | None) -> bool | None:
    """Whether the mailbox is in scope; None where that is not known."""
    mailboxes = seen.desired.mailboxes
    if mailboxes.all:
        return True
    if mailboxes.rooms:
        return (user.mail or "").lower() in {room.lower() for room in mailboxes.rooms}
    return None if members is None else user.id in members


async def _try_some(seen: Seen, graph: Graph, mailboxes: list[tuple[str, str]]) -> list[Tried]:
    """Tries one after another until TOLD of them told something; (id, address) each."""
    tried: list[Tried] = []
    for mailbox, address in mailboxes[:CANDIDATES]:
        tried.append(await _try(seen, graph, mailbox, address))
        if sum(not t.no_mailbox for t in tried) >= TOLD:
            break
    return tried


async def _try(seen: Seen, graph: Graph, mailbox: str, name: str) -> Tried:
    """One calendarView of the day ahead; only ids are asked for, nobody's subjects."""
    query: dict[str, str | int] = {
        "startDateTime": rfc3339(seen.now),
        "endDateTime": rfc3339(seen.now + timedelta(days=1)),
        "$select": "id",
        "$top": 1,
    }
    try:
        await graph.get(f"/users/{segment(mailbox)}/calendarView", query)
    except GraphError as error:
        return Tried(name, error)
    return Tried(name)
