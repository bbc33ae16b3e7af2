"""What the integration file says: rules, permissions and references written out resolved, never a secret."""

from collections.abc import Iterable
from datetime import datetime

from provision.model.actual import Actual
from provision.model.desired import Desired
from provision.plan.users.shards import integration_users
from tenantry.integration import (
    VERSION,
    AppRef,
    CredentialRef,
    IntegrationFile,
    Permission,
    Permissions,
    TenantRef,
)


def integration_file(
    desired: Desired,
    actual: Actual,
    *,
    app: AppRef,
    credential: CredentialRef | None,
    granted: Iterable[Permission],
    tool: str,
    now: datetime,
) -> IntegrationFile:
    """The whole file for one integration, as of `now`."""
    return IntegrationFile(
        version=VERSION,
        tool=tool,
        emitted=rfc3339(now),
        tenant=TenantRef(name=desired.tenant, id=actual.tenant_id, cloud=desired.cloud),
        integration=desired.integration,
        profile=desired.profile,
        app=app,
        permissions=Permissions(
            required=desired.required,
            forbidden=desired.forbidden,
            granted=tuple(granted),
            in_exchange=desired.narrowing.in_exchange,
        ),
        credential=credential,
        mailboxes=desired.mailboxes,
        time_zone=desired.time_zone,
        people=desired.people,
        rules=desired.rules,
        sinks=desired.sinks,
        options=desired.options,
        integration_users=integration_users(desired, actual),
    )


def granted_permissions(actual: Actual) -> tuple[Permission, ...]:
    """What is granted in the tenant, by name where the tenant's catalogue knows it, sorted."""
    found = set()
    for grant in actual.grants:
        resource = actual.resource_of(grant.resource_id)
        name = resource.permission_name(grant.role_id, "Role") if resource else None
        resource_name = resource.name if resource else grant.resource_name or grant.resource_id
        found.add((resource_name, name or grant.role_id, "application"))
    for delegated in actual.delegated:
        resource = actual.resource_of(delegated.resource_id)
        for scope in delegated.scopes:
            found.add((resource.name if resource else delegated.resource_id, scope, "delegated"))
    return tuple(Permission(resource=r, name=n, type=t) for r, n, t in sorted(found))  # type: ignore[arg-type]


def rfc3339(moment: datetime) -> str:
    """UTC, whole seconds, `Z`: as every file of ours writes times."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
