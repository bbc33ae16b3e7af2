"""Which kind of account stands at which index: a fixed cycle, so that 50 accounts hold every kind."""

from enum import Enum

CYCLE = 50


class Kind(Enum):
    """The kinds of account of a directory that make trouble when a phone system reads it."""

    PERSON = "person"
    DISABLED = "disabled"
    ROOM = "room"
    SHARED = "shared"
    GUEST = "guest"
    NO_MAIL = "no-mail"
    OTHER_MAIL = "other-mail"  # mail differs from the user principal name
    TWO_ADDRESSES = "two-addresses"
    TWIN_DISABLED = "twin-disabled"  # a disabled account with the address of the one before
    UPPER_CASE = "upper-case"
    TWIN_GUEST = "twin-guest"  # a guest with the address of the member before
    ON_PREMISES = "on-premises"  # has an address, but its mailbox is not in the cloud


_PLACES = {
    7: Kind.DISABLED,
    11: Kind.ROOM,
    13: Kind.SHARED,
    17: Kind.GUEST,
    19: Kind.NO_MAIL,
    23: Kind.OTHER_MAIL,
    29: Kind.TWO_ADDRESSES,
    31: Kind.TWIN_DISABLED,
    36: Kind.ROOM,
    39: Kind.UPPER_CASE,
    41: Kind.TWIN_GUEST,
    43: Kind.ON_PREMISES,
}
_BY_PLACE = tuple(_PLACES.get(place, Kind.PERSON) for place in range(CYCLE))
ROOM_PLACES = tuple(place for place, kind in _PLACES.items() if kind is Kind.ROOM)
TWINS = frozenset({Kind.TWIN_DISABLED, Kind.TWIN_GUEST})


def kind_of(index: int) -> Kind:
    """The kind of the account at an index."""
    return _BY_PLACE[index % CYCLE]


def room_count(accounts: int) -> int:
    """How many of so many accounts are rooms."""
    whole, rest = divmod(accounts, CYCLE)
    return whole * len(ROOM_PLACES) + sum(place < rest for place in ROOM_PLACES)


def room_index(number: int) -> int:
    """The account index of the nth room."""
    whole, place = divmod(number, len(ROOM_PLACES))
    return whole * CYCLE + ROOM_PLACES[place]
