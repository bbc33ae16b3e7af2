"""Calendars: real reads with the app's own token, of mailboxes inside and outside the scope."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

from provision.emit import rfc3339
from provision.verify.link import Called, Seen, Tried
from provision.verify.place import Place
from tenantry.graph import Graph, segment
from tenantry.graph.wire import Part


async def prove_calendars(seen: Seen, app: Graph | None, place: Place) -> list[Called]:
    """Fills `seen.inside` and `seen.outside`, which the links scoped and state are judged by."""
    if app is not None and seen.calendars:
        seen.inside = await _try(seen, app, place.candidates.inside)
        seen.outside = await _try(seen, app, place.candidates.outside)
    return []


async def _try(seen: Seen, graph: Graph, mailboxes: list[tuple[str, str]]) -> list[Tried]:
    """One calendarView of the day ahead for each (id, address), twenty a request, in the order given."""
    names = dict(mailboxes)
    direct = seen.scope.direct
    tried = {
        reply.id: Tried(names[reply.id], reply.error, direct is None or reply.id in direct)
        async for reply in graph.batch(_parts(seen, names))
    }
    return [tried[key] for key in names if key in tried]


def _parts(seen: Seen, names: dict[str, str]) -> Iterator[Part]:
    """Only ids are asked for, nobody's subjects."""
    span = {"startDateTime": rfc3339(seen.now), "endDateTime": rfc3339(seen.now + timedelta(days=1))}
    query = urlencode({**span, "$select": "id", "$top": 1}, safe="$:")
    for key in names:
        yield Part(key, "GET", f"/users/{segment(key)}/calendarView?{query}")
