"""People, groups and rooms of the population generator, put into a tenant."""

from typing import TYPE_CHECKING

from simulator.directory import blanks
from simulator.directory.links import link

if TYPE_CHECKING:
    from simulator.tenant import Tenant


def furnish(tenant: "Tenant", users: int) -> None:
    """Lets the collection `users` stand on generated accounts, and stores their groups and memberships."""
    if not users:
        return
    from simulator.calendar.store import EventStore
    from simulator.population import Population
    from simulator.presence.store import PresenceStore

    people = Population(tenant.seed_number + tenant.index, users, tenant.domain)
    tenant.population = people
    tenant.collection("users").stand_on(people)
    for group in people.groups():
        tenant.collection("groups").put(blanks.group(tenant, group), at_once=True)
    for group_id, member_id in people.members():
        link(tenant, "groupMembers", group_id, member_id, at_once=True)
    tenant.collection("places").stand_on(people.places())
    events = tenant.collection("events")
    if isinstance(events, EventStore):
        events.grow_on(people)
    presences = tenant.collection("presences")
    if isinstance(presences, PresenceStore):
        presences.grow_on(people)
