"""Whether a token suffices, for apps and for people."""

import pytest

from tenantry import profiles, rights, signin

GRANTER = "e8611ab8-c189-46e8-94e1-60213ab1f814"
APP_ADMIN = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
ALL = (
    "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All "
    "Directory.Read.All"
)


def missing(**claims: object) -> dict[str, str]:
    steps = rights.steps(profiles.load("telia-calendar", None))
    return {judged.step: judged.missing for judged in rights.suffices(claims, steps) if not judged.ok}


def test_an_app_needs_permissions_only() -> None:
    assert missing(idtyp="app", roles=ALL.split()) == {}
    assert missing(roles=["Application.ReadWrite.OwnedBy", "Directory.Read.All"]) == {
        "consent to application permissions": "permission AppRoleAssignment.ReadWrite.All",
        "consent to delegated permissions, or withdraw it": "permission DelegatedPermissionGrant.ReadWrite.All",
    }


@pytest.mark.parametrize(
    ("wids", "lacks"),
    [
        ([GLOBAL], set()),
        ([GRANTER, APP_ADMIN], set()),
        ([APP_ADMIN], {"consent to application permissions"}),
        ([GRANTER], {"create the app and its secret", "audit"}),
    ],
)
def test_a_person_needs_roles_too(wids: list[str], lacks: set[str]) -> None:
    assert set(missing(scp=ALL, wids=wids)) == lacks


def test_a_person_without_anything() -> None:
    found = missing(scp="User.Read", wids=["b79fbf4d-3ef9-4689-8143-76b194e85509"])
    assert (
        found["create the app and its secret"]
        == "permission Application.ReadWrite.All and role Application Administrator"
    )
    assert len(found) == 5
    assert rights.directory_roles({"wids": [GLOBAL, "unknown"]}) == ["Global Administrator"]
    assert rights.permissions({"scp": "B A"}) == ["A", "B"]
    assert rights.is_app({"roles": []}) is True
    assert rights.is_app({"scp": "x"}) is False


def test_integration_users_take_more() -> None:
    whole = rights.steps(profiles.load("telia-presence", None))
    assert {rights.USERS, rights.GROUP, rights.EXCLUDE, rights.CONSENT} <= set(whole)
    assert rights.USERS not in rights.steps(profiles.load("telia-presence", None, {"app_only": True}))
    asked = rights.operator([profiles.load("telia-presence", None)])
    assert {"User.ReadWrite.All", "Group.ReadWrite.All", "Policy.ReadWrite.ConditionalAccess"} <= set(asked)
    assert rights.operator([profiles.load("telia-calendar", None)]) == signin.OPERATOR
