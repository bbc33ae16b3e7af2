"""Recipients: everybody and everything with an address, as Exchange sees the directory.

Accounts and groups stand in the collections `users` and `groups`; Exchange's own things about them are computed.
Private keys of an account: `@recipientType` (its RecipientTypeDetails where the account itself does not tell).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from simulator.exchange.identity import is_guid, sid_of, turned
from simulator.population import Kind, has_mailbox, kind_of
from simulator.population.people import number_in

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
MAILBOXES = ("UserMailbox", "RoomMailbox", "SharedMailbox", "EquipmentMailbox")
STATIC = ("MailUniversalSecurityGroup", "MailUniversalDistributionGroup", "RoomList")
GROUPS = (*STATIC, "GroupMailbox", "DynamicDistributionGroup")
_TYPES = {
    "GuestMailUser": "MailUser",
    "MailUser": "MailUser",
    "GroupMailbox": "MailUniversalDistributionGroup",
    "RoomList": "MailUniversalDistributionGroup",
}


@dataclass(frozen=True)
class Recipient:
    """One recipient: its raw directory object and its RecipientTypeDetails."""

    raw: JSON
    details: str
    tenant: "Tenant"

    @property
    def id(self) -> str:
        """The directory's id (ExternalDirectoryObjectId)."""
        return str(self.raw["id"])

    @property
    def guid(self) -> str:
        """Exchange's own id."""
        return str(self.raw.get("@guid") or turned(self.tenant.id, self.id))

    @property
    def address(self) -> str:
        """The primary address."""
        return str(self.raw.get("mail") or "")

    @property
    def name(self) -> str:
        """The common name: of accounts the id, of groups what they are called."""
        return str(self.raw.get("displayName")) if self.details in GROUPS else self.id

    @property
    def distinguished_name(self) -> str:
        """Where it stands in Exchange's directory."""
        return str(self.raw.get("@distinguishedName") or f"CN={escaped(self.name)},{base(self.tenant)}")

    @property
    def sid(self) -> str:
        """Its security identifier."""
        return str(self.raw.get("securityIdentifier") or sid_of(self.id))

    @property
    def is_security_principal(self) -> bool:
        """Whether it can hold rights (IsValidSecurityPrincipal)."""
        return self.details in ("UserMailbox", "MailUser", "MailUniversalSecurityGroup")

    @property
    def is_mailbox(self) -> bool:
        """Whether it has a mailbox here."""
        return self.details in MAILBOXES

    def addresses(self) -> list[str]:
        """All addresses with their prefix, the primary one first."""
        return list(self.raw.get("proxyAddresses") or ([f"SMTP:{self.address}"] if self.address else []))


def base(tenant: "Tenant") -> str:
    """The end of every distinguished name of a tenant."""
    return f"OU={tenant.domain},OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"


def escaped(name: str) -> str:
    """A name as a distinguished name holds it."""
    return "".join("\\" + c if c in ',+"\\<>;=#' else c for c in name)


def of_account(tenant: "Tenant", account: JSON) -> Recipient | None:
    """The recipient that an account is; None where it has no address of its own."""
    details = account.get("@recipientType") or _details(tenant, account)
    return Recipient(account, details, tenant) if details else None


def _details(tenant: "Tenant", account: JSON) -> str:
    if not account.get("mail"):
        return ""
    people = tenant.population
    index = people.index(account["id"]) if people is not None else None
    kind = kind_of(index) if index is not None else None
    if kind in (Kind.TWIN_DISABLED, Kind.TWIN_GUEST):  # the address belongs to the account before it
        return ""
    if account.get("userType") == "Guest":
        return "GuestMailUser"
    if not has_mailbox(account):
        return "MailUser"
    return {Kind.ROOM: "RoomMailbox", Kind.SHARED: "SharedMailbox"}.get(kind or Kind.PERSON, "UserMailbox")


def of_group(tenant: "Tenant", group: JSON) -> Recipient | None:
    """The recipient that a group is; None where it is not mail-enabled."""
    if not group.get("mailEnabled") or not group.get("mail"):
        return None
    if group.get("@recipientType"):
        details = str(group["@recipientType"])
    elif "Unified" in (group.get("groupTypes") or []):
        details = "GroupMailbox"
    else:
        details = "MailUniversalSecurityGroup" if group.get("securityEnabled") else "MailUniversalDistributionGroup"
    return Recipient(group, details, tenant)


def of_id(tenant: "Tenant", directory_id: str) -> Recipient | None:
    """The recipient with an id of the directory."""
    account = tenant.collection("users").get(directory_id)
    if account is not None:
        return of_account(tenant, account)
    group = tenant.collection("groups").get(directory_id)
    if group is not None:
        return of_group(tenant, group)
    dynamic = tenant.collection("dynamicDistributionGroups").get(directory_id)
    return Recipient(dynamic, "DynamicDistributionGroup", tenant) if dynamic is not None else None


