"""One simulated Microsoft 365 organisation: its collections, clock, seeded randomness and operator."""

import random
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.clouds import GLOBAL, Cloud
from simulator.replicas import lag_of
from simulator.store import Clock, Collection

if TYPE_CHECKING:
    from simulator.population import Population

JSON = dict[str, Any]

KEYS = {
    "applications": ("appId", "uniqueName", "displayName", "identifierUris"),
    "servicePrincipals": ("appId", "displayName", "servicePrincipalNames"),
    "appRoleAssignments": ("principalId", "resourceId"),
    "oauth2PermissionGrants": ("clientId", "resourceId", "principalId"),
    "vendorApplications": ("appId",),
    "users": ("userPrincipalName", "mail", "@manager"),
    "groups": ("uniqueName", "mail", "displayName"),
    "groupMembers": ("groupId", "memberId"),
    "groupOwners": ("groupId", "ownerId"),
    "administrativeUnitMembers": ("unitId", "memberId"),
    "owners": ("objectId", "ownerId"),
    "directoryRoles": ("roleTemplateId",),
    "roleAssignments": ("principalId", "roleDefinitionId"),
    "deletedItems": ("appId", "uniqueName"),
    "federatedIdentityCredentials": ("applicationId",),
    "mailboxPermissions": ("@owner",),
    "appManagementPolicyAssignments": ("objectId", "policyId"),
}
"""Collections of the directory and the properties by which they are looked up."""


class Tenant:
    """State of one organisation. Objects are raw Graph JSON; keys that begin with `@` are ours and never rendered.

    `awkward` makes short, odd and empty pages where the service may send them. `operator` is what the ready line
    prints. `population` is the generator the accounts come from, None in a tenant without people.
    """

    def __init__(self, index: int, seed: int, clock: Clock, lag: float = 0, cloud: Cloud = GLOBAL) -> None:
        self.index = index
        self.seed_number = seed
        self.clock = clock
        self.lag = lag
        self.awkward = True
        self.random = random.Random(f"tenant {index} of seed {seed}")
        self.id = self.new_id()
        self.cloud = cloud
        self.domain = f"contoso{index or ''}.{cloud.domain}"
        self.collections: dict[str, Collection] = {}
        self.operator: dict[str, str] = {}
        self.population: Population | None = None
        self.neighbours: list[Tenant] = []  # the other tenants of the same process
        self.busy: dict[str, datetime] = {}  # ids that were just written, until when a second write may meet the first
        for name in KEYS:
            self.collection(name)
        from simulator.calendar.store import EventStore
        from simulator.exchange.rightstore import COLLECTION, RightStore
        from simulator.presence.store import PresenceStore

        self.collections["events"] = EventStore(self)
        self.collections[COLLECTION] = RightStore(self)
        self.collections["presences"] = PresenceStore(self)

    @classmethod
    def create(  # noqa: PLR0917 - what every tenant is made from
        cls, index: int, seed: int, users: int, clock: Clock, lag: float = 0, cloud: Cloud = GLOBAL
    ) -> "Tenant":
        """A tenant as a rehearsal begins: Microsoft's service principals, an administrator, an operator app, people.

        `lag` is in simulated seconds; `users` accounts come from the population generator beside the administrator.
        """
        from simulator.directory.founding import found
        from simulator.directory.furnishing import furnish

        tenant = cls(index, seed, clock, lag, cloud)
        found(tenant)
        furnish(tenant, users)
        for collection in tenant.collections.values():
            collection.mark()
        return tenant

    @property
    def organization(self) -> JSON:
        """The organisation's Graph object."""
        found = self.collection("organization").get(self.id)
        return found if found is not None else {"id": self.id}

    def collection(self, name: str) -> Collection:
        """A collection by the name Graph and the door give it; an empty one begins where there was none."""
        if name not in self.collections:
            lag = timedelta(seconds=lag_of(name, self.lag))
            self.collections[name] = Collection(name, self.clock, lag=lag, keys=KEYS.get(name, ()))
        return self.collections[name]

    def seed(self, objects: Mapping[str, Iterable[JSON]]) -> None:
        """Adds or replaces by id, on all replicas at once, what a rehearsal wants to find; gaps are filled."""
        from simulator.directory.seeding import complete

        for name, given in objects.items():
            collection = self.collection(name)
            for value in given:
                collection.put(complete(self, name, value), at_once=True)

    def owns(self, principal_id: str, object_id: str) -> bool:
        """Whether a principal owns an application or service principal; an app's own service principal does."""
        from simulator.directory.links import linked

        principal = self.collection("servicePrincipals").get(principal_id)
        target = self.collection("applications").get(object_id) or self.collection("servicePrincipals").get(object_id)
        if principal is not None and target is not None and principal["appId"] == target["appId"]:
            return True
        return linked(self, "owners", object_id, principal_id)

    def new_id(self) -> str:
        """A lower-case uuid out of the tenant's own randomness: the same seed gives the same ids."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def now(self) -> datetime:
        """The moment it is, in UTC."""
        return self.clock.now().astimezone(UTC)

    def stamp(self, moment: datetime | None = None) -> str:
        """A time as the directory writes it: seconds, `Z`."""
        return f"{moment or self.now():%Y-%m-%dT%H:%M:%SZ}"

    def save(self) -> JSON:
        """What happened since `create`, JSON-ready."""
        kind, numbers, gauss = self.random.getstate()
        changes = {name: collection.save() for name, collection in self.collections.items()}
        return {"random": [kind, list(numbers), gauss], "collections": {k: v for k, v in changes.items() if v}}

    def load(self, saved: JSON) -> None:
        """Brings a tenant made with the same arguments to the state that `save` gave."""
        kind, numbers, gauss = saved["random"]
        self.random.setstate((kind, tuple(numbers), gauss))
        for name, changes in saved["collections"].items():
            self.collection(name).load(changes)
