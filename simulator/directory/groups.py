"""Groups and their members: learn.microsoft.com/graph/api/resources/group"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import assignable, blanks, things
from simulator.directory import bin as recycle
from simulator.directory.common import checked, conflict, latest, linked_id, needs, not_found, referenced, refused, seen
from simulator.directory.links import link, linked, unlink
from simulator.directory.membership import MAY_BE_MEMBER, members
from simulator.directory.owners import already, at_creation, owners_of, references
from simulator.directory.quota import mark_creator
from simulator.odata import Expansion, Shape, number, one, respond

JSON = dict[str, Any]

NEEDED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
READ_ONLY = (
    "id",
    "createdDateTime",
    "deletedDateTime",
    "mail",
    "proxyAddresses",
    "securityIdentifier",
    "renewedDateTime",
)
BINDINGS = ("members@odata.bind", "owners@odata.bind")
ITEM = "/groups/{group-id}"


def _members(call: Call, row: JSON) -> Iterable[JSON]:
    return members(call.tenant, row["id"], call.stale)


def _owners(call: Call, row: JSON) -> Iterable[JSON]:
    return owners_of("groupOwners", call, row)


EXPAND = {"members": Expansion(_members, things.MIXED), "owners": Expansion(_owners, things.MIXED)}
SHAPE = Shape("group", expand=EXPAND)


def list_all(call: Call) -> Reply:
    """The tenant's groups."""
    return respond(call, call.tenant.collection("groups"), shape=SHAPE, context="groups")


def count(call: Call) -> Reply:
    """How many."""
    return number(call, call.tenant.collection("groups"), entity="group")


def get(call: Call) -> Reply:
    """One."""
    return one(call, _group(call), shape=SHAPE, context="groups")


def create(call: Call) -> Reply:
    """A new group: security, or Microsoft 365 with `groupTypes: ["Unified"]`; others are not made by Graph."""
    return _created(call, checked(call, "group", actions=BINDINGS))


def _created(call: Call, body: JSON) -> Reply:
    who = at_creation(call, call.body or {})
    needs(body, "group", *NEEDED)
    inside = [linked_id(str(link)) for link in body.pop("members@odata.bind", None) or ()]
    body.pop("owners@odata.bind", None)
    _check(call, body, None)
    assignable.check_new(call, body)
    unified = "Unified" in (body.get("groupTypes") or ())
    if body["mailEnabled"] != unified:
        raise refused("Cannot Create a mail-enabled security groups and or distribution list.")
    mail = f"{body['mailNickname']}@{call.tenant.domain}" if unified else None
    made = mark_creator(call, blanks.group(call.tenant, {"mail": mail} | body))
    for member in inside:
        _check_member(call, member)
    call.tenant.collection("groups").put(made)
    for owner in who:
        link(call.tenant, "groupOwners", made["id"], owner)
    for member in inside:
        link(call.tenant, "groupMembers", made["id"], member)
    reply = one(call, made, shape=SHAPE, context="groups", status=201)
    reply.headers["Location"] = f"{call.origin}/v1.0/groups/{made['id']}"
    return reply


def update(call: Call) -> Reply:
    """PATCH: what is named; `members@odata.bind` adds."""
    return _updated(call, latest(call, "groups", _group(call)))


def upsert(call: Call) -> Reply:
    """PATCH by uniqueName; with `Prefer: create-if-missing` a missing one is made. The key is never read late."""
    name = call.params["uniqueName"]
    known = call.tenant.collection("groups").first("uniqueName", name)
    if known is not None:
        return _updated(call, known)
    if "create-if-missing" not in call.headers.get("prefer", "").lower():
        raise not_found(name)
    return _created(call, {**checked(call, "group", actions=BINDINGS), "uniqueName": name})


def _updated(call: Call, known: JSON) -> Reply:
    body = checked(call, "group", actions=BINDINGS)
    inside = [linked_id(str(link)) for link in body.pop("members@odata.bind", None) or ()]
    _check(call, body, known)
    assignable.check_change(call, known, body)
    for member in inside:
        _check_member(call, member)
        link(call.tenant, "groupMembers", known["id"], member)
    call.tenant.collection("groups").put({**known, **body})
    return Reply(204)


def delete(call: Call) -> Reply:
    """Into the bin; a security group cannot be brought back out of it."""
    known = latest(call, "groups", _group(call))
    assignable.check_guarded(call, known)
    recycle.throw(call.tenant, "group", known)
    return Reply(204)


