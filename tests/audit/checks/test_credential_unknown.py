"""credential-unknown: OK and not OK."""

from pathlib import Path
from typing import Any

import pytest

from tests.audit.evidence import APP, APP_OBJECT, SECRET, Files, certificate, changed, clean, expect, one, secret

CHECK = "credential-unknown"
OTHER = "66666666-6666-4666-8666-66666666666a"


def test_ok_only_the_named_one(tmp_path: Path) -> None:
    expect(one(tmp_path, clean(), CHECK), "pass", SECRET)


def test_ok_one_that_has_ended_lets_nobody_in(tmp_path: Path) -> None:
    files = changed(lambda f: f["applications.jsonl"][0]["passwordCredentials"].append(secret(OTHER, end="2026-11-20")))
    expect(one(tmp_path, files, CHECK), "pass")


@pytest.mark.parametrize(
    ("place", "kind", "row"),
    [
        ("applications.jsonl", "passwordCredentials", secret(OTHER)),
        ("applications.jsonl", "passwordCredentials", secret(OTHER, end=None)),
        ("applications.jsonl", "passwordCredentials", secret(OTHER, start="2026-12-01")),
        ("applications.jsonl", "keyCredentials", certificate(OTHER)),
        ("servicePrincipals.jsonl", "passwordCredentials", secret(OTHER)),
        ("servicePrincipals.jsonl", "keyCredentials", certificate(OTHER, usage="Verify")),
    ],
)
def test_not_ok_somebody_added_one(tmp_path: Path, place: str, kind: str, row: dict[str, Any]) -> None:
    finding = one(tmp_path, changed(lambda f: f[place][0][kind].append(row)), CHECK)
    expect(finding, "fail", OTHER, "does not name it")
    assert finding.severity == "high"
    assert finding.items == (OTHER,)
    if place == "servicePrincipals.jsonl":
        assert f"az ad sp credential delete --id {APP} --key-id {OTHER}" in finding.remediation
        assert "service principal" in finding.fact
    else:
        assert "tenantry provision apply contoso/telia --prune" in finding.remediation


def test_hostile_ids_stay_out_of_commands(tmp_path: Path) -> None:
    row = secret("1; rm -rf /")
    finding = one(
        tmp_path, changed(lambda f: f["servicePrincipals.jsonl"][0]["passwordCredentials"].append(row)), CHECK
    )
    assert "rm -rf" not in finding.remediation


def test_not_ok_the_named_one_is_gone(tmp_path: Path) -> None:
    files = changed(lambda f: f["applications.jsonl"][0].update(passwordCredentials=[]))
    expect(one(tmp_path, files, CHECK), "fail", SECRET, "is not in the tenant")


def test_conditional_the_one_before_a_rotation(tmp_path: Path) -> None:
    def rotate(files: Files) -> None:
        files["applications.jsonl"][0]["passwordCredentials"] = [
            secret(displayName="tenantry-20261001T080000Z-abcdef-1"),
            secret(OTHER, "2026-05-01", "2026-12-01", displayName="tenantry-20260501T080000Z-123456-1"),
        ]

    finding = one(tmp_path, changed(rotate), CHECK)
    expect(finding, "conditional", OTHER, "the one before")
    assert finding.severity == "medium"


def test_not_ok_a_later_one_in_our_style(tmp_path: Path) -> None:
    """A name proves nothing: only what is older than the named one can be what a rotation left."""

    def plant(files: Files) -> None:
        files["applications.jsonl"][0]["passwordCredentials"] = [
            secret(displayName="tenantry-20261001T080000Z-abcdef-1"),
            secret(OTHER, "2026-11-01", "2027-12-01", displayName="tenantry-20261101T080000Z-123456-1"),
        ]

    expect(one(tmp_path, changed(plant), CHECK), "fail", OTHER)


def test_not_ok_a_stranger_may_sign_in_by_federation(tmp_path: Path) -> None:
    row = {
        "@applicationId": APP_OBJECT,
        "id": OTHER,
        "name": "ci",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:evil/repo",
    }
    finding = one(tmp_path, changed(lambda f: f["federatedIdentityCredentials.jsonl"].append(row)), CHECK)
    expect(finding, "fail", "repo:evil/repo", "githubusercontent")
    assert f"--federated-credential-id {OTHER}" in finding.remediation


def test_ok_the_named_federated_credential(tmp_path: Path) -> None:
    def federated(files: Files) -> None:
        store = {"kind": "environment", "name": "X"}
        credential = {"kind": "federated", "id": "runner", "expires": None, "store": store}
        files["integrations/contoso/telia.json"]["credential"] = credential
        files["applications.jsonl"][0]["passwordCredentials"] = []
        row = {"@applicationId": APP_OBJECT, "id": "f1", "name": "runner", "issuer": "i", "subject": "s"}
        files["federatedIdentityCredentials.jsonl"].append(row)

    files = changed(federated)
    expect(one(tmp_path / "a", files, CHECK), "pass", "runner")
    files["federatedIdentityCredentials.jsonl"].clear()
    expect(one(tmp_path / "b", files, CHECK), "fail", "runner", "is not in the tenant")


@pytest.mark.parametrize(
    "name", ["applications.jsonl", "servicePrincipals.jsonl", "federatedIdentityCredentials.jsonl"]
)
def test_unknown_without_evidence(tmp_path: Path, name: str) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop(name)), CHECK), "unknown", name)


def test_unknown_without_integration_file(tmp_path: Path) -> None:
    files = changed(lambda f: f.pop("integrations/contoso/telia.json"))
    expect(one(tmp_path, files, CHECK), "unknown", "no integration file")
