"""The collection `presences`: one object a person, computed when it is read, so that sessions expire by themselves.

A raw object has the id of its person. Private keys: `@owner` (the same id), `@own` what the person's Teams clients
show ({availability, activity}, absent: the generated day), `@sessions`, `@preferred`, `@set` when it was written.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.clock import parse_time, stamp
from simulator.directory.seeding import person_named
from simulator.population import Population
from simulator.presence.day import own_presence
from simulator.presence.rules import OFFLINE, UNKNOWN, Shown, aggregate
from simulator.store import Collection

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
_FIRST = "2000-01-01T00:00:00Z"


class Generated:
    """The source of presences: one for each account of the population that uses Teams."""

    def __init__(self, store: "PresenceStore", people: Population) -> None:
        self._store = store
        self._people = people

    def __len__(self) -> int:
        return len(self._people)

    def at(self, index: int) -> JSON | None:
        """The presence of the account at an index; None where it has none."""
        key = self._people.ids.make(1, index)
        return self._store.shown({"id": key, "@owner": key})

    def index(self, object_id: str) -> int | None:
        """The index that an id names, or None."""
        return self._people.index(object_id)

    def lookup(self, key: str, value: str) -> int | None:
        """The index of the presence of a person."""
        return self._people.index(value) if key in ("id", "@owner") else None


class PresenceStore(Collection):
    """Presences as they are at the moment of reading. Teams tells them at once: nothing lags here."""

    def __init__(self, tenant: "Tenant") -> None:
        super().__init__("presences", tenant.clock, keys=("@owner",))
        self._tenant = tenant
        self._people: Population | None = None

    def grow_on(self, people: Population) -> None:
        """Lets everybody of the population have a presence."""
        self._people = people
        self.stand_on(Generated(self, people))

    def of(self, user_id: str) -> JSON | None:
        """The presence of a user, written or not; None where no user has this id."""
        found = self.get(user_id)
        return found if found is not None else self.shown({"id": user_id, "@owner": user_id})

    def _seen(self, key: str, stale: bool) -> JSON | None:
        found = super()._seen(key, stale)
        return None if found is None else self.shown(found)

    def shown(self, raw: JSON) -> JSON | None:
        """A raw object with what others see now; None where its person is gone."""
        person = self._tenant.collection("users").get(raw["id"])
        if person is None:
            return None
        now = self._tenant.now()
        seen = aggregate(self._own(raw, person, now), raw.get("@sessions") or {}, raw.get("@preferred"), now)
        return {
            "workLocation": None,
            **raw,
            "availability": seen.availability,
            "activity": seen.activity,
            "statusMessage": _living(raw.get("statusMessage"), now),
            "outOfOfficeSettings": raw.get("outOfOfficeSettings") or {"message": None, "isOutOfOffice": False},
            "sequenceNumber": f"A{int(seen.since.timestamp()) & 0xFFFFFFFF:08X}",
        }

    def _own(self, raw: JSON, person: JSON, now: datetime) -> Shown:
        since = parse_time(str(raw.get("@set") or _FIRST))
        own = raw.get("@own")
        if own:
            return Shown(own["availability"], own["activity"], since)
        if person.get("accountEnabled") is False or person.get("userType") == "Guest":
            return Shown(*UNKNOWN, since=since)
        number = self._people.index(raw["id"]) if self._people is not None else None
        if self._people is None or number is None:
            return Shown(*OFFLINE, since=since)
        made = own_presence(self._people.seed, number, now)
        return Shown(made.availability, made.activity, max(since, made.since))


def complete(tenant: "Tenant", given: JSON) -> JSON:
    """A seeded presence: `@owner` (id or user principal name) says whose; availability and activity are their own.

    Raises ValueError where nobody is named, or nobody is so called.
    """
    person = person_named(tenant, str(given.get("@owner") or given.get("id") or ""))
    known = tenant.collection("presences").get(person["id"]) or {}
    made = {**known, **given, "id": person["id"], "@owner": person["id"], "@set": stamp(tenant.now())}
    if "availability" in given or "activity" in given:
        availability = given.get("availability") or given["activity"]
        made["@own"] = {"availability": availability, "activity": given.get("activity") or availability}
    return made


def _living(message: Any, now: datetime) -> Any:
    """The status message while it has not expired (`expiryDateTime` is stored in UTC)."""
    ends = (message or {}).get("expiryDateTime")
    if ends and parse_time(str(ends["dateTime"])) <= now:
        return None
    return message
