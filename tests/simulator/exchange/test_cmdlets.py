"""Cmdlets of the simulated Exchange: what they show, change and refuse, and the traps of the real ones."""

from typing import Any

import pytest

from simulator.exchange.calling import cmdlet_of
from simulator.exchange.cmdlets import CMDLETS
from simulator.exchange.errors import ExchangeError, NotSimulated
from simulator.exchange.session import PRODUCTS
from simulator.exchange.tables import cmdlets
from tests.simulator.exchange.shell import Shell

APP = "5b0b2d1c-7d6e-4d0a-9d53-0b1a9d7c1f11"


@pytest.fixture
def shell() -> Shell:
    return Shell()


def kind(raised: pytest.ExceptionInfo[ExchangeError]) -> str:
    return raised.value.kind


def mailboxes(shell: Shell, details: str = "UserMailbox") -> list[str]:
    return [row["PrimarySmtpAddress"] for row in shell.run("Get-Mailbox", RecipientTypeDetails=details)]


def test_every_parameter_is_documented() -> None:
    table = cmdlets()
    for cmdlet in CMDLETS:
        assert set(cmdlet.parameters) <= set(table[cmdlet.name]["parameters"]), cmdlet.name
    assert len({cmdlet.name for cmdlet in CMDLETS}) == len(CMDLETS)


def test_products_have_their_own_cmdlets() -> None:
    assert set(PRODUCTS) == {product for page in cmdlets().values() for product in page["products"]}
    with pytest.raises(NotSimulated):
        cmdlet_of(Shell(product="2016").session, "Get-EXOMailbox")
    with pytest.raises(NotSimulated):
        cmdlet_of(Shell(product="2007").session, "Add-MailboxFolderPermission")
    assert Shell(product="2007").run("Get-Mailbox")


def test_an_unknown_parameter_is_refused_by_name(shell: Shell) -> None:
    with pytest.raises(NotSimulated) as raised:
        shell.run("Get-Mailbox", Identitty="x")
    assert raised.value.what == "-Identitty"
    with pytest.raises(NotSimulated) as raised:
        shell.run("Get-Mailbox", Archive=True)
    assert "not simulated" in raised.value.why
    with pytest.raises(NotSimulated):
        Shell(product="2016").run("Set-MailboxFolderPermission", Identity="x", User="y", SendNotificationToUser=False)


def test_nothing_works_before_the_connection(shell: Shell) -> None:
    shell.session.connected = False
    with pytest.raises(ExchangeError) as raised:
        shell.run("Get-Mailbox")
    assert "Connect-ExchangeOnline" in raised.value.text
    assert shell.run("Get-ConnectionInformation") == []
    shell.run("Connect-ExchangeOnline", ShowBanner=False)
    assert shell.one("Get-ConnectionInformation")["TenantID"] == shell.tenant.id


def test_a_mailbox_is_found_by_each_of_its_names(shell: Shell) -> None:
    row = shell.run("Get-Mailbox")[0]
    for key in (
        "Guid",
        "ExternalDirectoryObjectId",
        "PrimarySmtpAddress",
        "UserPrincipalName",
        "DistinguishedName",
        "Name",
    ):
        assert shell.one("Get-Mailbox", Identity=row[key])["Guid"] == row["Guid"], key
    assert row["Guid"] != row["ExternalDirectoryObjectId"]
    with pytest.raises(ExchangeError) as raised:
        shell.run("Get-Mailbox", Identity="nobody@example.com")
    assert kind(raised) == "ManagementObjectNotFoundException"


def test_a_null_identity_returns_all(shell: Shell) -> None:
    assert len(shell.run("Get-Mailbox", Identity=None)) == len(shell.run("Get-Mailbox")) > 10


def test_result_size_cuts_with_a_warning(shell: Shell) -> None:
    assert len(shell.run("Get-Mailbox", ResultSize=3)) == 3
    assert "more results" in shell.warnings[0]
    big = Shell(users=1200)
    assert len(big.run("Get-Mailbox")) == 1000
    assert len(big.run("Get-Mailbox", ResultSize="Unlimited")) > 1000


