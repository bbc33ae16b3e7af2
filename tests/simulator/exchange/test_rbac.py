"""RBAC for Applications: pointers, scopes and assignments, and what Graph then answers an app."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.authorize import authorize
from simulator.core import GraphFault, Token
from simulator.exchange.errors import ExchangeError
from tests.simulator.calendar.asking import make_call
from tests.simulator.exchange.shell import Shell

APP = "5b0b2d1c-7d6e-4d0a-9d53-0b1a9d7c1f11"
PRINCIPAL = "7d1a2c3b-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
ROLE = "Application Calendars.Read"
NIGHT = "reception-night@contoso.onmicrosoft.com"


@pytest.fixture
def shell() -> Shell:
    shell = Shell()
    shell.tenant.seed({"servicePrincipals": [{"id": PRINCIPAL, "appId": APP, "displayName": "Telia"}]})
    return shell


def reads(shell: Shell, mailbox: str, *roles: str) -> bool:
    """Whether Graph lets the app read a mailbox's calendar."""
    token = Token(APP, frozenset(roles), frozenset(), PRINCIPAL)
    window = "startDateTime=2026-11-21T00:00:00Z&endDateTime=2026-11-22T00:00:00Z"
    call, handler = make_call(shell.tenant, f"/users/{mailbox}/calendarView?{window}", token=token)
    try:
        authorize(call)
        return bool(handler(call).status == 200)
    except GraphFault as fault:
        if (fault.status, fault.code) != (403, "ErrorAccessDenied"):
            raise
        return False


def members(shell: Shell, group: str) -> list[str]:
    rows = shell.run("Get-DistributionGroupMember", Identity=group, ResultSize="Unlimited")
    return [row["PrimarySmtpAddress"] for row in rows if row["RecipientTypeDetails"] == "UserMailbox"]


def assign(shell: Shell, group: str = NIGHT, name: str = "telia") -> str:
    """Pointer, scope and assignment for a group; gives back the scope's filter."""
    shell.run("New-ServicePrincipal", AppId=APP, ObjectId=PRINCIPAL)
    found = shell.one("Get-DistributionGroup", Identity=group)
    filter_ = f"MemberOfGroup -eq '{found['DistinguishedName']}'"
    shell.run("New-ManagementScope", Name=name, RecipientRestrictionFilter=filter_)
    shell.run("New-ManagementRoleAssignment", Name=name, Role=ROLE, App=PRINCIPAL, CustomResourceScope=name)
    return filter_


def test_an_assignment_opens_its_scope_and_nothing_else(shell: Shell) -> None:
    inside, outside = members(shell, NIGHT)[0], members(shell, "switchboard@contoso.onmicrosoft.com")[0]
    assert not reads(shell, inside)
    assign(shell)
    assert reads(shell, inside)
    assert not reads(shell, outside)
    assert reads(shell, outside, "Calendars.Read"), "the union rule: Entra's grant opens everything"


def test_policies_narrow_entra_and_never_exchange(shell: Shell) -> None:
    inside = members(shell, NIGHT)[0]
    group = "meeting-rooms@contoso.onmicrosoft.com"
    shell.run(
        "New-ApplicationAccessPolicy",
        AppId=APP,
        PolicyScopeGroupID=group,
        AccessRight="RestrictAccess",
        Description=" ",
    )
    shell.clock.advance(2 * 3600)
    assert not reads(shell, inside, "Calendars.Read")
    assert reads(shell, inside, "Calendars.ReadBasic.All"), "policies do not know this permission"
    assign(shell)
    assert reads(shell, inside, "Calendars.Read")


def test_nested_members_do_not_count(shell: Shell) -> None:
    assign(shell, "reception@contoso.onmicrosoft.com")
    assert not reads(shell, members(shell, NIGHT)[0])
    assert reads(shell, members(shell, "reception@contoso.onmicrosoft.com")[0])


def test_an_idle_app_learns_after_half_an_hour_and_a_busy_one_within_two(shell: Shell) -> None:
    inside = members(shell, NIGHT)[0]
    assign(shell)
    assert reads(shell, inside)
    shell.run("Remove-ManagementRoleAssignment", Identity="telia")
    for _ in range(5):  # busy: asks every twenty minutes
        assert reads(shell, inside)
        shell.clock.advance(20 * 60)
    shell.clock.advance(25 * 60)
    assert not reads(shell, inside)
    assert shell.run("Get-ManagementRoleAssignment") == []


def test_exchange_tells_the_truth_past_its_caches(shell: Shell) -> None:
    inside, outside = members(shell, NIGHT)[0], members(shell, "switchboard@contoso.onmicrosoft.com")[0]
    assign(shell)
    for mailbox, answer in ((inside, "True"), (outside, "False")):
        row = shell.one("Test-ServicePrincipalAuthorization", Identity=PRINCIPAL, Resource=mailbox)
        assert (row["RoleName"], row["InScope"], row["ScopeType"]) == (ROLE, answer, "CustomRecipientScope")
    assert shell.one("Test-ServicePrincipalAuthorization", Identity=APP)["InScope"] == "Not Run"


