"""Our app and what hangs on it, as Graph tells it."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from provision.model.actual import Application, Credential, Deleted, Federated, Namesake
from provision.model.parts import DelegatedGrant, RoleGrant
from provision.read.lists import declared_entries
from tenantry.errors import GraphError
from tenantry.graph import Graph, literal

_DENIED = 403
_SELECT = (
    "id,appId,uniqueName,displayName,signInAudience,tags,notes,createdDateTime,"
    "requiredResourceAccess,passwordCredentials,keyCredentials,publicClient,servicePrincipalLockConfiguration,web"
)


async def by_unique_name(graph: Graph, unique_name: str, *, known: bool = False) -> Application | None:
    """The app under our key with its owners, None where there is none; one that is `known` must be missed often."""
    path = f"/applications(uniqueName='{unique_name}')"
    found = await graph.find(path, {"$select": _SELECT}, settle="read" if known else None)
    return None if found is None else await with_owners(graph, found)


async def by_app_id(graph: Graph, app_id: str, *, known: bool = False) -> Application | None:
    """The app with this client id."""
    found = await graph.find(f"/applications(appId='{app_id}')", {"$select": _SELECT}, settle="read" if known else None)
    return None if found is None else await with_owners(graph, found)


async def by_tag(graph: Graph, tag: str) -> list[Application]:
    """The apps that bear a tag."""
    query = {"$filter": f"tags/any(t:t eq {literal(tag)})", "$select": _SELECT}
    return [await with_owners(graph, item) async for item in graph.items("/applications", query, type=dict)]


async def with_owners(graph: Graph, found: Mapping[str, Any]) -> Application:
    """The app as a value, its owners and federated credentials read besides."""
    owners, federated = await asyncio.gather(
        _all(graph, f"/applications/{found['id']}/owners", {"$select": "id"}),
        _all(graph, f"/applications/{found['id']}/federatedIdentityCredentials", None),
    )
    return as_application(found, [owner["id"] for owner in owners], federated)


async def _all(graph: Graph, path: str, query: dict[str, str | int] | None) -> list[dict[str, Any]]:
    return [item async for item in graph.items(path, query, type=dict)]


def as_application(
    found: Mapping[str, Any], owners: list[str], federated: Iterable[Mapping[str, Any]] = ()
) -> Application:
    """One application object as a value; credentials without whatever could be secret."""
    secrets = [as_credential("secret", entry) for entry in found.get("passwordCredentials") or ()]
    certificates = [as_credential("certificate", entry) for entry in found.get("keyCredentials") or ()]
    return Application(
        id=found["id"],
        app_id=found["appId"],
        unique_name=found.get("uniqueName") or "",
        display_name=found.get("displayName") or "",
        audience=found.get("signInAudience") or "",
        tags=tuple(found.get("tags") or ()),
        notes=found.get("notes"),
        created=moment(found.get("createdDateTime")),
        declared=tuple(declared_entries(found.get("requiredResourceAccess") or [])),
        credentials=tuple(sorted([*secrets, *certificates], key=lambda credential: credential.id)),
        owners=tuple(sorted(owners)),
        redirects=tuple((found.get("publicClient") or {}).get("redirectUris") or ()),
        web_redirects=tuple((found.get("web") or {}).get("redirectUris") or ()),
        lock=_lock(found.get("servicePrincipalLockConfiguration")),
        federated=tuple(sorted(_federated(one) for one in federated)),
    )


def _lock(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The lock's switches, without annotations."""
    return None if found is None else {key: value for key, value in found.items() if not key.startswith("@")}


def _federated(found: Mapping[str, Any]) -> Federated:
    return Federated(
        name=found["name"],
        id=found["id"],
        issuer=found["issuer"],
        subject=found.get("subject") or "",
        audiences=tuple(found.get("audiences") or ()),
    )


def as_credential(kind: str, entry: Mapping[str, Any]) -> Credential:
    """One passwordCredential or keyCredential."""
    return Credential(
        id=entry["keyId"],
        kind=kind,
        name=entry.get("displayName"),
        start=moment(entry.get("startDateTime")),
        end=moment(entry.get("endDateTime")),
        hint=entry.get("hint"),
    )


