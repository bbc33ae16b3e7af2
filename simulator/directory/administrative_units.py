"""Administrative units: learn.microsoft.com/graph/api/resources/administrativeunit

The reference metadata lacks them; type and permissions are as the documentation has them. Read, made and deleted,
with members; rules of dynamic units are kept and not followed.
"""

from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import things
from simulator.directory.common import checked, latest, needs, not_found, referenced, seen
from simulator.directory.links import link, linked, parts, unlink
from simulator.directory.owners import already, references
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

PATH = "/directory/administrativeUnits"
ITEM = f"{PATH}/{{administrativeUnit-id}}"
CONTEXT = "directory/administrativeUnits"
SHAPE = Shape("administrativeUnit")
MAY_BE_MEMBER = ("users", "groups")
LINKS = "administrativeUnitMembers"


def list_all(call: Call) -> Reply:
    """The tenant's units."""
    return respond(call, call.tenant.collection("administrativeUnits"), shape=SHAPE, context=CONTEXT)


def get(call: Call) -> Reply:
    """One."""
    return one(call, _unit(call), shape=SHAPE, context=CONTEXT)


def create(call: Call) -> Reply:
    """A new unit."""
    body = checked(call, "administrativeUnit")
    needs(body, "administrativeUnit", "displayName")
    made = call.tenant.collection("administrativeUnits").put(complete({"id": call.tenant.new_id(), **body}))
    return one(call, made, shape=SHAPE, context=CONTEXT, status=201)


def delete(call: Call) -> Reply:
    """DELETE; its members stay."""
    known = latest(call, "administrativeUnits", _unit(call))
    for member in list(parts(call.tenant, LINKS, known["id"])):
        unlink(call.tenant, LINKS, known["id"], member)
    call.tenant.collection("administrativeUnits").remove(known["id"])
    return Reply(204)


def list_members(call: Call) -> Reply:
    """Users and groups of a unit; people of its groups are not in it."""
    ids = parts(call.tenant, LINKS, _unit(call)["id"], call.stale)
    rows = things.find_all(call, ids, MAY_BE_MEMBER)
    return respond(call, rows, shape=things.MIXED, context="directoryObjects")


def list_links(call: Call) -> Reply:
    """The same as references."""
    return references(call, parts(call.tenant, LINKS, _unit(call)["id"], call.stale))


def add_member(call: Call) -> Reply:
    """Puts a user or group into a unit."""
    unit, who = _unit(call), referenced(call)
    if things.find(call.tenant, who, call.stale, MAY_BE_MEMBER) is None:
        raise not_found(who)
    if linked(call.tenant, LINKS, unit["id"], who):
        raise already("members")
    link(call.tenant, LINKS, unit["id"], who)
    return Reply(204)


def remove_member(call: Call) -> Reply:
    """Takes it out."""
    unit, who = _unit(call), call.params["directoryObject-id"].lower()
    if not linked(call.tenant, LINKS, unit["id"], who):
        raise not_found(who)
    unlink(call.tenant, LINKS, unit["id"], who)
    return Reply(204)


def complete(given: JSON) -> JSON:
    """A unit with every property."""
    nothing = ("deletedDateTime", "description", "membershipRule", "membershipRuleProcessingState", "visibility")
    return {**dict.fromkeys(nothing), "membershipType": None, "isMemberManagementRestricted": False, **given}


def _unit(call: Call) -> JSON:
    return seen(call, "administrativeUnits", call.params["administrativeUnit-id"])


ROUTES = [
    Route("GET", PATH, list_all),
    Route("POST", PATH, create),
    Route("GET", ITEM, get),
    Route("DELETE", ITEM, delete),
    Route("GET", f"{ITEM}/members", list_members),
    Route("GET", f"{ITEM}/members/$ref", list_links),
    Route("POST", f"{ITEM}/members/$ref", add_member),
    Route("DELETE", f"{ITEM}/members/{{directoryObject-id}}/$ref", remove_member),
]
