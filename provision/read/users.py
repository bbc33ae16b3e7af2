"""Integration users as they are: the people they watch, the accounts, the store, their group, what policies say."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from provision.model.desired import Desired
from provision.model.users import Account, ExclusionGroup, Held, Member, Namesake, UsersActual, UsersWanted
from provision.plan.users.slots import slots
from provision.read.conditional import Rules, read_rules
from provision.read.tenant import TenantReader
from tenantry.errors import GraphError
from tenantry.graph import Graph, literal, segment
from tenantry.stores import open_store
from tenantry.stores.beside import beside

_DENIED = 403
_ACCOUNT = {"$select": "id,userPrincipalName,accountEnabled,userType,jobTitle"}
_GROUP = {"$select": "id,displayName,description,uniqueName"}
_PEOPLE: dict[str, str | int] = {"$select": "id,mail,userType", "$filter": "accountEnabled eq true", "$top": 999}


async def read_users(desired: Desired, tenant: TenantReader, root: Path, before: Sequence[str]) -> UsersActual | None:
    """Everything about them; None where the profile knows of none. Passwords stay in their store.

    `before` names those that there were, to be looked for as well. Where none are wished (any more) and nobody may
    look, nothing is known to be left of them.
    """
    if desired.users is None:
        return None
    try:
        return await _read(desired, desired.users, tenant, root, before)
    except GraphError as error:
        if desired.users.wanted or error.status != _DENIED:
            raise
        return UsersActual()


async def _read(
    desired: Desired, wanted: UsersWanted, tenant: TenantReader, root: Path, before: Sequence[str]
) -> UsersActual:
    graph = tenant.graph
    organization = await tenant.organization()
    domain = _domain(organization.get("verifiedDomains") or ())
    people = await _people(desired, tenant) if wanted.wanted else ()
    group = await read_group(graph, wanted)
    wished = slots(wanted, len(people), domain)
    marked = [m.name for m in group.members if m.marker == wanted.marker] if group else []
    names = list(dict.fromkeys([*(slot.upn for slot in wished), *filter(None, before), *marked]))
    existing = {slot.upn for slot in wished if slot.existing}
    accounts = await asyncio.gather(*(_account(graph, name, whole=name in existing) for name in names))
    rules = await read_rules(graph) if wanted.wanted or group else Rules()
    return UsersActual(
        domain=domain,
        people=people,
        accounts=dict(zip(names, accounts, strict=True)),
        passwords=await asyncio.to_thread(read_passwords, wanted, names, root),
        group=group,
        namesakes=await _namesakes(graph, wanted),
        policies=rules.policies,
        no_policies=rules.why,
        security_defaults=rules.security_defaults,
    )


async def active_addresses(graph: Graph) -> tuple[str, ...]:
    """The addresses of everybody who could be watched: enabled members with a mailbox's address, lower case, sorted."""
    found = set()
    async for user in graph.items("/users", _PEOPLE, type=dict):
        if user.get("mail") and user.get("userType") != "Guest":
            found.add(user["mail"].lower())
    return tuple(sorted(found))


async def read_group(graph: Graph, wanted: UsersWanted) -> ExclusionGroup | None:
    """The group under our key with its members and owners; None where there is none."""
    found = await graph.find(f"/groups(uniqueName='{wanted.key}')", _GROUP)
    if found is None:
        return None
    members, owners = await asyncio.gather(
        _inside(graph, f"/groups/{found['id']}/members"), _inside(graph, f"/groups/{found['id']}/owners")
    )
    return ExclusionGroup(
        id=found["id"],
        name=found.get("displayName") or "",
        notes=found.get("description") or "",
        members=members,
        owners=owners,
    )


def read_passwords(wanted: UsersWanted, names: Iterable[str], root: Path) -> dict[str, Held | None]:
    """What the store holds for each name, without the value."""
    held: dict[str, Held | None] = {}
    for name in names:
        stored = open_store(beside(wanted.store, name), root).read()
        held[name] = None if stored is None or stored.secret is None else Held(id=stored.id)
    return held


def as_account(found: Mapping[str, Any], reaches: Iterable[str] = ()) -> Account:
    """One user object as a value."""
    return Account(
        id=found["id"],
        name=str(found.get("userPrincipalName") or "").lower(),
        enabled=found.get("accountEnabled") is not False,
        marker=found.get("jobTitle") or "",
        guest=found.get("userType") == "Guest",
        reaches=tuple(sorted(set(reaches))),
    )


async def _people(desired: Desired, tenant: TenantReader) -> tuple[str, ...]:
    if desired.people.all:
        return await tenant.active_addresses()
    return tuple(sorted({person.address.lower() for person in desired.people.listed}))


async def _account(graph: Graph, name: str, *, whole: bool) -> Account | None:
    """The account; `whole`: with the groups and roles it is in, since others may have put it anywhere."""
    found = await graph.find(f"/users/{segment(name)}", _ACCOUNT)
    if found is None:
        return None
    reaches = set()
    if whole:
        async for item in graph.items(f"/users/{found['id']}/transitiveMemberOf", type=dict):
            reaches |= {item["id"], str(item.get("roleTemplateId") or item["id"])}
    return as_account(found, reaches)


async def _inside(graph: Graph, path: str) -> tuple[Member, ...]:
    return tuple(
        sorted(
            [
                Member(
                    id=item["id"],
                    name=str(item.get("userPrincipalName") or item.get("displayName") or "").lower(),
                    marker=item.get("jobTitle") or "",
                )
                async for item in graph.items(path, type=dict)
            ]
        )
    )


async def _namesakes(graph: Graph, wanted: UsersWanted) -> tuple[Namesake, ...]:
    if not wanted.group:
        return ()
    query = {"$filter": f"displayName eq {literal(wanted.group)}", "$select": "id,displayName,uniqueName"}
    found = [item async for item in graph.items("/groups", query, type=dict) if item.get("uniqueName") != wanted.key]
    return tuple(sorted(Namesake(id=item["id"], name=item.get("displayName") or "") for item in found))


def _domain(domains: Iterable[Mapping[str, Any]]) -> str:
    """Where new accounts get their names: the tenant's first domain, which is never federated, else the default."""
    every = list(domains)
    chosen = [d for d in every if d.get("isInitial")] or [d for d in every if d.get("isDefault")] or every
    return str(chosen[0]["name"]).lower() if chosen else ""
