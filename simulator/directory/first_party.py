"""Microsoft's own service principals, which every tenant has."""

import json
from functools import cache
from importlib import resources
from typing import Any

from simulator.clouds import GLOBAL, Cloud

JSON = dict[str, Any]

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
DIRECTORY = "00000002-0000-0000-c000-000000000000"
MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
_MANAGEMENT_NAMES = ["https://management.azure.com", "https://management.core.windows.net"]
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"  # the tenant in which Microsoft's applications live

CLIENTS = {
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Microsoft Azure CLI",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph Command Line Tools",
}


@cache
def graph_permissions(cloud: Cloud = GLOBAL) -> dict[str, JSON]:
    """Permission names of Microsoft Graph: name -> {application?: id, delegated?: id, consent: admin | user}."""
    kinds = ("application", "delegated")
    return {
        name: row | {kind: cloud.id_of(name, kind, row[kind]) for kind in kinds if kind in row}
        for name, row in _public_permissions().items()
        if cloud.offers(name)
    }


@cache
def _public_permissions() -> dict[str, JSON]:
    text = resources.files("simulator").joinpath("tables/permissions.json").read_text(encoding="utf-8")
    table: dict[str, JSON] = json.loads(text)
    return table


def app_role(value: str, id: str) -> JSON:  # noqa: A002 - the property's own name
    """An application permission as a service principal lists it."""
    return {
        "allowedMemberTypes": ["Application"],
        "description": f"Allows the app {value} without a signed-in user.",
        "displayName": value,
        "id": id,
        "isEnabled": True,
        "origin": "Application",
        "value": value,
    }


def scope(value: str, id: str, consent: str = "admin") -> JSON:  # noqa: A002 - the property's own name
    """A delegated permission as a service principal lists it."""
    text = f"Allows the app {value} on behalf of the signed-in user."
    return {
        "adminConsentDescription": text,
        "adminConsentDisplayName": value,
        "id": id,
        "isEnabled": True,
        "type": "Admin" if consent == "admin" else "User",
        "userConsentDescription": text,
        "userConsentDisplayName": value,
        "value": value,
    }


@cache
def services(cloud: Cloud = GLOBAL) -> tuple[JSON, ...]:
    """What sets Microsoft's service principals apart: appId, name, roles, scopes."""
    table = graph_permissions(cloud)
    graph_roles = [app_role(name, row["application"]) for name, row in table.items() if "application" in row]
    graph_scopes = [scope(name, row["delegated"], row["consent"]) for name, row in table.items() if "delegated" in row]
    exchange_roles = [
        app_role("full_access_as_app", "dc890d15-9560-4a4c-9b7f-a736ec74ec40"),
        app_role("Exchange.ManageAsApp", "dc50a0fb-09a3-484d-be87-e023b12c6440"),
    ]
    exchange_scopes = [scope("EWS.AccessAsUser.All", "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5", "user")]
    management_scopes = [scope("user_impersonation", "41094075-9dad-400e-a0bd-54e686782033", "user")]
    directory_scopes = [scope("User.Read", "311a71cc-e848-46a1-bdf8-97ff7156d8e6", "user")]
    return (
        _service(GRAPH, "Microsoft Graph", graph_roles, graph_scopes, [f"https://{cloud.graph_host}"]),
        _service(
            EXCHANGE, "Office 365 Exchange Online", exchange_roles, exchange_scopes, ["https://outlook.office365.com"]
        ),
        _service(DIRECTORY, "Windows Azure Active Directory", [], directory_scopes, ["https://graph.windows.net"]),
        _service(MANAGEMENT, "Windows Azure Service Management API", [], management_scopes, _MANAGEMENT_NAMES),
        *(_service(app_id, name, [], [], []) for app_id, name in CLIENTS.items()),
    )


def _service(app_id: str, name: str, roles: list[JSON], scopes: list[JSON], names: list[str]) -> JSON:
    return {
        "appId": app_id,
        "appDisplayName": name,
        "displayName": name,
        "appOwnerOrganizationId": MICROSOFT,
        "appRoles": roles,
        "oauth2PermissionScopes": scopes,
        "servicePrincipalNames": [app_id, *names],
        "signInAudience": "AzureADMultipleOrgs",
        "@createdDateTime": None,
    }
