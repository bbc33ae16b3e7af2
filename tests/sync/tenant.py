"""A simulated tenant with an app that may read users and calendars, and the integration file of its runner."""

import json
import uuid
from pathlib import Path
from typing import Any

from tests.tenant import SimulatedTenant

SECRET = "rehearsal-secret-value-that-opens-the-door"
GRAPH = "00000003-0000-0000-c000-000000000000"
NAMES = ("User.Read.All", "Calendars.Read")


def integrate(tenant: SimulatedTenant, root: Path, *, roles: tuple[str, ...] = NAMES, **more: Any) -> Path:
    """Seeds the app with those permissions, writes `root/integrations/contoso/telia.json`, returns its path."""
    app, account = _ids("app"), _ids("account")
    key = _ids("key")
    application = {
        "id": _ids("application"),
        "appId": app,
        "displayName": "Telia",
        "passwordCredentials": [
            {
                "keyId": key,
                "secretText": SECRET,
                "startDateTime": "2020-01-01T00:00:00Z",
                "endDateTime": "2099-01-01T00:00:00Z",
            }
        ],
    }
    principal = {"id": account, "appId": app, "displayName": "Telia", "servicePrincipalType": "Application"}
    tenant.seed(applications=[application], servicePrincipals=[principal])
    for name in roles:
        grant(tenant, name)
    file = {
        "version": 1,
        "tool": "tenantry 0.1.0",
        "emitted": "2026-11-21T08:00:00Z",
        "tenant": {
            "name": "contoso",
            "id": tenant.ready["tenantId"],
            "cloud": {
                "name": "rehearsal",
                "login": tenant.ready["login"],
                "graph": tenant.ready["graph"],
                "ca": str(tenant.ready["ca"]),
                "clock": tenant.door,
            },
        },
        "integration": "telia",
        "profile": "telia-calendar",
        "app": {
            "appId": app,
            "objectId": application["id"],
            "servicePrincipalId": account,
            "uniqueName": "tenantry-contoso-telia",
        },
        "permissions": {"required": [{"name": name} for name in NAMES], "forbidden": [], "granted": []},
        "credential": {
            "kind": "secret",
            "id": key,
            "expires": "2099-01-01T00:00:00Z",
            "store": {"kind": "file", "path": "secrets/telia"},
        },
        "mailboxes": {"all": True},
        "time_zone": "Europe/Stockholm",
        "people": {"all": True},
        "rules": {},
        "sinks": [{"kind": "jsonl", "path": "availability.jsonl"}],
        "integration_users": [],
    }
    (root / "secrets").mkdir(parents=True, exist_ok=True)
    (root / "secrets" / "telia").write_text(SECRET, encoding="utf-8")
    path = root / "integrations" / "contoso" / "telia.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(file | more), encoding="utf-8")
    return path


def grant(tenant: SimulatedTenant, name: str) -> None:
    """Consents to one application permission."""
    resource = next(each for each in tenant.state("servicePrincipals") if each["appId"] == GRAPH)
    role = next(each["id"] for each in resource["appRoles"] if each["value"] == name)
    assignment = {
        "id": _ids(name),
        "principalId": _ids("account"),
        "principalType": "ServicePrincipal",
        "resourceId": resource["id"],
        "appRoleId": role,
    }
    tenant.seed(appRoleAssignments=[assignment])


def withdraw(tenant: SimulatedTenant, *names: str) -> None:
    """Takes the consent away, of everything or of these permissions."""
    kept = [name for name in NAMES if names and name not in names]
    tenant.delete("/state/appRoleAssignments")
    for name in kept:
        grant(tenant, name)


def records(root: Path) -> list[dict[str, Any]]:
    """What the sink got."""
    path = root / "availability.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _ids(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"tests.sync/{name}"))
