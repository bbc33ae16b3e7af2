"""Snapshots made by hand. `clean()` is a tenant where everything is as it should be; a case changes one thing in it."""

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audit.finding import Finding, Verdict
from audit.options import Options
from audit.run import chosen, run
from audit.snapshot import open_snapshot
from audit.times import as_of

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
TENANT = "11111111-1111-4111-8111-111111111111"
APP = "22222222-2222-4222-8222-222222222222"
APP_OBJECT = "33333333-3333-4333-8333-333333333333"
PRINCIPAL = "44444444-4444-4444-8444-444444444444"
GRAPH_PRINCIPAL = "55555555-5555-4555-8555-555555555555"
EXCHANGE_PRINCIPAL = "55555555-5555-4555-8555-555555555556"
SECRET = "66666666-6666-4666-8666-666666666666"
OWNER = "77777777-7777-4777-8777-777777777777"
GROUP = "88888888-8888-4888-8888-888888888888"
SID = "S-1-5-21-1-2-3-4"

ROLES = {
    "Calendars.Read": "798ee544-9d2d-430c-a058-570e29e34338",
    "Calendars.ReadWrite": "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    "Calendars.ReadBasic.All": "8ba4a692-bc31-4128-9094-475872af8a53",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "Mail.Read": "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
    "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
    "User.ReadBasic.All": "97235f07-e226-4f63-ace3-39588e11d3a1",
}
SCOPES = {
    "User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
    "Presence.Read.All": "9c7a330d-35b3-4aa1-963d-cb2b9f927841",
}
AS_OF = "2026-11-21"

Files = dict[str, Any]
Change = Callable[[Files], object]


def secret(
    key_id: str = SECRET, start: str = "2026-10-01", end: str | None = "2027-03-30", **more: Any
) -> dict[str, Any]:
    """A secret as Graph lists it."""
    return {
        "keyId": key_id,
        "displayName": "Tenantry",
        "startDateTime": f"{start}T08:00:00Z",
        "endDateTime": f"{end}T08:00:00Z" if end else None,
        "customKeyIdentifier": None,
    } | more


def certificate(key_id: str, start: str = "2026-10-01", end: str | None = "2027-03-30", **more: Any) -> dict[str, Any]:
    """A certificate as Graph lists it."""
    return secret(key_id, start, end, type="AsymmetricX509Cert", usage="Verify") | {"key": None} | more


def role(name: str, number: int, resource: str = GRAPH_PRINCIPAL, principal: str = PRINCIPAL) -> dict[str, Any]:
    """A granted application permission."""
    return {
        "id": f"role-{number}",
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "resourceId": resource,
        "resourceDisplayName": "Microsoft Graph",
        "appRoleId": ROLES.get(name, name),
    }


def grant(scope: str, user: str | None = None, number: int = 1, resource: str = GRAPH_PRINCIPAL) -> dict[str, Any]:
    """Granted delegated permissions, for everybody or for one user."""
    return {
        "id": f"grant-{number}",
        "clientId": PRINCIPAL,
        "consentType": "Principal" if user else "AllPrincipals",
        "principalId": user,
        "resourceId": resource,
        "scope": scope,
    }


def policy(
    right: str = "RestrictAccess", app: str = APP, group: str = GROUP, name: str = "Switchboard", **more: Any
) -> Any:
    """An application access policy as the evidence script writes it."""
    return {
        "Identity": f"{TENANT}\\{app}:{SID};{group}",
        "AppId": app,
        "AccessRight": right,
        "ScopeName": name,
        "ScopeIdentity": name,
        "ScopeIdentityRaw": f"{SID};{group}",
        "IsValid": "True",
    } | more


def assignment(app_role: str = "Application Calendars.Read", assignee: str = PRINCIPAL, **more: Any) -> Any:
    """An RBAC for Applications assignment as the evidence script writes it."""
    return {
        "Name": "assignment-1",
        "Role": app_role,
        "RoleAssignee": assignee,
        "RoleAssigneeType": "ServicePrincipal",
        "CustomResourceScope": "",
    } | more


def export(cmdlet: str, *items: Any) -> dict[str, Any]:
    """One file of Exchange evidence."""
    return {"cmdlet": cmdlet, "parameters": {}, "collected": "2026-11-20T12:00:00Z", "items": list(items)}


