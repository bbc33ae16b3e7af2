"""A workspace on a simulated tenant, and the program run in it as a user runs it: as a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tenant import ROOT, SimulatedTenant

PROFILE_PERMISSIONS = {"Calendars.Read", "User.Read.All"}


@dataclass
class Lab:
    """One workspace for one simulated tenant."""

    root: Path
    tenant: SimulatedTenant
    names: list[str] = field(default_factory=lambda: ["telia"])
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "tenantry.toml").write_text(self.toml(), encoding="utf-8")

    def toml(self) -> str:
        """The workspace file: one tenant, an integration for each name."""
        ready = self.tenant.ready
        head = f"""version = 1
[cloud.rehearsal]
login = "{ready["login"]}"
graph = "{ready["graph"]}"
ca = {json.dumps(ready["ca"])}
clock = "{ready["door"]}"

[[tenant]]
name = "contoso"
id = "{ready["tenantId"]}"
cloud = "rehearsal"
sign_in = "environment"
"""
        return head + "".join(self.integration(name) for name in self.names)

    def integration(self, name: str) -> str:
        """One integration's table."""
        ready = self.tenant.ready
        return f"""
[[tenant.integration]]
name = "{name}"
profile = "telia-calendar"
owners = ["{ready["operator"]["userPrincipalName"]}"]
mailboxes = {{ group = "switchboard@{ready["domain"]}" }}
time_zone = "Europe/Stockholm"
[tenant.integration.credential]
kind = "secret"
lifetime = "180d"
store = {{ kind = "file", path = "secrets/{name}" }}
"""

    def environment(self) -> dict[str, str]:
        """The operator's, and no proxy or foreign credential of the machine's."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AZURE_") and "proxy" not in k.lower()}
        return {**kept, **self.tenant.environment(), "PYTHONUTF8": "1", **self.variables}

    def command(self, *args: str) -> list[str]:
        """The process's arguments."""
        return [sys.executable, "-m", "tenantry", "provision", args[0], "-w", str(self.root), *args[1:]]

    def begin(self, *args: str) -> "subprocess.Popen[str]":
        """Starts `tenantry provision ARGS` in the workspace."""
        return subprocess.Popen(
            self.command(*args),
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *args: str) -> "subprocess.CompletedProcess[str]":
        """The same, to its end."""
        process = self.begin(*args)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def json(self, *args: str, expect: int = 0) -> Any:
        """Its answer with `-o json`; another exit code than expected fails the test."""
        done = self.run(*args, "-o", "json")
        assert done.returncode == expect, f"ended with {done.returncode}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def apps(self) -> list[dict[str, Any]]:
        """The tenant's apps that bear our tag."""
        return [app for app in self.tenant.state("applications") if "tenantry" in (app.get("tags") or ())]

    def stored(self, name: str = "telia") -> dict[str, Any]:
        """What the store holds."""
        held: dict[str, Any] = json.loads((self.root / "secrets" / name).read_text(encoding="utf-8"))
        return held

    def writes(self) -> list[str]:
        """Writing requests to Graph in the tenant's log."""
        return [
            f"{r['method']} {r['url']}"
            for r in self.tenant.requests()
            if r["method"] != "GET" and "/oauth2/" not in r["url"] and not r["url"].endswith("/$batch")
        ]


def as_it_should_be(lab: Lab, name: str = "telia") -> None:
    """The end state of must-show 2, read through the door: one of each, nothing more, and the store knows it."""
    (app,) = [a for a in lab.apps() if a["uniqueName"] == f"tenantry-{name}"]
    (principal,) = [p for p in lab.tenant.state("servicePrincipals") if p["appId"] == app["appId"]]
    graph = next(
        p for p in lab.tenant.state("servicePrincipals") if p["appId"] == "00000003-0000-0000-c000-000000000000"
    )
    roles = {role["id"]: role["value"] for role in graph["appRoles"]}
    grants = [g for g in lab.tenant.state("appRoleAssignments") if g["principalId"] == principal["id"]]
    assert sorted(roles[g["appRoleId"]] for g in grants) == sorted(PROFILE_PERMISSIONS)
    declared = [e for api in app["requiredResourceAccess"] for e in api["resourceAccess"]]
    assert sorted(roles[e["id"]] for e in declared) == sorted(PROFILE_PERMISSIONS)
    assert {e["type"] for e in declared} == {"Role"}
    assert [g for g in lab.tenant.state("oauth2PermissionGrants") if g["clientId"] == principal["id"]] == []
    (secret,) = app["passwordCredentials"]
    assert secret["keyId"] == lab.stored(name)["id"]
    assert app["keyCredentials"] == []
    assert app["signInAudience"] == "AzureADMyOrg"
    file = json.loads((lab.root / "integrations" / "contoso" / f"{name}.json").read_text(encoding="utf-8"))
    assert file["app"]["appId"] == app["appId"]
    assert file["credential"]["id"] == secret["keyId"]
    assert {p["name"] for p in file["permissions"]["granted"]} == PROFILE_PERMISSIONS
