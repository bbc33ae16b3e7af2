"""Names of permissions: which includes which, how they are rated, and the table behind it."""

import pytest

from audit.finding import Severity
from audit.permissions import (
    DEFAULT_ACCESS,
    EXCHANGE,
    GRAPH,
    Kind,
    Name,
    includes,
    narrower,
    published,
    rate,
    takes_over,
)
from tests import shared


def app(name: str) -> Name:
    return Name(GRAPH, "application", name)


def delegated(name: str) -> Name:
    return Name(GRAPH, "delegated", name)


@pytest.mark.parametrize(
    ("wide", "narrow", "so"),
    [
        ("Calendars.ReadWrite", "Calendars.Read", True),
        ("Calendars.Read", "Calendars.ReadBasic.All", True),  # an app's Calendars.Read is for every mailbox
        ("Calendars.Read", "Calendars.ReadWrite", False),
        ("Calendars.Read", "Calendars.Read", False),
        ("User.ReadWrite.All", "User.Read.All", True),
        ("User.Read.All", "User.ReadBasic.All", True),
        ("Sites.Read.All", "Sites.Selected", False),  # Selected is another kind of grant, not a verb
        ("Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", True),
        ("Mail.Send", "Mail.Read", False),
        ("Mail.ReadWrite", "Calendars.Read", False),
        ("full_access_as_app", "Calendars.Read", False),
    ],
)
def test_includes(wide: str, narrow: str, so: bool) -> None:
    assert includes(app(wide), app(narrow)) is so


def test_only_within_one_resource_and_type() -> None:
    assert not includes(Name(EXCHANGE, "application", "Calendars.ReadWrite"), app("Calendars.Read"))
    assert not includes(delegated("Calendars.ReadWrite"), app("Calendars.Read"))
    assert includes(delegated("Presence.Read.All"), delegated("Presence.Read"))


def test_narrower() -> None:
    assert narrower(app("Calendars.ReadWrite"), [app("User.Read.All"), app("Calendars.Read")]) == app("Calendars.Read")
    assert narrower(app("Mail.Send"), [app("Calendars.Read")]) is None


@pytest.mark.parametrize(
    ("name", "level", "by"),
    [
        (app("Calendars.Read"), Severity.HIGH, "Microsoft 4 of 5, Tenantry medium"),
        (app("RoleManagement.ReadWrite.Directory"), Severity.CRITICAL, "Microsoft 4 of 5, Tenantry critical"),
        (app("Place.Read.All"), Severity.MEDIUM, "Microsoft 3 of 5"),
        (delegated("User.Read"), Severity.LOW, "Microsoft 2 of 5"),
        (delegated("openid"), Severity.LOW, "Tenantry low"),
        (app(DEFAULT_ACCESS), Severity.LOW, "Tenantry low"),
        (app("No.Such"), Severity.MEDIUM, "rated by nobody, so medium"),
        (Name("other-api", "application", "Mail.ReadWrite"), Severity.MEDIUM, "rated by nobody, so medium"),
        (Name(EXCHANGE, "application", "Mail.ReadWrite"), Severity.HIGH, "Tenantry high"),
        (Name(EXCHANGE, "application", "full_access_as_app"), Severity.HIGH, "Tenantry high"),
    ],
)
def test_rate(name: Name, level: Severity, by: str) -> None:
    rating = rate(name)
    assert (rating.level, rating.by) == (level, by)


def test_takeover_is_of_applications_only() -> None:
    assert takes_over(app("AppRoleAssignment.ReadWrite.All"))
    assert not takes_over(delegated("AppRoleAssignment.ReadWrite.All"))
    assert not takes_over(app("Calendars.ReadWrite"))
    assert not takes_over(Name("other-api", "application", "AppRoleAssignment.ReadWrite.All"))


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["application", "delegated"])
def test_ids_are_microsofts(kind: Kind) -> None:
    reference = shared.load("graph/permissions.json")["permissions"]
    wanted = {entry[kind]["id"]: entry["name"] for entry in reference if (entry.get(kind) or {}).get("id")}
    assert published(kind) == wanted


@pytest.mark.shared
def test_own_ratings_name_permissions_that_exist() -> None:
    from audit.permissions import _own

    reference = {entry["name"]: entry for entry in shared.load("graph/permissions.json")["permissions"]}
    elsewhere = {"full_access_as_app", "EWS.AccessAsApp", "Exchange.ManageAsApp"}  # Exchange's own
    for kind, levels in _own().items():
        for name in levels.keys() - elsewhere:
            assert (reference.get(name) or {}).get(kind), f"{name} ({kind})"