def list_members(deep: bool, cast: str | None, call: Call) -> Reply:
    """Members, of all kinds or of one; `deep`: those of nested groups as well."""
    rows = _inside(call, deep, cast)
    if cast is None:
        return respond(call, rows, shape=things.MIXED, context="directoryObjects")
    return respond(call, rows, shape=things.USERS, context="users")


def count_members(deep: bool, cast: str | None, call: Call) -> Reply:
    """How many members."""
    return number(call, _inside(call, deep, cast), entity=cast or "directoryObject")


def list_links(call: Call) -> Reply:
    """Direct members as references."""
    return references(call, (row["id"] for row in members(call.tenant, _group(call)["id"], call.stale)))


def add_member(call: Call) -> Reply:
    """Makes an object a member."""
    group = _group(call)
    assignable.check_guarded(call, group)
    who = referenced(call)
    _check_member(call, who)
    if "DynamicMembership" in group["groupTypes"]:
        raise refused("Cannot modify the members of a group with dynamic membership.")
    if linked(call.tenant, "groupMembers", group["id"], who):
        raise already("members")
    link(call.tenant, "groupMembers", group["id"], who)
    return Reply(204)


def remove_member(call: Call) -> Reply:
    """Ends a membership."""
    group, who = _group(call), call.params["directoryObject-id"].lower()
    assignable.check_guarded(call, group)
    if not linked(call.tenant, "groupMembers", group["id"], who):
        raise not_found(who)
    unlink(call.tenant, "groupMembers", group["id"], who)
    return Reply(204)


def _group(call: Call) -> JSON:
    if "uniqueName" in call.params:
        name = call.params["uniqueName"]
        found = call.tenant.collection("groups").first("uniqueName", name, call.stale)
        if found is None:
            raise not_found(name)
        return found
    return seen(call, "groups", call.params["group-id"])


def _inside(call: Call, deep: bool, cast: str | None) -> Iterable[JSON]:
    rows = members(call.tenant, _group(call)["id"], call.stale, deep=deep)
    if cast is None:
        return rows
    tag = f"#microsoft.graph.{cast}"
    return ({k: v for k, v in row.items() if k != "@odata.type"} for row in rows if row["@odata.type"] == tag)


def _check_member(call: Call, member_id: str) -> None:
    if things.find(call.tenant, member_id, call.stale, MAY_BE_MEMBER) is None:
        raise not_found(member_id)


def _check(call: Call, body: JSON, known: JSON | None) -> None:
    for name in READ_ONLY:
        if name in body:
            raise refused(f"Property '{name}' is read-only and cannot be set.")
    unique = body.get("uniqueName")
    other = call.tenant.collection("groups").first("uniqueName", unique) if unique else None
    if other is not None and (known is None or other["id"] != known["id"]):
        raise conflict("uniqueName")


ROUTES = [
    Route("GET", "/groups", list_all),
    Route("POST", "/groups", create),
    Route("GET", "/groups/$count", count),
    Route("GET", ITEM, get),
    Route("PATCH", ITEM, update),
    Route("DELETE", ITEM, delete),
    *(
        Route(method, "/groups(uniqueName='{uniqueName}')", handler)
        for method, handler in (("GET", get), ("PATCH", upsert), ("DELETE", delete))
    ),
    Route("GET", f"{ITEM}/members", partial(list_members, False, None)),
    Route("GET", f"{ITEM}/members/$count", partial(count_members, False, None)),
    Route("GET", f"{ITEM}/members/microsoft.graph.user", partial(list_members, False, "user")),
    Route("GET", f"{ITEM}/members/microsoft.graph.user/$count", partial(count_members, False, "user")),
    Route("GET", f"{ITEM}/members/$ref", list_links),
    Route("POST", f"{ITEM}/members/$ref", add_member),
    Route("DELETE", f"{ITEM}/members/{{directoryObject-id}}/$ref", remove_member),
    Route("GET", f"{ITEM}/transitiveMembers", partial(list_members, True, None)),
    Route("GET", f"{ITEM}/transitiveMembers/$count", partial(count_members, True, None)),
    Route("GET", f"{ITEM}/transitiveMembers/microsoft.graph.user", partial(list_members, True, "user")),
]
