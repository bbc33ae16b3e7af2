"""Rights on mailbox folders: what each mailbox begins with, and what cmdlets and seeds have changed.

Every calendar has Default (AvailabilityOnly) and Anonymous (None); some have a delegate or a group's rights, by the
place of their owner. Only what was changed is stored, in `mailboxFolderPermissions`: {"id", "@owner" (user id),
"@folder" (number), "@user" (directory id, `Default`, `Anonymous` or an address), "AccessRights",
"SharingPermissionFlags", "@removed"}. A seed may give "@owner" as a name and
"User" as an address; `complete` brings it to this shape.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.exchange import recipients
from simulator.exchange.folders import Folder
from simulator.exchange.recipients import Recipient
from simulator.exchange.rightstore import store
from simulator.population.groups import GROUP, RECEPTION

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
DEFAULT, ANONYMOUS = "Default", "Anonymous"
_SAME: dict[tuple[str, ...], tuple[str, ...]] = {}


@dataclass(frozen=True)
class Entry:
    """What one user may do with a folder. `user` is a directory id, `Default` or `Anonymous`."""

    user: str
    rights: tuple[str, ...]
    flags: tuple[str, ...] = ()

    @property
    def is_delegate(self) -> bool:
        """Whether the user acts for the owner."""
        return "Delegate" in self.flags


def entries(folder: Folder) -> list[Entry]:
    """The entries of a folder, Default and Anonymous first."""
    found = {entry.user: entry for entry in _beginning(folder)}
    for row in store(folder.owner.tenant).of(folder.owner.id):
        if row["@folder"] != folder.number:
            continue
        if row.get("@removed"):
            found.pop(row["@user"], None)
        else:
            found[row["@user"]] = Entry(row["@user"], tuple(row["AccessRights"]), tuple(row["SharingPermissionFlags"]))
    return list(found.values())


def _beginning(folder: Folder) -> list[Entry]:
    calendar = folder.number > 0
    made = [Entry(DEFAULT, ("AvailabilityOnly",) if calendar else ("None",)), Entry(ANONYMOUS, ("None",))]
    people = folder.owner.tenant.population
    index = people.index(folder.owner.id) if people is not None else None
    if folder.number != 1 or people is None or index is None:
        return made
    if index % 20 == 4 and index + 1 < len(people):  # the next colleague is the delegate
        flags = ("Delegate", "CanViewPrivateItems") if index % 40 == 4 else ("Delegate",)
        made.append(Entry(people.at(index + 1)["id"], ("Editor",), flags))
    if index % 20 == 12:
        made.append(Entry(people.ids.make(GROUP, RECEPTION), ("LimitedDetails",)))
    return made


def write(folder: Folder, entry: Entry) -> None:
    """Sets one entry."""
    _put(folder, entry.user, {"AccessRights": _shared(entry.rights), "SharingPermissionFlags": _shared(entry.flags)})


def remove(folder: Folder, user: str) -> None:
    """Takes an entry away; Default and Anonymous are set to None instead."""
    if user in (DEFAULT, ANONYMOUS):
        write(folder, Entry(user, ("None",)))
    else:
        _put(folder, user, {"@removed": True, "AccessRights": (), "SharingPermissionFlags": ()})


def _put(folder: Folder, user: str, what: JSON) -> None:
    owner = folder.owner.id
    row = {"id": f"{owner}:{folder.number}:{user}", "@owner": owner, "@folder": folder.number, "@user": user}
    store(folder.owner.tenant).put({**row, **what})


def _shared(words: tuple[str, ...]) -> tuple[str, ...]:
    """One tuple for all entries that say the same."""
    return _SAME.setdefault(words, words)


def without_delegate(entry: Entry) -> Entry:
    """The entry as a plain one."""
    return replace(entry, flags=())


def complete(tenant: "Tenant", given: JSON) -> JSON:
    """A seeded entry in the shape in which it is kept. Raises ValueError where its mailbox or user is unknown."""
    owner = one_named(tenant, str(given.get("@owner") or str(given.get("Identity") or "").partition(":")[0]))
    user = str(given.get("@user") or given.get("User") or "")
    user = user.capitalize() if user.capitalize() in (DEFAULT, ANONYMOUS) else one_named(tenant, user).id
    number = int(given.get("@folder", 1))
    return {
        "id": f"{owner.id}:{number}:{user}",
        "@owner": owner.id,
        "@folder": number,
        "@user": user,
        "AccessRights": _words(given.get("AccessRights")),
        "SharingPermissionFlags": tuple(w for w in _words(given.get("SharingPermissionFlags")) if w != "None"),
    }


def one_named(tenant: "Tenant", name: str) -> Recipient:
    """The recipient with a name; ValueError where there is none."""
    found = recipients.find(tenant, name)
    if len(found) != 1:
        raise ValueError(f"there is no recipient '{name}'")
    return found[0]


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return _shared(tuple(word.strip() for word in value.split(",") if word.strip()))
    return _shared(tuple(str(word) for word in value) if isinstance(value, (list, tuple)) else ())
