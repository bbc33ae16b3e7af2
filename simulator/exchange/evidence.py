"""A tenant made of Exchange evidence (`<Cmdlet>.json`, as the evidence script wrote them), to rehearse a script on.

It knows what the files tell and no more: `needs` says which file answers which cmdlet, and a cmdlet without its file is
refused. UTF-8 with and without BOM and UTF-16 are read.
"""

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.clock import SimClock, parse_time
from simulator.directory.links import link
from simulator.exchange.errors import NotSimulated
from simulator.exchange.identity import turned
from simulator.exchange.recipients import GROUPS
from simulator.exchange.rightstore import store
from simulator.store import Collection
from simulator.tenant import KEYS, Tenant

JSON = dict[str, Any]
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_GROUP_TYPES = {"GroupMailbox": ["Unified"]}
MAILBOXES = ("Get-EXOMailbox", "Get-Mailbox")
NEEDS = {
    "ApplicationAccessPolicy": ("Get-ApplicationAccessPolicy",),
    "DistributionGroup": ("Get-DistributionGroup",),
    "DistributionGroupMember": ("Get-DistributionGroup",),
    "Recipient": MAILBOXES,
    "Mailbox": MAILBOXES,
    "EXOMailbox": MAILBOXES,
    "MailboxFolderStatistics": ("Get-MailboxFolderStatistics",),
    "MailboxFolderPermission": ("Get-MailboxFolderPermission",),
    "MailboxPermission": ("Get-MailboxPermission",),
    "ServicePrincipal": ("Get-ServicePrincipal",),
    "ManagementScope": ("Get-ManagementScope",),
    "ManagementRoleAssignment": ("Get-ManagementRoleAssignment",),
    "ServicePrincipalAuthorization": ("Get-ManagementRoleAssignment",),
    "CalendarProcessing": ("Get-CalendarProcessing",),
    "OrganizationConfig": ("Get-OrganizationConfig",),
}
"""Noun of a cmdlet -> the files, one of which must be there."""


class EvidenceError(Exception):
    """The evidence cannot be used; the message says what and where."""


class Evidence:
    """The files of a folder by cmdlet, and the tenant made of them."""

    def __init__(self, folder: Path, tenant_id: str = "") -> None:
        self._files = {path.stem: path for path in sorted(folder.glob("*.json"))}
        if not self._files:
            raise EvidenceError(f"{folder} holds no evidence (<Cmdlet>.json). Export it with the evidence script.")
        times = [str(_read(path).get("collected") or "") for path in self._files.values()]
        moment = max((parse_time(text) for text in times if text), default=None)
        if moment is None:
            raise EvidenceError(f"No file in {folder} says when it was collected.")
        self.tenant = Tenant(0, 1, SimClock(moment, rate=0))
        self.tenant.id = (self._tenant_id() or tenant_id or self.tenant.id).lower()
        self.online = "Get-Mailbox" not in self._files
        _Filling(self.tenant, self.items).everything()

    def items(self, cmdlet: str) -> Iterator[JSON]:
        """The rows of one cmdlet, none where it is not in evidence. One file at a time is in memory."""
        items = (_read(self._files[cmdlet]).get("items") or []) if cmdlet in self._files else []
        yield from (items if isinstance(items, list) else [items])

    def can(self, cmdlet: str) -> None:
        """Refuses a cmdlet whose answers are not in evidence."""
        noun = cmdlet.partition("-")[2]
        wanted = NEEDS.get(noun)
        if wanted is not None and not any(name in self._files for name in wanted):
            raise NotSimulated(cmdlet, f"the evidence has no {wanted[0]}.json")

    def _tenant_id(self) -> str:
        for row in self.items("Get-ConnectionInformation"):
            return str(row.get("TenantID") or "")
        for row in self.items("Get-ApplicationAccessPolicy"):
            return str(row.get("Identity") or "").partition("\\")[0]
        return ""


def _read(path: Path) -> JSON:
    raw = path.read_bytes()
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), "")
    if not encoding:
        encoding = "utf-16-le" if raw[1:2] == b"\0" else "utf-8"
    try:
        found = json.loads(raw.decode(encoding).removeprefix("\ufeff"))
    except ValueError as error:
        raise EvidenceError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(found, dict):
        raise EvidenceError(f"{path} holds no object with items.")
    return found


class _Untold(Collection):
    """Who is in an administrative unit: Exchange does not show it."""

    def get(self, id: str, stale: bool = False) -> JSON | None:  # noqa: A002, ARG002 - as the base has it
        """Refused."""
        raise NotSimulated("Test-ServicePrincipalAuthorization", "the evidence does not tell who is in the unit")


