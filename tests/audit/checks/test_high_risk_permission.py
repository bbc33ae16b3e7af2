"""high-risk-permission: OK and not OK."""

from pathlib import Path

import pytest

from tests.audit.evidence import PRINCIPAL, Files, changed, clean, expect, grant, judge, one, role

CHECK = "high-risk-permission"


def add(*names: str) -> object:
    return lambda f: f["appRoleAssignments.jsonl"].extend(role(name, 3 + i) for i, name in enumerate(names))


def test_ok_what_is_needed_with_its_rating(tmp_path: Path) -> None:
    expect(one(tmp_path, clean(), CHECK), "pass", "Calendars.Read", "Microsoft 4 of 5", "Tenantry medium")


def test_ok_nothing_high(tmp_path: Path) -> None:
    files = changed(lambda f: f["appRoleAssignments.jsonl"].pop(0), add("User.ReadBasic.All"))  # type: ignore[arg-type]
    expect(one(tmp_path, files, CHECK), "pass", "no permission that is rated high")


@pytest.mark.parametrize(
    ("name", "severity", "word"),
    [
        ("Mail.Read", "high", "Tenantry high"),
        ("Calendars.ReadWrite", "high", "Microsoft 3 of 5"),
        ("RoleManagement.ReadWrite.Directory", "critical", "leads to the whole tenant"),
    ],
)
def test_not_ok(tmp_path: Path, name: str, severity: str, word: str) -> None:
    finding = one(tmp_path, changed(add(name)), CHECK)  # type: ignore[arg-type]
    expect(finding, "fail", name, word)
    assert finding.severity == severity
    assert finding.items == (f"{name} (application)",)


def test_not_ok_takeover_even_where_it_is_required(tmp_path: Path) -> None:
    def require(files: Files) -> None:
        wanted = {"resource": "Microsoft Graph", "name": "RoleManagement.ReadWrite.Directory", "type": "application"}
        files["integrations/contoso/telia.json"]["permissions"]["required"].append(wanted)

    files = changed(require, add("RoleManagement.ReadWrite.Directory"))  # type: ignore[arg-type]
    expect(one(tmp_path, files, CHECK), "fail", "even though the integration file asks for it")


def test_not_ok_delegated_takeover_for_everybody(tmp_path: Path) -> None:
    scope = grant("RoleManagement.ReadWrite.Directory")
    finding = one(tmp_path, changed(lambda f: f["oauth2PermissionGrants.jsonl"].append(scope)), CHECK)
    expect(finding, "fail", "(delegated)")
    assert finding.severity == "high"


@pytest.mark.parametrize(
    ("template", "verdict", "severity"),
    [
        ("62e90394-69f5-4237-9190-012177145e10", "fail", "critical"),
        ("12345678-0000-4000-8000-000000000000", "fail", "high"),
        ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "pass", "high"),  # Directory Readers
    ],
)
def test_directory_roles(tmp_path: Path, template: str, verdict: str, severity: str) -> None:
    row = {"id": "r1", "principalId": PRINCIPAL, "roleDefinitionId": template, "directoryScopeId": "/"}
    finding = one(tmp_path, changed(lambda f: f["roleAssignments.jsonl"].append(row)), CHECK)
    expect(finding, verdict)
    assert finding.severity == severity


def test_a_pass_without_directory_roles_says_so(tmp_path: Path) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop("roleAssignments.jsonl")), CHECK), "pass", "roles were not read")


@pytest.mark.parametrize(
    "name", ["servicePrincipals.jsonl", "appRoleAssignments.jsonl", "oauth2PermissionGrants.jsonl"]
)
def test_unknown_without_evidence(tmp_path: Path, name: str) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop(name)), CHECK), "unknown", name)


def test_scope_tenant_finds_other_apps(tmp_path: Path) -> None:
    def foreign(files: Files) -> None:
        row = {"id": "sp-2", "appId": "app-2", "displayName": "Old vendor", "appOwnerOrganizationId": "elsewhere"}
        files["servicePrincipals.jsonl"].append(row)
        files["appRoleAssignments.jsonl"].append(role("Mail.Read", 9, principal="sp-2"))

    files = changed(foreign)
    assert [f.verdict for f in judge(tmp_path / "a", files, CHECK)] == ["pass"]
    found = {f.object.name: f for f in judge(tmp_path / "b", files, CHECK, scope="tenant")}
    expect(found["Old vendor"], "fail", "Mail.Read")
    assert found["Old vendor"].object.type == "servicePrincipal"
    assert "Microsoft Graph" not in found  # Microsoft's own services are nobody's integration
