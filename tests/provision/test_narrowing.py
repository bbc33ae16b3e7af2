"""Which permissions can be narrowed, held against the table that the scripts are made with."""

import pytest

from provision.model.narrowing import BY_POLICY, BY_ROLE, narrowing
from templates.scripts.script import tables
from tenantry.integration import Mailboxes, Permission

GROUP = Mailboxes(group="switchboard@contoso.com")


def test_policies_and_roles_are_the_scripts_own() -> None:
    table = tables()
    assert set(table["access_policy_permissions"]) - {"full_access_as_app"} == BY_POLICY
    roles = {gives[0] for role, gives in table["roles"].items() if role == f"Application {gives[0]}"}
    families = {name.partition(".")[0] for name in BY_POLICY}
    assert {name for name in roles if name.partition(".")[0] in families} == BY_ROLE


@pytest.mark.parametrize(
    "case",
    [
        (None, ("rbac", "access-policy"), ["Calendars.Read"], "access-policy", [], []),
        (None, ("rbac",), ["Calendars.Read"], "rbac", ["Calendars.Read"], []),
        ("rbac", ("rbac",), ["User.Read.All", "Calendars.ReadWrite"], "rbac", ["Calendars.ReadWrite"], []),
        ("rbac", ("rbac",), ["Calendars.ReadBasic.All"], "rbac", [], ["Calendars.ReadBasic.All"]),
        ("rbac", ("rbac",), ["User.Read.All", "Place.Read.All"], None, [], []),
        (None, (), ["Presence.Read.All"], None, [], []),
    ],
)  # fmt: skip
def test_the_way_of_an_integration(case: tuple[object, ...]) -> None:
    wish, ways, names, script, in_exchange, unable = case
    assert isinstance(names, list)
    found = narrowing(GROUP, tuple(Permission(name=name) for name in names), wish, ways)  # type: ignore[arg-type]
    assert found.script == script
    assert [p.name for p in found.in_exchange] == in_exchange
    assert [p.name for p in found.unable] == unable


def test_delegated_rights_and_all_mailboxes_need_no_script() -> None:
    delegated = (Permission(name="Calendars.ReadWrite", type="delegated"),)
    assert narrowing(GROUP, delegated, None, ("rbac",)).script is None
    assert narrowing(Mailboxes(all=True), (Permission(name="Calendars.Read"),), None, ("rbac",)).script is None
