"""Replication misses on order: what a replica says that has not heard of an object made a moment ago.

Only objects made within the last minutes are missed, and only in ways that provisioning tools have met:
learn.microsoft.com/graph/api (404), and the answers quoted in public issue threads of such tools.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from simulator.clock import parse_time
from simulator.core import GraphFault
from simulator.tenant import Tenant

FRESH = timedelta(minutes=5)
NEW_TO_SIGN_IN = timedelta(minutes=1)  # how long vendors tell admins to wait with a new secret
JSON = dict[str, Any]


def missed(
    tenant: Tenant, operation: str, params: Mapping[str, str], body: Any, headers: Mapping[str, str]
) -> GraphFault | None:
    """The refusal of a replica that lags, None where this request has nothing fresh to miss."""
    method, _, template = operation.partition(" ")
    given: JSON = body if isinstance(body, dict) else {}
    if method == "POST":
        reference = _reference_missed(tenant, template, given)
        if reference is not None:
            return reference
    if method == "PATCH" and "create-if-missing" in headers.get("prefer", ""):
        return _no_application(tenant, params.get("appId", "")) if template.startswith("/servicePrincipals(") else None
    return None if method == "DELETE" else _object_missed(tenant, template, params)


def _reference_missed(tenant: Tenant, template: str, given: JSON) -> GraphFault | None:
    """A new object that the body refers to."""
    if template == "/servicePrincipals":
        return _no_application(tenant, str(given.get("appId", "")))
    if "appRoleAssign" in template and fresh(tenant, "servicePrincipals", given.get("principalId")):
        return GraphFault(400, "Request_BadRequest", "Not a valid reference update.")
    if template == "/oauth2PermissionGrants" and fresh(tenant, "servicePrincipals", given.get("clientId")):
        return not_found(str(given["clientId"]))
    return None


def _object_missed(tenant: Tenant, template: str, params: Mapping[str, str]) -> GraphFault | None:
    """A new object that the path names, by id or by another key."""
    for name, collection in NAMED.items():
        if name in params and fresh(tenant, collection, params[name]):
            return not_found(params[name])
    name, keyed, _ = template.strip("/").partition("(")
    held = tenant.collections.get(name) if keyed else None
    if held is None:
        return None
    for key in set(params) & set(held.keys):
        found = held.first(key, params[key])
        if found is not None and _is_fresh(tenant, found):
            return not_found(params[key])
    return None


NAMED = {
    "application-id": "applications",
    "servicePrincipal-id": "servicePrincipals",
    "group-id": "groups",
    "oAuth2PermissionGrant-id": "oauth2PermissionGrants",
}


def not_found(name: str) -> GraphFault:
    """The directory's 404, which cannot tell absent from not yet replicated."""
    text = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    return GraphFault(404, "Request_ResourceNotFound", text)


def fresh(tenant: Tenant, collection: str, name: object) -> bool:
    """True for an object that was made within the last minutes of simulated time."""
    found = tenant.collection(collection).get(name) if isinstance(name, str) and name else None
    return found is not None and _is_fresh(tenant, found)


def _is_fresh(tenant: Tenant, found: JSON) -> bool:
    return is_new(tenant, found.get("createdDateTime") or found.get("@createdDateTime"))


def is_new(tenant: Tenant, born: object, within: timedelta = FRESH) -> bool:
    """True for a moment that lies no further back than `within`."""
    return isinstance(born, str) and timedelta(0) <= tenant.now() - parse_time(born) < within


def _no_application(tenant: Tenant, app_id: str) -> GraphFault | None:
    """A service principal for an application that the replica does not know."""
    app = tenant.collection("applications").first("appId", app_id) if app_id else None
    if app is None or not _is_fresh(tenant, app):
        return None
    text = f"The appId '{app_id}' of the service principal does not reference a valid application object."
    return GraphFault(400, "Request_BadRequest", text)
