"""The mailbox a request is about, and whether the asker may look into it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.authorize import alternatives
from simulator.calendar.making import home_zone
from simulator.calendar.store import EventStore
from simulator.core import Call, GraphFault
from simulator.exchange.access import may_enter
from simulator.exchange.sharing import may_read
from simulator.population import has_mailbox
from simulator.store import Collection

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
_SHARED = (".Shared",)


@dataclass(frozen=True)
class Mailbox:
    """An account with a mailbox, and the collection its events lie in."""

    account: JSON
    events: EventStore
    folders: Collection  # calendars that were made or changed

    @property
    def id(self) -> str:
        """The owner's id."""
        return str(self.account["id"])


def store_of(tenant: "Tenant") -> EventStore:
    """The tenant's events."""
    events = tenant.collection("events")
    if not isinstance(events, EventStore):
        raise TypeError(f"the events of tenant {tenant.id} are no calendar")
    return events


def mailbox(call: Call, name: str | None = None) -> Mailbox:
    """The mailbox named in the path (`user-id`: id or user principal name). Raises GraphFault 403 or 404."""
    wanted = name or call.params["user-id"]
    account = account_of(call.tenant, wanted)
    if account is None:
        raise GraphFault(
            404,
            "Request_ResourceNotFound",
            f"Resource '{wanted}' does not exist or one of its queried reference-property objects are not present.",
        )
    _check_person(call, account)
    if not has_mailbox(account):
        raise GraphFault(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    if call.token.app_only and not may_enter(call.tenant, call.token, alternatives(call), account):
        raise GraphFault(403, "ErrorAccessDenied", "Access to OData is disabled.")
    return Mailbox(account, store_of(call.tenant), call.tenant.collection("calendars"))


def _check_person(call: Call, account: JSON) -> None:
    """A signed-in person sees the own mailbox; others with a permission on shared calendars, where
    Exchange gives the person the right to read there."""
    if call.token.app_only or call.token.object_id == account["id"]:
        return
    shared = any(scope.endswith(_SHARED) for scope in call.token.scopes)
    if not shared or not (
        call.operation.endswith("/getSchedule") or may_read(call.tenant, call.token.object_id, account)
    ):
        raise GraphFault(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def account_of(tenant: "Tenant", name: str) -> JSON | None:
    """The user with an id or user principal name; None where there is none."""
    users = tenant.collection("users")
    return users.get(name) or (users.first("userPrincipalName", name) if "@" in name else None)


def zone_name(tenant: "Tenant", account: JSON) -> str:
    """The time zone of a mailbox as its owner set it (a Windows name)."""
    settings = tenant.collection("mailboxSettings").get(account["id"]) or {}
    if settings.get("timeZone"):
        return str(settings["timeZone"])
    people = tenant.population
    index = people.index(account["id"]) if people is not None else None
    return home_zone(people.seed, index) if people is not None and index is not None else "W. Europe Standard Time"
