"""Owners of applications, service principals and groups."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory import things
from simulator.directory.common import JSON, linked_id, not_found, referenced, refused, seen
from simulator.directory.holders import HOLDERS
from simulator.directory.links import link, linked, parts, unlink
from simulator.odata import respond

MOST_AT_CREATION = 20
MAY_OWN = ("users", "servicePrincipals")

Finder = Callable[[Call], JSON]


def owners_of(collection: str, call: Call, row: JSON) -> Iterable[JSON]:
    """The owners of an object, marked with their types."""
    return things.find_all(call, parts(call.tenant, collection, row["id"], call.stale), MAY_OWN)


def list_owners(find: Finder, collection: str, call: Call) -> Reply:
    """Who owns it."""
    rows = owners_of(collection, call, find(call))
    return respond(call, rows, shape=things.MIXED, context="directoryObjects")


def list_links(find: Finder, collection: str, call: Call) -> Reply:
    """The same as references."""
    return references(call, (row["id"] for row in owners_of(collection, call, find(call))))


def references(call: Call, ids: Iterable[str]) -> Reply:
    """A list of links to directory objects: texts, as in Microsoft's OpenAPI description."""
    links = [f"{call.origin}/v1.0/directoryObjects/{one}" for one in ids]
    return Reply(200, {"@odata.context": f"{call.origin}/v1.0/$metadata#Collection($ref)", "value": links})


def add(find: Finder, collection: str, call: Call) -> Reply:
    """Makes somebody an owner."""
    owned = find(call)
    who = referenced(call)
    if things.find(call.tenant, who, call.stale, MAY_OWN) is None:
        raise not_found(who)
    if linked(call.tenant, collection, owned["id"], who):
        raise refused(
            "One or more added object references already exist for the following modified properties: 'owners'."
        )
    link(call.tenant, collection, owned["id"], who)
    return Reply(204)


def already(name: str) -> GraphFault:
    """400: the reference is there."""
    return refused(
        f"One or more added object references already exist for the following modified properties: '{name}'."
    )


def remove(find: Finder, collection: str, call: Call) -> Reply:
    """Ends an ownership."""
    owned = find(call)
    who = call.params["directoryObject-id"].lower()
    if not linked(call.tenant, collection, owned["id"], who):
        raise not_found(who)
    unlink(call.tenant, collection, owned["id"], who)
    return Reply(204)


def at_creation(call: Call, body: JSON) -> list[str]:
    """The ids in `owners@odata.bind`, each of somebody who is there."""
    links: Any = body.get("owners@odata.bind") or []
    if len(links) > MOST_AT_CREATION:
        raise refused(f"The number of owners at creation exceeds the limit of {MOST_AT_CREATION}.")
    ids = [linked_id(str(one)) for one in links]
    for who in ids:
        if things.find(call.tenant, who, call.stale, MAY_OWN) is None:
            raise not_found(who)
    return ids


def _group(call: Call) -> JSON:
    return seen(call, "groups", call.params["group-id"])


def _routes(item: str, find: Finder, collection: str) -> list[Route]:
    return [
        Route("GET", f"{item}/owners", partial(list_owners, find, collection)),
        Route("GET", f"{item}/owners/$ref", partial(list_links, find, collection)),
        Route("POST", f"{item}/owners/$ref", partial(add, find, collection)),
        Route("DELETE", f"{item}/owners/{{directoryObject-id}}/$ref", partial(remove, find, collection)),
    ]


ROUTES = [route for holder in HOLDERS for route in _routes(holder.item, holder.seen, "owners")]
ROUTES += _routes("/groups/{group-id}", _group, "groupOwners")
