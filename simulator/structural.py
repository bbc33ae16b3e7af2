"""One property of an object as a resource of its own: `GET /servicePrincipals/{id}/oauth2PermissionScopes`.

Source: OData 4.01 URL conventions, 4.6 "Addressing a Property"; CLI for Microsoft 365 reads permissions this way.
"""

from dataclasses import replace
from typing import Any

from simulator.core import Call, Handler, Reply
from simulator.odata import types
from simulator.router import Match, Router

_OWNERS = {
    "applications": "application",
    "groups": "group",
    "organization": "organization",
    "serviceprincipals": "servicePrincipal",
    "users": "user",
}


def structural(router: Router, method: str, path: str, me: str | None) -> Match | None:
    """The operation that reads one property, where the path is an object's path and the name of a property."""
    parent, _, last = path.rstrip("/").rpartition("/")
    if method != "GET" or not parent.strip("/"):
        return None
    owner = router.find("GET", parent, me)
    if owner is None or not owner.operation.endswith(("}", "')")):
        return None
    entity = _OWNERS.get(owner.operation.partition("/")[2].partition("/")[0].partition("(")[0].lower())
    name = types.canonical(entity).get(last.lower()) if entity else None
    if entity is None or name not in types.properties(entity):
        return None
    return replace(owner, handler=_reading(owner.handler, name))


def _reading(get: Handler, name: str) -> Handler:
    def read(call: Call) -> Reply:
        reply = get(replace(call, query={"$select": name}))
        value = reply.body.get(name)
        if value is None:
            return Reply(204)
        context = str(reply.body.get("@odata.context", "")).partition("#")[0]
        where = f"{context}#{call.path.strip('/').rpartition('/')[0]}/{name}"
        body: dict[str, Any] = value if isinstance(value, dict) else {"value": value}
        return Reply(body={"@odata.context": where} | body)

    return read
