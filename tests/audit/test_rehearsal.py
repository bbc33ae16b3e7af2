"""Collect and judge in a simulated tenant: clean, then with everything planted that the checks are for."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli import main
from tests.openapi.log import check_log
from tests.provision.lab import Lab
from tests.tenant import SimulatedTenant, simulated

GRAPH = "00000003-0000-0000-c000-000000000000"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A provisioned workspace in a tenant of eighty people."""
    with simulated(users=80, seed=11) as tenant:
        made = Lab(tmp_path_factory.mktemp("audit") / "work", tenant)
        done = made.run("apply", "--yes")
        assert done.returncode == 0, done.stderr
        yield made


def tenantry(lab: Lab, *args: str) -> int:
    """Runs `tenantry audit ARGS` in this process, as the operator."""
    before = dict(os.environ)
    os.environ.update(lab.environment())
    try:
        return main.run(["audit", args[0], "-w", str(lab.root), *args[1:]])
    finally:
        os.environ.clear()
        os.environ.update(before)


def app(lab: Lab) -> dict[str, Any]:
    file = json.loads((lab.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    return dict(file["app"]) | {"credential": file["credential"]["id"]}


def evidence(lab: Lab, folder: Path, *policies: dict[str, Any]) -> Path:
    """What the evidence script would have written."""
    for cmdlet, items in (
        ("Get-ApplicationAccessPolicy", policies),
        ("Get-ManagementRoleAssignment", ()),
        ("Get-ServicePrincipal", ()),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        data = {"cmdlet": cmdlet, "parameters": {}, "collected": "2026-11-21T08:00:00Z", "items": list(items)}
        (folder / f"{cmdlet}.json").write_text(json.dumps(data), encoding="utf-8-sig")
    return folder


def restricted(lab: Lab) -> dict[str, Any]:
    address = f"switchboard@{lab.tenant.ready['domain']}"
    group = next(g for g in lab.tenant.state("groups") if (g.get("mail") or "").lower() == address)
    return {
        "AppId": app(lab)["appId"],
        "AccessRight": "RestrictAccess",
        "ScopeName": group["displayName"],
        "ScopeIdentityRaw": f"{group['securityIdentifier']};{group['id']}",
        "IsValid": "True",
    }


def judged(lab: Lab, snapshot: Path, capsys: pytest.CaptureFixture[str], *args: str, expect: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert tenantry(lab, "run", "--snapshot", str(snapshot), "-o", "json", *args) == expect
    return dict(json.loads(capsys.readouterr().out))


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {finding["check"]: finding["verdict"] for finding in report["findings"]}


def test_a_clean_tenant_with_evidence(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exchange = evidence(lab, tmp_path / "exchange", restricted(lab))
    lab.tenant.forget()
    assert tenantry(lab, "collect", "--exchange", str(exchange), "--out", str(tmp_path / "s")) == 0
    problems, _ = check_log(lab.tenant.requests(bodies=True))
    assert problems == []
    assert not [r for r in lab.tenant.requests() if r["method"] != "GET" and "/oauth2/" not in r["url"]]
    report = judged(lab, tmp_path / "s", capsys, "--fail-on", "low")
    assert set(verdicts(report).values()) == {"pass"}
    assert report["missing"] == []
    (chain,) = report["integrations"]
    assert {link["link"]: link["ok"] for link in chain["links"]} == {
        "required": True,
        "granted": True,
        "scoped": True,
        "credential": True,
        "addresses": True,
        "state": None,
    }
    secret = lab.stored()["secret"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file())
    assert secret.encode() not in everything
    assert b'"hint"' not in everything


def test_without_exchange_evidence_the_scope_is_unknown(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tenantry(lab, "collect", "contoso/telia", "--out", str(tmp_path / "s.zip")) == 0
    found = verdicts(judged(lab, tmp_path / "s.zip", capsys))
    assert found.pop("calendar-tenant-wide") == "unknown"
    assert set(found.values()) == {"pass"}
    judged(lab, tmp_path / "s.zip", capsys, "--fail-on", "high")
    judged(lab, tmp_path / "s.zip", capsys, "--fail-on", "medium", expect=3)


def test_the_operator_may_lack_a_permission(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing permission is written down, ends nothing, and reads as unknown."""
    tenant: SimulatedTenant = lab.tenant
    operator = next(p for p in tenant.state("servicePrincipals") if p["appId"] == tenant.ready["operator"]["clientId"])
    graph = next(p for p in tenant.state("servicePrincipals") if p["appId"] == GRAPH)
    names = {role["id"]: role["value"] for role in graph["appRoles"]}
    held = tenant.state("appRoleAssignments")
    kept = [g for g in held if g["principalId"] != operator["id"] or names[g["appRoleId"]] == "Application.Read.All"]
    reader = next(role["id"] for role in graph["appRoles"] if role["value"] == "Application.Read.All")
    only = {"id": "only-reader", "principalId": operator["id"], "resourceId": graph["id"], "appRoleId": reader}
    tenant.delete("/state/appRoleAssignments")
    tenant.seed(appRoleAssignments=[*kept, only])
    try:
        assert tenantry(lab, "collect", "--out", str(tmp_path / "s")) == 0
    finally:
        tenant.delete("/state/appRoleAssignments")
        tenant.seed(appRoleAssignments=held)
    manifest = json.loads((tmp_path / "s" / "manifest.json").read_bytes())
    assert manifest["permissions"] == ["Application.Read.All"]
    gaps = {gap["file"]: gap for gap in manifest["notRead"]}
    assert gaps["oauth2PermissionGrants.jsonl"]["status"] == 403
    assert gaps["users.jsonl"]["needs"] == "User.Read.All"
    found = verdicts(judged(lab, tmp_path / "s", capsys))
    assert found["permission-excess"] == "unknown"
    assert found["default-user-read"] == "unknown"
    assert found["credential-expiry"] == "pass"


def plant(lab: Lab) -> None:
    """Everything that can go wrong with an app at once."""
    tenant, ours = lab.tenant, app(lab)
    graph = next(p for p in tenant.state("servicePrincipals") if p["appId"] == GRAPH)
    mail = next(role["id"] for role in graph["appRoles"] if role["value"] == "Mail.ReadWrite")
    user_read = next(scope["id"] for scope in graph["oauth2PermissionScopes"] if scope["value"] == "User.Read")
    users = next(role["id"] for role in graph["appRoles"] if role["value"] == "User.Read.All")
    grants = [
        grant
        for grant in tenant.state("appRoleAssignments")
        if (grant["principalId"], grant["appRoleId"]) != (ours["servicePrincipalId"], users)
    ]
    extra = {"id": "planted", "principalId": ours["servicePrincipalId"], "resourceId": graph["id"], "appRoleId": mail}
    consent = {"id": "consent", "clientId": ours["servicePrincipalId"], "resourceId": graph["id"], "scope": "User.Read"}
    tenant.delete("/state/appRoleAssignments")
    tenant.delete("/state/owners")
    tenant.seed(
        appRoleAssignments=[*grants, extra],
        oauth2PermissionGrants=[consent | {"consentType": "AllPrincipals", "principalId": None}],
    )
    application = next(a for a in tenant.state("applications") if a["appId"] == ours["appId"])
    application["requiredResourceAccess"][0]["resourceAccess"].append({"id": user_read, "type": "Scope"})
    application["passwordCredentials"].append(
        {
            "keyId": "99999999-9999-4999-8999-999999999999",
            "displayName": "backdoor",
            "startDateTime": "2026-11-20T00:00:00Z",
            "endDateTime": "2099-01-01T00:00:00Z",
        }
    )
    tenant.seed(applications=[application])


def test_everything_planted_is_found(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(lab)
    exchange = evidence(lab, tmp_path / "exchange")
    assert tenantry(lab, "collect", "--exchange", str(exchange), "--out", str(tmp_path / "s")) == 0
    report = judged(lab, tmp_path / "s", capsys, "--fail-on", "high", expect=3)
    assert set(verdicts(report).values()) == {"fail"}
    (chain,) = report["integrations"]
    assert [link["link"] for link in chain["links"] if link["ok"] is False] == ["granted", "scoped"]
    judged(lab, tmp_path / "s", capsys, "--checks", "default-user-read", "--fail-on", "high")
    judged(lab, tmp_path / "s", capsys, "--checks", "default-user-read", "--fail-on", "medium", expect=3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
def test_in_a_bad_hour_the_evidence_is_true_all_the_same(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A third of all answers is a fault, replicas lag by a minute, and the app was made just now."""
    with simulated(users=40, seed=seed, lag="60s", faults=0.3) as tenant:
        lab = Lab(tmp_path / "work", tenant)
        codes = [lab.run("apply", "--yes").returncode]
        while codes[-1] == 4 and len(codes) < 3:
            codes.append(lab.run("apply", "--yes").returncode)
        assert codes[-1] == 0
        codes = [tenantry(lab, "collect", "--out", str(tmp_path / "s"))]
        while codes[-1] == 4 and len(codes) < 3:
            codes.append(tenantry(lab, "collect", "--out", str(tmp_path / "s")))
        assert codes[-1] == 0
        found = verdicts(judged(lab, tmp_path / "s", capsys))
    assert found.pop("calendar-tenant-wide") == "unknown"
    assert set(found.values()) == {"pass"}