def test_who_has_a_mailbox(shell: Shell) -> None:
    kinds = {row["RecipientTypeDetails"] for row in shell.run("Get-Recipient", ResultSize="Unlimited")}
    assert {"UserMailbox", "RoomMailbox", "SharedMailbox", "MailUser", "GuestMailUser", "GroupMailbox"} <= kinds
    rooms = shell.run("Get-Recipient", RecipientTypeDetails=["RoomMailbox"])
    assert rooms
    assert not any(room["IsValidSecurityPrincipal"] for room in rooms)
    addresses = [row["PrimarySmtpAddress"].lower() for row in shell.run("Get-Recipient", ResultSize="Unlimited")]
    assert len(addresses) == len(set(addresses))


def test_group_is_made_filled_and_emptied(shell: Shell) -> None:
    group = shell.one(
        "New-DistributionGroup", Name="monitor", Type="Security", PrimarySmtpAddress="monitor@contoso.com"
    )
    assert group["RecipientTypeDetails"] == "MailUniversalSecurityGroup"
    person = shell.run("Get-Mailbox")[0]
    shell.run("Add-DistributionGroupMember", Identity=group["Guid"], Member=person["Guid"])
    with pytest.raises(ExchangeError) as raised:
        shell.run("Add-DistributionGroupMember", Identity="monitor@contoso.com", Member=person["PrimarySmtpAddress"])
    assert kind(raised) == "MemberAlreadyExistsException"
    assert [row["Guid"] for row in shell.run("Get-DistributionGroupMember", Identity=group["Guid"])] == [person["Guid"]]
    with pytest.raises(ExchangeError):
        shell.run("New-DistributionGroup", Name="monitor2", PrimarySmtpAddress="monitor@contoso.com")
    shell.run("Remove-DistributionGroupMember", Identity=group["Guid"], Member=person["Guid"])
    with pytest.raises(ExchangeError) as raised:
        shell.run("Remove-DistributionGroupMember", Identity=group["Guid"], Member=person["Guid"])
    assert kind(raised) == "MemberNotFoundException"
    assert [change.cmdlet for change in shell.changes] == [
        "New-DistributionGroup",
        "Add-DistributionGroupMember",
        "Remove-DistributionGroupMember",
    ]


def test_what_if_changes_nothing(shell: Shell) -> None:
    before = shell.tenant.save()
    assert shell.run("New-DistributionGroup", what_if=True, Name="monitor", Type="Security") == []
    assert shell.tenant.save()["collections"] == before["collections"]
    assert shell.changes[0].target == f"monitor@{shell.tenant.domain}"


def test_policies_are_read_made_and_removed(shell: Shell) -> None:
    inside = shell.run("Get-DistributionGroupMember", Identity="switchboard@contoso.onmicrosoft.com", ResultSize=5)[1]
    made = shell.one(
        "New-ApplicationAccessPolicy",
        AppId=APP,
        PolicyScopeGroupID="switchboard@contoso.onmicrosoft.com",
        AccessRight="RestrictAccess",
        Description=" ",
    )
    assert shell.run("Get-ApplicationAccessPolicy", Identity=None) == [made]
    assert made["ScopeIdentityRaw"].startswith("S-1-12-1-")
    test = {"AppId": APP}
    assert shell.one("Test-ApplicationAccessPolicy", Identity=inside["Guid"], **test)["AccessCheckResult"] == "Granted"
    outside = mailboxes(shell, "SharedMailbox")[0]
    assert shell.one("Test-ApplicationAccessPolicy", Identity=outside, **test)["AccessCheckResult"] == "Denied"
    shell.run("Remove-ApplicationAccessPolicy", Identity=made["Identity"])
    assert shell.run("Get-ApplicationAccessPolicy") == []


def test_a_policy_needs_a_security_principal(shell: Shell) -> None:
    for scope in (
        "sales@contoso.onmicrosoft.com",
        "everyone@contoso.onmicrosoft.com",
        mailboxes(shell, "RoomMailbox")[0],
    ):
        with pytest.raises(ExchangeError) as raised:
            shell.run("New-ApplicationAccessPolicy", AppId=APP, PolicyScopeGroupID=scope, AccessRight="RestrictAccess")
        assert "security principal" in raised.value.text


