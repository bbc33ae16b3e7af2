"""Application access policies. Source: the cmdlets' pages and exchange/permissions-exo/application-access-policies."""

from collections.abc import Iterator
from typing import Any

from simulator.exchange import recipients
from simulator.exchange.cmdlets.common import one, shown
from simulator.exchange.errors import ExchangeError, not_found, refused
from simulator.exchange.policies import allows
from simulator.exchange.recipients import Recipient
from simulator.exchange.session import Cmdlet, Use

JSON = dict[str, Any]
COLLECTION = "applicationAccessPolicies"
BUDGET = 100_000  # bytes of one tenant's policies: some 300 with a blank description, as the documentation says
_FIXED = 330


def get(use: Use) -> Iterator[JSON]:
    """Get-ApplicationAccessPolicy; -Identity $null gives all."""
    wanted = use.text("Identity").lower()
    found = [
        row
        for row in use.tenant.collection(COLLECTION).iterate()
        if not wanted or _identity(use, row).lower() == wanted
    ]
    if wanted and not found:
        raise not_found(use.text("Identity"))
    yield from (_row(use, row) for row in found)


def _identity(use: Use, row: JSON) -> str:
    return str(row.get("Identity") or f"{use.tenant.id}\\{_apps(row)}:{_raw(use, row)}")


def _apps(row: JSON) -> str:
    apps = row.get("AppId")
    return ",".join(map(str, apps)) if isinstance(apps, list) else str(apps)


def _raw(use: Use, row: JSON) -> str:
    if row.get("ScopeIdentityRaw"):
        return str(row["ScopeIdentityRaw"])
    found = recipients.find(use.tenant, str(row.get("PolicyScopeGroupId") or row.get("ScopeName") or ""))
    return f"{found[0].sid};{found[0].id}" if found else ""


def _row(use: Use, row: JSON) -> JSON:
    raw = _raw(use, row)
    found = recipients.of_id(use.tenant, raw.rpartition(";")[2]) if raw else None
    name = found.name if found is not None else str(row.get("ScopeName") or "")
    blank = {"ScopeName": name, "ScopeIdentity": name, "Description": "", "ShardType": "All", "IsValid": True}
    made = blank | {"ObjectState": "Unchanged"} | {k: v for k, v in shown(row).items() if k in (*blank, "AccessRight")}
    apps = row.get("AppId")
    return (
        made
        | {"Identity": _identity(use, row), "AppId": apps if isinstance(apps, list) else str(apps)}
        | {"ScopeIdentityRaw": raw}
    )


def new(use: Use) -> Iterator[JSON]:
    """New-ApplicationAccessPolicy: refuses groups that are no security principal, and a full storage."""
    right = use.text("AccessRight")
    if right not in ("RestrictAccess", "DenyAccess"):
        raise ExchangeError("ParameterBindingException", f"Cannot convert '{right}' to an access right.", right)
    group = one(use, use.text("PolicyScopeGroupID"))
    if not group.is_security_principal:
        raise refused(f"'{group.name}' isn't a security principal, so it can't be the scope of a policy.", group.name)
    apps = use.many("AppId")
    description = use.text("Description") or _long(apps, group, right)
    if _size(use) + _FIXED + len(description) > BUDGET:
        raise refused("The total size of App Access Policies exceeded the limit.", ",".join(apps))
    raw = f"{group.sid};{group.id}"
    identity = f"{use.tenant.id}\\{','.join(apps)}:{raw}"
    rows = use.tenant.collection(COLLECTION)
    if any(_identity(use, row).lower() == identity.lower() for row in rows.iterate()):
        raise refused(f"The policy '{identity}' already exists.", identity, "ADObjectAlreadyExistsException")
    row = {"id": use.tenant.new_id(), "Identity": identity, "AppId": apps if len(apps) > 1 else apps[0]}
    row |= {"AccessRight": right, "ScopeName": group.name, "ScopeIdentity": group.name, "ScopeIdentityRaw": raw}
    row |= {"Description": description, "@created": use.tenant.now().isoformat()}
    if use.change(f"{','.join(apps)} for {group.address}", None, right, lambda: _put(use, row)):
        yield _row(use, row)


def _put(use: Use, row: JSON) -> None:
    use.tenant.collection(COLLECTION).put(row, at_once=True)


def _long(apps: list[str], group: Recipient, right: str) -> str:
    """The description that Exchange writes where none is given; it eats storage."""
    return f"{right} policy for applications {', '.join(apps)} within {group.distinguished_name}" * 2


def _size(use: Use) -> int:
    return sum(_FIXED + len(str(row.get("Description") or "")) for row in use.tenant.collection(COLLECTION).iterate())


def remove(use: Use) -> Iterator[JSON]:
    """Remove-ApplicationAccessPolicy."""
    wanted, rows = use.text("Identity").lower(), use.tenant.collection(COLLECTION)
    row = next((row for row in rows.iterate() if _identity(use, row).lower() == wanted), None)
    if row is None:
        raise not_found(use.text("Identity"))
    told = _row(use, row)
    use.change(f"{_apps(row)} for {told['ScopeName']}", row["AccessRight"], None, lambda: rows.remove(row["id"]))
    return iter(())


def test(use: Use) -> Iterator[JSON]:
    """Test-ApplicationAccessPolicy: as if everything had come into force. A group answers for itself."""
    found = one(use, use.text("Identity"))
    granted = allows(use.tenant, use.text("AppId"), found.raw, at_once=True)
    yield {
        "AppId": use.text("AppId"),
        "Mailbox": found.name,
        "MailboxId": found.id,
        "MailboxSid": found.sid,
        "AccessCheckResult": "Granted" if granted else "Denied",
    }


CMDLETS = [
    Cmdlet("Get-ApplicationAccessPolicy", ("Identity",), get),
    Cmdlet("New-ApplicationAccessPolicy", ("AccessRight", "AppId", "PolicyScopeGroupID", "Description"), new),
    Cmdlet("Remove-ApplicationAccessPolicy", ("Identity",), remove, asks=True),
    Cmdlet("Test-ApplicationAccessPolicy", ("Identity", "AppId"), test),
]
