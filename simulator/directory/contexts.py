"""Authentication contexts: learn.microsoft.com/graph/api/resources/authenticationcontextclassreference"""

import re

from simulator.core import Call, Reply, Route
from simulator.directory.common import checked, refused
from simulator.directory.pace import take_turn
from simulator.odata import Shape, one, respond

PATH = "/identity/conditionalAccess/authenticationContextClassReferences"
CONTEXT = PATH.strip("/")
SHAPE = Shape("authenticationContextClassReference")
_ID = re.compile(r"c[1-9][0-9]?")


def list_all(call: Call) -> Reply:
    """Those that were defined."""
    rows = call.tenant.collection("authenticationContextClassReferences")
    return respond(call, rows, shape=SHAPE, context=CONTEXT)


def create(call: Call) -> Reply:
    """Defines one; its id is c1 to c99."""
    take_turn(call)
    body = checked(call, "authenticationContextClassReference")
    if not _ID.fullmatch(str(body.get("id"))):
        raise refused("The id of an authentication context is c1 to c99.", "BadRequest")
    made = {"description": None, "displayName": None, "isAvailable": False, **body}
    call.tenant.collection("authenticationContextClassReferences").put(made)
    return one(call, made, shape=SHAPE, context=CONTEXT, status=200)


ROUTES = [Route("GET", PATH, list_all), Route("POST", PATH, create)]
