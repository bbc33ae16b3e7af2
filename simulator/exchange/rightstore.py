"""The collection `mailboxFolderPermissions`, kept small: 100,000 mailboxes with one more right cost some 15 MB.

What is the same for many mailboxes (user, role, flags) is kept once. Nothing lags here.
"""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.store import Collection

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
COLLECTION = "mailboxFolderPermissions"


class Kept(NamedTuple):
    """One entry without its mailbox."""

    folder: int
    user: str
    rights: tuple[str, ...]
    flags: tuple[str, ...]
    removed: bool


class RightStore(Collection):
    """Rights by mailbox. Rows are made when they are read: see `simulator.exchange.rights` for their shape."""

    def __init__(self, tenant: "Tenant") -> None:
        super().__init__(COLLECTION, tenant.clock)
        self._boxes: dict[bytes | str, tuple[Kept, ...]] = {}
        self._same: dict[Any, Any] = {}
        self._total = 0

    def put(self, value: JSON, *, at_once: bool = False) -> JSON:  # noqa: ARG002
        """Adds or replaces an entry."""
        kept = Kept(
            int(value["@folder"]),
            str(value["@user"]),
            self._shared(tuple(value["AccessRights"])),
            self._shared(tuple(value["SharingPermissionFlags"])),
            bool(value.get("@removed")),
        )
        key = _key(str(value["@owner"]))
        others = [k for k in self._boxes.get(key, ()) if (k.folder, k.user) != (kept.folder, kept.user)]
        self._set(key, (*others, self._shared(kept)))
        return value

    def _set(self, key: bytes | str, entries: tuple[Kept, ...]) -> None:
        self._total += len(entries) - len(self._boxes.get(key, ()))
        self.version += 1
        if entries:
            self._boxes[key] = self._shared(entries)
        else:
            self._boxes.pop(key, None)

    def _shared(self, value: Any) -> Any:
        return self._same.setdefault(value, value)

    def remove(self, id: str, *, at_once: bool = False) -> None:  # noqa: A002, ARG002 - as the base has it
        """Forgets what was written of an entry."""
        owner, folder, user = id.split(":", 2)
        left = tuple(k for k in self._boxes.get(_key(owner), ()) if (k.folder, k.user) != (int(folder), user))
        self._set(_key(owner), left)

    def get(self, id: str, stale: bool = False) -> JSON | None:  # noqa: A002, ARG002 - as the base has it
        """The entry with this id."""
        owner = id.partition(":")[0]
        return next((row for row in self.of(owner) if row["id"] == id), None)

    def of(self, owner: str) -> Iterator[JSON]:
        """What was written of one mailbox."""
        return (_row(owner, kept) for kept in self._boxes.get(_key(owner), ()))

    def find(self, key: str, value: str, stale: bool = False) -> Iterator[JSON]:
        """Entries of a mailbox (`@owner`); other properties are looked through."""
        if key == "@owner":
            return self.of(value)
        return (row for row in self.iterate(stale) if str(row.get(key)).lower() == value.lower())

    def walk(self, start: int = 0, stale: bool = False) -> Iterator[tuple[int, JSON]]:  # noqa: ARG002
        """Every entry with its place."""
        rows = (_row(_owner(key), kept) for key, entries in list(self._boxes.items()) for kept in entries)
        return ((place, row) for place, row in enumerate(rows) if place >= start)

    def clear(self) -> None:
        """Forgets everything."""
        super().clear()
        self._boxes, self._total = {}, 0

    def save(self) -> JSON:
        """Every entry, JSON-ready; empty where there is none."""
        return {"cleared": False, "written": list(self.iterate()), "removed": []} if self._boxes else {}

    def __len__(self) -> int:
        """How many entries were written."""
        return self._total


def store(tenant: "Tenant") -> RightStore:
    """The tenant's rights on folders."""
    found = tenant.collection(COLLECTION)
    if not isinstance(found, RightStore):
        raise TypeError(f"the rights on folders of tenant {tenant.id} are no such store")
    return found


def _key(owner: str) -> bytes | str:
    try:
        return uuid.UUID(owner).bytes
    except ValueError:
        return owner


def _owner(key: bytes | str) -> str:
    return str(uuid.UUID(bytes=key)) if isinstance(key, bytes) else key


def _row(owner: str, kept: Kept) -> JSON:
    row: JSON = {"id": f"{owner}:{kept.folder}:{kept.user}", "@owner": owner, "@folder": kept.folder}
    row |= {"@user": kept.user, "AccessRights": list(kept.rights), "SharingPermissionFlags": list(kept.flags)}
    return row | ({"@removed": True} if kept.removed else {})
