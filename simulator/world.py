"""Everything one simulator process holds, and the request as its services see it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from simulator.clock import SimClock
from simulator.core import Reply
from simulator.faults import Faults
from simulator.requestlog import RequestLog
from simulator.signin.pending import Pending
from simulator.tenant import Tenant
from simulator.tokens import Signer
from simulator.visitor import Visitor


@dataclass(frozen=True)
class Asked:
    """One HTTP request as it came: `path` still percent-encoded, header names in lower case.

    `origin` is `https://` and the Host header, so that links in answers reach the asker through a proxy too.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str

    def form(self) -> dict[str, str]:
        """The body of a form post; the last value of a name wins."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def parameters(self) -> dict[str, str]:
        """The query, decoded."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass
class World:
    """One process: tenants, their common clock, the sign-in service's memory, faults and the log."""

    tenants: list[Tenant]
    clock: SimClock
    seed: int = 1
    signer: Signer = field(default_factory=Signer)
    faults: Faults = field(default_factory=Faults)
    log: RequestLog = field(default_factory=RequestLog)
    pending: Pending = field(default_factory=Pending)
    visitor: Visitor = field(default_factory=Visitor)  # who asks the sign-in service now
    pages: dict[tuple[str, ...], Reply] | None = None  # answers rendered before; None: each is made anew

    def __post_init__(self) -> None:
        self.replicas = random.Random(f"replicas of seed {self.seed}")
        self._by_name = {name: tenant for tenant in self.tenants for name in (tenant.domain.lower(), tenant.id)}

    def tenant(self, name: str) -> Tenant | None:
        """A tenant by id or by one of its domain names."""
        wanted = name.lower()
        known = self._by_name.get(wanted)
        if known is not None:
            return known
        return next((tenant for tenant in self.tenants if wanted in _domains(tenant)), None)

    def draw_replica(self, tenant: Tenant) -> bool:
        """True where a lagging replica answers this request; by the seed, half of the time."""
        return bool(tenant.lag) and self.replicas.random() < 0.5


def _domains(tenant: Tenant) -> set[str]:
    rows = tenant.organization.get("verifiedDomains") or []
    return {str(row.get("name", "")).lower() for row in rows}
