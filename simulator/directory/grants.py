"""Delegated grants: learn.microsoft.com/graph/api/resources/oauth2permissiongrant"""

from typing import Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory.common import checked, needs, not_found, refused
from simulator.directory.holders import PRINCIPAL
from simulator.directory.seeding import grant
from simulator.directory.users import user_of
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

SHAPE = Shape("oAuth2PermissionGrant")
LONGEST_SCOPE = 3850
CONSENT = ("AllPrincipals", "Principal")


def list_all(call: Call) -> Reply:
    """All delegated grants. The list lags more than others, less where a filter names the client."""
    late = bool(call.tenant.lag) and "clientId" not in call.query.get("$filter", "")
    rows = call.tenant.collection("oauth2PermissionGrants").view(call.stale or late)
    return respond(call, rows, shape=SHAPE, context="oauth2PermissionGrants")


def list_of_client(call: Call) -> Reply:
    """The grants that a service principal holds as client."""
    rows = call.tenant.collection("oauth2PermissionGrants").find("clientId", PRINCIPAL.seen(call)["id"], call.stale)
    return respond(call, rows, shape=SHAPE, context="oauth2PermissionGrants")


def list_of_user(call: Call) -> Reply:
    """The grants that a person gave, or somebody gave for them alone."""
    rows = call.tenant.collection("oauth2PermissionGrants").find("principalId", user_of(call)["id"], call.stale)
    return respond(call, rows, shape=SHAPE, context="oauth2PermissionGrants")


def get(call: Call) -> Reply:
    """One."""
    return one(call, _found(call), shape=SHAPE, context="oauth2PermissionGrants")


def create(call: Call) -> Reply:
    """One grant for a client, a resource and a person or everybody; a second is a conflict, not a union."""
    body = checked(call, "oAuth2PermissionGrant")
    needs(body, "oAuth2PermissionGrant", "clientId", "consentType", "resourceId")
    everybody = body["consentType"] == "AllPrincipals"
    if body["consentType"] not in CONSENT or everybody == bool(body.get("principalId")):
        raise _invalid("consentType" if body["consentType"] not in CONSENT else "principalId")
    _check_scope(body)
    _check_ends(call, body)
    made = grant({name: body.get(name) for name in ("clientId", "consentType", "principalId", "resourceId")})
    made["scope"] = body.get("scope") or ""
    grants = call.tenant.collection("oauth2PermissionGrants")
    ends = ("resourceId", "principalId")
    if any(all(row[end] == made[end] for end in ends) for row in grants.find("clientId", made["clientId"])):
        raise GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
    grants.put(made)
    return one(call, made, shape=SHAPE, context="oauth2PermissionGrants", status=201)


def update(call: Call) -> Reply:
    """Replaces the scopes, the only thing that can change."""
    known = _found(call)
    body = checked(call, "oAuth2PermissionGrant")
    if set(body) - {"scope"}:
        raise refused(f"Property '{min(set(body) - {'scope'})}' is read-only and cannot be set.")
    _check_scope(body)
    newest = call.tenant.collection("oauth2PermissionGrants").get(known["id"])
    if newest is None:
        raise not_found(known["id"])
    call.tenant.collection("oauth2PermissionGrants").put({**newest, "scope": body.get("scope") or ""})
    return Reply(204)


def delete(call: Call) -> Reply:
    """Takes the grant away, all its scopes with it."""
    call.tenant.collection("oauth2PermissionGrants").remove(_found(call)["id"])
    return Reply(204)


def _found(call: Call) -> JSON:
    wanted = call.params["oAuth2PermissionGrant-id"]
    found = call.tenant.collection("oauth2PermissionGrants").get(wanted, call.stale)
    if found is None:
        raise not_found(wanted)
    return found


def _check_scope(body: JSON) -> None:
    if len(body.get("scope") or "") > LONGEST_SCOPE:
        raise _invalid("scope")


def _check_ends(call: Call, body: JSON) -> None:
    for name in ("clientId", "resourceId"):
        body[name] = body[name].lower()
        if call.tenant.collection("servicePrincipals").get(body[name], call.stale) is None:
            raise not_found(body[name])
    if body.get("principalId") and call.tenant.collection("users").get(body["principalId"], call.stale) is None:
        raise not_found(body["principalId"])


def _invalid(name: str) -> GraphFault:
    return refused(f"Invalid value specified for property '{name}' of resource 'OAuth2PermissionGrant'.")


ROUTES = [
    Route("GET", "/oauth2PermissionGrants", list_all),
    Route("POST", "/oauth2PermissionGrants", create),
    Route("GET", "/oauth2PermissionGrants/{oAuth2PermissionGrant-id}", get),
    Route("PATCH", "/oauth2PermissionGrants/{oAuth2PermissionGrant-id}", update),
    Route("DELETE", "/oauth2PermissionGrants/{oAuth2PermissionGrant-id}", delete),
    Route("GET", f"{PRINCIPAL.item}/oauth2PermissionGrants", list_of_client),
    Route("GET", "/users/{user-id}/oauth2PermissionGrants", list_of_user),
]
