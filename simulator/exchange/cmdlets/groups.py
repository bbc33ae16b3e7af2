"""Distribution groups and mail-enabled security groups: the directory's own groups and memberships."""

from collections.abc import Iterator
from typing import Any

from simulator.directory import blanks
from simulator.directory.links import link, linked, parts, unlink
from simulator.exchange import opath, recipients, scopes
from simulator.exchange.cmdlets.common import chosen, one, short
from simulator.exchange.cmdlets.people import row
from simulator.exchange.errors import ExchangeError, NotSimulated, exists, refused
from simulator.exchange.recipients import STATIC, Recipient
from simulator.exchange.session import Cmdlet, Use

JSON = dict[str, Any]


def get(use: Use) -> Iterator[JSON]:
    """Get-DistributionGroup: neither dynamic nor Microsoft 365 groups."""
    return (group_row(use, g) for g in chosen(use, recipients.groups(use.tenant), STATIC))


def get_any(use: Use) -> Iterator[JSON]:
    """Get-Group: Microsoft 365 groups too."""
    return (group_row(use, g) for g in chosen(use, recipients.groups(use.tenant), (*STATIC, "GroupMailbox")))


def dynamic(use: Use) -> Iterator[JSON]:
    """Get-DynamicDistributionGroup."""
    for found in chosen(use, recipients.groups(use.tenant), ("DynamicDistributionGroup",)):
        yield {**row(use, found), "RecipientFilter": str(found.raw.get("RecipientFilter") or "")}


def group_row(use: Use, group: Recipient) -> JSON:
    """A group's row."""
    security = group.details == "MailUniversalSecurityGroup"
    return {
        **row(use, group),
        "GroupType": "Universal, SecurityEnabled" if security else "Universal",
        "ManagedBy": ["Organization Management"],
        "SamAccountName": recipients.alias(group),
    }


def new(use: Use) -> Iterator[JSON]:
    """New-DistributionGroup: a distribution group, or with -Type Security one that can hold rights."""
    name = short("Name", use.text("Name"))
    kind = use.text("Type") or "Distribution"
    if kind.lower() not in ("distribution", "security"):
        raise ExchangeError("ParameterBindingException", f"Cannot convert '{kind}' to a group type.", kind)
    alias = use.text("Alias") or use.text("SamAccountName") or name.replace(" ", "")
    address = use.text("PrimarySmtpAddress") or f"{alias}@{use.tenant.domain}"
    if recipients.find(use.tenant, address) or recipients.find(use.tenant, name):
        raise exists(address)
    details = "RoomList" if use.flag("RoomList") else STATIC[kind.lower() == "distribution"]
    group = blanks.group(
        use.tenant,
        {
            "displayName": use.text("DisplayName") or name,
            "mail": address,
            "mailNickname": alias,
            "mailEnabled": True,
            "securityEnabled": kind.lower() == "security",
            "proxyAddresses": [f"SMTP:{address}"],
            "groupTypes": [],
            "@recipientType": details if details == "RoomList" else None,
        },
    )
    group.setdefault("id", use.tenant.new_id())
    members = [one(use, member) for member in use.many("Members")]
    if use.change(address, None, details, lambda: _make(use, group, members)):
        yield group_row(use, Recipient(group, details, use.tenant))


def _make(use: Use, group: JSON, members: list[Recipient]) -> None:
    use.tenant.collection("groups").put(group)
    for member in members:
        link(use.tenant, "groupMembers", group["id"], member.id)


def remove(use: Use) -> Iterator[JSON]:
    """Remove-DistributionGroup."""
    group = one(use, use.text("Identity"), STATIC)
    use.change(group.address, group.details, None, lambda: _drop(use, group))
    return iter(())


def _drop(use: Use, group: Recipient) -> None:
    for member in list(parts(use.tenant, "groupMembers", group.id)):
        unlink(use.tenant, "groupMembers", group.id, member)
    use.tenant.collection("groups").remove(group.id)


def members(use: Use) -> Iterator[JSON]:
    """Get-DistributionGroupMember: direct members that are recipients; of a dynamic group who passes its filter."""
    group = one(use, use.text("Identity"), (*STATIC, "DynamicDistributionGroup"))
    limit = use.limit()
    for count, member in enumerate(_members(use, group)):
        if limit is not None and count >= limit:
            use.session.warned(f"There are more results available than are currently displayed ({limit}).")
            return
        yield row(use, member)


def _members(use: Use, group: Recipient) -> Iterator[Recipient]:
    if group.details == "DynamicDistributionGroup":
        passes = opath.read(str(group.raw.get("RecipientFilter") or ""))
        yield from (r for r in recipients.accounts(use.tenant) if passes.matches(scopes.reader(r)))
        return
    if group.raw.get("@unknownMembers"):
        raise NotSimulated(use.name, f"the evidence does not tell who is in {group.address}")
    for member in parts(use.tenant, "groupMembers", group.id):
        found = recipients.of_id(use.tenant, member)
        if found is not None:
            yield found


def add(use: Use) -> Iterator[JSON]:
    """Add-DistributionGroupMember: fails for who is a member already."""
    group, member = one(use, use.text("Identity"), STATIC), one(use, use.text("Member"))
    if linked(use.tenant, "groupMembers", group.id, member.id):
        text = f'The recipient "{member.name}" is already a member of the group "{group.name}".'
        raise ExchangeError("MemberAlreadyExistsException", text, group.name, "ResourceExists")
    if member.id == group.id:
        raise refused("A group can't be a member of itself.", group.name)
    do = lambda: link(use.tenant, "groupMembers", group.id, member.id)  # noqa: E731
    use.change(f"{group.address}: {member.address}", None, "member", do)
    return iter(())


def take(use: Use) -> Iterator[JSON]:
    """Remove-DistributionGroupMember: fails for who is no member."""
    group, member = one(use, use.text("Identity"), STATIC), one(use, use.text("Member"))
    if not linked(use.tenant, "groupMembers", group.id, member.id):
        text = f'The recipient "{member.name}" isn\'t a member of the group "{group.name}".'
        raise ExchangeError("MemberNotFoundException", text, group.name, "ObjectNotFound")
    do = lambda: unlink(use.tenant, "groupMembers", group.id, member.id)  # noqa: E731
    use.change(f"{group.address}: {member.address}", "member", None, do)
    return iter(())


_LIST = ("Identity", "ResultSize", "Filter", "RecipientTypeDetails")
_MEMBER = ("Identity", "Member", "BypassSecurityGroupManagerCheck")
CMDLETS = [
    Cmdlet("Get-DistributionGroup", _LIST, get),
    Cmdlet("Get-Group", _LIST, get_any),
    Cmdlet("Get-DynamicDistributionGroup", ("Identity", "ResultSize", "Filter"), dynamic),
    Cmdlet(
        "New-DistributionGroup",
        (
            "Name",
            "Type",
            "PrimarySmtpAddress",
            "Alias",
            "DisplayName",
            "Members",
            "SamAccountName",
            "OrganizationalUnit",
            "Notes",
            "RoomList",
        ),
        new,
    ),
    Cmdlet("Remove-DistributionGroup", ("Identity", "BypassSecurityGroupManagerCheck"), remove, asks=True),
    Cmdlet("Get-DistributionGroupMember", ("Identity", "ResultSize"), members),
    Cmdlet("Add-DistributionGroupMember", _MEMBER, add),
    Cmdlet("Remove-DistributionGroupMember", _MEMBER, take, asks=True),
]
