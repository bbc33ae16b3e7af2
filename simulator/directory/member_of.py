"""What users and service principals are members of."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import things
from simulator.directory.common import body_of, refused, seen
from simulator.directory.holders import PRINCIPAL
from simulator.directory.membership import groups_of, member_of
from simulator.directory.users import user_of
from simulator.odata import Shape, number, respond

JSON = dict[str, Any]
Finder = Callable[[Call], JSON]

MOST_CHECKED = 20
ROLES = Shape("directoryRole")
SHAPES = {"group": (things.GROUPS, "groups"), "directoryRole": (ROLES, "directoryRoles")}


def list_of(find: Finder, deep: bool, cast: str | None, call: Call) -> Reply:
    """Groups and roles; `deep`: through groups as well; `cast`: one kind only."""
    rows = _rows(find, deep, cast, call)
    if cast is None:
        return respond(call, rows, shape=things.MIXED, context="directoryObjects")
    shape, context = SHAPES[cast]
    return respond(call, rows, shape=shape, context=context)


def count_of(find: Finder, deep: bool, cast: str | None, call: Call) -> Reply:
    """How many."""
    return number(call, _rows(find, deep, cast, call), entity=cast or "directoryObject")


def check_groups(find: Finder, call: Call) -> Reply:
    """checkMemberGroups: which of up to 20 groups the object is in, through others too."""
    wanted = body_of(call).get("groupIds")
    if not isinstance(wanted, list) or not 0 < len(wanted) <= MOST_CHECKED:
        raise refused(f"The number of group ids must be between 1 and {MOST_CHECKED}.")
    inside = {row["id"] for row in groups_of(call.tenant, find(call)["id"], call.stale, deep=True)}
    return _texts(call, [one for one in wanted if str(one).lower() in inside])


def get_groups(find: Finder, call: Call) -> Reply:
    """getMemberGroups: ids of all groups the object is in, through others too."""
    only_security = body_of(call).get("securityEnabledOnly")
    if not isinstance(only_security, bool):
        raise refused("A value is required for property 'securityEnabledOnly'.")
    groups = groups_of(call.tenant, find(call)["id"], call.stale, deep=True)
    return _texts(call, [row["id"] for row in groups if row["securityEnabled"] or not only_security])


def _texts(call: Call, values: list[str]) -> Reply:
    return Reply(200, {"@odata.context": f"{call.origin}/v1.0/$metadata#Collection(Edm.String)", "value": values})


def _rows(find: Finder, deep: bool, cast: str | None, call: Call) -> Iterable[JSON]:
    rows = member_of(call.tenant, find(call)["id"], call.stale, deep=deep)
    if cast is None:
        return rows
    tag = f"#microsoft.graph.{cast}"
    return ({k: v for k, v in row.items() if k != "@odata.type"} for row in rows if row["@odata.type"] == tag)


def _any(call: Call) -> JSON:
    return things.must_find(call, call.params["directoryObject-id"])


def _group(call: Call) -> JSON:
    return seen(call, "groups", call.params["group-id"])


def _routes(item: str, find: Finder) -> list[Route]:
    made = []
    for name, deep in (("memberOf", False), ("transitiveMemberOf", True)):
        made += [
            Route("GET", f"{item}/{name}", partial(list_of, find, deep, None)),
            Route("GET", f"{item}/{name}/$count", partial(count_of, find, deep, None)),
            Route("GET", f"{item}/{name}/microsoft.graph.group", partial(list_of, find, deep, "group")),
            Route("GET", f"{item}/{name}/microsoft.graph.group/$count", partial(count_of, find, deep, "group")),
        ]
    return made


def _checks(item: str, find: Finder) -> list[Route]:
    return [
        Route("POST", f"{item}/checkMemberGroups", partial(check_groups, find)),
        Route("POST", f"{item}/getMemberGroups", partial(get_groups, find)),
    ]


_USER = "/users/{user-id}"
ROUTES = [
    *_routes(_USER, user_of),
    Route(
        "GET",
        f"{_USER}/transitiveMemberOf/microsoft.graph.directoryRole",
        partial(list_of, user_of, True, "directoryRole"),
    ),
    *_routes(PRINCIPAL.item, PRINCIPAL.seen),
    *_checks(_USER, user_of),
    *_checks("/directoryObjects/{directoryObject-id}", _any),
    Route("POST", "/groups/{group-id}/checkMemberGroups", partial(check_groups, _group)),
]
