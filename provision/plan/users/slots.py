"""Which accounts there shall be: those that exist already, and as many new ones as the people take."""

import re
from collections.abc import Iterator

import msgspec

from provision.model.actual import Actual
from provision.model.users import Account, UsersActual, UsersWanted

_LONGEST = 60  # of what stands before the @; Entra takes 64


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One integration user that shall be: its user principal name, and whether somebody else made it."""

    upn: str
    display_name: str
    existing: bool = False

    @property
    def nickname(self) -> str:
        """What stands before the @."""
        return self.upn.partition("@")[0]


def needed(wanted: UsersWanted, people: int) -> int:
    """How many it takes; never fewer than the accounts that were named."""
    return max(wanted.count or max(1, -(-people // wanted.each)), len(wanted.existing))


def slots(wanted: UsersWanted, people: int, domain: str) -> list[Slot]:
    """Every integration user that shall be, in a stable order: named ones first, new ones by number."""
    if not wanted.wanted:
        return []
    named = [Slot(upn=name, display_name="", existing=True) for name in wanted.existing]
    return [*named, *_new(wanted, needed(wanted, people) - len(named), domain)]


def _new(wanted: UsersWanted, count: int, domain: str) -> Iterator[Slot]:
    taken: set[str] = set()
    for number in range(1, count + 1):
        local = _local(wanted.name.replace("{number}", str(number)))
        if local in taken:  # a profile whose name lacks {number}
            local = f"{local}-{number}"
        taken.add(local)
        yield Slot(upn=f"{local}@{domain}".lower(), display_name=wanted.display_name.replace("{number}", str(number)))


def _local(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip(".-")[-_LONGEST:].lstrip(".-")


def slots_of(wanted: UsersWanted, actual: UsersActual) -> list[Slot]:
    """The same for a tenant as it was read."""
    return slots(wanted, len(actual.people), actual.domain)


def ours(wanted: UsersWanted, account: Account | None) -> bool:
    """True for an account that we made for this integration."""
    return account is not None and account.marker == wanted.marker


def known(actual: Actual) -> UsersActual:
    """What was found of the users; nothing where nobody looked."""
    return actual.users or UsersActual()
