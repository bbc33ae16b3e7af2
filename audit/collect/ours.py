"""What belongs to the integrations' own apps: read by its own address, then the rest of the tenant around it."""

from collections.abc import AsyncIterator
from functools import partial

from audit.collect.reader import Reader, Row, encode
from audit.permissions import EXCHANGE, GRAPH, RESOURCES, published
from tenantry.integration import IntegrationFile

_OWNER = "id,displayName,userPrincipalName,accountEnabled,userType"
_APPLICATION = (
    "id,appId,uniqueName,displayName,createdDateTime,signInAudience,tags,requiredResourceAccess,passwordCredentials,"
    "keyCredentials,servicePrincipalLockConfiguration"
)
_PRINCIPAL = (
    "id,appId,displayName,appOwnerOrganizationId,servicePrincipalType,accountEnabled,appRoleAssignmentRequired,tags,"
    "appRoles,oauth2PermissionScopes,passwordCredentials,keyCredentials"
)


async def applications(reader: Reader) -> AsyncIterator[bytes]:
    """App registrations with their owners; never a secret, nor the part of one that Graph calls hint."""
    query = {"$select": _APPLICATION, "$expand": f"owners($select={_OWNER})"}
    ours = set()
    for file in reader.files:
        read, good = partial(_application, reader, file, query), partial(_complete, file)
        row = await reader.steady(file, read, good)
        if row is not None and row["id"] not in ours:
            ours.add(row["id"])
            yield encode(_bare(row))
    async for row in reader.rows("/applications", query | {"$top": 100}):
        if row.get("id") not in ours:
            yield encode(_bare(row))


async def _application(reader: Reader, file: IntegrationFile, query: dict[str, str]) -> Row | None:
    return await reader.find(f"/applications(appId='{file.app.app_id}')", query, care=True)


def _complete(file: IntegrationFile, row: Row | None) -> bool:
    """True where the row shows the credential that the integration file names and no other, a manifest and an owner."""
    if row is None:
        return False
    held = {entry.get("keyId") for kind in ("passwordCredentials", "keyCredentials") for entry in row.get(kind) or ()}
    reference = file.credential
    named = set() if reference is None or reference.kind == "federated" else {reference.id}
    return held == named and bool(row.get("owners")) and bool(row.get("requiredResourceAccess"))


def _bare(row: Row) -> Row:
    """The row without what evidence must not hold: parts of secrets, keys, and names of people beside their address."""
    row.pop("@odata.context", None)
    for entry in row.get("passwordCredentials") or ():
        entry.pop("hint", None)
        entry.pop("secretText", None)
    for entry in row.get("keyCredentials") or ():
        entry.pop("key", None)
    for owner in row.get("owners") or ():
        if owner.get("userPrincipalName"):
            owner.pop("displayName", None)
    return row


async def principals(reader: Reader) -> AsyncIterator[bytes]:
    """Service principals: our apps', and everybody's with what they publish."""
    ours = set()
    for file in reader.files:
        path = f"/servicePrincipals(appId='{file.app.app_id}')"
        row = await reader.find(path, {"$select": _PRINCIPAL}, care=True)
        if row is not None and row["id"] not in ours:
            ours.add(row["id"])
            yield encode(_bare(row))
    async for row in reader.rows("/servicePrincipals", {"$select": _PRINCIPAL, "$top": 999}):
        if row.get("id") not in ours:
            yield encode(_bare(row))


async def role_grants(reader: Reader) -> AsyncIterator[bytes]:
    """Granted application permissions: all of our apps', and all on Graph and Exchange, read from their side."""
    principal_ids = set()
    for file in reader.files:
        principal = file.app.service_principal_id
        if principal in principal_ids:
            continue
        principal_ids.add(principal)
        rows = await reader.steady(file, partial(_roles, reader, principal), partial(_just_those, file))
        for row in rows:
            yield encode(row)
    for app_id in (GRAPH, EXCHANGE):
        found = await reader.find(f"/servicePrincipals(appId='{app_id}')", {"$select": "id"})
        if found is not None:
            path = f"/servicePrincipals/{found['id']}/appRoleAssignedTo"
            async for row in reader.rows(path, {"$top": 999}):
                if row.get("principalId") not in principal_ids:
                    yield encode(row)


async def _roles(reader: Reader, principal: str) -> list[Row]:
    """The grants of one service principal; none where the principal is gone."""
    if await reader.find(f"/servicePrincipals/{principal}", {"$select": "id"}, care=True) is None:
        return []
    return [row async for row in reader.rows(f"/servicePrincipals/{principal}/appRoleAssignments")]


def _just_those(file: IntegrationFile, rows: list[Row]) -> bool:
    """True where the needed permissions of Graph are among them, and nothing else that Graph publishes."""
    wanted = {
        p.name for p in file.permissions.required if p.type == "application" and RESOURCES.get(p.resource) == GRAPH
    }
    ids = published("application")
    return wanted == {ids[str(row.get("appRoleId"))] for row in rows if row.get("appRoleId") in ids}


async def scope_grants(reader: Reader) -> AsyncIterator[bytes]:
    """Delegated grants: our apps' by their own address, where they lag least, then the tenant's."""
    principal_ids = set()
    for file in reader.files:
        principal = file.app.service_principal_id
        if principal in principal_ids:
            continue
        principal_ids.add(principal)
        if reader.fresh(file):
            for row in await reader.steady(file, partial(_scopes, reader, principal), partial(_only_needed, file)):
                yield encode(row)
        else:  # an app that each user consents to has a row a user: never held as a whole
            async for row in _stream_scopes(reader, principal):
                yield encode(row)
    async for row in reader.rows("/oauth2PermissionGrants", {"$top": 999}):
        if row.get("clientId") not in principal_ids:
            yield encode(row)


async def _scopes(reader: Reader, principal: str) -> list[Row]:
    return [row async for row in _stream_scopes(reader, principal)]


async def _stream_scopes(reader: Reader, principal: str) -> AsyncIterator[Row]:
    if await reader.find(f"/servicePrincipals/{principal}", {"$select": "id"}, care=True) is not None:
        async for row in reader.rows(f"/servicePrincipals/{principal}/oauth2PermissionGrants"):
            yield row


def _only_needed(file: IntegrationFile, rows: list[Row]) -> bool:
    """True where the needed delegated permissions are granted, and no others."""
    wanted = {permission.name for permission in file.permissions.required if permission.type == "delegated"}
    return wanted == {scope for row in rows for scope in str(row.get("scope") or "").split()}


async def federated(reader: Reader) -> AsyncIterator[bytes]:
    """Who may sign in as our apps without any secret; each row names its application."""
    for object_id in dict.fromkeys(file.app.object_id for file in reader.files):
        if await reader.find(f"/applications/{object_id}", {"$select": "id"}, care=True) is not None:
            async for row in reader.rows(f"/applications/{object_id}/federatedIdentityCredentials"):
                yield encode({"@applicationId": object_id} | row)
