"""Delta: everything once, then only what changed. learn.microsoft.com/graph/delta-query-overview

The tokens hold the question and how far the answer has come; they live seven days of the tenant's clock.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory import applications, grants, group_delta, groups, service_principals, users
from simulator.directory.common import JSON, refused
from simulator.odata import Shape
from simulator.odata.options import normal
from simulator.odata.shape import names_of, projector
from simulator.odata.syntax import Both, Compare, FilterSyntaxError, Literal, Node, Path, parse
from simulator.store import Collection

LIVES = timedelta(days=7)
PAGE = 100
MOST_PAGE = 999
MOST_IDS = 50
NOT_HERE = ("$top", "$orderby", "$expand", "$search", "$count", "$skip")


@dataclass(frozen=True)
class State:
    """How far a round has come. `since` None: the first round, which tells everything from `place` on.

    `links` and `linked` are the same as `since` and `version` for memberships, which only groups have.
    """

    select: str
    ids: tuple[str, ...]
    since: int | None
    version: int  # of the collection when the round began
    place: int
    made: str
    links: int | None = None
    linked: int = 0


def delta(name: str, shape: Shape, call: Call) -> Reply:
    """One page of a round; the last one carries the link that begins the next round."""
    rows = call.tenant.collection(name)
    query = normal(call.query)
    state = _state(call, rows, query)
    show = projector(_selecting(call, state.select), replace(shape, always=("id",), expand={}))
    size = _page_size(call)
    page = [] if query.get("$deltatoken") == "latest" else list(islice(_entries(call, rows, state), size + 1))
    body: JSON = {"@odata.context": f"{call.origin}/v1.0/$metadata#{name}{_columns(shape, state)}"}
    if len(page) > size:
        body["@odata.nextLink"] = _link(call, name, "$skiptoken", replace(state, place=page[size][0]))
    else:
        ended = State(state.select, state.ids, state.version, 0, 0, call.tenant.now().isoformat(), state.linked)
        body["@odata.deltaLink"] = _link(call, name, "$deltatoken", ended)
    wishes = name == "groups" and (not state.select or "members" in state.select.split(","))
    more = partial(_members, call, state) if wishes else _nothing
    body["value"] = [value if "@removed" in value else show(value) | more(value) for _, value in page[:size]]
    return Reply(body=body)


def _members(call: Call, state: State, row: JSON) -> JSON:
    """`members@delta` of a group."""
    if state.since is None:
        return group_delta.all_members(call, row["id"])
    return group_delta.changed_members(call, row["id"], state.links or 0)


def _nothing(row: JSON) -> JSON:
    del row
    return {}


def _selecting(call: Call, select: str) -> Call:
    """The call with the properties that its token stands for."""
    names = ",".join(name for name in select.split(",") if name not in ("members", "owners", "manager"))
    query = {"$select": names or "id"} if select else {}
    return Call(call.tenant, call.token, call.method, call.path, query, call.headers, origin=call.origin)


def _entries(call: Call, rows: Collection, state: State) -> Iterator[tuple[int, JSON]]:
    """(where it stands in the round, what is told) of each object of a round."""
    if state.since is None:
        yield from ((at, row) for at, row in rows.walk(state.place) if not state.ids or row["id"] in state.ids)
        return
    told = {key for _, key in rows.changes(state.since)}
    if rows.name == "groups" and state.place <= 0:
        for at, key in group_delta.changed_groups(call, state.links or 0, told, state.place):
            group = rows.get(key)
            if group is not None and (not state.ids or key in state.ids):
                yield at, group
    for version, key in rows.changes(max(state.since, state.place - 1)):
        if state.ids and key not in state.ids:
            continue
        found = rows.get(key)
        yield version, found if found is not None else _removed(call, key)


def _removed(call: Call, key: str) -> JSON:
    """Soft deletion can be undone, purging cannot."""
    in_bin = call.tenant.collection("deletedItems").get(key) is not None
    return {"id": key, "@removed": {"reason": "changed" if in_bin else "deleted"}}


def _state(call: Call, rows: Collection, query: dict[str, str]) -> State:
    token = query.get("$skiptoken") or query.get("$deltatoken")
    now = call.tenant.now().isoformat()
    if token is None or token in ("", "latest"):
        for name in NOT_HERE:
            if name in query:
                raise refused(f"The query parameter '{name}' is not supported with delta.")
        linked = call.tenant.collection("groupMembers").version
        return State(query.get("$select", ""), _ids(query.get("$filter")), None, rows.version, 0, now, None, linked)
    state = _read(call, token)
    if state.since is not None and state.version == 0:
        state = replace(state, version=rows.version, linked=call.tenant.collection("groupMembers").version)
    older = state.version if state.since is None else state.since
    if older < rows.cleared_at or _age(call, state) > LIVES:
        headers = {"Location": f"{call.origin}/v1.0{call.path}?$deltatoken="}
        raise GraphFault(410, "syncStateNotFound", "The sync state generation is not found.", headers)
    return state


def _age(call: Call, state: State) -> timedelta:
    return call.tenant.now() - datetime.fromisoformat(state.made).astimezone(UTC)


def _read(call: Call, token: str) -> State:
    try:
        made: Any = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        path, select, ids, *rest = made
        state = State(select, tuple(ids), *rest)
    except (ValueError, TypeError, binascii.Error):
        path, state = None, State("", (), None, 0, 0, "")
    if path != call.path.rstrip("()"):
        raise GraphFault(400, "Directory_InvalidDeltaToken", "The specified delta token is not valid.")
    return state


def _link(call: Call, name: str, option: str, state: State) -> str:
    path = f"/{name}/delta"
    parts = [path, *astuple(state)]
    text = base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{call.origin}/v1.0{path}?{option}={text}"


def _ids(text: str | None) -> tuple[str, ...]:
    """The ids of `id eq '…' or id eq '…'`, the only filter there is."""
    if text is None:
        return ()
    try:
        found = tuple(_named(parse(text)))
    except (FilterSyntaxError, ValueError):
        raise refused("Only filters of the form \"id eq 'value'\" joined by or are supported with delta.") from None
    if len(found) > MOST_IDS:
        raise refused(f"Too many ids in the filter. Max allowed: {MOST_IDS}.")
    return found


def _named(node: Node) -> Iterator[str]:
    match node:
        case Both("or", left, right):
            yield from _named(left)
            yield from _named(right)
        case Compare("eq", Path(("id",)), Literal("string" | "guid", str(value))):
            yield value.lower()
        case _:
            raise ValueError("another filter")


def _page_size(call: Call) -> int:
    found = re.search(r"odata\.maxpagesize=(\d+)", call.headers.get("prefer", ""))
    return max(1, min(int(found.group(1)), MOST_PAGE)) if found else PAGE


def _columns(shape: Shape, state: State) -> str:
    names = names_of(state.select, shape)
    return f"({','.join(names)})" if names else ""


KINDS = (
    ("users", users.SHAPE),
    ("applications", applications.SHAPE),
    ("servicePrincipals", service_principals.SHAPE),
    ("groups", groups.SHAPE),
    ("oauth2PermissionGrants", grants.SHAPE),
)
ROUTES = [Route("GET", f"/{name}/delta", partial(delta, name, shape)) for name, shape in KINDS]
