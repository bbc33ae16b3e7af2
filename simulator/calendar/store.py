"""The collection `events`: generated events of every mailbox, and what was written over them or beside them."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from simulator.calendar.dressing import dressed
from simulator.calendar.entry import Entry, check_exceptions, compile_event
from simulator.calendar.making import SLOTS, Place, drawn_times, event_id, read_event_id, slots, times
from simulator.calendar.shape import blank, change_key, complete, settle
from simulator.population import Population, has_mailbox
from simulator.store import Collection

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
_MAILBOXES_KEPT = 12_000  # whose times are remembered between requests, about 3 kB each
_EVENTS_KEPT = 8_000  # generated events remembered whole, about 5 kB each


class Generated:
    """The source of generated events: SLOTS positions an account, some of them empty (`at` gives None there)."""

    def __init__(self, people: Population, accounts: Collection, anchor: date) -> None:
        self.people = people
        self.anchor = anchor
        self._accounts = accounts

    def __len__(self) -> int:
        return len(self.people) * SLOTS

    def at(self, index: int) -> JSON | None:
        """The raw event at a position; None for an empty slot, or where the account has no mailbox now."""
        account, slot = divmod(index, SLOTS)
        place = self.place(account, slot)
        if times(place) is None:
            return None
        owner = self._accounts.get(self.people.at(account)["id"])
        return dressed(self.people, place, owner) if owner is not None and has_mailbox(owner) else None

    def place(self, account: int, slot: int) -> Place:
        """A slot with its draw."""
        return Place(self.people.seed, account, slot, self.anchor)

    def index(self, object_id: str) -> int | None:
        """The position that an id names, or None."""
        found = read_event_id(self.people.ids, object_id)
        if found is None or found[0] >= len(self.people):
            return None
        return found[0] * SLOTS + found[1]

    def lookup(self, key: str, value: str) -> int | None:
        """The first position whose owner is `value`."""
        return next(iter(self.matches(key, value)), None)

    def matches(self, key: str, value: str) -> Iterable[int]:
        """All filled positions whose owner (`@owner`, a user id) is `value`."""
        account = self.people.index(value) if key == "@owner" else None
        if account is None:
            return []
        filled = (slot for slot in slots(self.people.seed, account) if times(self.place(account, slot)) is not None)
        return [account * SLOTS + slot for slot in filled]


class EventStore(Collection):
    """Raw events of all mailboxes, as the door shows them; Exchange answers at once, so nothing lags here."""

    def __init__(self, tenant: "Tenant") -> None:
        super().__init__("events", tenant.clock, keys=("@owner", "transactionId"))
        self._tenant = tenant
        self._generated: Generated | None = None
        self._entries: OrderedDict[str, list[Entry]] = OrderedDict()
        self._whole_events: OrderedDict[str, JSON | None] = OrderedDict()
        self._users_version = 0

    def grow_on(self, people: Population) -> None:
        """Lets the collection begin with the events that the people of the population have."""
        self._generated = Generated(people, self._tenant.collection("users"), self._tenant.now().date())
        self.stand_on(self._generated)

    def put(self, value: JSON, *, at_once: bool = False) -> JSON:
        """Adds or replaces an event, filling what it leaves open. Raises ValueError where it cannot take place."""
        made = self._whole(value)
        check_exceptions(compile_event(made))
        return super().put(made, at_once=at_once)

    def _whole(self, value: JSON) -> JSON:
        given = str(value.get("@owner") or "")
        if not given:
            raise ValueError(f"event {value.get('id')} names no mailbox in '@owner'")
        if not (value.get("start") or {}).get("dateTime") or not (value.get("end") or {}).get("dateTime"):
            raise ValueError(f"event {value.get('id')} needs start and end, each with dateTime and timeZone")
        owner = self.account(given) or {"id": given.lower(), "displayName": given, "mail": given}
        identity = value.get("id") or self._tenant.new_id()
        made = complete(value, blank(identity, owner, self._tenant.stamp()))
        made |= {"id": identity, "@owner": owner["id"], "changeKey": change_key(identity, self.version)}
        return settle(made)

    def account(self, name: str) -> JSON | None:
        """The user with an id, user principal name or address, in this order; None where nobody has it."""
        users = self._tenant.collection("users")
        return users.get(name) or users.first("userPrincipalName", name) or users.first("mail", name)

    def get(self, id: str, stale: bool = False) -> JSON | None:  # noqa: A002, ARG002 - as in the base class
        """The event with this id; unlike directory ids, these distinguish case."""
        if id in self._now or self._generated is None:
            return self._now.get(id)
        users = self._tenant.collection("users").version
        if users != self._users_version:  # events name people
            self._whole_events.clear()
            self._users_version = users
        if id not in self._whole_events:
            position = self._generated.index(id)
            self._whole_events[id] = None if position is None else self._generated.at(position)
            if len(self._whole_events) > _EVENTS_KEPT:
                self._whole_events.popitem(last=False)
        return self._whole_events[id]

    def _write(self, key: str, value: JSON | None, *, at_once: bool) -> None:
        for event in (self.get(key), value):
            if event is not None:
                self._entries.pop(event["@owner"], None)
        super()._write(key, value, at_once=at_once)

    def clear(self) -> None:
        """Empties every mailbox, generated events too."""
        super().clear()
        self._generated = None
        self._entries.clear()

    def entries(self, account: JSON) -> list[Entry]:
        """What a mailbox holds, as times: single events and series."""
        owner = account["id"]
        known = self._entries.get(owner)
        if known is None:
            known = [*self._made_entries(owner), *self._written_entries(account)]
            self._entries[owner] = known
            if len(self._entries) > _MAILBOXES_KEPT:
                self._entries.popitem(last=False)
        return known

    def _made_entries(self, owner: str) -> Iterator[Entry]:
        made = self._generated
        account = made.people.index(owner) if made is not None else None
        if made is None or account is None:
            return
        for slot in slots(made.people.seed, account):
            when = drawn_times(made.place(account, slot))
            if when is None:
                continue
            identity = event_id(made.people.ids, account, slot)
            if identity not in self._now:
                yield compile_event({"id": identity, **when})

    def _written_entries(self, account: JSON) -> Iterator[Entry]:
        names = {str(account.get(key) or "").lower() for key in ("id", "userPrincipalName", "mail")} - {""}
        for found in dict.fromkeys(key for name in sorted(names) for key in self._index["@owner"].get(name, ())):
            event = self._now[found]
            if event is not None and event["@owner"].lower() in names:
                yield compile_event(event)

    def of(self, name: str) -> Iterator[JSON]:
        """Raw events of one mailbox, by id, user principal name or address of its owner."""
        account = self.account(name)
        for entry in self.entries(account) if account is not None else ():
            event = self.get(entry.id)
            if event is not None:
                yield event

    def __len__(self) -> int:
        """How many events there are in all mailboxes; counting makes them all."""
        return sum(1 for _ in self.iterate())