def test_a_scope_with_the_same_filter_is_refused(shell: Shell) -> None:
    filter_ = assign(shell)
    with pytest.raises(ExchangeError) as raised:
        shell.run("New-ManagementScope", Name="other", RecipientRestrictionFilter=f"({filter_.upper()})")
    assert "equivalent" in raised.value.text
    with pytest.raises(ExchangeError):
        shell.run("Remove-ManagementScope", Identity="telia")
    cases: dict[str, dict[str, Any]] = {
        "New-ManagementScope": {"RecipientRestrictionFilter": "Name -eq 'x'"},
        "New-ManagementRoleAssignment": {"Role": ROLE, "App": APP},
    }
    for cmdlet, given in cases.items():
        with pytest.raises(ExchangeError) as raised:
            shell.run(cmdlet, Name="x" * 65, **given)
        assert "maximum length is 64" in raised.value.text


def test_a_pointer_needs_the_enterprise_applications_ids(shell: Shell) -> None:
    with pytest.raises(ExchangeError):
        shell.run("New-ServicePrincipal", AppId=APP, ObjectId="00000000-0000-4000-8000-000000000001")
    assign(shell)
    with pytest.raises(ExchangeError):
        shell.run("New-ServicePrincipal", AppId=APP, ObjectId=PRINCIPAL)
    shell.tenant.collection("servicePrincipals").remove(PRINCIPAL)
    assert shell.run("Get-ServicePrincipal") == []
    assert shell.run("Get-ManagementRoleAssignment") == []
    assert shell.run("Get-ManagementScope") != [], "scopes are left behind"


def test_a_unit_a_group_or_everything_can_be_the_scope(shell: Shell) -> None:
    shell.run("New-ServicePrincipal", AppId=APP, ObjectId=PRINCIPAL)
    inside, other = members(shell, NIGHT)[:2]
    unit = "11111111-2222-4333-8444-555555555555"
    person = shell.one("Get-Mailbox", Identity=other)["ExternalDirectoryObjectId"]
    shell.tenant.collection("administrativeUnitMembers").put(
        {"id": f"{unit}_{person}", "unitId": unit, "memberId": person}
    )
    shell.run("New-ManagementRoleAssignment", Name="unit", Role=ROLE, App=APP, RecipientAdministrativeUnitScope=unit)
    assert reads(shell, other)
    assert not reads(shell, inside)
    shell.run("New-ManagementRoleAssignment", Name="group", Role=ROLE, App=APP, RecipientGroupScope=NIGHT)
    shell.clock.advance(timedelta(minutes=31).total_seconds())
    assert reads(shell, inside)
    outside = members(shell, "switchboard@contoso.onmicrosoft.com")[0]
    assert not reads(shell, outside)
    shell.run("New-ManagementRoleAssignment", Name="all", Role="Application Calendars.ReadWrite", App=APP)
    shell.clock.advance(timedelta(minutes=31).total_seconds())
    assert reads(shell, outside)


def test_a_right_on_the_calendar_lets_a_person_read_it(shell: Shell) -> None:
    owner, person = members(shell, NIGHT)[:2]
    key = shell.one("Get-Mailbox", Identity=person)["ExternalDirectoryObjectId"]
    token = Token(APP, frozenset(), frozenset({"Calendars.Read", "Calendars.Read.Shared"}), key)
    folders = shell.run("Get-MailboxFolderStatistics", Identity=owner, FolderScope="Calendar")
    calendar = f"{owner}:{folders[0]['FolderId']}"

    def sees() -> bool:
        call, handler = make_call(shell.tenant, f"/users/{owner}/events", token=token)
        try:
            return bool(handler(call).status == 200)
        except GraphFault:
            return False

    assert not sees()
    shell.run("Add-MailboxFolderPermission", Identity=calendar, User=person, AccessRights="LimitedDetails")
    assert not sees()
    shell.run("Set-MailboxFolderPermission", Identity=calendar, User=person, AccessRights="Reviewer")
    assert sees()
    shell.run("Remove-MailboxFolderPermission", Identity=calendar, User=person)
    shell.run("Add-MailboxFolderPermission", Identity=calendar, User=NIGHT, AccessRights="Editor")
    assert sees(), "a group's right is its members'"
    shell.run("Remove-MailboxFolderPermission", Identity=calendar, User=NIGHT)
    shell.run("Add-MailboxPermission", Identity=owner, User=person, AccessRights="FullAccess")
    assert sees()
