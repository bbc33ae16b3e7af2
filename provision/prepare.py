"""From the workspace to a plan for one integration: profile, people, the tenant read until it can be believed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from provision.desire import desire
from provision.journal import History
from provision.model.actual import Actual
from provision.model.change import Plan
from provision.model.desired import Desired
from provision.plan import plan
from provision.read.actual import read
from provision.read.settled import Doubter
from provision.read.tenant import TenantReader
from tenantry import profiles, workspace
from tenantry.clock import Clock
from tenantry.workspace.model import Integration, Tenant


@dataclass(frozen=True)
class Site:
    """Where a command works: the workspace's folder, its clocks, what was written before, where to say things."""

    root: Path
    clock: Callable[[Tenant], Clock]
    say: Callable[[str], None]
    prune: bool = False
    renew: bool = False
    history: History = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "history", History(self.root))


@dataclass(frozen=True)
class Prepared:
    """One integration, read and planned."""

    desired: Desired
    actual: Actual
    plan: Plan


def wished(site: Site, tenant: Tenant, integration: Integration) -> Desired:
    """What the workspace says about one integration, profile and people resolved."""
    return desire(
        tenant,
        integration,
        profiles.of(integration, site.root),
        workspace.resolve_people(site.root, integration),
        now=site.clock(tenant).now(),
        prune=site.prune,
        renew=site.renew,
    )


async def prepare(site: Site, reader: TenantReader, tenant: Tenant, integration: Integration) -> Prepared:
    """Reads the tenant and plans; waits where a read contradicts what was written a moment ago."""
    desired = wished(site, tenant, integration)
    doubter = Doubter(site.history, desired.target, site.clock(tenant), site.say)
    actual, made = await doubter.settled(
        lambda: read(desired, reader, site.root, site.history), lambda actual: plan(desired, actual)
    )
    return Prepared(desired, actual, made)
