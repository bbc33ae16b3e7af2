"""The default store: one SQLite file an integration, in WAL mode, so that `status` can look on while `run` works.

Every commit is on the disk before a sink sees a record, and deleted rows are overwritten: `forget` means it.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

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
    record_of,
)
from sync.store.queries import migrations, queries, read
from tenantry.errors import ConfigurationError, Problem

_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "busy_timeout = 10000")


class SqliteStore:
    """See `sync.store.interface.Store`."""

    def __init__(self, path: Path | str) -> None:
        """Opens or makes the file, and brings it to the newest version.

        Raises:
            ConfigurationError: It is no store, or one of a newer program.
        """
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
            _migrate(self._db, str(path))
            self._db.executescript(read("staging.sql"))
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise _not_a_store(str(path), str(error)) from error
        except BaseException:
            self._db.close()
            raise

    # The directory.

    def begin_users(self) -> None:
        with self._transaction():
            self._run("clear_staged_users")
            self._run("clear_staged_matches")

    def stage_users(self, users: Iterable[User]) -> None:
        with self._transaction():
            self._db.executemany(queries()["stage_user"], users)

    def staged_users(self) -> Iterator[User]:
        return (_user(row) for row in self._run("staged_users"))

    def stage_matches(self, matches: Iterable[Match]) -> tuple[int, int]:
        with self._transaction():
            self._run("clear_staged_matches")
            self._db.executemany(queries()["stage_match"], matches)
            count, duplicate = self._run("staged_match_counts").fetchone()
        return count, duplicate

    def staged_loss(self) -> tuple[int, int, list[str]]:
        missing = [key for (key,) in self._run("missing_keys")]
        return self._number("staged_user_count"), self._number("active_count"), missing

    def adopt(self, now: int, people: People) -> None:
        with self._transaction():
            for name in ("clear_users", "adopt_users"):
                self._run(name)
            for name in ("release_missing", "adopt_matches"):
                self._run(name, now=now)
            for name in ("clear_staged_users", "clear_staged_matches"):
                self._run(name)
            self._run("save_fact", name="people", body=msgspec.json.encode(people))

    def users_at(self, address: str) -> list[User]:
        return [_user(row) for row in self._run("users_at", address=address.lower())]

    def people(self) -> People | None:
        row = self._run("fact", name="people").fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=People)

    # The people.

    def person(self, key: str) -> Person | None:
        return self.persons_of([key]).get(key)

    def persons_of(self, keys: Iterable[str]) -> dict[str, Person]:
        rows = self._run("persons_of", keys=msgspec.json.encode(list(keys)).decode())
        return {row[0]: _person(row) for row in rows}

    def persons(self, after: str = "", limit: int = 500, *, readable: bool = False) -> list[Person]:
        name = "readable_after" if readable else "persons_after"
        return [_person(row) for row in self._run(name, after=after, limit=limit)]

    def due(self, until: int, limit: int = 500) -> list[Person]:
        return [_person(row) for row in self._run("persons_due", until=until, limit=limit)]

    def next_due(self) -> int | None:
        return cast("int | None", self._run("next_due").fetchone()[0])

    def named(self, key_or_address: str) -> list[Person]:
        rows = self._run("persons_named", name=key_or_address, address=key_or_address.lower())
        return [_person(row) for row in rows]

    def save(self, persons: Sequence[Person], records: Sequence[Record], sinks: Sequence[str]) -> None:
        if not persons:
            return
        with self._transaction():
            self._db.executemany(queries()["save_person"], [_moving(person) for person in persons])
            bodies = [(record.key, record_body(record)) for record in records]
            rows = ((sink, key, body) for key, body in bodies for sink in sinks)
            self._db.executemany(queries()["add_pending"], rows)

    def hasten(self, now: int) -> None:
        with self._transaction():
            self._run("hasten", now=now)

    def stale(self, reasons: int = USERS_STALE | CALENDAR_STALE) -> int:
        return self._number("stale_count", reasons=reasons)

    def failures(self) -> list[tuple[str, int]]:
        return list(self._run("failure_counts"))

    def floor(self) -> int:
        return int(self.fact("floor") or 0)

    # The outbox.

    def keep_sinks(self, sinks: Sequence[str]) -> None:
        known = msgspec.json.decode(self.fact("sinks") or "[]", type=list[str])
        with self._transaction():
            for sink in sorted(set(known) - set(sinks)):
                self._run("drop_sink", sink=sink)
            for sink in (sink for sink in sinks if sink not in known):
                self._run("replay", sink=sink)
            self._remember("sinks", msgspec.json.encode(list(sinks)).decode())

    def pending(self, sink: str, limit: int = 500) -> list[Pending]:
        return [Pending(*row) for row in self._run("pending", sink=sink, limit=limit)]

    def waiting(self, sink: str) -> int:
        return self._number("waiting_count", sink=sink)

    def delivered(self, sink: str, ids: Iterable[int]) -> None:
        with self._transaction():
            self._db.executemany(queries()["delivered"], ((sink, number) for number in ids))

    # Rounds and facts.

    def save_round(self, done: Round) -> None:
        with self._transaction():
            self._run("save_round", name=done.name, body=msgspec.json.encode(done))

    def rounds(self) -> dict[str, Round]:
        found = [msgspec.json.decode(body, type=Round) for (body,) in self._run("rounds")]
        return {done.name: done for done in found}

    def fact(self, name: str) -> str | None:
        row = self._run("fact", name=name).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=str)

    def save_fact(self, name: str, value: str) -> None:
        with self._transaction():
            self._remember(name, value)

    # The end.

    def forget(self, key_or_address: str) -> list[str]:
        found = self.named(key_or_address)
        if found:
            with self._transaction():
                self._forget(found)
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return [person.key for person in found]

    def purge(self, before: int) -> int:
        count = 0
        while found := [_person(row) for row in self._run("gone_before", before=before)]:
            with self._transaction():
                self._forget(found)
            count += len(found)
        return count

    def close(self) -> None:
        self._db.close()

    def _forget(self, found: Sequence[Person]) -> None:
        floor = max(self.floor(), *(person.sent.sequence if person.sent else 0 for person in found))
        for person in found:
            self._run("forget_pending", key=person.key)
            for name in ("forget_users", "forget_staged_users"):
                self._run(name, user=person.user, address=person.address)
            for name in ("forget_matches", "forget_person"):
                self._run(name, key=person.key)
        self._remember("floor", str(floor))

    def _remember(self, name: str, value: str) -> None:
        self._run("save_fact", name=name, body=msgspec.json.encode(value))

    def _run(self, query: str, /, **values: object) -> sqlite3.Cursor:
        return self._db.execute(queries()[query], values)

    def _number(self, query: str, /, **values: object) -> int:
        return cast("int", self._run(query, **values).fetchone()[0])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _user(row: tuple[Any, ...]) -> User:
    return User(row[0], row[1], row[2], bool(row[3]), bool(row[4]))


def _person(row: tuple[Any, ...]) -> Person:
    key, address, user, follow, kind, others, gone, stale, failure, soon, calendar, sent = row
    return Person(
        key=key,
        address=address,
        user=user,
        follow=bool(follow),
        kind=kind,
        others=others,
        gone=gone,
        stale=stale,
        failure=failure,
        next=soon,
        calendar=calendar,
        sent=None if sent is None else record_of(sent),
    )


def _moving(person: Person) -> tuple[object, ...]:
    """The columns of `save_person`, in its order."""
    sent = None if person.sent is None else record_body(person.sent)
    return person.gone, person.stale, person.failure, person.next, person.calendar, sent, person.key


def _migrate(db: sqlite3.Connection, path: str) -> None:
    """Runs the scripts that this file has not seen; each with its version number in one transaction."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations()):
        raise _not_a_store(path, f"it has version {version}, this program knows up to {len(migrations())}")
    for number, script in enumerate(migrations()[version:], start=version + 1):
        db.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _not_a_store(path: str, reason: str) -> ConfigurationError:
    fix = "Update tenantry, or move the file away: the next run reads everything anew."
    return ConfigurationError([Problem(f"cannot be used as the store of sync: {reason}.", where=path, fix=fix)])
