"""A tenant made fit for one of Microsoft's examples: what its path and body name is there before it is asked."""

import re
from typing import Any

from tests.simulator.directory.asking import Asker

JSON = dict[str, Any]

KEY = "f0b0b335-1d71-4883-8f98-567911bfdca6"  # the credential of every example that names one
APP_ID = "65415bb1-9267-4313-bbf5-ae259732ee12"
COLLECTIONS = {
    "application-id": "applications",
    "servicePrincipal-id": "servicePrincipals",
    "group-id": "groups",
    "user-id": "users",
    "directoryRole-id": "directoryRoles",
    "oAuth2PermissionGrant-id": "oauth2PermissionGrants",
    "conditionalAccessPolicy-id": "conditionalAccessPolicies",
    "namedLocation-id": "namedLocations",
    "directoryAudit-id": "directoryAudits",
    "signIn-id": "signIns",
    "unifiedRoleAssignment-id": "roleAssignments",
    "appManagementPolicy-id": "appManagementPolicies",
    "federatedIdentityCredential-id": "federatedIdentityCredentials",
    "appRoleAssignment-id": "appRoleAssignments",
}
BY_CODE = {  # parameters whose objects the tenant has by itself
    "unifiedRoleDefinition-id": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "directoryRoleTemplate-id": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10",
    "authenticationStrengthPolicy-id": "00000000-0000-0000-0000-000000000002",
}
MORE: dict[str, JSON] = {
    "applications": {"passwordCredentials": [{"keyId": KEY, "displayName": "x"}], "signInAudience": "AzureADMyOrg"},
    "signIns": {"createdDateTime": "2026-01-01T00:00:00Z", "userId": ""},
    "directoryAudits": {"activityDateTime": "2026-01-01T00:00:00Z"},
    "roleAssignments": {"roleDefinitionId": "fdd7a751-b60b-444a-984c-02652fe8fa1c"},
    "directoryRoles": {"roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"},
    "namedLocations": {"@odata.type": "#microsoft.graph.countryNamedLocation", "countriesAndRegions": ["SE"]},
}
LINKS = {"owners": "owners", "members": "groupMembers"}


def value_for(ask: Asker, name: str, given: str) -> str:
    """The value of a path parameter: the example's own where it is one, else an object of ours."""
    if (name == "user-id" and given == "me") or "roleTemplateId=" in given:
        return given
    if name == "organization-id":
        return ask.tenant.id
    if name == "subscribedSku-id":
        return str(ask.values("/subscribedSkus")[0]["id"])
    if "{" not in given:
        return given
    return BY_CODE.get(name) or ask.tenant.new_id()


def people(ask: Asker, key: str) -> None:
    """A user with this id."""
    ask.tenant.seed({"users": [{"id": key, "displayName": "X", "userPrincipalName": f"{key[:8]}@{ask.tenant.domain}"}]})


def prepare(ask: Asker, operation: str, params: dict[str, str], body: Any) -> None:
    """Seeds what a request refers to."""
    for name, value in params.items():
        _seed_param(ask, operation, name, value)
    if operation.startswith("DELETE") and "directoryObject-id" in params and "$ref" in operation:
        whole = next(value for name, value in params.items() if name != "directoryObject-id")
        _link(ask, operation, whole, params["directoryObject-id"])
    if "appRoleAssignment-id" in params:
        key = "resourceId" if "appRoleAssignedTo" in operation else "principalId"
        ends = {"principalId": KEY, "resourceId": KEY, key: next(iter(params.values()))}
        ask.tenant.seed({"appRoleAssignments": [{"id": params["appRoleAssignment-id"], "appRoleId": KEY, **ends}]})
    if "namedLocation-id" in params and isinstance(body, dict):
        kind = {"id": params["namedLocation-id"], "@odata.type": body["@odata.type"]}
        ask.tenant.seed({"namedLocations": [kind]})
    if isinstance(body, dict):
        _seed_body(ask, operation, body)


