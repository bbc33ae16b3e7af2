"""permission-excess: OK and not OK."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit.evidence import EXCHANGE_PRINCIPAL, GRAPH, Files, changed, clean, expect, grant, judge, one, role

CHECK = "permission-excess"


def test_ok_nothing_beyond_the_need(tmp_path: Path) -> None:
    expect(one(tmp_path, clean(), CHECK), "pass")


def test_ok_user_read_is_another_checks_business(tmp_path: Path) -> None:
    files = changed(lambda f: f["oauth2PermissionGrants.jsonl"].append(grant("User.Read")))
    expect(one(tmp_path, files, CHECK), "pass")


def add(*rows: dict[str, object]) -> Callable[[Files], object]:
    return lambda files: files["appRoleAssignments.jsonl"].extend(rows)


NOT_OK = [
    ("not OK: mail", add(role("Mail.Read", 3)), "high", ("Mail.Read", "Tenantry high")),
    ("not OK: wider", add(role("Calendars.ReadWrite", 3)), "high", ("where Calendars.Read is enough",)),
    ("not OK: takes over", add(role("RoleManagement.ReadWrite.Directory", 3)), "critical", ("Microsoft 4 of 5",)),
    ("not OK: EWS", add(role("ews-role", 3, EXCHANGE_PRINCIPAL)), "high", ("of Office 365 Exchange Online",)),
    (
        "not OK: the id of a needed permission, on another API",
        add(role("Calendars.Read", 3, EXCHANGE_PRINCIPAL)),
        "medium",
        ("of Office 365 Exchange Online",),
    ),
    ("not OK: an unknown id", add(role("0000-odd", 3)), "medium", ("0000-odd", "rated by nobody")),
]


@pytest.mark.parametrize(("why", "change", "severity", "words"), NOT_OK, ids=[case[0] for case in NOT_OK])
def test_not_ok(
    tmp_path: Path, why: str, change: Callable[[Files], object], severity: str, words: tuple[str, ...]
) -> None:
    finding = one(tmp_path, changed(change), CHECK)
    expect(finding, "fail", *words)
    assert finding.severity == severity
    assert finding.remediation == "Run `tenantry provision apply contoso/telia --prune`."
    assert any(pointer.id == "role-3" for pointer in finding.evidence)


def test_not_ok_several_make_one_finding(tmp_path: Path) -> None:
    files = changed(add(role("Mail.Read", 3), role("Calendars.ReadWrite", 4)))
    finding = one(tmp_path, files, CHECK)
    expect(finding, "fail", "Mail.Read", "Calendars.ReadWrite")
    assert finding.items == ("Calendars.ReadWrite (application)", "Mail.Read (application)")


@pytest.mark.parametrize(("user", "words"), [(None, "holds Presence.Read.All (delegated)"), ("u1", "for 1 user only")])
def test_not_ok_delegated(tmp_path: Path, user: str | None, words: str) -> None:
    files = changed(lambda f: f["oauth2PermissionGrants.jsonl"].append(grant("Presence.Read.All", user)))
    expect(one(tmp_path, files, CHECK), "fail", words)


def test_not_ok_forbidden(tmp_path: Path) -> None:
    def forbid(files: Files) -> None:
        wanted = {"resource": "Microsoft Graph", "name": "User.ReadBasic.All", "type": "application"}
        files["integrations/contoso/telia.json"]["permissions"]["forbidden"].append(wanted)

    finding = one(tmp_path, changed(forbid, add(role("User.ReadBasic.All", 3))), CHECK)
    expect(finding, "fail", "which its profile forbids")
    assert finding.severity == "medium"


def test_not_ok_asked_for_and_not_granted(tmp_path: Path) -> None:
    def ask(files: Files) -> None:
        access = {"id": "810c84a8-4a9e-49e6-bf7d-12d183f40d01", "type": "Role"}
        files["applications.jsonl"][0]["requiredResourceAccess"].append(
            {"resourceAppId": GRAPH, "resourceAccess": [access]}
        )

    finding = one(tmp_path, changed(ask), CHECK)
    expect(finding, "fail", "manifest asks for Mail.Read", "next consent")
    assert finding.severity == "low"


@pytest.mark.parametrize(
    "name", ["servicePrincipals.jsonl", "appRoleAssignments.jsonl", "oauth2PermissionGrants.jsonl"]
)
def test_unknown_without_evidence(tmp_path: Path, name: str) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop(name)), CHECK), "unknown", name)


def test_what_is_seen_fails_even_where_the_rest_is_missing(tmp_path: Path) -> None:
    files = changed(add(role("Mail.Read", 3)), lambda f: f.pop("oauth2PermissionGrants.jsonl"))
    expect(one(tmp_path, files, CHECK), "fail", "Mail.Read", "cannot be told")


def test_without_integration_file_the_manifest_is_the_need(tmp_path: Path) -> None:
    files = changed(add(role("Mail.Read", 3)), lambda f: f.pop("integrations/contoso/telia.json"))
    (finding,) = judge(tmp_path, files, CHECK)
    expect(finding, "fail", "which its manifest does not ask for")
