"""Places: the app itself lists the rooms, and the wished rooms are among them."""

from provision.verify.link import Called, Seen
from provision.verify.place import Place
from tenantry.errors import GraphError, TenantryError
from tenantry.graph import Graph

_SHOWN = 5


async def prove_places(seen: Seen, app: Graph | None, place: Place) -> list[Called]:  # noqa: ARG001 (all alike)
    """GET /places/microsoft.graph.room; nothing where the profile does not read places."""
    if app is None or not any(p.name.startswith("Place.") for p in seen.desired.permissions("application")):
        return []
    rooms = app.items("/places/microsoft.graph.room", {"$select": "id,emailAddress", "$top": 100}, type=dict)
    try:
        found = {str(room.get("emailAddress") or "").lower() async for room in rooms}
    except TenantryError as error:
        passing = isinstance(error, GraphError) and (error.status in (0, 429) or error.status >= 500)
        return [Called("state", None if passing else False, f"Rooms could not be listed: {error.what}", error.fix)]
    listed = Called("state", True, f"The app lists the tenant's rooms ({len(found)}).")
    lost = [room for room in seen.desired.mailboxes.rooms or () if "@" in room and room.lower() not in found]
    if not lost:
        return [listed]
    more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
    fact = f"No room of the tenant has the address {', '.join(lost[:_SHOWN])}{more}."
    fix = "Write the room's own address under mailboxes in tenantry.toml, not an alias."
    return [listed, Called("addresses", False, fact, fix)]