def of_guid(tenant: "Tenant", guid: str) -> Recipient | None:
    """The recipient with Exchange's own id: computed, or where evidence gave it, looked up."""
    for name in ("users", "groups"):
        rows = tenant.collection(name)
        found = rows.first("@guid", guid) if "@guid" in rows.keys else None
        if found is not None:
            return of_id(tenant, str(found["id"]))
    return of_id(tenant, turned(tenant.id, guid))


def groups(tenant: "Tenant") -> Iterator[Recipient]:
    """Every mail-enabled group, dynamic ones last."""
    found = (of_group(tenant, group) for group in tenant.collection("groups").iterate())
    yield from (group for group in found if group is not None)
    for dynamic in tenant.collection("dynamicDistributionGroups").iterate():
        yield Recipient(dynamic, "DynamicDistributionGroup", tenant)


def accounts(tenant: "Tenant") -> Iterator[Recipient]:
    """Every account that is a recipient, one at a time."""
    found = (of_account(tenant, account) for account in tenant.collection("users").iterate())
    return (one for one in found if one is not None)


def everybody(tenant: "Tenant") -> Iterator[Recipient]:
    """Every recipient."""
    yield from accounts(tenant)
    yield from groups(tenant)


def find(tenant: "Tenant", identity: str) -> list[Recipient]:
    """The recipients that an -Identity names: Guid, directory id, address, name, alias or distinguished name."""
    wanted = identity.strip()
    if is_guid(wanted):
        found = of_guid(tenant, wanted.lower()) or of_id(tenant, wanted.lower())
        return [found] if found is not None else []
    if wanted.upper().startswith("CN="):
        return _by_name(tenant, wanted, distinguished=True)
    return _by_address(tenant, wanted) if "@" in wanted else _by_name(tenant, wanted)


def _by_address(tenant: "Tenant", address: str) -> list[Recipient]:
    low = address.lower()
    near = (of_account(tenant, account) for account in _accounts_near(tenant, address))
    hits = [one for one in near if one is not None and low in _names(one)]
    if not hits:
        written = (of_account(tenant, account) for account in _written(tenant))
        hits = [one for one in written if one is not None and low in _names(one)]
    hits += [one for one in groups(tenant) if low in _names(one)]
    return _once(hits)


def _accounts_near(tenant: "Tenant", address: str) -> Iterator[JSON]:
    """Accounts that may have an address: by index, and by the number in it."""
    users = tenant.collection("users")
    yield from users.find("mail", address)
    yield from users.find("userPrincipalName", address)
    number = number_in(address)
    if tenant.population is not None and number is not None and 0 <= number < len(tenant.population):
        account = users.get(tenant.population.at(number)["id"])
        if account is not None:
            yield account


def _written(tenant: "Tenant") -> Iterator[JSON]:
    """Accounts that are not as they were generated: any may have any address."""
    users = tenant.collection("users")
    for _, key in users.changes(0):
        account = users.get(key)
        if account is not None:
            yield account


def _names(one: Recipient) -> set[str]:
    words = {address.partition(":")[2].lower() for address in one.addresses()}
    return words | {one.address.lower(), str(one.raw.get("userPrincipalName") or "").lower()}


def _by_name(tenant: "Tenant", name: str, *, distinguished: bool = False) -> list[Recipient]:
    low = name.lower()
    if distinguished:
        users = tenant.collection("users")
        if "@distinguishedName" in users.keys:
            given = (of_account(tenant, account) for account in users.find("@distinguishedName", name))
            known = [one for one in given if one is not None]
            if known:
                return known
        common = name[3:].partition(",OU=")[0]
        if is_guid(common):
            one = of_id(tenant, common.lower())
            return [one] if one is not None and one.distinguished_name.lower() == low else []
        return [one for one in groups(tenant) if one.distinguished_name.lower() == low]
    near = chain(_accounts_near(tenant, f"{name}@{tenant.domain}"), _written(tenant))
    hits = [one for one in (of_account(tenant, account) for account in near) if one is not None]
    hits = [one for one in hits if low in (alias(one).lower(), str(one.raw.get("displayName")).lower())]
    hits += [one for one in groups(tenant) if low in (one.name.lower(), alias(one).lower())]
    return _once(hits)


def alias(one: Recipient) -> str:
    """The mail nickname."""
    return str(one.raw.get("mailNickname") or one.address.partition("@")[0])


def _once(found: list[Recipient]) -> list[Recipient]:
    return list({one.id: one for one in found}.values())


def row(one: Recipient) -> JSON:
    """What Get-Recipient, Get-Mailbox and Get-DistributionGroup show of every recipient."""
    return {
        "Identity": one.name,
        "Name": one.name,
        "Alias": alias(one),
        "DisplayName": str(one.raw.get("displayName") or ""),
        "PrimarySmtpAddress": one.address,
        "EmailAddresses": one.addresses(),
        "RecipientType": _TYPES.get(one.details, "UserMailbox" if one.is_mailbox else one.details),
        "RecipientTypeDetails": one.details,
        "Guid": one.guid,
        "ExternalDirectoryObjectId": one.id,
        "DistinguishedName": one.distinguished_name,
        "IsValidSecurityPrincipal": one.is_security_principal,
    }
