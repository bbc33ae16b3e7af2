"""Scripts that give a sync user, and the rooms, what a sync with a service user needs."""

import unicodedata
from collections.abc import Sequence
from typing import Any, Literal, get_args

from templates import quoting
from templates.scripts.script import NAME_LIMIT, Script, Target, make, tables, unique
from tenantry.errors import RenderRefused

Role = Literal["AvailabilityOnly", "LimitedDetails", "Reviewer", "Editor", "Author", "PublishingEditor"]

ROLES: tuple[str, ...] = get_args(Role)


def reviewer(target: Target, *, user: str, role: str = "Reviewer") -> Script:
    """The script that gives a sync user a role on the calendar folder of every mailbox.

    For Exchange 2007, which has no folder rights, it gives FullAccess to every mailbox, with a warning.

    Args:
        target: Where it works.
        user: Address of the sync user.
        role: One of ROLES.

    Raises:
        RenderRefused: A value cannot stand in a script, is empty, or is no role.
    """
    if target.product == "2007":
        if role != "Reviewer":
            raise RenderRefused("role: Exchange 2007 has no folder rights.", fix="Leave --role; it gives FullAccess.")
        return make("reviewer", target, template="full-access", per_mailbox=True, script="reviewer", user=user)
    return make(
        "reviewer",
        target,
        per_mailbox=True,
        script="reviewer",
        user=user,
        role=quoting.word(role, "role", ROLES),
        calendar_names=_rows(tables()["calendar_names"]),
    )


def service_user(target: Target, *, user: str, name: str = "Monitor", database: str = "") -> Script:
    """The script that makes the service user of a sync, with a password that is asked for where it runs.

    Args:
        target: Where it works.
        user: Its user principal name, an address.
        name: What people see, at most 64 characters.
        database: Mailbox database; Exchange 2007 must be told one, Exchange Online has none.

    Raises:
        RenderRefused: A value cannot stand in a script, is empty or too long, or the database is missing.
    """
    if len(name) > NAME_LIMIT:
        raise RenderRefused(f"name: Exchange allows at most {NAME_LIMIT} characters.")
    if target.product == "2007" and not database:
        raise RenderRefused("database: Exchange 2007 must be told one.", fix="Give --database.")
    if target.product == "online" and database:
        raise RenderRefused("database: Exchange Online chooses by itself.", fix="Leave --database.")
    chosen: dict[str, Any] = {"database": database} if database else {}
    if quoting.typographic(user):
        chosen["filter"] = f"UserPrincipalName -like {quoting.opath_beginning(user)}"
    return make("service-user", target, user=user, name=name, **chosen)


def rooms(target: Target, *, rooms: Sequence[str], room_list: str = "") -> Script:
    """The script that sets rooms up for a room sync: what they keep of a booking, and their room list.

    Args:
        target: Where it works.
        rooms: Addresses of the rooms.
        room_list: Address of the room list, made where there is none; empty: no room list.

    Raises:
        RenderRefused: A value cannot stand in a script or is empty, or there is no room.
    """
    if not rooms:
        raise RenderRefused("rooms: there is none.", fix="Name rooms in tenantry.toml, or give --member.")
    chosen: dict[str, Any] = {"room_list": room_list} if room_list else {}
    return make("rooms", target, rooms=unique(rooms), **chosen)


def _rows(names: Sequence[str]) -> list[list[str]]:
    """The names, some a line; those written from right to left stand alone, as they would change places in view."""
    rows: list[list[str]] = [[]]
    for name in names:
        alone = unicodedata.bidirectional(name[0]) in ("R", "AL")
        if alone or len("    , ".join(rows[-1])) > 80:
            rows.append([])
        rows[-1].append(name)
        if alone:
            rows.append([])
    return [row for row in rows if row]