def test_the_storage_of_policies_gets_full_sooner_with_long_descriptions(shell: Shell) -> None:
    def fill(**more: Any) -> int:
        shell.run("Get-ApplicationAccessPolicy")
        for number in range(1000):
            app = f"{number:08d}-0000-4000-8000-000000000000"
            given: dict[str, Any] = {
                "AppId": app,
                "PolicyScopeGroupID": "reception@contoso.onmicrosoft.com",
                "AccessRight": "DenyAccess",
            }
            try:
                shell.run("New-ApplicationAccessPolicy", **given, **more)
            except ExchangeError as error:
                return number if "exceeded the limit" in error.text else -1
        return 1000

    short = fill(Description=" ")
    shell.tenant.collection("applicationAccessPolicies").clear()
    assert 290 <= short <= 310
    assert fill() < short / 2


def calendar(shell: Shell, place: int) -> str:
    """The identity of the calendar of a person by place."""
    owner = shell.tenant.collection("users").get(shell.tenant.population.at(place)["id"])  # type: ignore[union-attr]
    folders = shell.run("Get-MailboxFolderStatistics", Identity=owner["userPrincipalName"], FolderScope="Calendar")  # type: ignore[index]
    (folder,) = [row for row in folders if row["FolderType"] == "Calendar"]
    return f"{owner['userPrincipalName']}:{folder['FolderId']}"  # type: ignore[index]


def rights(shell: Shell, folder: str) -> dict[str, tuple[str, str]]:
    rows = shell.run("Get-MailboxFolderPermission", Identity=folder)
    return {
        str(row["User"].properties["UserType"] + " " + row["User"].text): (
            " ".join(row["AccessRights"]),
            row["SharingPermissionFlags"],
        )
        for row in rows
    }


def test_the_calendar_is_found_by_its_type_whatever_its_name(shell: Shell) -> None:
    names = set()
    for row in shell.run("Get-EXOMailbox", ResultSize="Unlimited"):
        folders = shell.run("Get-EXOMailboxFolderStatistics", Identity=row["Guid"], Folderscope="Calendar")
        calendars = [folder for folder in folders if folder["FolderType"] == "Calendar"]
        assert len(calendars) == 1
        names.add(calendars[0]["Name"])
        path = calendars[0]["FolderPath"].replace("/", "\\")
        by_path = shell.run("Get-MailboxFolderPermission", Identity=f"{row['Guid']}:{path}")
        assert by_path == shell.run("Get-MailboxFolderPermission", Identity=f"{row['Guid']}:{calendars[0]['FolderId']}")
    assert {"Kalender", "Calendar"} < names


def test_rights_are_added_set_and_removed(shell: Shell) -> None:
    folder, user = calendar(shell, 0), mailboxes(shell)[5]
    with pytest.raises(ExchangeError) as raised:
        shell.run("Set-MailboxFolderPermission", Identity=folder, User=user, AccessRights="Reviewer")
    assert kind(raised) == "UserNotFoundInPermissionEntryException"
    shell.run("Add-MailboxFolderPermission", Identity=folder, User=user, AccessRights="LimitedDetails")
    with pytest.raises(ExchangeError) as raised:
        shell.run("Add-MailboxFolderPermission", Identity=folder, User=user, AccessRights="Reviewer")
    assert kind(raised) == "UserAlreadyExistsInPermissionEntryException"
    shell.run("Set-MailboxFolderPermission", Identity=folder, User=user, AccessRights=["Reviewer"])
    assert ("Reviewer", "") in rights(shell, folder).values()
    shell.run("Remove-MailboxFolderPermission", Identity=folder, User=user)
    assert ("Reviewer", "") not in rights(shell, folder).values()
    assert [(change.before, change.after) for change in shell.changes] == [
        (None, "LimitedDetails"),
        ("LimitedDetails", "Reviewer"),
        ("Reviewer", None),
    ]


def test_default_and_anonymous_are_never_deleted(shell: Shell) -> None:
    folder = calendar(shell, 0)
    assert rights(shell, folder)["Default Default"] == ("AvailabilityOnly", "")
    shell.run("Add-MailboxFolderPermission", Identity=folder, User="Anonymous", AccessRights="AvailabilityOnly")
    shell.run("Remove-MailboxFolderPermission", Identity=folder, User="default")
    assert rights(shell, folder)["Default Default"] == ("None", "")
    shell.run("Set-MailboxFolderPermission", Identity=folder, User="Default", AccessRights="None")
    assert "no settings have been modified" in shell.warnings[0]


