"""calendar-tenant-wide: OK and not OK."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.evidence import (
    EXCHANGE_PRINCIPAL,
    GROUP,
    Files,
    assignment,
    changed,
    clean,
    expect,
    export,
    judge,
    one,
    policy,
    role,
)

CHECK = "calendar-tenant-wide"
POLICIES = "exchange/Get-ApplicationAccessPolicy.json"
ASSIGNMENTS = "exchange/Get-ManagementRoleAssignment.json"
POINTERS = "exchange/Get-ServicePrincipal.json"
ELSEWHERE = "99999999-9999-4999-8999-999999999999"


def policies(*items: Any, **more: Any) -> Callable[[Files], object]:
    return lambda files: files.update({POLICIES: export("Get-ApplicationAccessPolicy", *items) | more})


def assignments(*items: Any) -> Callable[[Files], object]:
    return lambda files: files.update({ASSIGNMENTS: export("Get-ManagementRoleAssignment", *items)})


def mailboxes(**scope: Any) -> Callable[[Files], object]:
    return lambda files: files["integrations/contoso/telia.json"].update(mailboxes=scope)


def nest(files: Files) -> None:
    files["groupMembers.jsonl"].append({"@groupId": GROUP, "@odata.type": "#microsoft.graph.group", "id": "inner"})


def no_grant(files: Files) -> None:
    files["appRoleAssignments.jsonl"].pop(0)


def test_ok_narrowed_to_the_declared_group(tmp_path: Path) -> None:
    expect(one(tmp_path, clean(), CHECK), "pass", "only the calendars of Switchboard")


NOT_OK = [
    ("not OK: no policy", [policies()], "high", "no policy narrows it"),
    ("not OK: the policy is another app's", [policies(policy(app=ELSEWHERE))], "high", "no policy narrows it"),
    ("not OK: only Deny", [policies(policy("DenyAccess", name="Board"))], "medium", "but those of Board"),
    ("not OK: Deny for all apps", [policies(policy("DenyAccess", app="*"))], "medium", "reached at once"),
    ("not OK: the policy is no longer valid", [policies(policy(IsValid=False))], "high", "no longer valid"),
    ("not OK: another group", [policies(policy(group=ELSEWHERE, name="Everybody"))], "medium", "not to the declared"),
    (
        "not OK: another group beside the declared one",
        [policies(policy(), policy(group=ELSEWHERE, name="Everybody"))],
        "medium",
        "Everybody beside those of switchboard@contoso.com",
    ),
    (
        "not OK: policies do not narrow ReadBasic.All",
        [lambda f: f["appRoleAssignments.jsonl"].append(role("Calendars.ReadBasic.All", 3))],
        "high",
        "application access policies do not narrow it",
    ),
    (
        "not OK: EWS full access and no policy",
        [policies(), lambda f: f["appRoleAssignments.jsonl"].append(role("ews-role", 3, EXCHANGE_PRINCIPAL))],
        "high",
        "full_access_as_app",
    ),
    ("not OK: RBAC without a scope", [assignments(assignment())], "high", "without a scope"),
    (
        "not OK: RBAC without a scope, though Entra grants nothing",
        [no_grant, assignments(assignment("Application Calendars.ReadWrite"))],
        "high",
        "without a scope",
    ),
    (
        "not OK: an RBAC scope beside an unnarrowed grant in Entra",
        [policies(), assignments(assignment(CustomResourceScope="rooms"))],
        "high",
        "the two add up",
    ),
]


@pytest.mark.parametrize(("why", "changes", "severity", "word"), NOT_OK, ids=[case[0] for case in NOT_OK])
def test_not_ok(tmp_path: Path, why: str, changes: list[Any], severity: str, word: str) -> None:
    finding = one(tmp_path, changed(*changes), CHECK)
    expect(finding, "fail", word)
    assert finding.severity == severity


OK = [
    ("OK: Restrict for all apps", [policies(policy(app="*"))], "Switchboard"),
    ("OK: Deny inside Restrict", [policies(policy(), policy("DenyAccess", name="Board"))], "Switchboard"),
    ("OK: the app id in capitals", [policies(policy(AppId="22222222-2222-4222-8222-222222222222".upper()))], "Switch"),
    ("OK: by name only", [policies(policy(ScopeIdentityRaw="", Identity="x"))], "Switchboard"),
    ("OK: RBAC alone", [no_grant, policies(), assignments(assignment(CustomResourceScope="rooms"))], "rooms"),
    ("OK: RBAC by group", [no_grant, assignments(assignment(RecipientGroupScope="Front desk"))], "Front desk"),
    ("OK: RBAC by type", [no_grant, assignments(assignment(RecipientWriteScope="AdministrativeUnit"))], "Unit"),
    ("OK: RBAC switched off", [no_grant, assignments(assignment(Enabled=False))], "no calendar"),
    ("OK: RBAC for mail only", [assignments(assignment("Application Mail.Read"))], "Switchboard"),
    ("OK: RBAC of a person", [assignments(assignment(RoleAssigneeType="User"))], "Switchboard"),
    ("OK: RBAC of another app", [assignments(assignment(assignee=ELSEWHERE))], "Switchboard"),
    ("OK: no calendar permission at all", [no_grant], "no calendar"),
]


@pytest.mark.parametrize(("why", "changes", "word"), OK, ids=[case[0] for case in OK])
def test_ok(tmp_path: Path, why: str, changes: list[Any], word: str) -> None:
    expect(one(tmp_path, changed(*changes), CHECK), "pass", word)


CONDITIONAL = [
    ("an unrecognised name", [policies(policy(name="Phones", ScopeIdentityRaw="", Identity="x"))], "not be recognised"),
    ("rooms declared", [mailboxes(rooms=["r1@contoso.com"])], "was not compared"),
    ("evidence of last spring", [policies(policy(), collected="2026-04-01T12:00:00Z")], "evidence of 2026-04-01"),
    ("RBAC not read", [lambda f: f.pop(ASSIGNMENTS)], "RBAC for Applications"),
    ("everybody declared", [mailboxes(all=True), policies()], "every calendar, as its integration file says"),
    ("everybody declared, some shut out", [mailboxes(all=True)], "shuts some out"),
    ("changed an hour ago", [policies(policy(WhenChangedUTC="2026-11-20T11:00:00Z"))], "may not act yet"),
    ("changed an hour ago, 5.1", [policies(policy(WhenCreated="/Date(1795172400000)/"))], "may not act yet"),
    (
        "RBAC by a group with groups inside",
        [no_grant, nest, assignments(assignment(CustomResourceScope="switchboard"))],
        "direct members only",
    ),
    (
        "an assignee nobody can tell",
        [assignments(assignment(assignee="Pointer7")), lambda f: f.pop(POINTERS)],
        "cannot be told",
    ),
]


@pytest.mark.parametrize(("why", "changes", "word"), CONDITIONAL, ids=[case[0] for case in CONDITIONAL])
def test_conditional(tmp_path: Path, why: str, changes: list[Any], word: str) -> None:
    expect(one(tmp_path, changed(*changes), CHECK), "conditional", word)


def test_the_pointer_tells_whose_assignment_it_is(tmp_path: Path) -> None:
    def point(files: Files) -> None:
        app = files["integrations/contoso/telia.json"]["app"]
        files[POINTERS] = export("Get-ServicePrincipal", {"AppId": app["appId"], "Name": "Pointer7"})

    expect(
        one(tmp_path, changed(assignments(assignment(assignee="Pointer7")), point), CHECK), "fail", "without a scope"
    )


def no_evidence(files: Files) -> None:
    for name in (POLICIES, ASSIGNMENTS, POINTERS):
        files.pop(name)


@pytest.mark.parametrize(
    ("why", "changes", "word"),
    [
        ("no Exchange evidence", [no_evidence], "only Exchange knows"),
        ("no Exchange evidence, everybody declared", [no_evidence, mailboxes(all=True)], "only Exchange knows"),
        ("no Exchange evidence, nothing granted", [no_evidence, no_grant], "only Exchange knows"),
        ("no policies in the evidence", [lambda f: f.pop(POLICIES)], "Get-ApplicationAccessPolicy.json"),
        ("no assignments, nothing granted", [no_grant, lambda f: f.pop(ASSIGNMENTS)], "ManagementRoleAssignment"),
        ("an access right as a number", [policies(policy(AccessRight=1))], "access right (1)"),
        ("grants not read", [lambda f: f.pop("appRoleAssignments.jsonl")], "appRoleAssignments.jsonl"),
    ],
)
def test_unknown(tmp_path: Path, why: str, changes: list[Any], word: str) -> None:
    expect(one(tmp_path, changed(*changes), CHECK), "unknown", word)


@pytest.mark.parametrize("how", ["utf-8-sig", "utf-16", "utf-16-le", "utf-8"])
def test_evidence_as_windows_powershell_writes_it(tmp_path: Path, how: str) -> None:
    """One item without a list around it, in every encoding PowerShell may choose."""
    text = str(export("Get-ApplicationAccessPolicy")).replace("'", '"').replace("[]", _json(policy(name="Växel")))
    finding = one(tmp_path, changed(lambda f: f.update({POLICIES: text.encode(how)})), CHECK)
    expect(finding, "pass", "Växel")


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def test_scope_tenant_names_other_apps(tmp_path: Path) -> None:
    def foreign(files: Files) -> None:
        files["servicePrincipals.jsonl"].append({"id": "sp-2", "appId": ELSEWHERE, "displayName": "Old vendor"})
        files["appRoleAssignments.jsonl"].append(role("Calendars.ReadWrite", 9, principal="sp-2"))

    found = {f.object.name: f for f in judge(tmp_path, changed(foreign), CHECK, scope="tenant")}
    expect(found["Old vendor"], "fail", "no policy narrows it")
    assert len(found) == 2  # apps that hold no calendar permission are not spoken of
