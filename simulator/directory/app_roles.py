"""App role assignments, which are the grants of application permissions.

Seen from the client (`appRoleAssignments`) or from the API (`appRoleAssignedTo`); users have them as well.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import body_of, is_guid, needs, not_found, odd_luck, reference_miss, refused
from simulator.directory.holders import PRINCIPAL
from simulator.directory.seeding import assignment, principal_of
from simulator.directory.users import user_of
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]
Finder = Callable[[Call], JSON]

SHAPE = Shape("appRoleAssignment")
DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
ENDS = ("principalId", "resourceId", "appRoleId")


def list_of(find: Finder, key: str, name: str, call: Call) -> Reply:
    """The assignments in which the object of the path is one end."""
    rows = call.tenant.collection("appRoleAssignments").find(key, find(call)["id"], call.stale)
    return respond(call, rows, shape=SHAPE, context=_context(call, name))


def get(find: Finder, key: str, name: str, call: Call) -> Reply:
    """One of them."""
    return one(call, _found(find, key, call), shape=SHAPE, context=_context(call, name))


def delete(find: Finder, key: str, name: str, call: Call) -> Reply:
    """Takes the permission away."""
    del name
    call.tenant.collection("appRoleAssignments").remove(_found(find, key, call)["id"])
    return Reply(204)


def create(find: Finder, key: str, name: str, call: Call) -> Reply:
    """Grants a role. Every end must be known to the answering replica, the role offered, the grant new."""
    end = find(call)
    body = body_of(call)
    needs(body, "appRoleAssignment", *ENDS)
    for id_name in ENDS:
        if not is_guid(body[id_name]):
            raise refused(f"Invalid value specified for property '{id_name}' of resource 'AppRoleAssignment'.")
    given = {id_name: body[id_name].lower() for id_name in ENDS}
    if given[key] != end["id"]:
        raise reference_miss()
    resource = _ends(call, given)
    _check_role(resource, given["appRoleId"])
    grants = call.tenant.collection("appRoleAssignments")
    made = assignment(call.tenant, given)
    same = [row for row in grants.find("principalId", given["principalId"]) if _same(row, given)]
    if same:
        raise refused("Permission being assigned already exists on the object")
    grants.put(made)
    return one(call, made, shape=SHAPE, context=_context(call, name), status=201)


def _same(row: JSON, given: JSON) -> bool:
    return all(row[name] == given[name] for name in ENDS)


def _ends(call: Call, given: JSON) -> JSON:
    """The resource of a grant; what the replica has not heard of is a bad reference, or a 404."""
    principals = call.tenant.collection("servicePrincipals")
    resource = principals.get(given["resourceId"], call.stale)
    principal, _ = principal_of(call.tenant, given["principalId"], call.stale)
    for found, name in ((principal, "principalId"), (resource, "resourceId")):
        if found is None:
            there = principals.get(given[name]) is not None
            raise not_found(given[name]) if there and odd_luck(call) else reference_miss()
    assert resource is not None
    return resource


def _check_role(resource: JSON, role_id: str) -> None:
    roles = [role for role in resource.get("appRoles") or () if role["id"].lower() == role_id and role["isEnabled"]]
    if not roles and role_id != DEFAULT_ACCESS:
        raise refused("Permission being assigned was not found on application")


def _found(find: Finder, key: str, call: Call) -> JSON:
    end = find(call)
    wanted = call.params["appRoleAssignment-id"]
    found = call.tenant.collection("appRoleAssignments").get(wanted, call.stale)
    if found is None or found[key] != end["id"]:
        raise not_found(wanted)
    return found


def _context(call: Call, name: str) -> str:
    if name == "appRoleAssignedTo":
        return f"servicePrincipals('{call.params[PRINCIPAL.param]}')/appRoleAssignedTo"
    return "appRoleAssignments"


def _routes(item: str, find: Finder, key: str, name: str) -> list[Route]:
    ends: tuple[Any, ...] = (find, key, name)
    single = f"{item}/{name}/{{appRoleAssignment-id}}"
    return [
        Route("GET", f"{item}/{name}", partial(list_of, *ends)),
        Route("POST", f"{item}/{name}", partial(create, *ends)),
        Route("GET", single, partial(get, *ends)),
        Route("DELETE", single, partial(delete, *ends)),
    ]


ROUTES = [
    *_routes(PRINCIPAL.item, PRINCIPAL.seen, "principalId", "appRoleAssignments"),
    *_routes(PRINCIPAL.item, PRINCIPAL.seen, "resourceId", "appRoleAssignedTo"),
    *_routes("/users/{user-id}", user_of, "principalId", "appRoleAssignments"),
]
