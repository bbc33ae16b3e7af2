"""RBAC-scoped mode: the integration file says that Exchange gives Calendars.Read, so Entra must not."""

from pathlib import Path

from tests.audit.evidence import PRINCIPAL, Files, assignment, changed, expect, export, one

MISSING, WIDE, EXCESS = "permission-missing", "calendar-tenant-wide", "permission-excess"
ASSIGNMENTS = "Get-ManagementRoleAssignment"
RIGHT = {"resource": "Microsoft Graph", "name": "Calendars.Read", "type": "application"}


def by_exchange(files: Files) -> None:
    """As apply and the script leave it: no grant, no manifest entry, a scoped role assignment."""
    withheld(files)
    files[f"exchange/{ASSIGNMENTS}.json"] = export(
        ASSIGNMENTS, assignment(CustomResourceScope="Tenantry contoso telia")
    )
    files["exchange/Get-ApplicationAccessPolicy.json"] = export("Get-ApplicationAccessPolicy")
    files["exchange/Get-ServicePrincipal.json"] = export("Get-ServicePrincipal", {"ObjectId": PRINCIPAL})


def withheld(files: Files) -> None:
    """As apply leaves it, before the script ran."""
    files["appRoleAssignments.jsonl"].pop(0)
    files["applications.jsonl"][0]["requiredResourceAccess"][0]["resourceAccess"].pop(0)
    files["integrations/contoso/telia.json"]["permissions"]["in_exchange"] = [RIGHT]


def test_a_right_that_exchange_gives_is_neither_missing_nor_too_wide(tmp_path: Path) -> None:
    expect(one(tmp_path, changed(by_exchange), MISSING), "pass")
    expect(one(tmp_path, changed(by_exchange), WIDE), "pass", "Tenantry contoso telia")
    expect(one(tmp_path, changed(by_exchange), EXCESS), "pass")


def test_without_exchanges_word_it_is_unknown_and_not_missing(tmp_path: Path) -> None:
    def nobody_asked(files: Files) -> None:
        withheld(files)
        for name in (ASSIGNMENTS, "Get-ApplicationAccessPolicy", "Get-ServicePrincipal"):
            files.pop(f"exchange/{name}.json")

    expect(one(tmp_path, changed(nobody_asked), MISSING), "unknown", "Exchange")
    expect(one(tmp_path, changed(nobody_asked), WIDE), "unknown")


def test_before_the_script_ran_it_is_missing_and_the_script_is_named(tmp_path: Path) -> None:
    found = one(tmp_path, changed(withheld), MISSING)
    expect(found, "fail", "no role assignment")
    assert "scripts render rbac contoso/telia" in found.remediation


def test_entras_grant_beside_it_is_named_as_too_wide(tmp_path: Path) -> None:
    def beside(files: Files) -> None:
        kept = files["appRoleAssignments.jsonl"][0]
        by_exchange(files)
        files["appRoleAssignments.jsonl"].append(kept)

    found = one(tmp_path, changed(beside), WIDE)
    expect(found, "fail")
    assert "access-policy" not in found.remediation
    expect(one(tmp_path, changed(beside), MISSING), "pass")
