"""Recipients and mailboxes: reading them, and making the mailbox of a service user."""

from collections.abc import Iterator
from typing import Any

from simulator.directory import blanks
from simulator.exchange import recipients
from simulator.exchange.cmdlets.common import chosen, one, short
from simulator.exchange.errors import exists, refused
from simulator.exchange.recipients import GROUPS, MAILBOXES, Recipient
from simulator.exchange.session import Cmdlet, Use

JSON = dict[str, Any]
EVERY = (*MAILBOXES, *GROUPS, "MailUser", "GuestMailUser")


def recipient(use: Use) -> Iterator[JSON]:
    """Get-Recipient."""
    return (row(use, r) for r in chosen(use, recipients.everybody(use.tenant), EVERY))


def mailbox(use: Use) -> Iterator[JSON]:
    """Get-Mailbox and Get-EXOMailbox: accounts with a mailbox here."""
    return (mailbox_row(use, r) for r in chosen(use, recipients.accounts(use.tenant), MAILBOXES))


def row(use: Use, found: Recipient) -> JSON:
    """A recipient's row; on premises there is no id of the cloud."""
    made = recipients.row(found)
    return made if use.session.online else {**made, "ExternalDirectoryObjectId": ""}


def mailbox_row(use: Use, found: Recipient) -> JSON:
    """A mailbox's row."""
    made = row(use, found)
    made["UserPrincipalName"] = str(found.raw.get("userPrincipalName") or found.address)
    if use.name == "Get-Mailbox":
        made |= {"WindowsEmailAddress": found.address, "SamAccountName": recipients.alias(found)[:20]}
        made |= {"IsMailboxEnabled": True, "IsShared": found.details == "SharedMailbox", "ServerName": "EX01"}
        made |= {"ResourceType": "Room" if found.details == "RoomMailbox" else ""}
    return made


def new_mailbox(use: Use) -> Iterator[JSON]:
    """New-Mailbox: an account with a mailbox. The password is taken and forgotten."""
    name = short("Name", use.text("Name"))
    wanted = use.text("UserPrincipalName") or use.text("MicrosoftOnlineServicesID")
    alias = use.text("Alias") or (wanted.partition("@")[0] if wanted else name.replace(" ", ""))
    address = use.text("PrimarySmtpAddress") or wanted or f"{alias}@{use.tenant.domain}"
    if recipients.find(use.tenant, address):
        raise exists(address)
    details = "SharedMailbox" if use.flag("Shared") else "RoomMailbox" if use.flag("Room") else "UserMailbox"
    if details == "UserMailbox" and not use.has("Password"):
        raise refused("A password is needed for this mailbox.", name)
    account = blanks.user(
        use.tenant,
        {
            "displayName": use.text("DisplayName") or name,
            "userPrincipalName": wanted or address,
            "mail": address,
            "mailNickname": alias,
            "proxyAddresses": [f"SMTP:{address}"],
            "accountEnabled": details == "UserMailbox",
            "@recipientType": details,
        },
    )
    account.setdefault("id", use.tenant.new_id())
    if use.change(address, None, details, lambda: _store(use, account)):
        yield mailbox_row(use, Recipient(account, details, use.tenant))


def _store(use: Use, account: JSON) -> None:
    use.tenant.collection("users").put(account)


def remove_mailbox(use: Use) -> Iterator[JSON]:
    """Remove-Mailbox: takes the account away too."""
    found = one(use, use.text("Identity"), MAILBOXES)
    use.change(found.address, found.details, None, lambda: use.tenant.collection("users").remove(found.id))
    return iter(())


_NEW = ("Name", "UserPrincipalName", "MicrosoftOnlineServicesID", "Password", "DisplayName", "Alias")
_PLACE = ("PrimarySmtpAddress", "Shared", "Room", "Database", "OrganizationalUnit", "SamAccountName")
_LIST = ("Identity", "ResultSize", "Filter", "RecipientTypeDetails")
CMDLETS = [
    Cmdlet("Get-Recipient", _LIST, recipient),
    Cmdlet("Get-EXORecipient", _LIST, recipient),
    Cmdlet("Get-Mailbox", _LIST, mailbox),
    Cmdlet("Get-EXOMailbox", (*_LIST, "PropertySets", "Properties"), mailbox),
    Cmdlet("New-Mailbox", (*_NEW, *_PLACE, "ResetPasswordOnNextLogon", "FirstName", "LastName"), new_mailbox),
    Cmdlet("Remove-Mailbox", ("Identity",), remove_mailbox, asks=True),
]