class _Filling:
    """Puts rows of evidence into a tenant's collections."""

    def __init__(self, tenant: Tenant, items: Any) -> None:
        self._tenant = tenant
        self._items = items
        for name in ("users", "groups"):
            keys = (*KEYS[name], "@guid", "@distinguishedName")
            tenant.collections[name] = Collection(name, tenant.clock, keys=keys)
        units = "administrativeUnitMembers"
        tenant.collections[units] = _Untold(units, tenant.clock, keys=KEYS[units])

    def everything(self) -> None:
        """Mailboxes and groups first, then what speaks of them."""
        for name in (*MAILBOXES, "Get-DistributionGroup", "Get-DistributionGroupMember", "Get-Recipient"):
            for row in self._items(name):
                self._recipient(row)
        self._members()
        self._apps()
        for row in self._items("Get-ApplicationAccessPolicy"):
            self._put("applicationAccessPolicies", {"id": self._tenant.new_id(), **row})
        for row in self._items("Get-CalendarProcessing"):
            values = {key: _value(value) for key, value in row.items() if key != "Mailbox"}
            self._put("calendarProcessing", {"id": self._id_of(str(row.get("Mailbox"))), **values})
        for row in self._items("Get-OrganizationConfig"):
            values = {key: _value(value) for key, value in row.items()}
            self._put("exchangeOrganizationConfig", {"id": self._tenant.id, **values})
        self._folders()

    def _put(self, collection: str, row: JSON) -> None:
        self._tenant.collection(collection).put(row, at_once=True)

    def _recipient(self, row: JSON) -> None:
        details = str(row.get("RecipientTypeDetails") or "UserMailbox")
        guid = str(row.get("Guid") or "").lower()
        key = str(row.get("ExternalDirectoryObjectId") or "").lower() or turned(self._tenant.id, guid)
        if not key:
            return
        address = str(row.get("PrimarySmtpAddress") or "")
        made: JSON = {"id": key, "@guid": guid or turned(self._tenant.id, key), "mail": address}
        made |= {"userPrincipalName": str(row.get("UserPrincipalName") or address)}
        made |= {"displayName": str(row.get("Name") or row.get("DisplayName") or address)}
        if row.get("DistinguishedName"):
            made["@distinguishedName"] = str(row["DistinguishedName"])
        if details in GROUPS or details.endswith("Group"):
            self._group(made, details)
        elif self._tenant.collection("users").get(key) is None:
            self._put("users", made | {"@recipientType": details})

    def _group(self, made: JSON, details: str) -> None:
        known = self._tenant.collection("groups").get(made["id"]) or {"@unknownMembers": True}
        security = details == "MailUniversalSecurityGroup"
        made |= {"mailEnabled": True, "securityEnabled": security, "groupTypes": _GROUP_TYPES.get(details, [])}
        made |= {"@recipientType": details} if details == "RoomList" else {}
        self._put("groups", known | made)

    def _members(self) -> None:
        """Rows name the policy's group and, for nested ones, the group that they were found in."""
        groups = self._tenant.collection("groups")
        for row in self._items("Get-DistributionGroupMember"):
            whole = self._id_of(str(row.get("MemberOf") or row.get("Group") or ""))
            top = self._id_of(str(row.get("Group") or ""))
            part = self._id_of(str(row.get("ExternalDirectoryObjectId") or row.get("Guid") or ""))
            if part != whole:
                link(self._tenant, "groupMembers", whole, part, at_once=True)
            for told in {whole, top, part}:
                group = groups.get(told)
                if group is not None:
                    groups.put({key: value for key, value in group.items() if key != "@unknownMembers"}, at_once=True)

    def _id_of(self, name: str) -> str:
        """The directory id of a Guid or directory id."""
        for collection in ("users", "groups"):
            rows = self._tenant.collection(collection)
            found = rows.get(name.lower()) or rows.first("@guid", name)
            if found is not None:
                return str(found["id"])
        return name.lower()

    def _apps(self) -> None:
        names: dict[str, str] = {}
        for row in self._items("Get-ServicePrincipal"):
            key = str(row.get("Guid") or self._tenant.new_id())
            self._put("exchangeServicePrincipals", {**row, "id": key, "@unchecked": True})
            names |= {str(row.get(word) or "").lower(): key for word in ("ObjectId", "Name", "Identity", "DisplayName")}
        for row in self._items("Get-ManagementScope"):
            self._put("managementScopes", {"id": self._tenant.new_id(), **row})
        for row in self._items("Get-ManagementRoleAssignment"):
            assignees = (str(row.get(word) or "").lower() for word in ("RoleAssignee", "RoleAssigneeName"))
            pointer = next((names[word] for word in assignees if word in names), "")
            enabled = str(row.get("Enabled", "True")).lower() != "false"
            made = {**row, "id": self._tenant.new_id(), "@pointer": pointer, "Enabled": enabled}
            self._put("managementRoleAssignments", made)

    def _folders(self) -> None:
        folders: dict[str, list[JSON]] = {}
        for row in self._items("Get-MailboxFolderStatistics"):
            folders.setdefault(self._id_of(str(row.get("Mailbox"))), []).append(row)
        numbers: dict[str, tuple[str, int]] = {}
        for owner, rows in folders.items():
            self._put("mailboxFolders", {"id": owner, "folders": rows})
            numbers |= {str(row.get("FolderId")): (owner, number) for number, row in enumerate(rows, 1)}
        for row in self._items("Get-MailboxFolderPermission"):
            owner, number = numbers.get(str(row.get("FolderId")), (self._id_of(str(row.get("Mailbox"))), 1))
            kind = str(row.get("UserType") or "Unknown")
            person = str(row.get("UserGuid") or row.get("UserAddress") or "unknown")
            user = kind if kind in ("Default", "Anonymous") else self._id_of(person)
            entry = {"id": f"{owner}:{number}:{user}", "@owner": owner, "@folder": number, "@user": user}
            flags = tuple(word for word in _words(row.get("SharingPermissionFlags")) if word != "None")
            entry |= {"AccessRights": _words(row.get("AccessRights")), "SharingPermissionFlags": flags}
            store(self._tenant).put(entry)


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(value or "").replace(",", " ").split())


def _value(value: object) -> object:
    """A value that the evidence script wrote as text."""
    return {"True": True, "False": False, "": None}.get(value, value) if isinstance(value, str) else value
