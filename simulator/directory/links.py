"""Who belongs to what: memberships and ownerships, each an object of its own that door and snapshot can list."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

ENDS = {
    "groupMembers": ("groupId", "memberId"),
    "groupOwners": ("groupId", "ownerId"),
    "owners": ("objectId", "ownerId"),
    "administrativeUnitMembers": ("unitId", "memberId"),
    "appManagementPolicyAssignments": ("objectId", "policyId"),
}
"""Collection -> the properties that hold the two ids: the whole, and the part."""


def link_id(whole: str, part: str) -> str:
    """The id of a link: made of both ends, so that there is one at most."""
    return f"{whole}_{part}"


def link(tenant: "Tenant", collection: str, whole: str, part: str, *, at_once: bool = False) -> None:
    """Makes the part belong to the whole."""
    first, second = ENDS[collection]
    tenant.collection(collection).put({"id": link_id(whole, part), first: whole, second: part}, at_once=at_once)


def unlink(tenant: "Tenant", collection: str, whole: str, part: str) -> None:
    """Ends it; no word where it was not so."""
    tenant.collection(collection).remove(link_id(whole, part))


def linked(tenant: "Tenant", collection: str, whole: str, part: str, stale: bool = False) -> bool:
    """Whether the part belongs to the whole."""
    return tenant.collection(collection).get(link_id(whole, part), stale) is not None


def parts(tenant: "Tenant", collection: str, whole: str, stale: bool = False) -> Iterator[str]:
    """Ids of what belongs to an object."""
    first, second = ENDS[collection]
    return (row[second] for row in tenant.collection(collection).find(first, whole, stale))


def wholes(tenant: "Tenant", collection: str, part: str, stale: bool = False) -> Iterator[str]:
    """Ids of what an object belongs to."""
    first, second = ENDS[collection]
    return (row[first] for row in tenant.collection(collection).find(second, part, stale))
