"""The directory half of the simulated Graph: one module a resource, each with its `ROUTES`."""

from simulator.core import Route
from simulator.directory import (
    app_roles,
    applications,
    audit_logs,
    conditional_access,
    deleted_items,
    directory_objects,
    directory_roles,
    federated,
    grants,
    groups,
    keys,
    member_of,
    organization,
    owners,
    passwords,
    policies,
    service_principals,
    users,
)

ROUTES: list[Route] = [
    *applications.ROUTES,
    *service_principals.ROUTES,
    *passwords.ROUTES,
    *keys.ROUTES,
    *owners.ROUTES,
    *federated.ROUTES,
    *app_roles.ROUTES,
    *grants.ROUTES,
    *deleted_items.ROUTES,
    *users.ROUTES,
    *groups.ROUTES,
    *member_of.ROUTES,
    *directory_objects.ROUTES,
    *directory_roles.ROUTES,
    *organization.ROUTES,
    *policies.ROUTES,
    *conditional_access.ROUTES,
    *audit_logs.ROUTES,
]
