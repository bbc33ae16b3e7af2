"""permission-missing: OK and not OK."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.evidence import (
    APP_OBJECT,
    EXCHANGE_PRINCIPAL,
    PRINCIPAL,
    Files,
    assignment,
    changed,
    clean,
    expect,
    export,
    grant,
    judge,
    one,
    role,
)

CHECK = "permission-missing"


def test_ok_all_granted(tmp_path: Path) -> None:
    finding = one(tmp_path, clean(), CHECK)
    expect(finding, "pass", "Calendars.Read", "User.Read.All")
    assert finding.object.id == APP_OBJECT
    assert finding.integration == "contoso/telia"


def drop_grant(files: Files) -> None:
    files["appRoleAssignments.jsonl"].pop(0)


def drop_everything(files: Files) -> None:
    files["appRoleAssignments.jsonl"].clear()


def same_id_on_another_resource(files: Files) -> None:
    files["appRoleAssignments.jsonl"][0] = role("Calendars.Read", 1, resource=EXCHANGE_PRINCIPAL)


def resource_that_only_calls_itself_graph(files: Files) -> None:
    spoof = files["servicePrincipals.jsonl"][1] | {"id": "spoof", "appId": "99999999-9999-4999-8999-999999999999"}
    files["servicePrincipals.jsonl"].append(spoof)
    files["appRoleAssignments.jsonl"][0] = role("Calendars.Read", 1, resource="spoof")


def of_another_app(files: Files) -> None:
    files["appRoleAssignments.jsonl"][0] = role("Calendars.Read", 1, principal="somebody-else")


def gone_from_manifest_and_grant(files: Files) -> None:
    drop_grant(files)
    files["applications.jsonl"][0]["requiredResourceAccess"][0]["resourceAccess"].pop(0)


def switched_off(files: Files) -> None:
    files["servicePrincipals.jsonl"][0]["accountEnabled"] = False


def disabled_application(files: Files) -> None:
    files["applications.jsonl"][0]["isDisabled"] = True


NOT_OK: list[tuple[str, Callable[[Files], object], tuple[str, ...]]] = [
    ("not OK: consent was withdrawn", drop_grant, ("lacks Calendars.Read", "nobody consented")),
    ("not OK: nothing is granted", drop_everything, ("Calendars.Read", "User.Read.All")),
    ("not OK: that role id on another API is another permission", same_id_on_another_resource, ("Calendars.Read",)),
    ("not OK: the API only calls itself Microsoft Graph", resource_that_only_calls_itself_graph, ("Calendars.Read",)),
    ("not OK: another app has the grant", of_another_app, ("Calendars.Read",)),
    ("not OK: neither asked nor granted", gone_from_manifest_and_grant, ("does not ask for it either",)),
    ("not OK: sign-in is switched off", switched_off, ("switched off",)),
    ("not OK: the application is disabled", disabled_application, ("switched off",)),
]


@pytest.mark.parametrize(("why", "change", "words"), NOT_OK, ids=[case[0] for case in NOT_OK])
def test_not_ok(tmp_path: Path, why: str, change: Callable[[Files], object], words: tuple[str, ...]) -> None:
    finding = one(tmp_path, changed(change), CHECK)
    expect(finding, "fail", *words)


def test_not_ok_app_is_gone(tmp_path: Path) -> None:
    def delete(files: Files) -> None:
        files["applications.jsonl"].clear()
        files["servicePrincipals.jsonl"].pop(0)

    finding = one(tmp_path, changed(delete), CHECK)
    expect(finding, "fail", "is not in the tenant")
    assert finding.severity == "critical"
    assert finding.object.id == APP_OBJECT  # the id that the integration file remembers


def test_not_ok_no_service_principal(tmp_path: Path) -> None:
    finding = one(tmp_path, changed(lambda f: f["servicePrincipals.jsonl"].pop(0)), CHECK)
    expect(finding, "fail", "no service principal")


def test_conditional_wider_permission_does_the_work(tmp_path: Path) -> None:
    def widen(files: Files) -> None:
        files["appRoleAssignments.jsonl"][0] = role("Calendars.ReadWrite", 1)

    expect(one(tmp_path, changed(widen), CHECK), "conditional", "lacks Calendars.Read", "wider Calendars.ReadWrite")


def test_conditional_not_in_the_manifest(tmp_path: Path) -> None:
    def forget(files: Files) -> None:
        files["applications.jsonl"][0]["requiredResourceAccess"] = []

    expect(one(tmp_path, changed(forget), CHECK), "conditional", "manifest does not ask for it")


def delegated(files: Files) -> None:
    wanted = [{"resource": "Microsoft Graph", "name": "Presence.Read.All", "type": "delegated"}]
    files["integrations/contoso/telia.json"]["permissions"]["required"] = wanted
    files["applications.jsonl"][0]["requiredResourceAccess"] = None
    files["appRoleAssignments.jsonl"].clear()


@pytest.mark.parametrize(
    ("grants", "verdict"),
    [
        ([grant(" openid  Presence.Read.All ")], "pass"),  # old grants hold stray blanks
        ([grant("Presence.Read.All", "u1"), grant("Presence.Read.All", None, 2)], "pass"),
        ([grant("Presence.Read.All", "u1"), grant("Presence.Read.All", "u2", 2)], "conditional"),
        ([grant("Presence.Read")], "fail"),
        ([grant("Presence.Read.All", resource=EXCHANGE_PRINCIPAL)], "fail"),
        ([], "fail"),
    ],
)
def test_delegated_consent(tmp_path: Path, grants: list[dict[str, Any]], verdict: str) -> None:
    files = changed(delegated, lambda f: f["oauth2PermissionGrants.jsonl"].extend(grants))
    finding = one(tmp_path, files, CHECK)
    expect(finding, verdict)
    if verdict == "conditional":
        assert "for 2 users only" in finding.fact


def test_ok_granted_by_exchange(tmp_path: Path) -> None:
    """With RBAC for Applications the Entra grant has to be absent, and that is no gap."""

    def by_exchange(files: Files) -> None:
        drop_grant(files)
        name = "Get-ManagementRoleAssignment"
        files[f"exchange/{name}.json"] = export(name, assignment(CustomResourceScope="rooms"))

    expect(one(tmp_path, changed(by_exchange), CHECK), "pass")


@pytest.mark.parametrize("name", ["servicePrincipals.jsonl", "appRoleAssignments.jsonl"])
def test_unknown_without_evidence(tmp_path: Path, name: str) -> None:
    expect(one(tmp_path, changed(lambda f: f.pop(name)), CHECK), "unknown", name)


def test_unknown_api_not_in_evidence(tmp_path: Path) -> None:
    def drop(files: Files) -> None:
        files["servicePrincipals.jsonl"] = [files["servicePrincipals.jsonl"][0]]

    expect(one(tmp_path, changed(drop), CHECK), "unknown", "servicePrincipals.jsonl")


def test_without_integration_file_the_manifest_is_the_need(tmp_path: Path) -> None:
    files = changed(drop_grant, lambda f: f.pop("integrations/contoso/telia.json"))
    finding = one(tmp_path, files, CHECK)
    expect(finding, "fail", "manifest asks for Calendars.Read")
    assert finding.integration is None
    assert PRINCIPAL not in finding.fact


def test_apps_of_others_are_left_alone(tmp_path: Path) -> None:
    other = {"id": "other", "appId": "other-app", "displayName": "Other", "requiredResourceAccess": []}
    files = changed(lambda f: f["applications.jsonl"].append(other))
    assert len(judge(tmp_path / "a", files, CHECK)) == 1
    assert len(judge(tmp_path / "b", files, CHECK, scope="tenant")) == 2
