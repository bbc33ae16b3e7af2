"""One real call for each thing that the profile's permissions are for. One line a proof in PROOFS."""

from collections.abc import Awaitable, Callable

from provision.verify.calendars import prove_calendars
from provision.verify.link import Called, Seen
from provision.verify.place import Place
from provision.verify.places import prove_places
from provision.verify.presence import prove_presence
from provision.verify.sinks import prove_sinks
from provision.verify.time import prove_time
from provision.verify.users import prove_users
from tenantry.graph import Graph

Proof = Callable[[Seen, Graph | None, Place], Awaitable[list[Called]]]

PROOFS: tuple[Proof, ...] = (
    prove_time,
    prove_calendars,
    prove_presence,
    prove_places,
    prove_sinks,
    prove_users,
)
"""One line a proof. Each gets the app's own Graph, None where there is no token; what fails is told, not raised."""
