"""app-without-owner: OK and not OK."""

from pathlib import Path
from typing import Any

import pytest

from tests.audit.evidence import OWNER, Files, changed, clean, expect, judge, one

CHECK = "app-without-owner"
PERSON = {"@odata.type": "#microsoft.graph.user", "id": OWNER, "userPrincipalName": "eva@contoso.com"}
ABLE = PERSON | {"accountEnabled": True, "userType": "Member"}
DISABLED = PERSON | {"id": "d", "userPrincipalName": "old@contoso.com", "accountEnabled": False, "userType": "Member"}
GUEST = PERSON | {"id": "g", "userPrincipalName": "x_vendor.com#EXT#@contoso.com", "accountEnabled": True}
APP = {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "s", "displayName": "Deployer"}


def owned_by(*owners: dict[str, Any]) -> Any:
    return lambda files: files["applications.jsonl"][0].update(owners=list(owners))


CASES = [
    ("OK: a person who can act", [ABLE], "pass", "eva@contoso.com owns it"),
    ("OK: beside a disabled one", [DISABLED, ABLE], "pass", "eva@contoso.com"),
    ("OK: beside an app", [APP, ABLE], "pass", "eva@contoso.com"),
    ("OK: nobody tells that the account is off", [PERSON], "pass", "eva@contoso.com"),
    ("not OK: nobody", [], "fail", "nobody owns"),
    ("not OK: only a disabled one", [DISABLED], "fail", "old@contoso.com cannot sign in"),
    ("not OK: only a guest", [GUEST], "fail", "outside the organisation"),
    ("not OK: a guest beside a person may add credentials", [GUEST, ABLE], "fail", "outside the organisation"),
    ("not OK: a guest by type", [ABLE | {"userType": "Guest"}], "fail", "outside the organisation"),
    ("conditional: only an app", [APP], "conditional", "Deployer"),
    ("not OK: an app and a disabled person", [APP, DISABLED], "fail", "old@contoso.com"),
]


@pytest.mark.parametrize(("why", "owners", "verdict", "word"), CASES, ids=[case[0] for case in CASES])
def test_owners(tmp_path: Path, why: str, owners: list[dict[str, Any]], verdict: str, word: str) -> None:
    expect(one(tmp_path, changed(owned_by(*owners)), CHECK), verdict, word)


def test_users_tell_what_the_owner_row_does_not(tmp_path: Path) -> None:
    files = changed(owned_by(PERSON), lambda f: f["users.jsonl"][0].update(accountEnabled=False))
    expect(one(tmp_path, files, CHECK), "fail", "cannot sign in")


def test_unknown_where_owners_were_not_read(tmp_path: Path) -> None:
    files = changed(lambda f: f["applications.jsonl"][0].pop("owners"))
    expect(one(tmp_path, files, CHECK), "unknown", "does not hold the owners")


def test_unknown_without_evidence(tmp_path: Path) -> None:
    files = changed(lambda f: f.pop("applications.jsonl"), lambda f: f["servicePrincipals.jsonl"].pop(0))
    expect(one(tmp_path, files, CHECK), "unknown", "applications.jsonl")


def test_scope_tenant_names_every_app(tmp_path: Path) -> None:
    other = {"id": "other", "appId": "other-app", "displayName": "Other", "owners": []}
    files = changed(lambda f: f["applications.jsonl"].append(other))
    found = {f.object.id: f for f in judge(tmp_path, files, CHECK, scope="tenant")}
    expect(found["other"], "fail", "nobody owns")
    assert "az ad app owner add --id other-app" in found["other"].remediation


def test_clean(tmp_path: Path) -> None:
    files: Files = clean()
    expect(one(tmp_path, files, CHECK), "pass")
