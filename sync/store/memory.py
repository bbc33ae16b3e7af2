"""A store in memory, for `sync check` (which changes nothing) and for tests. Gone when the program ends."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sync.model import (
    CALENDAR_STALE,
    USERS_STALE,
    Match,
    Pending,
    People,
    Person,
    Record,
    Round,
    User,
    record_body,
)


class MemoryStore:
    """See `sync.store.interface.Store`."""

    def __init__(self) -> None:
        """Begins empty."""
        self._users: dict[str, User] = {}
        self._staged: dict[str, User] = {}
        self._matches: dict[str, Match] = {}
        self._people: People | None = None
        self._persons: dict[str, Person] = {}
        self._outbox: dict[str, dict[int, Pending]] = {}
        self._rounds: dict[str, Round] = {}
        self._facts: dict[str, str] = {}
        self._last_id = 0

    # The directory.

    def begin_users(self) -> None:
        self._staged, self._matches = {}, {}

    def stage_users(self, users: Iterable[User]) -> None:
        self._staged.update((user.id, user) for user in users)

    def staged_users(self) -> Iterator[User]:
        return iter(sorted((u for u in self._staged.values() if u.address), key=lambda u: (u.address, u.id)))

    def stage_matches(self, matches: Iterable[Match]) -> tuple[int, int]:
        self._matches = {match.key: match for match in matches}
        return len(self._matches), sum(match.others > 0 for match in self._matches.values())

    def staged_loss(self) -> tuple[int, int, list[str]]:
        active = [person.key for person in self._persons.values() if person.gone is None]
        return len(self._staged), len(active), sorted(key for key in active if key not in self._matches)

    def adopt(self, now: int, people: People) -> None:
        self._users, self._people = self._staged, people
        for person in [p for p in self._persons.values() if p.gone is None and p.key not in self._matches]:
            self._put(person, gone=now, next=now, calendar=None, stale=0, failure="")
        for match in self._matches.values():
            self._adopt(match, now)
        self.begin_users()

    def _adopt(self, match: Match, now: int) -> None:
        old = self._persons.get(match.key)
        matched = dict(zip(("key", "address", "user", "follow", "kind", "others"), match, strict=True))
        if old is None:
            self._persons[match.key] = Person(**matched)  # type: ignore[arg-type]
            return
        same = old.user == match.user
        self._put(
            old,
            **matched,
            gone=None,
            next=old.next if same and old.follow == match.follow else now,
            calendar=old.calendar if same and match.follow else None,
            failure=old.failure if same else "",
            stale=old.stale if same and match.follow else 0,
        )

    def users_at(self, address: str) -> list[User]:
        named = address.lower()
        return sorted((u for u in self._users.values() if named in (u.address, u.name.lower())), key=lambda u: u.id)

    def people(self) -> People | None:
        return self._people

    # The people.

    def person(self, key: str) -> Person | None:
        return self._persons.get(key)

    def persons_of(self, keys: Iterable[str]) -> dict[str, Person]:
        return {key: self._persons[key] for key in keys if key in self._persons}

    def persons(self, after: str = "", limit: int = 500, *, readable: bool = False) -> list[Person]:
        chosen = (p for p in self._persons.values() if p.key > after and not (readable and (p.gone or not p.follow)))
        return sorted(chosen, key=lambda p: p.key)[:limit]

    def due(self, until: int, limit: int = 500) -> list[Person]:
        chosen = [(p.next, p.key, p) for p in self._persons.values() if p.next is not None and p.next <= until]
        return [person for _, _, person in sorted(chosen, key=lambda each: each[:2])[:limit]]

    def next_due(self) -> int | None:
        return min((p.next for p in self._persons.values() if p.next is not None), default=None)

    def named(self, key_or_address: str) -> list[Person]:
        address = key_or_address.lower()
        chosen = (p for p in self._persons.values() if p.key == key_or_address or p.address == address)
        return sorted(chosen, key=lambda p: p.key)

    def save(self, persons: Sequence[Person], records: Sequence[Record], sinks: Sequence[str]) -> None:
        for person in persons:
            if person.key in self._persons:
                moving = ("gone", "stale", "failure", "next", "calendar", "sent")
                self._put(self._persons[person.key], **{name: getattr(person, name) for name in moving})
        for record in (record for record in records if record.key in self._persons):
            for sink in sinks:
                self._add(sink, record)

    def hasten(self, now: int) -> None:
        for person in list(self._persons.values()):
            if person.calendar is not None or person.sent is not None:
                self._put(person, next=now)

    def stale(self, reasons: int = USERS_STALE | CALENDAR_STALE) -> int:
        return sum(
            p.gone is None and p.follow and p.stale & reasons != 0 and p.calendar is not None for p in self._all()
        )

    def failures(self) -> list[tuple[str, int]]:
        reasons = [p.failure for p in self._all() if p.gone is None and p.follow and p.failure]
        return sorted(((each, reasons.count(each)) for each in set(reasons)), key=lambda pair: (-pair[1], pair[0]))

    def floor(self) -> int:
        return int(self._facts.get("floor", "0"))

    # The outbox.

    def keep_sinks(self, sinks: Sequence[str]) -> None:
        known = msgspec.json.decode(self._facts.get("sinks", "[]"), type=list[str])
        self._outbox = {sink: rows for sink, rows in self._outbox.items() if sink in sinks}
        for sink in (sink for sink in sinks if sink not in known):
            for person in sorted(self._all(), key=lambda p: p.key):
                if person.sent is not None:
                    self._add(sink, person.sent)
        self._facts["sinks"] = msgspec.json.encode(list(sinks)).decode()

    def pending(self, sink: str, limit: int = 500) -> list[Pending]:
        return list(self._outbox.get(sink, {}).values())[:limit]

    def waiting(self, sink: str) -> int:
        return len(self._outbox.get(sink, {}))

    def delivered(self, sink: str, ids: Iterable[int]) -> None:
        for number in ids:
            self._outbox.get(sink, {}).pop(number, None)

    # Rounds and facts.

    def save_round(self, done: Round) -> None:
        self._rounds[done.name] = done

    def rounds(self) -> dict[str, Round]:
        return dict(self._rounds)

    def fact(self, name: str) -> str | None:
        return self._facts.get(name)

    def save_fact(self, name: str, value: str) -> None:
        self._facts[name] = value

    # The end.

    def forget(self, key_or_address: str) -> list[str]:
        found = self.named(key_or_address)
        for person in found:
            self._forget(person)
        return [person.key for person in found]

    def purge(self, before: int) -> int:
        found = [p for p in self._all() if p.gone is not None and p.gone < before]
        for person in found:
            self._forget(person)
        return len(found)

    def close(self) -> None:
        """Nothing to end."""

    def _forget(self, person: Person) -> None:
        self._facts["floor"] = str(max(self.floor(), person.sent.sequence if person.sent else 0))
        for users in (self._users, self._staged):
            for user in [u for u in users.values() if u.id == person.user or u.address == person.address]:
                del users[user.id]
        self._matches.pop(person.key, None)
        del self._persons[person.key]
        for rows in self._outbox.values():
            for pending in [row for row in rows.values() if row.key == person.key]:
                del rows[pending.id]

    def _put(self, person: Person, **changes: object) -> None:
        self._persons[person.key] = msgspec.structs.replace(person, **changes)

    def _add(self, sink: str, record: Record) -> None:
        self._last_id += 1
        self._outbox.setdefault(sink, {})[self._last_id] = Pending(self._last_id, record.key, record_body(record))

    def _all(self) -> list[Person]:
        return list(self._persons.values())
