"""Calendar folders of a mailbox: their localized names, their paths and their ids, all of them computed."""

import base64
import hashlib
from dataclasses import dataclass

from simulator.exchange.errors import ExchangeError, not_found
from simulator.exchange.identity import turned
from simulator.exchange.recipients import Recipient, find
from simulator.exchange.tables import words

# Names of the folders below the calendar that Outlook makes, by language; others are shown in English
_BIRTHDAYS = {"sv": "Födelsedagar", "nb": "Bursdager", "fi": "Syntymäpäivät", "pl": "Urodziny", "de": "Geburtstage"}
_HOLIDAYS = {"sv": "Helgdagar i Sverige", "nb": "Helligdager i Norge", "pl": "Święta w Polsce"}


@dataclass(frozen=True)
class Folder:
    """One folder: its number within the mailbox (0 the root, 1 the calendar), name, path with `/`, and type."""

    owner: Recipient
    number: int
    name: str
    path: str
    type: str
    given: str = ""

    @property
    def id(self) -> str:
        """The FolderId of Get-MailboxFolderStatistics."""
        if self.given:
            return self.given
        seed = f"{self.owner.tenant.id} {self.owner.id} {self.number}".encode()
        return base64.b64encode(b"\x2e\x00\x00\x00" + hashlib.sha512(seed).digest()[:43] + b"\x00").decode()


def language(owner: Recipient) -> str:
    """The language tag of the mailbox as the table of calendar names has it."""
    wanted = str(owner.raw.get("preferredLanguage") or "en")
    names = words()["calendar_names"]
    if wanted in names:
        return wanted
    short = wanted.partition("-")[0]
    return next((tag for tag in names if tag.partition("-")[0] == short), "en")


def calendars(owner: Recipient) -> list[Folder]:
    """What `-FolderScope Calendar` shows: the calendar and the folders below it."""
    told = owner.tenant.collection("mailboxFolders").get(owner.id)
    if told is not None:  # as evidence has them
        rows = enumerate(told["folders"], 1)
        return [Folder(owner, n, r["Name"], r["FolderPath"], r["FolderType"], r["FolderId"]) for n, r in rows]
    tag = language(owner)
    short = tag.partition("-")[0]
    name = words()["calendar_names"].get(tag, "Calendar")
    below = [
        (_BIRTHDAYS.get(short, "Birthdays"), "Birthday"),
        (_HOLIDAYS.get(short, "United States holidays"), "User Created"),
    ]
    if owner.details != "UserMailbox":
        below = []
    found = [Folder(owner, 1, name, f"/{name}", "Calendar")]
    return found + [Folder(owner, n, sub, f"/{name}/{sub}", kind) for n, (sub, kind) in enumerate(below, 2)]


def shown_path(folder: Folder) -> str:
    """The path as statistics print it: a slash inside a name is U+F8FF."""
    return folder.path


def resolve(tenant: "object", identity: str) -> Folder:
    """The folder that `<mailbox>:\\path`, `<mailbox>:<FolderId>` or `<mailbox>` names. Raises ExchangeError."""
    box, colon, place = identity.partition(":")
    found = [one for one in find(tenant, box) if one.is_mailbox]  # type: ignore[arg-type]
    if len(found) != 1:
        raise ExchangeError(
            "ManagementObjectNotFoundException",
            f'The specified mailbox "{box}" doesn\'t exist.',
            identity,
            "ObjectNotFound",
        )
    owner = found[0]
    root = Folder(owner, 0, "Top of Information Store", "/", "Root")
    if not colon or place in ("", "\\"):
        return root
    path = place.replace("\\", "/").rstrip("/")
    for folder in calendars(owner):
        if place == folder.id or path.lower() == folder.path.lower():
            return folder
    raise not_found(identity)


def guid(folder: Folder) -> str:
    """The mailbox's own id, for identities."""
    return turned(folder.owner.tenant.id, folder.owner.id)
