"""Calendar processing of rooms, the organization's EWS settings, and full rights on mailboxes."""

from collections.abc import Iterator
from typing import Any

from simulator.exchange import recipients
from simulator.exchange.cmdlets.common import one
from simulator.exchange.errors import ExchangeError
from simulator.exchange.recipients import MAILBOXES, Recipient
from simulator.exchange.session import Cmdlet, Use

JSON = dict[str, Any]
PROCESSING, ORGANIZATION, PERMISSIONS = "calendarProcessing", "exchangeOrganizationConfig", "mailboxPermissions"
_COMMON: JSON = {
    "AllRequestInPolicy": False,
    "AllBookInPolicy": True,
    "AddOrganizerToSubject": True,
    "DeleteAttachments": True,
    "DeleteComments": True,
    "DeleteNonCalendarItems": True,
    "DeleteSubject": True,
    "RemovePrivateProperty": True,
    "RemoveCanceledMeetings": False,
    "RemoveOldMeetingMessages": True,
    "AllowConflicts": False,
    "AllowRecurringMeetings": True,
    "BookingWindowInDays": 180,
    "MaximumDurationInMinutes": 1440,
    "ProcessExternalMeetingMessages": False,
    "AddNewRequestsTentatively": True,
    "EnableResponseDetails": True,
}
_BOOLS = tuple(name for name, value in _COMMON.items() if isinstance(value, bool))
_NUMBERS = tuple(name for name, value in _COMMON.items() if not isinstance(value, bool))


def get_processing(use: Use) -> Iterator[JSON]:
    """Get-CalendarProcessing: rooms accept by themselves and hide subjects, as Exchange sets them up."""
    owner = one(use, use.text("Identity"), MAILBOXES)
    yield {"Identity": owner.name, "MailboxOwnerId": owner.name, **_processing(owner)}


def _processing(owner: Recipient) -> JSON:
    automatic = "AutoAccept" if owner.details in ("RoomMailbox", "EquipmentMailbox") else "AutoUpdate"
    stored = owner.tenant.collection(PROCESSING).get(owner.id) or {}
    kept = {key: value for key, value in stored.items() if key != "id" and not key.startswith("@")}
    return {"AutomateProcessing": automatic, **_COMMON, **kept}


def set_processing(use: Use) -> Iterator[JSON]:
    """Set-CalendarProcessing."""
    owner = one(use, use.text("Identity"), MAILBOXES)
    before = _processing(owner)
    wanted = {key: value for key, value in use.given.items() if key != "Identity"}
    if str(wanted.get("AutomateProcessing", "AutoAccept")) not in ("AutoAccept", "AutoUpdate", "None"):
        raise ExchangeError("ParameterBindingException", "AutoAccept, AutoUpdate or None is needed.", owner.name)
    after = {key: value for key, value in wanted.items() if before.get(key) != value}
    if not after:
        use.session.warned("The command completed successfully but no settings have been modified.")
        return iter(())
    stored = owner.tenant.collection(PROCESSING).get(owner.id) or {}
    do = lambda: owner.tenant.collection(PROCESSING).put({**stored, **after, "id": owner.id}, at_once=True)  # noqa: E731
    use.change(owner.address, {key: before.get(key) for key in after}, after, do)
    return iter(())


_EWS: JSON = {
    "EwsEnabled": None,
    "EwsAllowOutlook": None,
    "EwsAllowMacOutlook": None,
    "EwsAllowEntourage": None,
    "EwsApplicationAccessPolicy": None,
    "EwsAllowList": [],
    "EwsBlockList": [],
}


def get_organization(use: Use) -> Iterator[JSON]:
    """Get-OrganizationConfig: EwsAllowedAppIDs is shown with -RetrieveEwsOperationAccessPolicy only."""
    made = {"Name": use.tenant.domain, "Guid": use.tenant.id, **_EWS, **_organization(use)}
    if use.session.online:
        made.setdefault("EwsAllowedAppIDs", None)
        if not use.flag("RetrieveEwsOperationAccessPolicy"):
            made["EwsAllowedAppIDs"] = None
    else:
        made.pop("EwsAllowedAppIDs", None)
    yield made


def _organization(use: Use) -> JSON:
    stored = use.tenant.collection(ORGANIZATION).get(use.tenant.id) or {}
    return {key: value for key, value in stored.items() if key != "id"}


