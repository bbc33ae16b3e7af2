"""A program that knows Microsoft's libraries and nothing of us; run by test_outside_clients as a process of its own.

It signs in with MSAL and works with the SDK's own client and models, under Microsoft's own names. What it saw goes
to stdout as one JSON object.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any
from uuid import UUID

import msal
from azure.core.credentials import AccessToken
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.required_resource_access import RequiredResourceAccess
from msgraph.generated.models.resource_access import ResourceAccess
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_service_client import GraphServiceClient

GRAPH = "00000003-0000-0000-c000-000000000000"
SCOPE = "https://graph.microsoft.com/.default"


class Msal:
    """A credential that asks MSAL."""

    def __init__(self, client: str, secret: str) -> None:
        authority = f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}"
        self._app = msal.ConfidentialClientApplication(client, client_credential=secret, authority=authority)

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """What the SDK's sign-in calls."""
        found = await asyncio.to_thread(self._app.acquire_token_for_client, list(scopes))
        if "access_token" not in found:
            raise RuntimeError(found["error_description"])
        return AccessToken(found["access_token"], int(time.time()) + found["expires_in"])

    async def close(self) -> None:
        """Nothing to close."""


def client(app: str, secret: str) -> GraphServiceClient:
    return GraphServiceClient(Msal(app, secret), [SCOPE])  # type: ignore[arg-type]


async def people(graph: GraphServiceClient) -> tuple[list[str], int]:
    """Names of all users by the SDK's own paging, and the count that the service gives."""
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(select=["id", "displayName"], top=7)
    page = await graph.users.get(UsersRequestBuilder.UsersRequestBuilderGetRequestConfiguration(query_parameters=query))
    names: list[str] = []
    while page is not None:
        names += [str(user.display_name) for user in page.value or []]
        page = await graph.users.with_url(page.odata_next_link).get() if page.odata_next_link else None
    counting = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(count=True, filter="endsWith(mail,'.com')")
    asked = GroupsRequestBuilder.GroupsRequestBuilderGetRequestConfiguration(query_parameters=counting)
    asked.headers.add("ConsistencyLevel", "eventual")
    groups = await graph.groups.get(asked)
    return names, int((groups and groups.odata_count) or 0)


async def provision(graph: GraphServiceClient) -> dict[str, Any]:
    """An application with consent and a secret, changed and deleted again."""
    resource = await graph.service_principals_with_app_id(GRAPH).get()
    assert resource is not None
    roles = {role.value: role.id for role in resource.app_roles or []}
    scopes = {scope.value: scope.id for scope in resource.oauth2_permission_scopes or []}
    wanted = [
        ResourceAccess(id=roles["User.Read.All"], type="Role"),
        ResourceAccess(id=scopes["User.Read"], type="Scope"),
    ]
    access = RequiredResourceAccess(resource_app_id=GRAPH, resource_access=wanted)
    app = await graph.applications.post(
        Application(display_name="Outside", sign_in_audience="AzureADMyOrg", required_resource_access=[access])
    )
    assert app is not None
    principal = await graph.service_principals.post(ServicePrincipal(app_id=app.app_id))
    assert principal is not None
    assignment = await graph.service_principals.by_service_principal_id(str(principal.id)).app_role_assignments.post(
        AppRoleAssignment(
            principal_id=UUID(principal.id), resource_id=UUID(resource.id), app_role_id=roles["User.Read.All"]
        )
    )
    grant = await graph.oauth2_permission_grants.post(
        OAuth2PermissionGrant(
            client_id=principal.id, consent_type="AllPrincipals", resource_id=resource.id, scope="User.Read"
        )
    )
    assert assignment is not None
    assert grant is not None
    item = graph.applications.by_application_id(str(app.id))
    secret = await item.add_password.post(
        AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="outside"))
    )
    assert secret is not None
    own = client(str(app.app_id), str(secret.secret_text))
    seen = await own.users.get()
    changed = await change(graph, str(app.id), str(grant.id), str(principal.id), str(assignment.id))
    return changed | {"own": len((seen and seen.value) or []), "refused": await refusal(own), "app": app.app_id}


async def change(graph: GraphServiceClient, app: str, grant: str, principal: str, assignment: str) -> dict[str, Any]:
    """Reads and changes permissions and grants, then deletes everything."""
    item = graph.applications.by_application_id(app)
    await item.patch(Application(required_resource_access=[], notes="changed outside"))
    grants = graph.oauth2_permission_grants.by_o_auth2_permission_grant_id(grant)
    await grants.patch(OAuth2PermissionGrant(scope="User.Read Calendars.Read"))
    read = await grants.get()
    holder = graph.service_principals.by_service_principal_id(principal)
    held = await holder.app_role_assignments.get()
    await holder.app_role_assignments.by_app_role_assignment_id(assignment).delete()
    left = await holder.app_role_assignments.get()
    await grants.delete()
    known = await item.get()
    await item.delete()
    bin_ = await graph.directory.deleted_items.graph_application.get()
    return {
        "scope": read and read.scope,
        "assigned": [row.principal_display_name for row in (held and held.value) or []],
        "left": len((left and left.value) or []),
        "notes": known and known.notes,
        "declared": len((known and known.required_resource_access) or []),
        "secrets": [row.hint for row in (known and known.password_credentials) or []],
        "deleted": [row.display_name for row in (bin_ and bin_.value) or []],
    }


async def refusal(graph: GraphServiceClient) -> tuple[int | None, str | None]:
    """How the SDK tells a missing permission."""
    try:
        await graph.groups.get()
    except ODataError as error:
        return error.response_status_code, getattr(error.error, "code", None)
    return 200, None


async def main() -> None:
    """Everything, once."""
    graph = client(os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"])
    names, groups = await people(graph)
    json.dump({"people": len(names), "groups": groups} | await provision(graph), sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
