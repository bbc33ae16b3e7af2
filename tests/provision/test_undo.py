"""The way back from a run, worked out from its journal and the tenant as it is."""

from typing import Any

from provision.journal import Entry
from provision.model.actual import Actual
from provision.undo import plan_undo
from tests.provision import case as cases

RUN = "20261121T080000Z-aaaaaa"


def entry(step: int, action: str, kind: str, name: str = "", **more: Any) -> Entry:
    given = {"phase": "after", "outcome": "done", "id": f"id-{step}", **more}
    return Entry(
        time="2026-11-21T08:00:00Z",
        run=RUN,
        operator="",
        step=step,
        action=action,
        object=kind,
        name=name,
        tenant="contoso",
        integration="telia",
        **given,
    )


def actual(**more: Any) -> Actual:
    return cases.build({"provisioned": True, "actual": more}).actual


def back(*entries: Entry, **more: Any) -> list[str]:
    changes, _ = plan_undo(entries, actual(**more))
    return [f"{c.action} {c.object} {c.before['id']}" for c in changes]


def lost(*entries: Entry) -> list[str]:
    return plan_undo(entries, actual())[1]


def test_an_app_that_the_run_made_takes_everything_along() -> None:
    made = [
        entry(1, "create", "application"),
        entry(2, "create", "servicePrincipal"),
        entry(3, "create", "owner"),
        entry(4, "grant", "appRoleAssignment"),
        entry(5, "create", "credential", "c", id="key"),
        entry(6, "store", "credential", "c", id="key"),
        entry(7, "create", "integrationFile", undo={"text": None}),
    ]
    assert back(*made) == ["delete integrationFile id-7", "delete storedCredential key", "delete application id-1"]


def test_single_steps_go_back_last_first() -> None:
    steps = [
        entry(1, "update", "requiredResourceAccess", undo={"requiredResourceAccess": []}),
        entry(2, "create", "owner"),
        entry(3, "revoke", "oauth2PermissionGrant", undo={"id": "id-3", "scopes": ["User.Read"]}),
        entry(4, "grant", "appRoleAssignment"),
        entry(5, "revoke", "appRoleAssignment", undo={"id": "id-5"}),
    ]
    assert back(*steps) == [
        "grant appRoleAssignment id-5",
        "revoke appRoleAssignment id-4",
        "grant oauth2PermissionGrant id-3",
        "delete owner id-2",
        "update requiredResourceAccess id-1",
    ]


def test_refused_writes_need_no_way_back() -> None:
    assert back(entry(1, "grant", "appRoleAssignment", outcome="failed")) == []


def test_a_write_without_an_answer_goes_back_if_it_shows() -> None:
    before = entry(1, "grant", "appRoleAssignment", "Calendars.Read", phase="before", outcome="", id="")
    assert back(before) == ["revoke appRoleAssignment grant-1"]
    assert back(before, grants=[]) == []
    app = entry(2, "create", "application", "tenantry-telia", outcome="unknown", id="")
    assert back(app) == ["delete application app-object"]
    principal = entry(3, "create", "servicePrincipal", "tenantry-telia", outcome="unknown", id="")
    assert back(principal) == ["delete servicePrincipal app-sp"]
    secret = entry(4, "create", "credential", "tenantry-20261001T080000Z-aaaaaa-1", outcome="unknown", id="")
    assert back(secret) == ["delete credential key-1"]


def test_a_credential_made_and_removed_by_the_run_itself_is_neither_made_nor_lost() -> None:
    made = [entry(1, "create", "credential", "c", id="key"), entry(2, "delete", "credential", "c", id="key")]
    assert back(*made) == []
    assert lost(*made) == []


def test_what_was_removed_for_good_is_told() -> None:
    assert lost(entry(1, "delete", "credential", "old", id="key")) == ["credential old was removed for good"]
    assert lost(entry(1, "delete", "deletedApplication", "x")) == ["deletedApplication x was removed for good"]


def test_a_credential_that_replaced_another_stays() -> None:
    made = [
        entry(1, "create", "credential", "new", id="key"),
        entry(2, "store", "credential", "new", id="key", undo={"replaced": "old-key"}),
        entry(3, "update", "integrationFile", undo={"text": "{}"}),
        entry(4, "create", "owner"),
    ]
    assert back(*made) == ["delete owner id-4"]
    assert lost(*made) == ["credential new stays: the value it replaced is gone"]


def test_a_destroyed_app_does_not_come_back_by_halves() -> None:
    gone = [entry(1, "delete", "application", "tenantry-telia"), entry(2, "delete", "integrationFile")]
    assert back(*gone) == []
    assert "an administrator can restore it" in lost(*gone)[0]