def set_organization(use: Use) -> Iterator[JSON]:
    """Set-OrganizationConfig: EwsAllowedAppIDs is replaced whole, null clears it."""
    known = {**_EWS, "EwsAllowedAppIDs": None, **_organization(use)}
    after = {key: value for key, value in use.given.items() if known.get(key) != value}
    if not after:
        use.session.warned("The command completed successfully but no settings have been modified.")
        return iter(())
    do = lambda: use.tenant.collection(ORGANIZATION).put(  # noqa: E731
        {**_organization(use), **after, "id": use.tenant.id}, at_once=True
    )
    use.change("organization", {key: known.get(key) for key in after}, after, do)
    return iter(())


def get_permission(use: Use) -> Iterator[JSON]:
    """Get-MailboxPermission: the owner, and who was given rights."""
    owner = one(use, use.text("Identity"), MAILBOXES)
    rows: list[JSON] = [{"user": "NT AUTHORITY\\SELF", "AccessRights": ["FullAccess", "ReadPermission"]}]
    rows += list(use.tenant.collection(PERMISSIONS).find("@owner", owner.id))
    wanted = one(use, use.text("User")).id if use.text("User") else ""
    for row in rows:
        if wanted and row["user"] != wanted:
            continue
        yield _permission_row(use, owner, row)


def _permission_row(use: Use, owner: Recipient, row: JSON) -> JSON:
    user = recipients.of_id(use.tenant, str(row["user"]))
    return {
        "Identity": owner.name,
        "User": user.address if user is not None else str(row["user"]),
        "AccessRights": list(row["AccessRights"]),
        "IsInherited": False,
        "Deny": False,
        "InheritanceType": "All",
    }


def add_permission(use: Use) -> Iterator[JSON]:
    """Add-MailboxPermission: a right that is there already only warns."""
    owner, user = one(use, use.text("Identity"), MAILBOXES), one(use, use.text("User"))
    wanted = sorted(part.strip() for value in use.many("AccessRights") for part in value.split(","))
    rows = use.tenant.collection(PERMISSIONS)
    known = rows.get(f"{owner.id}:{user.id}")
    before = list(known["AccessRights"]) if known else []
    row: JSON = {"id": f"{owner.id}:{user.id}", "@owner": owner.id, "user": user.id}
    row["AccessRights"] = sorted({*before, *wanted})
    if row["AccessRights"] == before:
        use.session.warned(f"The rights of {user.address} are there already.")
        return
    if use.change(f"{owner.address} for {user.address}", before or None, row["AccessRights"], lambda: _keep(use, row)):
        yield _permission_row(use, owner, row)


def remove_permission(use: Use) -> Iterator[JSON]:
    """Remove-MailboxPermission: a right that is not there only warns."""
    owner, user = one(use, use.text("Identity"), MAILBOXES), one(use, use.text("User"))
    rows = use.tenant.collection(PERMISSIONS)
    known = rows.get(f"{owner.id}:{user.id}")
    gone = {part.strip() for value in use.many("AccessRights") for part in value.split(",")}
    before = list(known["AccessRights"]) if known else []
    left = [right for right in before if right not in gone]
    if known is None or left == before:
        use.session.warned(f"{user.address} has no such right.")
        return iter(())
    use.change(
        f"{owner.address} for {user.address}",
        before,
        left or None,
        lambda: _keep(use, {**known, "AccessRights": left}),
    )
    return iter(())


def _keep(use: Use, row: JSON) -> None:
    rows = use.tenant.collection(PERMISSIONS)
    if row["AccessRights"]:
        rows.put(row, at_once=True)
    else:
        rows.remove(row["id"], at_once=True)


_ACE = ("Identity", "User", "AccessRights", "InheritanceType")
CMDLETS = [
    Cmdlet("Get-CalendarProcessing", ("Identity",), get_processing),
    Cmdlet("Set-CalendarProcessing", ("Identity", "AutomateProcessing", *_BOOLS, *_NUMBERS), set_processing),
    Cmdlet("Get-OrganizationConfig", ("RetrieveEwsOperationAccessPolicy",), get_organization),
    Cmdlet("Set-OrganizationConfig", (*_EWS, "EwsAllowedAppIDs"), set_organization),
    Cmdlet("Get-MailboxPermission", ("Identity", "User"), get_permission),
    Cmdlet("Add-MailboxPermission", (*_ACE, "AutoMapping"), add_permission),
    Cmdlet("Remove-MailboxPermission", _ACE, remove_permission, asks=True),
]
