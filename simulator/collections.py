"""The collections that a rehearsal may seed at the door: everything that some part of the simulator reads."""

from collections.abc import Iterable

KNOWN = (
    "administrativeUnitMembers",
    "administrativeUnits",
    "appManagementPolicies",
    "appManagementPolicyAssignments",
    "appRoleAssignments",
    "applicationAccessPolicies",
    "applications",
    "authenticationContextClassReferences",
    "authenticationStrengthPolicies",
    "authorizationPolicy",
    "calendarProcessing",
    "calendars",
    "conditionalAccessPolicies",
    "defaultAppManagementPolicy",
    "deletedItems",
    "directoryAudits",
    "directoryRoles",
    "dynamicDistributionGroups",
    "events",
    "exchangeOrganizationConfig",
    "exchangeServicePrincipals",
    "federatedIdentityCredentials",
    "federatedIssuers",
    "groupMembers",
    "groupOwners",
    "groups",
    "identitySecurityDefaultsEnforcementPolicy",
    "mailboxFolderPermissions",
    "mailboxPermissions",
    "mailboxSettings",
    "managementRoleAssignments",
    "managementScopes",
    "namedLocations",
    "oauth2PermissionGrants",
    "organization",
    "owners",
    "perUserMfaStates",
    "places",
    "presences",
    "roleAssignments",
    "roleDefinitions",
    "servicePrincipals",
    "signIns",
    "userRegistrationDetails",
    "users",
    "vendorApplications",
)
OWN = ("exchangeAppCaches", "mailboxFolders")
"""Collections that the simulator keeps for itself."""


def check(names: Iterable[str]) -> None:
    """Raises ValueError for names that no part reads; it lists those that can be seeded."""
    unknown = sorted(set(names) - set(KNOWN))
    if unknown:
        raise ValueError(f"unknown collection {', '.join(unknown)}; known are {', '.join(KNOWN)}")
