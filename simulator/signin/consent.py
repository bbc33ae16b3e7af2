"""What was consented: application permissions by assignment, delegated ones by grant, and who may consent now."""

from collections.abc import Iterator

from simulator.directory import foreign
from simulator.directory.roles import ROLES
from simulator.signin.clients import Client
from simulator.signin.errors import SignInError
from simulator.signin.scopes import Wanted
from simulator.tenant import JSON, Tenant

ADMINISTRATORS = frozenset(
    ROLES[name]
    for name in (
        "Global Administrator",
        "Privileged Role Administrator",
        "Cloud Application Administrator",
        "Application Administrator",
    )
)
EVERYBODY = "b79fbf4d-3ef9-4689-8143-76b194e85509"  # what `wids` of any member holds
ANY_APP = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"  # what `wids` of any app-only token holds
# Microsoft's own clients that need no grant in a tenant: client -> what their tokens for Graph hold.
AT_HOME = {
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": frozenset(
        {
            "Application.ReadWrite.All",
            "AppRoleAssignment.ReadWrite.All",
            "AuditLog.Read.All",
            "DelegatedPermissionGrant.ReadWrite.All",
            "Directory.AccessAsUser.All",
            "Group.ReadWrite.All",
            "User.Read.All",
            "User.ReadWrite.All",
        }
    )
}


def app_roles(tenant: Tenant, principal: JSON, resource: JSON) -> list[str]:
    """Names of the application permissions that a service principal was given on a resource, sorted."""
    names = {row["id"]: str(row.get("value")) for row in resource.get("appRoles") or []}
    held = tenant.collection("appRoleAssignments").find("principalId", principal["id"], stale=True)
    return sorted(
        {
            names[row["appRoleId"]]
            for row in held
            if row.get("resourceId") == resource["id"] and row.get("appRoleId") in names
        }
    )


def consented(tenant: Tenant, client: Client, wanted: Wanted, user_id: str) -> frozenset[str]:
    """Delegated permissions on a resource that everybody or this person agreed to for the client."""
    if client.principal is None:
        return frozenset()
    found: set[str] = set()
    for grant in tenant.collection("oauth2PermissionGrants").find("clientId", client.principal["id"], stale=True):
        mine = grant.get("consentType") == "AllPrincipals" or grant.get("principalId") == user_id
        if mine and grant.get("resourceId") == wanted.resource["id"]:
            found.update(str(grant.get("scope") or "").split())
    return frozenset(found)


def granted(tenant: Tenant, client: Client, wanted: Wanted, user_id: str) -> list[str]:
    """The `scp` of a token for this person: all that was consented; AADSTS65001 where something asked is not."""
    known = consented(tenant, client, wanted, user_id) | AT_HOME.get(client.app_id, frozenset())
    if client.first_party and is_admin(tenant, user_id):
        known |= wanted.names  # an administrator of the tenant agrees on the way in
    if wanted.names - known or not known:
        raise SignInError(65001, app=client.app_id, name=client.name)
    return sorted(known)


def agree(tenant: Tenant, client: Client, wanted: Wanted, user_id: str, *, everybody: bool) -> None:
    """Records the consent that a person gives while signing in; AADSTS90094 where only an administrator may.

    What is asked by `.default` is what the application's manifest declares.
    """
    names = wanted.names or declared(client, wanted)
    known = consented(tenant, client, wanted, user_id) | AT_HOME.get(client.app_id, frozenset())
    missing = names - known
    if not missing:
        return
    admin = is_admin(tenant, user_id)
    offered = {str(row.get("value")): row.get("type") for row in wanted.resource.get("oauth2PermissionScopes") or []}
    if not admin and (everybody or any(offered.get(name) != "User" for name in missing)):
        raise SignInError(90094)
    list(required(tenant, client))
    record(tenant, installed(tenant, client), wanted.resource, missing, None if everybody else user_id)


def installed(tenant: Tenant, client: Client) -> JSON:
    """The client's service principal; consenting to another organisation's application makes it."""
    if client.principal is None and client.foreign and client.application is not None:
        return foreign.install(tenant, client.application)
    return client.service_principal()


def required(tenant: Tenant, client: Client) -> Iterator[tuple[JSON, list[JSON]]]:
    """(resource, permissions) that the manifest declares; AADSTS650052 where a resource is not in the tenant."""
    for access in (client.application or {}).get("requiredResourceAccess") or []:
        wanted = str(access.get("resourceAppId"))
        resource = tenant.collection("servicePrincipals").first("appId", wanted)
        if resource is None:
            raise SignInError(650052, name=wanted, tenant=str(tenant.organization.get("displayName") or tenant.id))
        yield resource, access.get("resourceAccess") or []


def record(tenant: Tenant, client: JSON, resource: JSON, names: frozenset[str], user_id: str | None) -> None:
    """Adds delegated permissions to the grant of a client on a resource, for one person or for everybody (None)."""
    ends = {
        "clientId": client["id"],
        "resourceId": resource["id"],
        "consentType": "AllPrincipals" if user_id is None else "Principal",
        "principalId": user_id,
    }
    grants = tenant.collection("oauth2PermissionGrants")
    for grant in grants.find("clientId", ends["clientId"]):
        if all(grant.get(key) == value for key, value in ends.items()):
            tenant.seed({"oauth2PermissionGrants": [grant | {"scope": _joined(grant.get("scope"), names)}]})
            return
    tenant.seed({"oauth2PermissionGrants": [ends | {"scope": _joined("", names)}]})


def declared(client: Client, wanted: Wanted) -> frozenset[str]:
    """Delegated permissions on the resource that the application's manifest declares."""
    names = {row["id"]: str(row.get("value")) for row in wanted.resource.get("oauth2PermissionScopes") or []}
    found: set[str] = set()
    for access in (client.application or {}).get("requiredResourceAccess") or []:
        if access.get("resourceAppId") == wanted.resource["appId"]:
            found.update(names.get(row.get("id"), "") for row in access.get("resourceAccess") or [])
    return frozenset(found - {""})


def _joined(scope: object, more: frozenset[str]) -> str:
    return " ".join(sorted({*str(scope or "").split(), *more}))


def is_admin(tenant: Tenant, user_id: str) -> bool:
    """True where the person may consent for the organisation."""
    return bool(role_ids(tenant, user_id) & ADMINISTRATORS)


def role_ids(tenant: Tenant, principal_id: str) -> set[str]:
    """Template ids of the directory roles that a principal holds, directly."""
    held = tenant.collection("roleAssignments").find("principalId", principal_id, stale=True)
    return {str(row.get("roleDefinitionId")) for row in held}