def clean() -> Files:
    """A provisioned tenant with evidence of everything, and nothing to complain about."""
    return {
        "applications.jsonl": [
            {
                "id": APP_OBJECT,
                "appId": APP,
                "displayName": "Telia Switchboard Calendar Integration",
                "requiredResourceAccess": [
                    {
                        "resourceAppId": GRAPH,
                        "resourceAccess": [
                            {"id": ROLES["Calendars.Read"], "type": "Role"},
                            {"id": ROLES["User.Read.All"], "type": "Role"},
                        ],
                    }
                ],
                "passwordCredentials": [secret()],
                "keyCredentials": [],
                "owners": [
                    {
                        "@odata.type": "#microsoft.graph.user",
                        "id": OWNER,
                        "userPrincipalName": "admin@contoso.com",
                        "accountEnabled": True,
                        "userType": "Member",
                    }
                ],
            }
        ],
        "servicePrincipals.jsonl": [
            {
                "id": PRINCIPAL,
                "appId": APP,
                "displayName": "Telia Switchboard Calendar Integration",
                "appOwnerOrganizationId": TENANT,
                "accountEnabled": True,
                "passwordCredentials": [],
                "keyCredentials": [],
            },
            resource(GRAPH_PRINCIPAL, GRAPH, "Microsoft Graph", ROLES),
            resource(EXCHANGE_PRINCIPAL, EXCHANGE, "Office 365 Exchange Online", {"full_access_as_app": "ews-role"}),
        ],
        "appRoleAssignments.jsonl": [role("Calendars.Read", 1), role("User.Read.All", 2)],
        "oauth2PermissionGrants.jsonl": [],
        "federatedIdentityCredentials.jsonl": [],
        "roleAssignments.jsonl": [],
        "users.jsonl": [{"id": OWNER, "userPrincipalName": "admin@contoso.com", "mail": "admin@contoso.com"}],
        "groups.jsonl": [{"id": GROUP, "displayName": "Switchboard", "mail": "switchboard@contoso.com"}],
        "groupMembers.jsonl": [],
        "organization.json": {"id": TENANT, "displayName": "Contoso"},
        "integrations/contoso/telia.json": integration(),
        "exchange/Get-ApplicationAccessPolicy.json": export("Get-ApplicationAccessPolicy", policy()),
        "exchange/Get-ManagementRoleAssignment.json": export("Get-ManagementRoleAssignment"),
        "exchange/Get-ServicePrincipal.json": export("Get-ServicePrincipal"),
    }


def resource(object_id: str, app_id: str, name: str, roles: Mapping[str, str]) -> dict[str, Any]:
    """An API's service principal."""
    return {
        "id": object_id,
        "appId": app_id,
        "displayName": name,
        "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        "appRoles": [{"id": role_id, "value": value} for value, role_id in roles.items()],
        "oauth2PermissionScopes": [{"id": scope_id, "value": value} for value, scope_id in SCOPES.items()],
    }


def integration(**more: Any) -> dict[str, Any]:
    """The integration file that `provision apply` emitted."""
    required = [
        {"resource": "Microsoft Graph", "name": n, "type": "application"} for n in ("Calendars.Read", "User.Read.All")
    ]
    cloud = {"name": "global", "login": "https://login.microsoftonline.com", "graph": "https://graph.microsoft.com"}
    return {
        "version": 1,
        "tool": "tenantry 0.1.0",
        "emitted": "2026-10-01T08:00:00Z",
        "tenant": {"name": "contoso", "id": TENANT, "cloud": cloud},
        "integration": "telia",
        "profile": "telia-calendar",
        "app": {"appId": APP, "objectId": APP_OBJECT, "servicePrincipalId": PRINCIPAL, "uniqueName": "tenantry-telia"},
        "permissions": {
            "required": required,
            "forbidden": [{"resource": "Microsoft Graph", "name": "User.Read", "type": "delegated"}],
            "granted": required,
        },
        "credential": {
            "kind": "secret",
            "id": SECRET,
            "expires": "2027-03-30T08:00:00Z",
            "store": {"kind": "file", "path": "secrets/telia"},
        },
        "mailboxes": {"group": "switchboard@contoso.com"},
        "time_zone": "Europe/Stockholm",
        "people": {"all": True},
        "rules": {},
        "sinks": [],
        "integration_users": [],
    } | more


def changed(*changes: Change) -> Files:
    """A clean tenant in which these things were changed."""
    files = copy.deepcopy(clean())
    for change in changes:
        change(files)
    return files


def write(folder: Path, files: Files, *, manifest: bool = True) -> Path:
    """Writes the snapshot, with a manifest that proves it unless told otherwise."""
    notes = {}
    for name, content in files.items():
        raw = encode(name, content)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        rows = len(content) if name.endswith(".jsonl") else 1
        notes[name] = {"sha256": hashlib.sha256(raw).hexdigest(), "rows": rows, "bytes": len(raw)}
    if manifest:
        text = {
            "version": 1,
            "tool": "tenantry 0.1.0",
            "tenant": {"name": "contoso", "id": TENANT},
            "started": "2026-11-20T12:00:00Z",
            "collected": "2026-11-20T12:01:00Z",
            "files": notes,
        }
        (folder / "manifest.json").write_text(json.dumps(text), encoding="utf-8")
    return folder


def encode(name: str, content: Any) -> bytes:
    """A file's bytes: JSON lines, JSON, or as given."""
    if isinstance(content, bytes):
        return content
    if name.endswith(".jsonl"):
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content).encode()
    return json.dumps(content, ensure_ascii=False).encode()


def judge(folder: Path, files: Files, check: str, **options: Any) -> list[Finding]:
    """What one check finds in these files."""
    snapshot = open_snapshot(write(folder, files))
    given = {"as_of": as_of(AS_OF)} | options
    return list(run(snapshot, Options(**given), checks=chosen([check])).findings)


def one(folder: Path, files: Files, check: str, **options: Any) -> Finding:
    """The same where there is exactly one finding."""
    (finding,) = judge(folder, files, check, **options)
    return finding


def expect(finding: Finding, verdict: str, *words: str) -> None:
    """Asserts the verdict and that the fact speaks of these things; every finding that is no pass says what to do."""
    assert finding.verdict == verdict, finding.fact
    for word in words:
        assert word.casefold() in finding.fact.casefold(), finding.fact
    assert finding.fact.endswith(".")
    assert finding.evidence
    if finding.verdict is not Verdict.PASS:
        assert finding.remediation
