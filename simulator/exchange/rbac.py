"""RBAC for Applications: what role assignments in Exchange let an app do, and since when Exchange's front doors know.

Source: learn.microsoft.com/exchange/permissions-exo/application-rbac. A change reaches an idle app after 30 minutes
and a busy one within two hours: for each app that asked, `exchangeAppCaches` holds when its rights were last read.
What was made or removed after that moment does not count yet.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.exchange import recipients, scopes
from simulator.exchange.tables import words

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
IDLE = timedelta(minutes=30)
BUSY = timedelta(hours=2)


def pointers(tenant: "Tenant") -> Iterator[JSON]:
    """Exchange's pointers whose enterprise application still exists; deleting that takes the pointer away."""
    principals = tenant.collection("servicePrincipals")
    for pointer in tenant.collection("exchangeServicePrincipals").iterate():
        if pointer.get("@unchecked") or principals.get(str(pointer.get("ObjectId"))) is not None:
            yield pointer


def assignments(tenant: "Tenant") -> Iterator[JSON]:
    """Role assignments in being; those of an app end with its pointer."""
    known = {str(pointer["id"]) for pointer in pointers(tenant)}
    for row in tenant.collection("managementRoleAssignments").iterate():
        of_app = row.get("RoleAssigneeType") == "ServicePrincipal"
        if not row.get("@removed") and (not of_app or row.get("@pointer") in known):
            yield row


def grants(tenant: "Tenant", app_id: str, object_id: str, permissions: set[str], account: JSON) -> bool:
    """Whether an assignment now in force gives the app one of the permissions in the account's mailbox."""
    seen = _seen(tenant, app_id)
    one = recipients.of_account(tenant, account)
    if one is None:
        return False
    pointer = next((p for p in pointers(tenant) if _is(p, app_id, object_id)), None)
    if pointer is None:
        return False
    for row in tenant.collection("managementRoleAssignments").iterate():
        if row.get("@pointer") != pointer["id"] or not _in_force(row, seen) or row.get("Enabled") is False:
            continue
        if permissions & permissions_of(str(row["Role"])) and scopes.holds(tenant, row, one):
            return True
    return False


def holds_any(tenant: "Tenant", app_id: str, object_id: str) -> bool:
    """Whether the app has a pointer at all: without one its tokens need not be looked at."""
    return any(_is(pointer, app_id, object_id) for pointer in tenant.collection("exchangeServicePrincipals").iterate())


def permissions_of(role: str) -> set[str]:
    """What a role gives; a right to write holds the right to read."""
    given = set(words()["application_roles"].get(role, ()))
    given |= {name.replace(".ReadWrite", ".Read") for name in given}
    return given | {name.replace(".Read", ".ReadBasic") for name in given if name.endswith(".Read")}


def _is(pointer: JSON, app_id: str, object_id: str) -> bool:
    return str(pointer.get("AppId")).lower() == app_id.lower() and str(pointer.get("ObjectId")).lower() == object_id


def _seen(tenant: "Tenant", app_id: str) -> datetime:
    """The moment whose assignments count for the app; asking makes it busy."""
    caches, now = tenant.collection("exchangeAppCaches"), tenant.now()
    known = caches.get(app_id)
    read = now
    if known is not None:
        asked, read = datetime.fromisoformat(known["asked"]), datetime.fromisoformat(known["read"])
        if now - asked >= IDLE or now - read >= BUSY or now < read:
            read = now
    caches.put({"id": app_id, "asked": now.isoformat(), "read": read.isoformat()}, at_once=True)
    return read


def _in_force(row: JSON, seen: datetime) -> bool:
    created, removed = row.get("@created"), row.get("@removed")
    if created and datetime.fromisoformat(created) > seen:
        return False
    return not removed or datetime.fromisoformat(removed) >= seen