async def redirects(graph: Graph, application: str) -> tuple[list[str], list[str]]:
    """The app's redirect URIs: those of the web platform, and those of the others."""
    found = await graph.get(
        f"/applications/{application}", {"$select": "id,web,spa,publicClient"}, settle="application"
    )
    web, *others = ((found.get(kind) or {}).get("redirectUris") or [] for kind in ("web", "spa", "publicClient"))
    return list(web), [uri for uris in others for uri in uris]


async def service_principal(graph: Graph, app_id: str) -> str | None:
    """The object id of the app's service principal, None where there is none."""
    found = await graph.find(f"/servicePrincipals(appId='{app_id}')", {"$select": "id,appId"}, settle="read")
    return None if found is None else str(found["id"])


async def grants(graph: Graph, principal: str) -> tuple[tuple[RoleGrant, ...], tuple[DelegatedGrant, ...]]:
    """What is granted to the service principal: application permissions, and delegated ones as far as one may look."""
    roles, delegated = await asyncio.gather(role_grants(graph, principal), told_delegated(graph, principal))
    return roles, delegated or ()


async def told_delegated(graph: Graph, principal: str) -> tuple[DelegatedGrant, ...] | None:
    """The delegated grants; None where the operator may not read them (Application.ReadWrite.OwnedBy alone)."""
    try:
        return await delegated_grants(graph, principal)
    except GraphError as error:
        if error.status != _DENIED:
            raise
        return None


async def role_grants(graph: Graph, principal: str) -> tuple[RoleGrant, ...]:
    """The application permissions granted to the service principal."""
    found = graph.items(f"/servicePrincipals/{principal}/appRoleAssignments", type=dict)
    return tuple(
        sorted(
            [
                RoleGrant(
                    id=item["id"],
                    resource_id=item["resourceId"],
                    role_id=item["appRoleId"],
                    resource_name=item.get("resourceDisplayName") or "",
                )
                async for item in found
            ]
        )
    )


async def delegated_grants(graph: Graph, principal: str) -> tuple[DelegatedGrant, ...]:
    """The delegated permissions granted to the app, for everybody or one user a grant."""
    found = graph.items("/oauth2PermissionGrants", {"$filter": f"clientId eq '{principal}'"}, type=dict)
    return tuple(
        sorted(
            [
                DelegatedGrant(
                    id=item["id"],
                    resource_id=item["resourceId"],
                    scopes=tuple((item.get("scope") or "").split()),
                    principal_id=item.get("principalId"),
                )
                async for item in found
            ],
            key=lambda grant: grant.id,
        )
    )


async def namesakes(graph: Graph, display_name: str, own: str) -> tuple[Namesake, ...]:
    """Other apps that bear our display name."""
    query = {
        "$filter": f"displayName eq {literal(display_name)}",
        "$select": "id,appId,displayName,uniqueName,passwordCredentials,keyCredentials",
    }
    return tuple(
        sorted(
            [
                Namesake(
                    app_id=item["appId"],
                    display_name=item.get("displayName") or "",
                    credentials=len(item.get("passwordCredentials") or ()) + len(item.get("keyCredentials") or ()),
                )
                async for item in graph.items("/applications", query, type=dict)
                if item.get("uniqueName") != own
            ]
        )
    )


async def deleted(graph: Graph, unique_name: str, owner_tag: str, notes: str) -> Deleted | None:
    """The app in the tenant's bin that still holds our key; None too where the operator may not look into the bin."""
    query = {"$select": "id,appId,displayName,uniqueName,tags,notes,deletedDateTime"}
    try:
        async for item in graph.items("/directory/deletedItems/microsoft.graph.application", query, type=dict):
            if item.get("uniqueName") == unique_name:
                ours = owner_tag in (item.get("tags") or ()) or item.get("notes") == notes
                at = moment(item.get("deletedDateTime"))
                return Deleted(id=item["id"], app_id=item.get("appId") or "", ours=ours, at=at)
    except GraphError as error:
        if error.status != _DENIED:  # with Application.ReadWrite.OwnedBy alone the bin is closed
            raise
    return None


async def deleted_principals(graph: Graph, app_id: str) -> list[str]:
    """Service principals of this app in the tenant's bin."""
    path = "/directory/deletedItems/microsoft.graph.servicePrincipal"
    found = graph.items(path, {"$select": "id,appId"}, type=dict)
    return [item["id"] async for item in found if item.get("appId") == app_id]


def moment(text: str | None) -> datetime | None:
    """A time of Graph, with up to seven decimals, as an aware datetime."""
    return datetime.fromisoformat(text) if text else None
