"""Sign-ins and directory audits, to read; a rehearsal seeds them, the newest is listed first."""

from functools import partial
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import not_found
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

KINDS = {"signIns": ("signIn", "createdDateTime"), "directoryAudits": ("directoryAudit", "activityDateTime")}
MOST = 1000


def list_of(name: str, call: Call) -> Reply:
    """All entries of one log."""
    entity, moment = KINDS[name]
    rows = sorted(call.tenant.collection(name).iterate(), key=lambda row: str(row.get(moment)), reverse=True)
    return respond(call, rows, shape=Shape(entity), context=f"auditLogs/{name}", default_top=MOST, max_top=MOST)


def get(name: str, call: Call) -> Reply:
    """One entry."""
    entity, _ = KINDS[name]
    wanted = call.params[f"{entity}-id"]
    found = call.tenant.collection(name).get(wanted)
    if found is None:
        raise not_found(wanted)
    return one(call, found, shape=Shape(entity), context=f"auditLogs/{name}")


ROUTES = [
    route
    for name, (entity, _) in KINDS.items()
    for route in (
        Route("GET", f"/auditLogs/{name}", partial(list_of, name)),
        Route("GET", f"/auditLogs/{name}/{{{entity}-id}}", partial(get, name)),
    )
]
