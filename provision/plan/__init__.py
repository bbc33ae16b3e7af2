"""`plan(desired, actual)`: pure. Each planner looks at one kind of object and yields what is to do or to report."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator

import msgspec

from provision.model.actual import Actual
from provision.model.change import Change, Drift, Plan
from provision.model.desired import Desired
from provision.plan.app_roles import plan_app_roles
from provision.plan.application import plan_application
from provision.plan.credential import plan_credential
from provision.plan.delegated import plan_delegated
from provision.plan.emitted import plan_emitted
from provision.plan.federated import plan_federated
from provision.plan.landing import plan_landing
from provision.plan.manifest import plan_manifest
from provision.plan.owners import plan_owners
from provision.plan.ownership import refuse_foreign
from provision.plan.properties import plan_properties
from provision.plan.scope import plan_scope
from provision.plan.service_principal import plan_service_principal
from provision.plan.users import plan_accounts, plan_exclusions, plan_group, plan_hindrances, refuse_foreign_group
from provision.plan.vendor import plan_vendor
from tenantry.errors import ConfigurationError, Problem

Found = Change | Drift | Problem
Planner = Callable[[Desired, Actual], Iterator[Found]]

PLANNERS: tuple[Planner, ...] = (
    plan_application,
    plan_properties,
    plan_manifest,
    plan_service_principal,
    plan_vendor,
    plan_landing,
    plan_owners,
    plan_accounts,
    plan_group,
    plan_exclusions,
    plan_delegated,
    plan_app_roles,
    plan_credential,
    plan_federated,
    plan_scope,
)
"""One line a kind of object; the integration file comes after them, since it depends on their changes."""

OF_REGISTRATION: frozenset[Planner] = frozenset(
    (
        plan_application,
        plan_manifest,
        plan_service_principal,
        plan_owners,
        plan_credential,
        plan_federated,
        plan_landing,
    )
)
"""What there is nothing to plan about where the app is the vendor's."""

OF_GRANTS: frozenset[Planner] = frozenset((plan_delegated, plan_app_roles))
"""What has to wait until the vendor's app is in the tenant."""


def planners(desired: Desired, actual: Actual) -> tuple[Planner, ...]:
    """Those that have a say for this integration."""
    if not desired.vendor_app:
        return PLANNERS
    waits = OF_GRANTS if actual.service_principal is None else frozenset()
    return tuple(planner for planner in PLANNERS if planner not in OF_REGISTRATION | waits)


def plan(desired: Desired, actual: Actual) -> Plan:
    """Compares what shall be with what is.

    Raises:
        GuardRefused: The app under our key is somebody else's.
        ConfigurationError: What is wished cannot be had in this tenant; all such problems at once.
    """
    refuse_foreign(desired, actual)
    refuse_foreign_group(desired, actual)
    found: list[Found] = [item for planner in planners(desired, actual) for item in planner(desired, actual)]
    problems = [item for item in found if isinstance(item, Problem)]
    if problems:
        raise ConfigurationError(problems)
    changes = [item for item in found if isinstance(item, Change)]
    changes += plan_emitted(desired, actual, changes)
    ordered = tuple(sorted(changes, key=lambda change: change.order))
    return Plan(
        tenant=desired.tenant,
        integration=desired.integration,
        checksum=checksum(actual, ordered),
        changes=ordered,
        drift=tuple(sorted(item for item in found if isinstance(item, Drift))),
        notes=(*plan_hindrances(desired, actual), *_untold(actual)),
    )


def _untold(actual: Actual) -> Iterator[Drift]:
    if actual.blind:
        fact = "cannot be read with these rights, so what others granted already is not known here"
        yield Drift(object="oauth2PermissionGrant", name="delegated permissions", fact=fact)


def checksum(actual: Actual, changes: Iterable[Change]) -> str:
    """Sixteen hexadecimal digits over the changes and the state of the tenant that they were made from."""
    application = actual.application
    state = {
        "tenant": actual.tenant_id,
        "application": msgspec.to_builtins(application) if application else None,
        "servicePrincipal": actual.service_principal,
        "grants": msgspec.to_builtins(sorted(actual.grants)),
        "delegated": msgspec.to_builtins(sorted(actual.delegated)),
        "stored": msgspec.to_builtins(actual.stored),
        "users": _users(actual),
        "changes": [_reviewed(change) for change in changes],
    }
    text = json.dumps(state, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _users(actual: Actual) -> object:
    """The integration users' state: accounts, group, and which policies exclude it.

    Whom they watch and what else policies say is no part of what was reviewed.
    """
    users = actual.users
    if users is None:
        return None
    group = users.group.id if users.group else ""
    excluded = [policy.id for policy in users.policies or () if group in policy.exclude_groups]
    return [*msgspec.to_builtins((users.accounts, users.passwords, users.group)), excluded]


def _reviewed(change: Change) -> object:
    """The change as it was reviewed. Others may add to a policy's list meanwhile: it is read again and merged."""
    if change.object == "conditionalAccessPolicy":
        return [change.key, change.before["id"]]
    return msgspec.to_builtins(change)
