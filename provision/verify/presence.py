"""Presence: the app itself asks for the presence of a few people, as the switchboard will for all."""

from provision.verify.link import Called, Seen
from provision.verify.place import Place
from tenantry.errors import GraphError, TenantryError
from tenantry.graph import Graph

_PATH = "/communications/getPresencesByUserId"


async def prove_presence(seen: Seen, app: Graph | None, place: Place) -> list[Called]:  # noqa: ARG001 (all alike)
    """POST /communications/getPresencesByUserId; nothing where the app itself does not read presence."""
    wanted = [p.name for p in seen.desired.permissions("application") if p.name.startswith("Presence.")]
    if app is None or not wanted:
        return []
    people = seen.users.active if seen.users else []
    if not people:
        return [Called("state", None, "Whose presence to ask for is not known.")]
    try:
        answer = await app.post(_PATH, {"ids": [user.id for user in people]}, safe=True)
    except TenantryError as error:
        passing = isinstance(error, GraphError) and (error.status in (0, 429) or error.status >= 500)
        return [Called("state", None if passing else False, f"Presence could not be read: {error.what}", error.fix)]
    known = len((answer or {}).get("value") or ())
    return [Called("state", True, f"The presence of {known} of {len(people)} people asked for could be read.")]
