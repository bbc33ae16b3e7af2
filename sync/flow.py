"""Whether records reach the sinks: what the pumps leave in the store about their attempts, and the fault it makes.

The last link of the chain is judged here. The outbox says what waits and since when; the note of a pump says why.
"""

import msgspec

from sync import instants
from sync.links import Fault
from sync.model import record_of
from sync.sinks import name_of
from sync.store import Store
from tenantry.integration import IntegrationFile

PATIENCE = 10 * instants.MINUTE  # a record that waits longer is told, even where the sink takes others meanwhile


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one sink.

    `began` is when the sink was first known: a record made before is no older than that to it. `tried` is the last
    attempt that did not go well, `error` why; `stuck` says that the sink took nothing at it, and `dropped` how many
    records were refused for good since it last took one.
    """

    began: int = 0
    tried: int = 0
    error: str = ""
    stuck: bool = False
    dropped: int = 0


def note_of(store: Store, sink: str) -> Note:
    """The note on a sink; an empty one where there is none."""
    text = store.fact(_name(sink))
    return Note() if text is None else msgspec.json.decode(text, type=Note)


def save_note(store: Store, sink: str, note: Note) -> None:
    """Remembers the note, where it says anything new."""
    if note != note_of(store, sink):
        store.save_fact(_name(sink), msgspec.json.encode(note).decode())


def begin(store: Store, sinks: list[str], now: int) -> None:
    """Takes up the sinks of a run; one that was not known before begins with a clean note."""
    known = msgspec.json.decode(store.fact("sinks") or "[]", type=list[str])
    store.keep_sinks(sinks)
    for sink in sinks:
        if sink not in known:
            save_note(store, sink, Note(began=now))


def faults(file: IntegrationFile, store: Store | None, now: int) -> list[Fault]:
    """One fault for each sink of the file that records do not reach."""
    if store is None:
        return []
    found = (_fault(store, name_of(sink), now) for sink in file.sinks)
    return [each for each in found if each is not None]


def _fault(store: Store, sink: str, now: int) -> Fault | None:
    note = note_of(store, sink)
    # A url's query may hold a token of the receiver; its name is told without.
    shown, last = sink.partition("?")[0], f" The last error: {note.error}." if note.error else ""
    oldest = next((record_of(pending.body) for pending in store.pending(sink, 1)), None)
    if oldest is None:
        return _dropped(shown, note, last)
    since = max(instants.parse(oldest.at), note.began)
    if now - since <= PATIENCE and not (note.stuck and since <= note.tried):
        return None
    fix = "See that the sink can be reached and takes records. Nothing is lost: the runner goes on trying."
    count = store.waiting(sink)
    waiting = "1 record waits" if count == 1 else f"{count} records wait"
    return Fault("state", f"{waiting} for the sink {shown}, since {instants.text(since)}.{last}", fix)


def _dropped(shown: str, note: Note, last: str) -> Fault | None:
    """Nothing waits, but only because the sink refused it all to the end."""
    if not note.dropped:
        return None
    fix = "See why it refuses them. What was dropped is not sent again."
    return Fault("state", f"The sink {shown} refused records until they were dropped: {note.dropped}.{last}", fix)


def _name(sink: str) -> str:
    return f"sink {sink}"
