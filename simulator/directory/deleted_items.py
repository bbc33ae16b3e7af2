"""The recycle bin as Graph shows it: learn.microsoft.com/graph/api/resources/directory"""

from functools import partial
from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory import bin as recycle
from simulator.directory import things
from simulator.directory.common import body_of, not_found, refused, seen
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

SHAPES = {kind: Shape(kind, defaults=things.DEFAULTS, prepare=things.prepared) for kind in recycle.COLLECTIONS}


def list_of(entity: str, call: Call) -> Reply:
    """What lies in the bin of one kind: the kind is part of the address."""
    recycle.empty_old(call.tenant)
    tag = f"#microsoft.graph.{entity}"
    rows = (
        {name: value for name, value in row.items() if name != "@odata.type"}
        for row in call.tenant.collection("deletedItems").iterate(call.stale)
        if row["@odata.type"] == tag
    )
    return respond(call, rows, shape=SHAPES[entity], context=recycle.COLLECTIONS[entity])


def list_all(call: Call) -> Reply:
    """Without a kind the service cannot tell what is asked."""
    del call
    raise GraphFault(
        400, "Request_BadRequest", "The OData cast segment is required: the type of the deleted items must be named."
    )


def get(call: Call) -> Reply:
    """One deleted object."""
    return one(call, _deleted(call), shape=things.MIXED, context="directoryObjects")


def restore(call: Call) -> Reply:
    """Takes an object out of the bin; a service principal does not come with its application."""
    deleted = _deleted(call)
    entity = things.entity_of(deleted)
    if entity == "group" and "Unified" not in deleted["groupTypes"]:
        raise refused("Security groups cannot be restored.")
    _check_free(call, entity, deleted)
    value = recycle.take_back(call.tenant, deleted)
    return one(call, things.typed(value, entity), shape=things.MIXED, context="directoryObjects")


def purge(call: Call) -> Reply:
    """Deletes for good."""
    call.tenant.collection("deletedItems").remove(_deleted(call)["id"])
    return Reply(204)


def owned_by(call: Call) -> Reply:
    """getUserOwnedObjects: what a person made or owned and what now lies in the bin, of one kind."""
    body = body_of(call)
    who, kind = str(body.get("userId")).lower(), str(body.get("type"))
    rows = [
        row
        for row in call.tenant.collection("deletedItems").iterate(call.stale)
        if things.entity_of(row).lower() == kind.lower() and _owned(row, who)
    ]
    context = f"{call.origin}/v1.0/$metadata#directoryObjects"
    return Reply(200, {"@odata.context": context, "value": [things.shown(row) for row in rows]})


def _owned(row: JSON, who: str) -> bool:
    owners = (link.get("ownerId") for name, link in row.get("@related") or () if name in ("owners", "groupOwners"))
    return row.get("@creator") == who or who in owners


def _deleted(call: Call) -> JSON:
    recycle.empty_old(call.tenant)
    found = seen(call, "deletedItems", call.params["directoryObject-id"])
    if call.tenant.collection("deletedItems").get(found["id"]) is None:
        raise not_found(found["id"])
    return found


def _check_free(call: Call, entity: str, deleted: JSON) -> None:
    """What took the object's place keeps it."""
    names = {"servicePrincipal": "appId", "user": "userPrincipalName"}
    name = names.get(entity)
    if name and call.tenant.collection(recycle.COLLECTIONS[entity]).first(name, deleted[name]) is not None:
        message = f"Another object with the same value for property {name} already exists."
        raise GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", message)


ROUTES = [
    Route("GET", "/directory/deletedItems", list_all),
    *(
        Route("GET", f"/directory/deletedItems/microsoft.graph.{kind}", partial(list_of, kind))
        for kind in recycle.COLLECTIONS
    ),
    Route("GET", "/directory/deletedItems/{directoryObject-id}", get),
    Route("DELETE", "/directory/deletedItems/{directoryObject-id}", purge),
    Route("POST", "/directory/deletedItems/{directoryObject-id}/restore", restore),
    Route("POST", "/directory/deletedItems/getUserOwnedObjects", owned_by),
]
