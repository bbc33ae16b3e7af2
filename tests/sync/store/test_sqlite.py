"""What is particular to the SQLite store: files, migrations, crashes, and that forgotten means forgotten."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sync.store import open_store
from sync.store.queries import migrations, queries, read
from sync.store.sqlite import SqliteStore
from tenantry.errors import ConfigurationError
from tests.sync.make import NOW, calendar, event, person, record
from tests.sync.store.test_store import adopt


def layout(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every table and index with its columns, free of layout and comments."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, " ".join(sql.split())) for name, sql in rows]


def test_the_chain_of_migrations_gives_the_same_database_as_the_schema(tmp_path: Path) -> None:
    open_store(tmp_path / "chain.sqlite").close()
    chain, whole = sqlite3.connect(tmp_path / "chain.sqlite"), sqlite3.connect(":memory:")
    whole.executescript(read("schema.sql"))
    assert layout(chain) == layout(whole)
    assert chain.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
    chain.close()
    whole.close()


def test_an_old_file_is_migrated_and_keeps_its_content(tmp_path: Path) -> None:
    """A file as the first version made it, with a person in it."""
    old = sqlite3.connect(tmp_path / "old.sqlite")
    old.executescript(migrations()[0] + "PRAGMA user_version = 1;")
    old.execute("INSERT INTO persons (key, address, user, follow, kind, others) VALUES ('k', 'a', 'u', 1, 'person', 0)")
    old.commit()
    old.close()
    store = open_store(tmp_path / "old.sqlite")
    assert [p.key for p in store.persons()] == ["k"]
    store.close()


def test_a_file_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ConfigurationError, match="version 99"):
        SqliteStore(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "junk.sqlite"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(ConfigurationError, match="cannot be used as the store"):
        SqliteStore(path)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's; on Windows the folder's rights hold")
def test_the_file_is_private(tmp_path: Path) -> None:
    open_store(tmp_path / "sync" / "store.sqlite").close()
    assert stat.S_IMODE((tmp_path / "sync" / "store.sqlite").stat().st_mode) == 0o600


def test_forgotten_bytes_are_in_no_file_of_the_store(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.sqlite")
    adopt(store, 1, 2)
    sent = record("u1@contoso.com", subject="Surgery")
    store.save([person(1, calendar=calendar(event(1, 2, subject="Surgery")), sent=sent)], [sent], ["a"])
    assert any(b"Surgery" in path.read_bytes() for path in tmp_path.iterdir())
    store.forget("u1@contoso.com")
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    for trace in (b"Surgery", b"u1@contoso.com"):
        assert trace not in left


CRASH = """
import os, sys
from pathlib import Path
from sync.store import open_store
from tests.sync.make import person, record
store = open_store(Path(sys.argv[1]))
for n in range(1, 40):
    sent = record("u1@contoso.com", n)
    store.save([person(1, sent=sent)], [sent], ["a"])
store._db.execute("BEGIN IMMEDIATE")
store._db.execute("UPDATE persons SET sent = NULL")
os._exit(9)
"""


def test_a_killed_process_leaves_state_and_outbox_in_step(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.sqlite")
    adopt(store, 1)
    store.close()
    done = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path / "store.sqlite")], check=False)
    assert done.returncode == 9
    store = open_store(tmp_path / "store.sqlite")
    sent = store.persons()[0].sent
    assert sent is not None
    assert (sent.sequence, len(store.pending("a"))) == (39, 39)
    store.close()


def test_one_may_look_on_while_another_writes(tmp_path: Path) -> None:
    writer, reader = open_store(tmp_path / "store.sqlite"), open_store(tmp_path / "store.sqlite")
    adopt(writer, 1)
    assert [p.key for p in reader.persons()] == ["u1@contoso.com"]
    writer.save([person(1, next=NOW)], [], [])
    assert reader.next_due() == NOW
    reader.close()
    writer.close()


def test_every_query_is_used() -> None:
    code = (Path(__file__).parents[3] / "sync" / "store" / "sqlite.py").read_text(encoding="utf-8")
    assert [name for name in queries() if f'"{name}"' not in code] == []
