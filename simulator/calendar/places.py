"""Rooms and room lists (Graph: places)."""

from collections.abc import Iterator
from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]
_ROOM, _LIST = "#microsoft.graph.room", "#microsoft.graph.roomList"


def _kind(row: JSON) -> str:
    return str(row.get("@odata.type") or _ROOM).rpartition(".")[2]


PLACE = Shape("place", kind=_kind, always=("id",))
_SHAPES = {_ROOM: Shape("room", always=("id",)), _LIST: Shape("roomList", always=("id",))}


def _untyped(rows: Iterator[JSON], kind: str) -> Iterator[JSON]:
    for row in rows:
        if (row.get("@odata.type") or _ROOM) == kind:
            yield {key: value for key, value in row.items() if key != "@odata.type"}


def _listing(call: Call, rows: Iterator[JSON], kind: str) -> Reply:
    context = f"places/{kind[1:]}"
    return respond(call, list(rows), shape=_SHAPES[kind], context=context, default_top=100, max_top=1000, exchange=True)


def rooms(call: Call) -> Reply:
    """All rooms."""
    return _listing(call, _untyped(call.tenant.collection("places").iterate(), _ROOM), _ROOM)


def room_lists(call: Call) -> Reply:
    """All room lists."""
    return _listing(call, _untyped(call.tenant.collection("places").iterate(), _LIST), _LIST)


def place(call: Call) -> Reply:
    """One place, by id or by its address."""
    return one(call, find(call), shape=PLACE, context="places")


def typed(kind: str) -> "_Typed":
    """The handler that gives a place as a room or as a room list."""
    return _Typed(kind)


class _Typed:
    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __call__(self, call: Call) -> Reply:
        """One place of this kind; 404 where it is of the other."""
        for row in _untyped(iter([find(call)]), self._kind):
            return one(call, row, shape=_SHAPES[self._kind], context=f"places/{self._kind[1:]}")
        raise _missing(call)


def rooms_of_list(call: Call) -> Reply:
    """The rooms of a room list: those in its building."""
    building = find(call)["displayName"]
    found = _untyped(call.tenant.collection("places").iterate(), _ROOM)
    return _listing(call, (row for row in found if row.get("building") == building), _ROOM)


def find(call: Call) -> JSON:
    """The raw place of the path. Raises GraphFault 404."""
    wanted = call.params["place-id"]
    found = call.tenant.collection("places").get(wanted)
    if found is None and "@" in wanted:
        address = wanted.lower()
        every = call.tenant.collection("places").iterate()
        found = next((row for row in every if str(row.get("emailAddress") or "").lower() == address), None)
    if found is None:
        raise _missing(call)
    return found


def _missing(call: Call) -> GraphFault:
    return GraphFault(404, "ErrorItemNotFound", f"The place '{call.params['place-id']}' was not found.")


ROUTES = [
    Route("GET", "/places/microsoft.graph.room", rooms),
    Route("GET", "/places/microsoft.graph.roomList", room_lists),
    Route("GET", "/places/{place-id}", place),
    Route("GET", "/places/{place-id}/microsoft.graph.room", typed(_ROOM)),
    Route("GET", "/places/{place-id}/microsoft.graph.roomList", typed(_LIST)),
    Route("GET", "/places/{place-id}/microsoft.graph.roomList/rooms", rooms_of_list),
]
