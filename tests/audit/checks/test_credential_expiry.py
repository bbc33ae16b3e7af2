"""credential-expiry: OK and not OK. The day is 2026-11-21."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.audit.evidence import SECRET, Files, certificate, changed, clean, expect, judge, one, secret

CHECK = "credential-expiry"
OTHER = "66666666-6666-4666-8666-66666666666a"
THIRD = "66666666-6666-4666-8666-66666666666b"


def secrets(*rows: dict[str, Any]) -> Callable[[Files], object]:
    """The application has these secrets."""
    return lambda files: files["applications.jsonl"][0].update(passwordCredentials=list(rows))


def certificates(*rows: dict[str, Any], on: str = "applications.jsonl") -> Callable[[Files], object]:
    """The application, or its service principal, has these certificates."""
    return lambda files: files[on][0].update(keyCredentials=list(rows))


def test_ok(tmp_path: Path) -> None:
    expect(one(tmp_path, clean(), CHECK), "pass", "works until 2027-03-30")


NOT_OK = [
    ("not OK: ended", secrets(secret(end="2026-11-20")), "critical", "ended on 2026-11-20"),
    ("not OK: ends in five days", secrets(secret(end="2026-11-26")), "high", "ends on 2026-11-26, in 5 days"),
    ("not OK: ends tomorrow", secrets(secret(end="2026-11-22")), "high", "in 1 day"),
    ("not OK: ends in four weeks", secrets(secret(end="2026-12-19")), "medium", "in 28 days"),
    ("not OK: never ends", secrets(secret(end=None)), "medium", "never ends"),
    ("not OK: begins later", secrets(secret(start="2026-12-01")), "high", "works only from 2026-12-01"),
    ("not OK: lives three years", secrets(secret(start="2026-01-01", end="2029-01-01")), "low", "lives 1096 days"),
    ("not OK: nothing there", secrets(), "critical", "has no credential"),
]


@pytest.mark.parametrize(("why", "change", "severity", "word"), NOT_OK, ids=[case[0] for case in NOT_OK])
def test_not_ok(tmp_path: Path, why: str, change: Callable[[Files], object], severity: str, word: str) -> None:
    finding = one(tmp_path, changed(change), CHECK)
    expect(finding, "fail", word)
    assert finding.severity == severity
    assert "tenantry provision rotate contoso/telia" in finding.remediation


def test_thresholds_are_options(tmp_path: Path) -> None:
    files = changed(secrets(secret(end="2026-12-19")))
    expect(one(tmp_path / "a", files, CHECK, expiry_warning=timedelta(days=14)), "pass")
    finding = one(tmp_path / "b", files, CHECK, expiry_alarm=timedelta(days=28, hours=8))
    assert finding.severity == "high"
    expect(one(tmp_path / "c", clean(), CHECK, longest_life=timedelta(days=179)), "fail", "lives 180 days")


def test_ok_a_date_with_seven_digits(tmp_path: Path) -> None:
    late = secret() | {"endDateTime": "2027-03-30T08:00:00.1234567Z"}
    expect(one(tmp_path, changed(secrets(late)), CHECK), "pass", "2027-03-30")


def test_ok_leftovers_of_a_rotation_are_quiet(tmp_path: Path) -> None:
    old = [secret(OTHER, "2025-01-01", "2026-01-01"), secret(THIRD, "2026-05-01", "2026-11-25")]
    finding = one(tmp_path, changed(secrets(*old, secret())), CHECK)
    expect(finding, "pass", "2 older ones replaced")


def test_not_ok_the_named_one_counts_even_if_a_newer_is_there(tmp_path: Path) -> None:
    """The integration signs in with the one that its file names, whatever else works."""
    rows = [secret(end="2026-11-26"), secret(OTHER, "2026-11-20", "2027-05-01")]
    finding = one(tmp_path, changed(secrets(*rows)), CHECK)
    expect(finding, "fail", "2026-11-26")
    assert finding.items == (SECRET,)


def test_not_ok_a_newer_one_that_does_not_work_yet_replaces_nothing(tmp_path: Path) -> None:
    rows = [secret(), secret(OTHER, end="2026-11-25"), secret(THIRD, start="2026-12-24", end="2027-01-24")]
    kept = changed(secrets(*rows), lambda f: f["applications.jsonl"][0]["passwordCredentials"].pop(0))
    expect(one(tmp_path, kept, CHECK), "fail", "2026-11-25", "works only from 2026-12-24")


def test_not_ok_a_certificate_is_not_replaced_by_a_secret(tmp_path: Path) -> None:
    files = changed(certificates(certificate(OTHER, end="2026-11-25")))
    expect(one(tmp_path, files, CHECK), "fail", "certificate", "2026-11-25")


def test_sign_and_verify_of_one_certificate_count_once(tmp_path: Path) -> None:
    pair = [
        certificate(OTHER, end="2026-11-25", usage="Sign", customKeyIdentifier="THUMB"),
        certificate(THIRD, end="2026-11-25", usage="Verify", customKeyIdentifier="THUMB"),
    ]
    password = secret("password-of-it", end="2026-11-25", customKeyIdentifier="THUMB")
    files = changed(
        certificates(*pair, on="servicePrincipals.jsonl"),
        lambda f: f["servicePrincipals.jsonl"][0].update(passwordCredentials=[password]),
    )
    finding = one(tmp_path, files, CHECK)
    expect(finding, "fail", "on its service principal")
    assert finding.fact.count("2026-11-25") == 1
    assert finding.items == (OTHER, THIRD)


def federated(files: Files) -> None:
    store = {"kind": "environment", "name": "X"}
    files["integrations/contoso/telia.json"]["credential"] = {
        "kind": "federated",
        "id": "runner",
        "expires": None,
        "store": store,
    }
    files["applications.jsonl"][0]["passwordCredentials"] = []


def test_federated(tmp_path: Path) -> None:
    row = {"id": "f1", "name": "runner", "issuer": "https://issuer", "subject": "me"}
    with_row = changed(federated, lambda f: f["federatedIdentityCredentials.jsonl"].append(row))
    with_row["federatedIdentityCredentials.jsonl"][0]["@applicationId"] = with_row["applications.jsonl"][0]["id"]
    expect(one(tmp_path / "a", with_row, CHECK), "pass", "federated credential does not end")
    expect(one(tmp_path / "b", changed(federated), CHECK), "fail", "has no credential")
    unread = changed(federated, lambda f: f.pop("federatedIdentityCredentials.jsonl"))
    expect(one(tmp_path / "c", unread, CHECK), "unknown", "federatedIdentityCredentials.jsonl")


def test_ok_a_public_client_needs_none(tmp_path: Path) -> None:
    def public(files: Files) -> None:
        files["integrations/contoso/telia.json"]["credential"] = None

    expect(one(tmp_path, changed(public, secrets()), CHECK), "pass", "needs no credential")


def test_unknown_without_evidence(tmp_path: Path) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop("applications.jsonl")), CHECK), "unknown", "applications.jsonl")


def test_unknown_where_the_rows_leave_credentials_out(tmp_path: Path) -> None:
    files = changed(lambda f: f["applications.jsonl"][0].pop("passwordCredentials"))
    expect(one(tmp_path, files, CHECK), "unknown", "lists no credentials")


def test_scope_tenant_looks_at_every_app(tmp_path: Path) -> None:
    other = {
        "id": "other",
        "appId": "other-app",
        "displayName": "Other",
        "passwordCredentials": [secret(OTHER, end="2026-11-01")],
        "keyCredentials": [],
    }
    files = changed(lambda f: f["applications.jsonl"].append(other))
    found = {f.object.id: f for f in judge(tmp_path, files, CHECK, scope="tenant")}
    expect(found["other"], "fail", "ended on 2026-11-01")
    assert found["other"].integration is None
