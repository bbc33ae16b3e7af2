"""A workspace for one variant on one fresh simulated tenant, and the program run in it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.provision.inside import Said, run_inside
from tests.provision.sweep.expected import FEDERATED, Expected, expected
from tests.provision.sweep.variants import BLOCK, EXISTING, MFA, OWN, SCOPES, UNIT, Variant
from tests.tenant import ROOT, SimulatedTenant

JSON = dict[str, Any]
NAME = "desk"


@dataclass
class Ground:
    """One variant's workspace; `tenant` is seen through its own door."""

    root: Path
    tenant: SimulatedTenant
    variant: Variant

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if self.variant.profile == OWN:
            folder = self.root / "profiles"
            folder.mkdir(exist_ok=True)
            shutil.copyfile(Path(__file__).parent / f"{OWN}.toml", folder / f"{OWN}.toml")
        (self.root / "tenantry.toml").write_text(self.toml(), encoding="utf-8")
        _furnish(self.tenant)

    @property
    def domain(self) -> str:
        """The tenant's domain."""
        return str(self.tenant.ready["domain"])

    def toml(self) -> str:
        """The workspace file."""
        ready, variant = self.tenant.ready, self.variant
        options = "".join(f"{key} = {self._filled(json.dumps(value))}\n" for key, value in variant.options.items())
        scoping = f'scoping = "{variant.scoping}"\n' if variant.scoping else ""
        return f"""version = 1
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

[[tenant.integration]]
name = "{NAME}"
profile = "{variant.profile}"
owners = ["{ready["operator"]["userPrincipalName"]}"]
mailboxes = {self._filled(SCOPES[variant.scope])}
{scoping}time_zone = "Europe/Stockholm"
{f"[tenant.integration.options]{chr(10)}{options}" if options else ""}
{self._credential()}"""

    def expected(self) -> Expected:
        """What the door shall show in the end."""
        people = sum(1 for user in self.tenant.state("users") if user.get("accountEnabled")) if self._watches else 0
        login = str(self.tenant.ready["login"])
        filled = replace(self.variant, options=json.loads(self._filled(json.dumps(dict(self.variant.options)))))
        return expected(filled, name=NAME, domain=self.domain, login=login, people=people)

    def environment(self) -> dict[str, str]:
        """The operator's, and no proxy or foreign credential of the machine's."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AZURE_") and "proxy" not in k.lower()}
        return {**kept, **self.tenant.environment(), "PYTHONUTF8": "1"}

    def words(self, *args: str) -> list[str]:
        """`provision ARGS` in this workspace."""
        return ["provision", args[0], "-w", str(self.root), *args[1:]]

    def run(self, *args: str) -> Said:
        """`tenantry provision ARGS` in this process, which is quicker than one of its own."""
        return run_inside(self.words(*args), self.environment())

    def begin(self, *args: str) -> "subprocess.Popen[str]":
        """The same as a process of its own, to be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "tenantry", *self.words(*args)],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def killed_at(self, n: int, *args: str) -> bool:
        """Kills the command while its nth request is held; False where it ended before that."""
        self.tenant.fault("hang", nth=n)
        process = self.begin(*args)
        deadline = time.monotonic() + 240
        while process.poll() is None and not self.tenant.get("/faults")["held"]:
            assert time.monotonic() < deadline, "neither held nor ended"
            time.sleep(0.03)
        hung = process.poll() is None
        process.kill()
        said = process.communicate()[1]
        self.tenant.end_faults()
        assert hung or process.returncode == 0, said
        return hung

    def writes(self) -> list[str]:
        """Writing requests to Graph in the log."""
        return [
            f"{r['method']} {r['url']}"
            for r in self.tenant.requests()
            if r["method"] != "GET" and "/oauth2/" not in r["url"] and not r["url"].endswith("/$batch")
        ]

    @property
    def _watches(self) -> bool:
        return "presence" in self.variant.profile

    def _filled(self, text: str) -> str:
        return text.replace("{domain}", self.domain)

    def _credential(self) -> str:
        kind = self.variant.kind
        if not kind:
            return ""
        lines = ["[tenant.integration.credential]", f'kind = "{kind}"']
        if kind == "federated":
            lines += [f'{key} = "{value}"' for key, value in FEDERATED.items()]
            lines.append('store = { kind = "environment", name = "ISSUER_TOKEN_FILE" }')
        else:
            lines.append(f'store = {{ kind = "file", path = "secrets/{NAME}" }}')
        return "\n".join(lines) + "\n"


def pool(tenant: SimulatedTenant) -> Iterator[SimulatedTenant]:
    """The tenants of one simulator one after the other: each fresh, each through its own door."""
    for ready in tenant.tenants:
        yield replace(tenant, ready=ready)


def _furnish(tenant: SimulatedTenant) -> None:
    """What options and scopes may name: an account, policies that ask for what a password is not, a unit."""
    name = tenant.ready["operator"]["userPrincipalName"]
    admin = next(user["id"] for user in tenant.state("users") if user["userPrincipalName"] == name)
    users = {"includeUsers": ["All"], "excludeUsers": [admin]}  # who consents here has a password and nothing else
    everybody = {"applications": {"includeApplications": ["All"]}, "users": users}
    policies = [
        {
            "displayName": title,
            "state": "enabled",
            "conditions": {**everybody, "clientAppTypes": ["all"]},
            "grantControls": {"operator": "OR", "builtInControls": [control]},
        }
        for title, control in ((MFA, "mfa"), (BLOCK, "compliantDevice"))
    ]
    domain = tenant.ready["domain"]
    account = {"userPrincipalName": EXISTING.replace("{domain}", domain), "displayName": "Monitor"}
    tenant.seed(
        conditionalAccessPolicies=policies,
        users=[{**account, "accountEnabled": True}],
        administrativeUnits=[{"displayName": UNIT}],
    )
