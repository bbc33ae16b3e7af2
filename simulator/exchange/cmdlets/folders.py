"""Folders of mailboxes and the rights on them. Source: the pages of *-MailboxFolderPermission, 2010 and later."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from simulator.exchange import folders as places
from simulator.exchange import recipients, rights
from simulator.exchange.cmdlets.common import one
from simulator.exchange.errors import ExchangeError, NotSimulated, refused
from simulator.exchange.folders import Folder
from simulator.exchange.recipients import MAILBOXES
from simulator.exchange.rights import ANONYMOUS, DEFAULT, Entry
from simulator.exchange.session import Cmdlet, Shown, Use
from simulator.exchange.tables import words

JSON = dict[str, Any]
_MAILED = {("AvailabilityOnly",), ("LimitedDetails",), ("Reviewer",), ("Editor",)}  # roles a sharing mail can be about


def statistics(use: Use) -> Iterator[JSON]:
    """Get-MailboxFolderStatistics, for the calendar's folders only."""
    scope = use.text("FolderScope") or use.text("Folderscope")
    if scope.lower() != "calendar":
        raise NotSimulated("-FolderScope", "is simulated for Calendar only")
    owner = one(use, use.text("Identity"), MAILBOXES)
    for folder in places.calendars(owner):
        yield {
            "Identity": f"{owner.name}{folder.path.replace('/', chr(92))}",
            "Name": folder.name,
            "FolderPath": places.shown_path(folder),
            "FolderType": folder.type,
            "FolderId": folder.id,
        }


def get(use: Use) -> Iterator[JSON]:
    """Get-MailboxFolderPermission: one row for each user; -User chooses one and fails where it has none."""
    folder = places.resolve(use.tenant, use.text("Identity"))
    wanted = _user(use, use.text("User")) if use.text("User") else ""
    found = [entry for entry in rights.entries(folder) if not wanted or entry.user == wanted]
    if wanted and not found:
        raise _no_entry(use.text("User"))
    yield from (_row(use, folder, entry) for entry in found)


def _row(use: Use, folder: Folder, entry: Entry) -> JSON:
    made: JSON = {
        "Identity": f"{folder.owner.name}:{folder.path.replace('/', chr(92))}",
        "FolderName": folder.name,
        "User": _who(use, entry.user),
        "AccessRights": list(entry.rights),
    }
    if use.session.online:
        made["SharingPermissionFlags"] = ", ".join(entry.flags) if entry.flags else ""
    return made


def _who(use: Use, user: str) -> Shown:
    """The user of an entry: `RecipientPrincipal` in the cloud, `ADRecipient` on premises."""
    if user in (DEFAULT, ANONYMOUS):
        return Shown(user, {"UserType": user, "DisplayName": user})
    found = recipients.of_id(use.tenant, user)
    if found is None:
        return Shown(f"NT User:{user}", {"UserType": "Unknown", "DisplayName": f"NT User:{user}"})
    name = str(found.raw.get("displayName") or found.address)
    inner = Shown(found.name, {**recipients.row(found)})
    where = "RecipientPrincipal" if use.session.online else "ADRecipient"
    return Shown(name, {"UserType": "Internal", "DisplayName": name, where: inner})


def _user(use: Use, name: str) -> str:
    if name.lower() in (DEFAULT.lower(), ANONYMOUS.lower()):
        return name.capitalize()
    found = recipients.find(use.tenant, name)
    if len(found) != 1 or not (found[0].is_security_principal or found[0].is_mailbox):
        text = f'The user "{name}" is either not valid SMTP address, or there is no matching information.'
        raise ExchangeError("InvalidExternalUserIdException", text, name, "InvalidData")
    return found[0].id


def _no_entry(name: str) -> ExchangeError:
    text = f"There is no existing permission entry found for user: {name}."
    return ExchangeError("UserNotFoundInPermissionEntryException", text, name)


def _wanted(use: Use) -> tuple[str, ...]:
    """The rights as they are kept: a role, or single rights. Raises ExchangeError for others."""
    roles = words()["folder_roles"]
    known = {name.lower(): name for name in (*roles, *(right for role in roles.values() for right in role))}
    given = [part.strip() for value in use.many("AccessRights") for part in value.split(",")]
    if not given or any(word.lower() not in known for word in given):
        raise ExchangeError("ParameterBindingException", f"Cannot convert '{given}' to folder rights.", str(given))
    if len(given) > 1 and any(known[word.lower()] in roles for word in given):
        raise refused("A role can't be combined with other rights.", str(given))
    return tuple(known[word.lower()] for word in given)