def _seed_param(ask: Asker, operation: str, name: str, value: str) -> None:
    if value in ("me", *BY_CODE.values()):
        return
    if "roleTemplateId=" in value:
        template = value.partition("=")[2]
        ask.tenant.seed(
            {"directoryRoles": [{"id": ask.tenant.new_id(), "roleTemplateId": template, "displayName": "R"}]}
        )
    elif name == "unifiedRoleDefinition-id":
        ask.tenant.seed({"roleDefinitions": [{"id": value, "displayName": "Own", "isBuiltIn": False}]})
    elif name in ("user-id", "directoryObject-id"):
        people(ask, value)
        if "deletedItems" in operation:
            ask.reply("DELETE", f"/users/{value}")
    elif name in COLLECTIONS:
        collection = COLLECTIONS[name]
        more = MORE.get(collection, {})
        if collection == "roleAssignments":
            more = more | {"principalId": ask.principal["id"]}
        if collection == "oauth2PermissionGrants":
            more = {"clientId": KEY, "resourceId": KEY}
        if collection == "federatedIdentityCredentials":
            more = {"applicationId": KEY, "name": value}
        ask.tenant.seed({collection: [{"id": value, "displayName": "Example", **more}]})


def _link(ask: Asker, operation: str, whole: str, part: str) -> None:
    kind = next(name for word, name in LINKS.items() if f"/{word}/" in operation)
    if kind == "owners" and "/groups/" in operation:
        kind = "groupOwners"
    if "directoryRole" in operation:
        role = ask.tenant.collection("directoryRoles").get(whole) or {}
        ask.tenant.seed({"roleAssignments": [{"principalId": part, "roleDefinitionId": role["roleTemplateId"]}]})
        return
    ends = {
        "owners": ("objectId", "ownerId"),
        "groupMembers": ("groupId", "memberId"),
        "groupOwners": ("groupId", "ownerId"),
    }
    first, second = ends[kind]
    ask.tenant.seed({kind: [{first: whole, second: part}]})


def _seed_body(ask: Asker, operation: str, body: JSON) -> None:
    for name in [name for name in body if name.endswith("@odata.bind")] + ["@odata.id"]:
        links = body.get(name) or []
        found = [_real(ask, link) for link in ([links] if isinstance(links, str) else links)]
        if found:
            body[name] = found[0] if isinstance(links, str) else found
    if operation == "POST /servicePrincipals":
        ask.tenant.seed({"applications": [{"appId": body["appId"], "displayName": "Example"}]})
    if "appRoleId" in body:
        role = {"id": body["appRoleId"], "isEnabled": True, "value": "x", "displayName": "x", "description": "x"}
        kind = {"appRoles": [{**role, "allowedMemberTypes": ["Application"]}]}
        ask.tenant.seed({"servicePrincipals": [{"id": body["resourceId"], "displayName": "API", **kind}]})
    if isinstance(body.get("roleDefinitionId"), str):
        ask.tenant.seed(
            {"roleDefinitions": [{"id": body["roleDefinitionId"], "displayName": "Own", "isBuiltIn": False}]}
        )
    for name in ("clientId", "resourceId", "principalId"):
        key = body.get(name)
        if isinstance(key, str) and re.fullmatch("[0-9a-f-]{36}", key):
            if name == "principalId" and "/servicePrincipals/" not in operation:
                people(ask, key)
            elif ask.tenant.collection("servicePrincipals").get(key) is None:
                ask.tenant.seed({"servicePrincipals": [{"id": key, "displayName": "Example"}]})


def _real(ask: Asker, link: str) -> str:
    """The link with an id that leads somewhere."""
    key = link.rpartition("/")[2]
    key = key if re.fullmatch("[0-9a-f-]{36}", key) else ask.tenant.new_id()
    people(ask, key)
    return f"{link.rpartition('/')[0]}/{key}"
