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

FRESH = timedelta(minutes=15)
JSON = dict[str, Any]


def missed(
    tenant: Tenant, operation: str, params: Mapping[str, str], body: Any, headers: Mapping[str, str]
) -> GraphFault | None:
    """The refusal of a replica that lags, None where this request has nothing fresh to miss."""
    method, _, template = operation.partition(" ")
    given = body if isinstance(body, dict) else {}
    if method == "DELETE" or (method == "PATCH" and "create-if-missing" in headers.get("prefer", "")):
        return _no_application(tenant, template, str(params.get("appId", "")))
    if template == "/servicePrincipals" and method == "POST":
        return _no_application(tenant, template, str(given.get("appId", "")))
    if (
        "appRoleAssign" in template
        and method == "POST"
        and fresh(tenant, "servicePrincipals", given.get("principalId"))
    ):
        return GraphFault(400, "Request_BadRequest", "Not a valid reference update.")
    if (
        template == "/oauth2PermissionGrants"
        and method == "POST"
        and fresh(tenant, "servicePrincipals", given.get("clientId"))
    ):
        return not_found(str(given.get("clientId")))
    for name, collection in NAMED.items():
        if name in params and fresh(tenant, collection, params[name]):
            return not_found(params[name])
    collection = "applications" if template.startswith("/applications(") else "servicePrincipals"
    for key in ("appId", "uniqueName"):
        if key in params and key in tenant.collection(collection).keys:
            found = tenant.collection(collection).first(key, params[key])
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


def is_new(tenant: Tenant, born: object) -> bool:
    """True for a moment within the last minutes."""
    return isinstance(born, str) and timedelta(0) <= tenant.now() - parse_time(born) < FRESH


def _no_application(tenant: Tenant, template: str, app_id: str) -> GraphFault | None:
    """A service principal for an application that the replica does not know."""
    if not template.startswith("/servicePrincipals"):
        return None
    app = tenant.collection("applications").first("appId", app_id) if app_id else None
    if app is None or not _is_fresh(tenant, app):
        return None
    text = f"The appId '{app_id}' of the service principal does not reference a valid application object."
    return GraphFault(400, "Request_BadRequest", text)