def _flags(use: Use, wanted: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    if not use.has("SharingPermissionFlags"):
        return before
    given = [part.strip() for value in use.many("SharingPermissionFlags") for part in value.split(",")]
    flags = tuple(flag for flag in given if flag != "None")
    if any(flag not in ("Delegate", "CanViewPrivateItems") for flag in flags):
        raise ExchangeError("ParameterBindingException", f"Cannot convert '{given}' to flags.", str(given))
    if flags and wanted != ("Editor",):
        raise refused("SharingPermissionFlags can be used with Editor only.", str(given))
    if "CanViewPrivateItems" in flags and "Delegate" not in flags:
        raise refused("CanViewPrivateItems needs Delegate too.", str(given))
    return flags


def add(use: Use) -> Iterator[JSON]:
    """Add-MailboxFolderPermission: fails where the user has an entry, unless it is a Default or Anonymous of None."""
    folder, user, wanted = places.resolve(use.tenant, use.text("Identity")), _user(use, use.text("User")), _wanted(use)
    known = next((entry for entry in rights.entries(folder) if entry.user == user), None)
    if known is not None and not (user in (DEFAULT, ANONYMOUS) and known.rights == ("None",)):
        text = f"An existing permission entry was found for user: {use.text('User')}."
        raise ExchangeError("UserAlreadyExistsInPermissionEntryException", text, use.text("User"), "ResourceExists")
    _mailed(use, wanted)
    entry = Entry(user, wanted, _flags(use, wanted, ()))
    if use.change(_target(use, folder), None, _words(entry), lambda: rights.write(folder, entry)):
        yield _row(use, folder, entry)


def change(use: Use) -> Iterator[JSON]:
    """Set-MailboxFolderPermission. With -SendNotificationToUser, whatever its value, delegates become plain editors."""
    folder, user, wanted = places.resolve(use.tenant, use.text("Identity")), _user(use, use.text("User")), _wanted(use)
    known = next((entry for entry in rights.entries(folder) if entry.user == user), None)
    if known is None:
        raise _no_entry(use.text("User"))
    _mailed(use, wanted)
    before = () if use.has("SendNotificationToUser") else known.flags if wanted == known.rights else ()
    entry = Entry(user, wanted, _flags(use, wanted, before))
    if entry == known:
        use.session.warned("The command completed successfully but no settings have been modified.")
        return iter(())
    use.change(_target(use, folder), _words(known), _words(entry), lambda: rights.write(folder, entry))
    return iter(())


def _mailed(use: Use, wanted: tuple[str, ...]) -> None:
    if use.flag("SendNotificationToUser") and wanted not in _MAILED:
        raise refused(f"No sharing mail can be sent about {', '.join(wanted)}.", use.text("User"))


def take(use: Use) -> Iterator[JSON]:
    """Remove-MailboxFolderPermission: the user's whole entry, also what was there before any tool."""
    folder = places.resolve(use.tenant, use.text("Identity"))
    if use.flag("ResetDelegateUserCollection"):
        for entry in [entry for entry in rights.entries(folder) if entry.is_delegate]:
            plain = rights.without_delegate(entry)
            do = partial(rights.write, folder, plain)
            use.change(_target(use, folder, entry.user), _words(entry), _words(plain), do)
        return iter(())
    user = _user(use, use.text("User"))
    known = next((entry for entry in rights.entries(folder) if entry.user == user), None)
    if known is None:
        raise _no_entry(use.text("User"))
    use.change(_target(use, folder), _words(known), None, lambda: rights.remove(folder, user))
    return iter(())


def _target(use: Use, folder: Folder, user: str = "") -> str:
    return f"{folder.owner.address}:{folder.path.replace('/', chr(92))} for {user or use.text('User')}"


def _words(entry: Entry) -> str:
    return ", ".join(entry.rights) + (f" ({', '.join(entry.flags)})" if entry.flags else "")


_SET = ("Identity", "User", "AccessRights", "SharingPermissionFlags", "SendNotificationToUser")
CMDLETS = [
    Cmdlet("Get-MailboxFolderStatistics", ("Identity", "FolderScope"), statistics),
    Cmdlet("Get-EXOMailboxFolderStatistics", ("Identity", "Folderscope"), statistics),
    Cmdlet("Get-MailboxFolderPermission", ("Identity", "User", "UseCustomRouting"), get),
    Cmdlet("Get-EXOMailboxFolderPermission", ("Identity", "User"), get),
    Cmdlet("Add-MailboxFolderPermission", _SET, add),
    Cmdlet("Set-MailboxFolderPermission", _SET, change),
    Cmdlet(
        "Remove-MailboxFolderPermission", ("Identity", "User", "ResetDelegateUserCollection", "Force"), take, asks=True
    ),
]
