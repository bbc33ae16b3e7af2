"""default-user-read: OK and not OK."""

from pathlib import Path

import pytest

from tests.audit.evidence import GRAPH, SCOPES, Files, changed, clean, expect, grant, one

CHECK = "default-user-read"


def ask(files: Files) -> None:
    access = {"id": SCOPES["User.Read"], "type": "Scope"}
    files["applications.jsonl"][0]["requiredResourceAccess"].append(
        {"resourceAppId": GRAPH, "resourceAccess": [access]}
    )


def consent(files: Files) -> None:
    files["oauth2PermissionGrants.jsonl"].append(grant("openid profile User.Read"))


def need(files: Files) -> None:
    wanted = {"resource": "Microsoft Graph", "name": "User.Read", "type": "delegated"}
    files["integrations/contoso/telia.json"]["permissions"]["required"].append(wanted)


def test_ok_in_neither(tmp_path: Path) -> None:
    expect(one(tmp_path, clean(), CHECK), "pass", "neither")


def test_ok_the_profile_needs_it(tmp_path: Path) -> None:
    expect(one(tmp_path, changed(ask, consent, need), CHECK), "pass", "needs User.Read")


def test_ok_only_a_similar_scope(tmp_path: Path) -> None:
    files = changed(lambda f: f["oauth2PermissionGrants.jsonl"].append(grant("User.Read.All User.ReadBasic.All")))
    expect(one(tmp_path, files, CHECK), "pass")


def test_not_ok_in_the_manifest(tmp_path: Path) -> None:
    finding = one(tmp_path, changed(ask), CHECK)
    expect(finding, "fail", "manifest asks for User.Read")
    assert finding.severity == "low"
    assert finding.items == ("manifest",)


def test_not_ok_granted_to_everybody(tmp_path: Path) -> None:
    finding = one(tmp_path, changed(consent), CHECK)
    expect(finding, "fail", "granted to it for everybody")
    assert finding.severity == "medium"
    assert finding.items == ("grant",)


def test_not_ok_granted_by_single_users(tmp_path: Path) -> None:
    def users(files: Files) -> None:
        files["oauth2PermissionGrants.jsonl"] += [grant("User.Read", "u1"), grant("User.Read", "u2", 2)]

    expect(one(tmp_path, changed(users), CHECK), "fail", "for 2 users")


def test_not_ok_both(tmp_path: Path) -> None:
    assert one(tmp_path, changed(ask, consent), CHECK).items == ("grant", "manifest")


@pytest.mark.parametrize("name", ["servicePrincipals.jsonl", "oauth2PermissionGrants.jsonl"])
def test_unknown_without_evidence(tmp_path: Path, name: str) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop(name)), CHECK), "unknown", name)


def test_manifest_is_read_even_without_the_apis_own_list(tmp_path: Path) -> None:
    def bare(files: Files) -> None:
        for row in files["servicePrincipals.jsonl"]:
            row.pop("oauth2PermissionScopes", None)

    expect(one(tmp_path, changed(ask, bare), CHECK), "fail", "manifest")


def test_without_integration_file_a_background_app_fails(tmp_path: Path) -> None:
    files = changed(consent, lambda f: f.pop("integrations/contoso/telia.json"))
    expect(one(tmp_path, files, CHECK), "fail", "everybody")


def test_without_integration_file_a_sign_in_app_passes(tmp_path: Path) -> None:
    def sign_in_only(files: Files) -> None:
        files.pop("integrations/contoso/telia.json")
        files["appRoleAssignments.jsonl"].clear()
        files["applications.jsonl"][0]["requiredResourceAccess"].clear()

    expect(one(tmp_path, changed(sign_in_only, ask, consent), CHECK), "pass", "a person signs in")
