"""Which permissions allow which calls of Graph, and which permission is narrower than which."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Self

import msgspec

from tenantry.integration import PermissionType
from tenantry.profiles.model import Call, Needed

_FILE = Path(__file__).parent.parent / "tables" / "permission_calls.json"
_RANK = {"ReadBasic": 0, "Read": 1, "ReadWrite": 2}
_BRACES = re.compile(r"\{[^}]*\}")
Row = tuple[list[str], list[list[str]]]  # least, ways


class RightsTable:
    """The table, looked up by call; names between braces do not matter, and `/me` is a user."""

    def __init__(self, rows: Mapping[str, Mapping[PermissionType, Row]]) -> None:
        self._rows = {_shape(call): row for call, row in rows.items()}

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The one that comes with the program."""
        kind = dict[str, dict[PermissionType, Row]]
        return cls(msgspec.json.decode(_FILE.read_bytes(), type=kind))

    def knows(self, call: Call) -> bool:
        """Whether the call can be judged."""
        return _shape(str(call)) in self._rows

    def allows(self, call: Call, held: Collection[str]) -> bool:
        """Whether somebody who holds these permissions may make the call."""
        return any(set(way) <= set(held) for way in self._row(call)[1])

    def least(self, call: Call) -> list[str]:
        """The least permissions of the call, in Microsoft's words; a wider one of the same family is left out."""
        least = self._row(call)[0]
        return [name for name in least if not any(self.narrower(other, name, call.type) for other in least)]

    def speaks_of(self, call: Call, name: str) -> bool:
        """Whether the permission has a part in any way to make the call."""
        return any(name in way for way in self._row(call)[1])

    def narrowest(self, calls: Sequence[Call], needed: Needed, others: Collection[str]) -> str:
        """The narrowest permission that would do for these calls in its place; empty where there is none narrower."""
        named = {name for call in calls for way in self._row(call)[1] for name in way}
        would_do = [
            name
            for name in sorted(named)
            if self.narrower(name, needed.name, needed.type, calls)
            and all(self.allows(call, {*others, name}) for call in calls)
        ]
        best = [n for n in would_do if not any(self.narrower(m, n, needed.type, calls) for m in would_do)]
        return best[0] if best else ""

    def narrower(self, one: str, other: str, kind: PermissionType, calls: Sequence[Call] = ()) -> bool:
        """Whether `one` reaches less than `other`: less of the same, or least for a call and allowed less in all."""
        mine, theirs = _parts(one), _parts(other)
        if mine[0] == theirs[0] and mine[1] < theirs[1]:
            return kind == "application" or mine[2] in ("", theirs[2])  # for a user, .All reaches more than one's own
        marked = any(one in self._row(call)[0] for call in calls)
        return marked and self._reach(one, kind) < self._reach(other, kind)

    def reach(self, needed: Needed) -> int:
        """How many calls it has a part in."""
        return len(self._reach(needed.name, needed.type))

    def _reach(self, name: str, kind: PermissionType) -> set[str]:
        return {call for call, row in self._rows.items() if kind in row and any(name in way for way in row[kind][1])}

    def _row(self, call: Call) -> Row:
        return self._rows.get(_shape(str(call)), {}).get(call.type, ([], []))


def _shape(call: str) -> str:
    text = _BRACES.sub("{}", call)
    return text.replace(" /me", " /users/{}", 1) if re.search(r" /me(/|$)", text) else text


def _parts(name: str) -> tuple[str, int, str]:
    """Family, how much, of whom: Calendars, 0, All for Calendars.ReadBasic.All."""
    family, _, rest = name.partition(".")
    verb, _, whose = rest.partition(".")
    return family, _RANK.get(verb, 3), whose
