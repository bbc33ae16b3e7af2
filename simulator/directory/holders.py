"""Applications and service principals hold credentials and have owners alike: what differs between them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from simulator.core import Call, GraphFault
from simulator.directory.common import latest, not_found, odd_luck, seen

JSON = dict[str, Any]


@dataclass(frozen=True)
class Holder:
    """One of the two kinds. `base` is the path of the collection, `param` the name of its id in templates."""

    collection: str
    entity: str
    param: str

    @property
    def base(self) -> str:
        """`/applications`."""
        return f"/{self.collection}"

    @property
    def item(self) -> str:
        """`/applications/{application-id}`."""
        return f"{self.base}/{{{self.param}}}"

    def seen(self, call: Call) -> JSON:
        """The object that the path names, by id or alternate key, as the answering replica has it; else 404."""
        for key in ("appId", "uniqueName"):
            if key in call.params:
                value = call.params[key]
                found = call.tenant.collection(self.collection).first(key, value, call.stale)
                if found is None:
                    raise not_found(value)
                return found
        return seen(call, self.collection, call.params[self.param])

    def latest(self, call: Call) -> JSON:
        """The newest state of that object, where the answering replica knows it."""
        return latest(call, self.collection, self.seen(call))

    def claimed(self, call: Call) -> JSON:
        """The newest state, to be written. Where replicas lag, a second write within a second may meet the first."""
        found = self.latest(call)
        tenant, now = call.tenant, call.tenant.now()
        if tenant.lag and now < tenant.busy.get(found["id"], now) and odd_luck(call):
            message = "A conflicting concurrent update was detected on the object. Retry the request later."
            raise GraphFault(409, "Directory_ConcurrencyViolation", message, {"Retry-After": "1"})
        tenant.busy[found["id"]] = now + QUIET
        return found


QUIET = timedelta(seconds=1)
APPLICATION = Holder("applications", "application", "application-id")
PRINCIPAL = Holder("servicePrincipals", "servicePrincipal", "servicePrincipal-id")
HOLDERS = (APPLICATION, PRINCIPAL)
