"""Changes of members in the delta of groups: `members@delta` beside the group itself.

learn.microsoft.com/graph/api/group-delta. The first round tells every member; later ones who came and who went.
"""

from collections.abc import Iterator
from typing import Any

from simulator.core import Call
from simulator.directory import things
from simulator.directory.links import parts
from simulator.directory.membership import MAY_BE_MEMBER

JSON = dict[str, Any]

MARK = "members@delta"
BEFORE = 2**48


def all_members(call: Call, group_id: str) -> JSON:
    """Every member, for the first round; nothing where there is none."""
    rows = [_told(call, key) for key in parts(call.tenant, "groupMembers", group_id)]
    return {MARK: rows} if rows else {}


def changed_groups(call: Call, since: int, told: set[str], place: int) -> Iterator[tuple[int, str]]:
    """(place, id) of groups whose members changed after a version of the memberships, but not the group itself.

    Their places are negative, so that a round tells them before all others; `place` 0: from the first on.
    """
    seen = set(told)
    for version, key in call.tenant.collection("groupMembers").changes(since):
        group, at = key.partition("_")[0], version - BEFORE
        if group not in seen and (place == 0 or at >= place):
            yield at, group
        seen.add(group)


def changed_members(call: Call, group_id: str, since: int) -> JSON:
    """Who came into a group and who went out of it."""
    rows = []
    links = call.tenant.collection("groupMembers")
    for _, key in links.changes(since):
        whole, _, member = key.partition("_")
        if whole == group_id:
            gone = links.get(key) is None
            rows.append(_told(call, member) | ({"@removed": {"reason": "deleted"}} if gone else {}))
    return {MARK: rows} if rows else {}


def _told(call: Call, key: str) -> JSON:
    found = things.find(call.tenant, key, among=MAY_BE_MEMBER)
    return {"@odata.type": found["@odata.type"] if found else "#microsoft.graph.user", "id": key}
