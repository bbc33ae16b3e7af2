"""The files of a snapshot, in the order they are read: what each holds, how it is read, which permission that takes."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from audit.collect import groups, ours
from audit.collect.reader import Reader, Row, encode
from audit.times import shown
from tenantry.graph import literal


@dataclass(frozen=True)
class Part:
    """One file. `key` tells what the question depends on, so that a resumed run asks the same; `never_empty` marks
    what every tenant has, where an empty answer is a fault and no truth.
    """

    file: str
    needs: str
    read: Callable[[Reader], AsyncIterator[bytes]]
    never_empty: bool = False
    key: Callable[[Reader], str] = lambda _reader: ""


def listing(file: str, path: str, needs: str, *, never_empty: bool = False, **query: str | int) -> Part:
    """A collection, passed on row by row as it comes."""
    params = {f"${name}": value for name, value in query.items()}

    def read(reader: Reader) -> AsyncIterator[bytes]:
        return reader.raw(path, params)

    return Part(file, needs, read, never_empty)


def single(file: str, path: str, needs: str, **query: str) -> Part:
    """One object; of a collection (`/organization`) the first."""
    params = {f"${name}": value for name, value in query.items()}

    async def read(reader: Reader) -> AsyncIterator[bytes]:
        row = await reader.one(path, params)
        rows = row["value"] if isinstance(row.get("value"), list) else [row]
        for one in rows[:1]:
            yield encode({name: value for name, value in one.items() if name != "@odata.context"})

    return Part(file, needs, read, never_empty=True)


_SIGN_IN = ("id", "createdDateTime", "appId", "resourceId", "userId", "clientAppUsed", "conditionalAccessStatus")


async def sign_ins(reader: Reader) -> AsyncIterator[bytes]:
    """Sign-ins of people to our apps in the last seven days: who by id, and how it went. No places, no devices."""
    since = shown(reader.graph.clock.now() - timedelta(days=7))
    for app_id in dict.fromkeys(file.app.app_id for file in reader.files):
        query: dict[str, str | int] = {
            "$filter": f"createdDateTime ge {since} and appId eq {literal(app_id)}",
            "$top": 999,
        }
        async for row in reader.rows("/auditLogs/signIns", query):
            yield encode(_sign_in(row))


def _sign_in(row: Row) -> Row:
    status: Mapping[str, Any] = row.get("status") or {}
    kept: Row = {name: row.get(name) for name in _SIGN_IN}
    return kept | {"status": {"errorCode": status.get("errorCode")}}


def _apps(reader: Reader) -> str:
    """Which apps are ours, and since when: what is read with care depends on it."""
    return " ".join(sorted(f"{file.app.app_id}@{file.emitted}" for file in reader.files))


def _groups(reader: Reader) -> str:
    return " ".join(groups.wanted(reader))


_CA = "/identity/conditionalAccess"
_ASSIGNMENT = "id,principalId,roleDefinitionId,directoryScopeId"

PARTS: tuple[Part, ...] = (
    single("organization.json", "/organization", "Organization.Read.All", select="id,displayName,verifiedDomains"),
    Part("applications.jsonl", "Application.Read.All", ours.applications, key=_apps),
    Part("servicePrincipals.jsonl", "Application.Read.All", ours.principals, never_empty=True, key=_apps),
    Part("appRoleAssignments.jsonl", "Application.Read.All", ours.role_grants, key=_apps),
    Part("oauth2PermissionGrants.jsonl", "Directory.Read.All", ours.scope_grants, key=_apps),
    Part("federatedIdentityCredentials.jsonl", "Application.Read.All", ours.federated, key=_apps),
    listing(
        "roleAssignments.jsonl",
        "/roleManagement/directory/roleAssignments",
        "RoleManagement.Read.Directory",
        select=_ASSIGNMENT,
    ),
    listing(
        "users.jsonl",
        "/users",
        "User.Read.All",
        never_empty=True,
        select="id,userPrincipalName,mail,accountEnabled,userType",
        top=999,
    ),
    Part("groups.jsonl", "GroupMember.Read.All", groups.groups, key=_groups),
    Part("groupMembers.jsonl", "GroupMember.Read.All", groups.members, key=_groups),
    listing("conditionalAccessPolicies.jsonl", f"{_CA}/policies", "Policy.Read.All"),
    listing("namedLocations.jsonl", f"{_CA}/namedLocations", "Policy.Read.All"),
    listing("authenticationStrengthPolicies.jsonl", "/policies/authenticationStrengthPolicies", "Policy.Read.All"),
    single("securityDefaults.json", "/policies/identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All"),
    single("authorizationPolicy.json", "/policies/authorizationPolicy", "Policy.Read.All"),
    single("defaultAppManagementPolicy.json", "/policies/defaultAppManagementPolicy", "Policy.Read.All"),
    listing("appManagementPolicies.jsonl", "/policies/appManagementPolicies", "Policy.Read.All"),
    Part("signIns.jsonl", "AuditLog.Read.All", sign_ins, key=_apps),
)
