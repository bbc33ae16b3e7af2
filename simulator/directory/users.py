"""Users: learn.microsoft.com/graph/api/resources/user"""

from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import bin as recycle
from simulator.directory import blanks, things, user_passwords
from simulator.directory.common import checked, conflict, is_guid, needs, not_found, refused
from simulator.directory.registration import begin_without
from simulator.odata import Expansion, Shape, number, one, respond

JSON = dict[str, Any]

NEEDED = ("accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName")
LOCAL = ("displayName", "passwordProfile")  # who signs in with another identity
READ_ONLY = ("id", "createdDateTime", "deletedDateTime", "proxyAddresses", "assignedPlans", "imAddresses")


def user_of(call: Call) -> JSON:
    """The user that the path names by id or user principal name, as the answering replica has it; else 404."""
    name = call.params["user-id"]
    users = call.tenant.collection("users")
    found = users.get(name, call.stale) if is_guid(name) else users.first("userPrincipalName", name, call.stale)
    if found is None:
        raise not_found(name)
    return found


def _manager(call: Call, row: JSON) -> JSON | None:
    found = call.tenant.collection("users").get(row.get("@manager") or "", call.stale)
    return None if found is None else things.typed(found, "user")


EXPAND = {"manager": Expansion(_manager, things.MIXED)}
SHAPE = Shape("user", defaults=things.DEFAULTS, prepare=things.shown_user, expand=EXPAND)


def list_all(call: Call) -> Reply:
    """The accounts of the tenant: people, guests, rooms, shared mailboxes."""
    return respond(call, call.tenant.collection("users"), shape=SHAPE, context="users")


def count(call: Call) -> Reply:
    """How many."""
    return number(call, call.tenant.collection("users"), entity="user")


def get(call: Call) -> Reply:
    """One, by id or user principal name."""
    return one(call, user_of(call), shape=SHAPE, context="users")


def create(call: Call) -> Reply:
    """A new member account."""
    body = checked(call, "user")
    local = any(one.get("signInType") != "userPrincipalName" for one in body.get("identities") or ())
    needs(body, "user", *(LOCAL if local else NEEDED))
    _check(call, body, None)
    user_passwords.check(body["passwordProfile"])
    made = blanks.user(call.tenant, body)
    made["userPrincipalName"] = made["userPrincipalName"] or f"{made['id']}@{call.tenant.domain}"
    name = {"signInType": "userPrincipalName", "issuer": call.tenant.domain}
    made["identities"] = [*made["identities"], name | {"issuerAssignedId": made["userPrincipalName"]}]
    call.tenant.collection("users").put(made)
    begin_without(call.tenant, made["id"])
    reply = one(call, made, shape=SHAPE, context="users", status=201)
    reply.headers["Location"] = f"{call.origin}/v1.0/users/{made['id']}"
    return reply


def update(call: Call) -> Reply:
    """PATCH: what is named."""
    known = _latest(call)
    body = checked(call, "user")
    _check(call, body, known)
    if "passwordProfile" in body:
        body["passwordProfile"] = user_passwords.changed(call, known.get("passwordProfile"), body["passwordProfile"])
    call.tenant.collection("users").put({**known, **body})
    return Reply(204)


def delete(call: Call) -> Reply:
    """Into the bin."""
    recycle.throw(call.tenant, "user", _latest(call))
    return Reply(204)


def manager(call: Call) -> Reply:
    """Whom the user reports to; 404 for nobody."""
    found = _manager(call, user_of(call))
    if found is None:
        raise not_found("manager")
    return one(call, found, shape=things.MIXED, context="directoryObjects")


def direct_reports(call: Call) -> Reply:
    """Who reports to the user."""
    above = user_of(call)["id"]
    found = call.tenant.collection("users").find("@manager", above, call.stale)
    rows = (things.typed(row, "user") for row in found)
    return respond(call, rows, shape=things.MIXED, context="directoryObjects")


def _latest(call: Call) -> JSON:
    newest = call.tenant.collection("users").get(user_of(call)["id"])
    if newest is None:
        raise not_found(call.params["user-id"])
    return newest


def _check(call: Call, body: JSON, known: JSON | None) -> None:
    for name in READ_ONLY:
        if name in body:
            raise refused(f"Property '{name}' is read-only and cannot be set.")
    upn = body.get("userPrincipalName")
    if upn is None:
        return
    domains = {row["name"].lower() for row in call.tenant.organization.get("verifiedDomains") or ()}
    if upn.rpartition("@")[2].lower() not in domains:
        raise refused(
            "The domain portion of the userPrincipalName property is invalid. "
            "You must use one of the verified domain names in your organization."
        )
    other = call.tenant.collection("users").first("userPrincipalName", upn)
    if other is not None and (known is None or other["id"] != known["id"]):
        raise conflict("userPrincipalName")


ROUTES = [
    Route("GET", "/users", list_all),
    Route("POST", "/users", create),
    Route("GET", "/users/$count", count),
    Route("GET", "/users/{user-id}", get),
    Route("PATCH", "/users/{user-id}", update),
    Route("DELETE", "/users/{user-id}", delete),
    Route("GET", "/users/{user-id}/manager", manager),
    Route("GET", "/users/{user-id}/directReports", direct_reports),
]