def test_a_notification_turns_a_delegate_into_an_editor(shell: Shell) -> None:
    folder = calendar(shell, 4)
    delegate = next(name for name, (_, flags) in rights(shell, folder).items() if "Delegate" in flags)
    user = shell.tenant.population.at(5)["userPrincipalName"]  # type: ignore[union-attr]
    shell.run("Set-MailboxFolderPermission", Identity=folder, User=user, AccessRights="Editor")
    assert "Delegate" in rights(shell, folder)[delegate][1]
    shell.run(
        "Set-MailboxFolderPermission", Identity=folder, User=user, AccessRights="Editor", SendNotificationToUser=False
    )
    assert rights(shell, folder)[delegate] == ("Editor", "")


def test_flags_need_editor_and_delegate(shell: Shell) -> None:
    folder, user = calendar(shell, 0), mailboxes(shell)[5]
    for role, flags in (("Reviewer", "Delegate"), ("Editor", "CanViewPrivateItems")):
        with pytest.raises(ExchangeError):
            shell.run(
                "Add-MailboxFolderPermission",
                Identity=folder,
                User=user,
                AccessRights=role,
                SharingPermissionFlags=flags,
            )


def test_a_seeded_right_is_seen(shell: Shell) -> None:
    owner, user = mailboxes(shell)[0], mailboxes(shell)[5]
    shell.tenant.seed({"mailboxFolderPermissions": [{"@owner": owner, "User": user, "AccessRights": ["Owner"]}]})
    assert ("Owner", "") in rights(shell, calendar(shell, 0)).values()


def test_on_premises_people_stand_in_another_property() -> None:
    shell = Shell(product="2016")
    owner, user = mailboxes(shell)[0], mailboxes(shell)[5]
    folders = shell.run("Get-MailboxFolderStatistics", Identity=owner, FolderScope="Calendar")
    folder = f"{owner}:\\{folders[0]['Name']}"
    row = shell.one("Add-MailboxFolderPermission", Identity=folder, User=user, AccessRights="Reviewer")
    assert row["User"].properties["ADRecipient"].properties["PrimarySmtpAddress"] == user
    assert "SharingPermissionFlags" not in row


def test_rooms_hide_subjects_until_told_otherwise(shell: Shell) -> None:
    room = mailboxes(shell, "RoomMailbox")[0]
    assert shell.one("Get-CalendarProcessing", Identity=room)["DeleteSubject"] is True
    shell.run("Set-CalendarProcessing", Identity=room, DeleteSubject=False, AddOrganizerToSubject=False)
    shell.run("Set-CalendarProcessing", Identity=room, DeleteSubject=False)
    assert shell.one("Get-CalendarProcessing", Identity=room)["DeleteSubject"] is False
    (change,) = shell.changes
    assert change.before == {"DeleteSubject": True, "AddOrganizerToSubject": True}


def test_allowed_apps_are_shown_with_their_switch_only(shell: Shell) -> None:
    shell.run("Set-OrganizationConfig", EwsAllowedAppIDs=APP)
    assert shell.one("Get-OrganizationConfig")["EwsAllowedAppIDs"] is None
    assert shell.one("Get-OrganizationConfig", RetrieveEwsOperationAccessPolicy=True)["EwsAllowedAppIDs"] == APP


def test_a_service_user_is_made(shell: Shell) -> None:
    with pytest.raises(ExchangeError):
        shell.run("New-Mailbox", Name="x" * 65, MicrosoftOnlineServicesID="monitor@contoso.com", Password="s")
    made = shell.one(
        "New-Mailbox", Name="Monitor", MicrosoftOnlineServicesID="monitor@contoso.com", Password="s3cret-word"
    )
    assert shell.one("Get-Recipient", Identity="monitor@contoso.com")["Guid"] == made["Guid"]
    assert "s3cret-word" not in repr(shell.changes) + repr(shell.tenant.save())
    owner = mailboxes(shell)[0]
    shell.run(
        "Add-MailboxPermission",
        Identity=owner,
        User="monitor@contoso.com",
        AccessRights="FullAccess",
        AutoMapping=False,
    )
    assert "FullAccess" in shell.run("Get-MailboxPermission", Identity=owner)[-1]["AccessRights"]
    shell.run("Remove-MailboxPermission", Identity=owner, User=made["Guid"], AccessRights="FullAccess")
    assert len(shell.run("Get-MailboxPermission", Identity=owner)) == 1
