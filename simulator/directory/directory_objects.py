"""Objects of any kind by id: learn.microsoft.com/graph/api/resources/directoryobject"""

from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import things
from simulator.directory.common import body_of, refused
from simulator.odata import one

JSON = dict[str, Any]

MOST_IDS = 1000


def get(call: Call) -> Reply:
    """One object, whatever it is."""
    found = things.must_find(call, call.params["directoryObject-id"])
    return one(call, found, shape=things.MIXED, context="directoryObjects")


def get_by_ids(call: Call) -> Reply:
    """Up to 1,000 objects, of the kinds in `types` where that is given; ids that lead nowhere are left out."""
    body = body_of(call)
    ids = body.get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_IDS:
        raise refused(f"The number of ids must be between 1 and {MOST_IDS}.")
    kinds = {str(kind).lower() for kind in body.get("types") or ()}
    among = [name for name, kind in things.KINDS.items() if not kinds or kinds & {kind.lower(), "directoryobject"}]
    rows = things.find_all(call, dict.fromkeys(str(one).lower() for one in ids), among)
    context = f"{call.origin}/v1.0/$metadata#directoryObjects"
    return Reply(200, {"@odata.context": context, "value": [things.shown(row) for row in rows]})


ROUTES = [
    Route("GET", "/directoryObjects/{directoryObject-id}", get),
    Route("POST", "/directoryObjects/getByIds", get_by_ids),
]
