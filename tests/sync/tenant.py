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
    _seed(tenant, roles)
    (root / "secrets").mkdir(parents=True, exist_ok=True)
    secret = root / "secrets" / "telia"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    path = root / "integrations" / "contoso" / "telia.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_file(tenant) | more), encoding="utf-8")
    return path


def _seed(tenant: SimulatedTenant, roles: tuple[str, ...]) -> None:
    """The app, its principal and its consents."""
    lives = {"startDateTime": "2020-01-01T00:00:00Z", "endDateTime": "2099-01-01T00:00:00Z"}
    application = {
        "id": _ids("application"),
        "appId": _ids("app"),
        "displayName": "Telia",
        "passwordCredentials": [{"keyId": _ids("key"), "secretText": SECRET, **lives}],
    }
    principal = {
        "id": _ids("account"),
        "appId": _ids("app"),
        "displayName": "Telia",
        "servicePrincipalType": "Application",
    }
    tenant.seed(applications=[application], servicePrincipals=[principal])
    for name in roles:
        grant(tenant, name)


def _file(tenant: SimulatedTenant) -> dict[str, Any]:
    """What `provision apply` would emit."""
    cloud = {"name": "rehearsal", "clock": tenant.door} | {n: tenant.ready[n] for n in ("login", "graph", "ca")}
    return {
        "version": 1,
        "tool": "tenantry 0.1.0",
        "emitted": "2026-11-21T08:00:00Z",
        "tenant": {"name": "contoso", "id": tenant.ready["tenantId"], "cloud": cloud},
        "integration": "telia",
        "profile": "telia-calendar",
        "app": {
            "appId": _ids("app"),
            "objectId": _ids("application"),
            "servicePrincipalId": _ids("account"),
            "uniqueName": "tenantry-contoso-telia",
        },
        "permissions": {"required": [{"name": name} for name in NAMES], "forbidden": [], "granted": []},
        "credential": {
            "kind": "secret",
            "id": _ids("key"),
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
