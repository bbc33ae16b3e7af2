"""Federated identity credentials of applications: trust in tokens of somebody else."""

from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory.common import checked, conflict, needs, not_found, refused
from simulator.directory.holders import APPLICATION
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

SHAPE = Shape("federatedIdentityCredential")
MOST = 20
NEEDED = ("name", "issuer", "subject", "audiences")
ITEM = f"{APPLICATION.item}/federatedIdentityCredentials"


def list_of(call: Call) -> Reply:
    """The application's federated credentials."""
    rows = [_public(row) for row in _held(call, APPLICATION.seen(call)["id"])]
    return respond(call, rows, shape=SHAPE, context=_context(call))


def get(call: Call) -> Reply:
    """One, by id or name."""
    return one(call, _public(_found(call)), shape=SHAPE, context=_context(call))


def create(call: Call) -> Reply:
    """A new trust: issuer and subject must be new for the application, 20 at most."""
    app = APPLICATION.latest(call)
    body = checked(call, "federatedIdentityCredential")
    needs(body, "federatedIdentityCredential", *NEEDED)
    held = _held(call, app["id"])
    _check(held, body)
    if len(held) >= MOST:
        message = f"The number of federated identity credentials exceeds the limit of {MOST}."
        raise refused(message, "Directory_ResourceSizeExceeded")
    made = {"id": call.tenant.new_id(), "description": None, **body, "applicationId": app["id"]}
    call.tenant.collection("federatedIdentityCredentials").put(made)
    return one(call, _public(made), shape=SHAPE, context=_context(call), status=201)


def update(call: Call) -> Reply:
    """PATCH; the name stays."""
    known = _found(call)
    body = checked(call, "federatedIdentityCredential")
    if body.get("name", known["name"]) != known["name"]:
        raise refused("Property 'name' is read-only and cannot be set.")
    _check([row for row in _held(call, known["applicationId"]) if row["id"] != known["id"]], known | body)
    call.tenant.collection("federatedIdentityCredentials").put(known | body)
    return Reply(204)


def delete(call: Call) -> Reply:
    """Ends the trust."""
    call.tenant.collection("federatedIdentityCredentials").remove(_found(call)["id"])
    return Reply(204)


def _held(call: Call, app_id: str) -> list[JSON]:
    return list(call.tenant.collection("federatedIdentityCredentials").find("applicationId", app_id, call.stale))


def _found(call: Call) -> JSON:
    wanted = call.params["federatedIdentityCredential-id"]
    for row in _held(call, APPLICATION.seen(call)["id"]):
        if wanted.lower() in (row["id"], row["name"].lower()):
            return row
    raise not_found(wanted)


def _check(others: list[JSON], body: JSON) -> None:
    if len(body["audiences"]) != 1:
        raise refused("Invalid value specified for property 'audiences' of resource 'FederatedIdentityCredential'.")
    for row in others:
        if row["name"].lower() == body["name"].lower():
            raise GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", conflict("name").message)
        if (row["issuer"], row["subject"]) == (body["issuer"], body["subject"]):
            raise refused("FederatedIdentityCredential with issuer and subject already exists.")


def _public(row: JSON) -> JSON:
    return {name: value for name, value in row.items() if name != "applicationId"}


def _context(call: Call) -> str:
    return f"applications('{call.params[APPLICATION.param]}')/federatedIdentityCredentials"


ROUTES = [
    Route("GET", ITEM, list_of),
    Route("POST", ITEM, create),
    Route("GET", f"{ITEM}/{{federatedIdentityCredential-id}}", get),
    Route("PATCH", f"{ITEM}/{{federatedIdentityCredential-id}}", update),
    Route("DELETE", f"{ITEM}/{{federatedIdentityCredential-id}}", delete),
]
