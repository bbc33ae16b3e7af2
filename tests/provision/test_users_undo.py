"""The way back from what a run did to integration users: ours goes, what cannot come back is said."""

from provision.model.users import Account, ExclusionGroup, UsersActual
from provision.undo import plan_undo
from tests.provision.test_undo import actual, back, entry, lost

ONE = "one@contoso.com"
MADE = [
    entry(1, "create", "application"),
    entry(2, "create", "storedPassword", ONE, id=""),
    entry(3, "create", "integrationUser", ONE, id="u1"),
    entry(4, "create", "exclusionGroup", "tenantry-telia-users", id="g"),
    entry(5, "create", "exclusionGroupMember", ONE, id="u1"),
    entry(6, "update", "conditionalAccessPolicy", "MFA (p1)", id="p1", undo={"group": "g"}),
    entry(7, "grant", "oauth2PermissionGrant", "Microsoft Graph for everybody"),
]


def test_users_outlive_the_app_so_they_go_by_themselves_last_first() -> None:
    assert back(*MADE) == [
        "update conditionalAccessPolicy p1",
        "delete exclusionGroupMember u1",
        "delete exclusionGroup g",
        "delete integrationUser u1",
        "delete storedPassword ",
        "delete application id-1",
    ]


def test_writes_without_an_answer_are_undone_where_they_show() -> None:
    cut = [
        entry(1, "create", "integrationUser", ONE, id="", outcome="unknown"),
        entry(2, "create", "exclusionGroup", "tenantry-telia-users", id="", phase="before", outcome=""),
    ]
    assert back(*cut) == []
    here = UsersActual(accounts={ONE: Account(id="u1", name=ONE)}, group=ExclusionGroup(id="g", name="G"))
    changes, _ = plan_undo(cut, actual(users=here))
    assert [f"{c.action} {c.object} {c.before['id']}" for c in changes] == [
        "delete exclusionGroup g",
        "delete integrationUser u1",
    ]
    assert {c.permission for c in changes} == {"Group.ReadWrite.All", "User.ReadWrite.All"}


def test_a_password_that_was_set_anew_stays_and_is_told() -> None:
    reset = [
        entry(1, "update", "storedPassword", ONE, id=""),
        entry(2, "update", "integrationPassword", ONE, id="u1"),
    ]
    assert back(*reset) == []
    (said,) = lost(*reset)
    assert "the one before is gone" in said


def test_what_a_destroy_took_away() -> None:
    gone = [
        entry(1, "revoke", "conditionalAccessPolicy", "MFA (p1)", id="p1", undo={"group": "g"}),
        entry(2, "delete", "exclusionGroup", "tenantry-telia-users", id="g"),
        entry(3, "delete", "integrationUser", ONE, id="u1"),
        entry(4, "delete", "application", "tenantry-telia", id="a"),
    ]
    assert back(*gone) == []
    said = lost(*gone)
    assert any(ONE in text and "30 days" in text for text in said)
    assert any("exclusionGroup" in text for text in said)
