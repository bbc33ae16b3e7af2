"""App management policies at work: whether a new credential is allowed on an application or service principal.

A custom policy assigned to the object replaces the tenant's default wholly. Credentials that exist keep working.
learn.microsoft.com/graph/api/resources/tenantappmanagementpolicy
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from simulator.core import Call
from simulator.directory.common import refused
from simulator.directory.durations import duration
from simulator.directory.holders import APPLICATION, Holder
from simulator.directory.links import parts
from simulator.odata.syntax import moment

JSON = dict[str, Any]

DEFAULT_POLICY = "00000000-0000-0000-0000-000000000000"
NEVER_CREATED = "2019-01-01T00:00:00Z"  # what counts for service principals without a time of creation


def check_password(call: Call, holder: Holder, owner: JSON, start: datetime, end: datetime) -> None:
    """Refuses a new secret that the policy in force forbids or finds too long-lived."""
    for kind, rule, policy in _rules(call, holder, owner, "passwordCredentials"):
        if kind == "passwordAddition":
            raise _type_refused(policy)
        if kind == "passwordLifetime":
            _check_lifetime(rule, end - start, policy)


def check_certificate(call: Call, holder: Holder, owner: JSON, start: datetime, end: datetime) -> None:
    """Refuses a new certificate that lives longer than the policy in force allows."""
    for kind, rule, policy in _rules(call, holder, owner, "keyCredentials"):
        if kind == "asymmetricKeyLifetime":
            _check_lifetime(rule, end - start, policy)


def _rules(call: Call, holder: Holder, owner: JSON, block: str) -> Iterator[tuple[str, JSON, str]]:
    """(restriction type, rule, policy id) of the rules that hold for this object."""
    policy_id, restrictions = _in_force(call, holder, owner)
    created = moment(owner.get("createdDateTime") or owner.get("@createdDateTime") or NEVER_CREATED)
    for rule in (restrictions or {}).get(block) or ():
        since = rule.get("restrictForAppsCreatedAfterDateTime")
        if rule.get("state", "enabled") == "enabled" and (since is None or created > moment(since)):
            yield rule["restrictionType"], rule, policy_id


def _in_force(call: Call, holder: Holder, owner: JSON) -> tuple[str, JSON | None]:
    tenant = call.tenant
    for policy_id in parts(tenant, "appManagementPolicyAssignments", owner["id"]):
        policy = tenant.collection("appManagementPolicies").get(policy_id)
        if policy is not None:
            return policy_id, policy.get("restrictions") if policy.get("isEnabled") else None
    default = next(tenant.collection("defaultAppManagementPolicy").iterate(), None)
    if default is None or not default.get("isEnabled"):
        return DEFAULT_POLICY, None
    block = "applicationRestrictions" if holder is APPLICATION else "servicePrincipalRestrictions"
    return default["id"], default.get(block)


def _check_lifetime(rule: JSON, asked: timedelta, policy: str) -> None:
    most = rule.get("maxLifetime")
    if most is not None and asked > duration(most):
        message = f"Credential lifetime exceeds the max value allowed as per assigned policy '{policy}'."
        raise refused(message, "CredentialInvalidLifetimeAsPerAppPolicy")


def _type_refused(policy: str) -> Exception:
    message = f"Credential type not allowed as per assigned policy '{policy}'."
    return refused(message, "CredentialTypeNotAllowedAsPerAppPolicy")
