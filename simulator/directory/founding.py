"""What a tenant holds on its first day: its organisation, Microsoft's services, an administrator, an operator app."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.directory import blanks, foreign, policy_blanks
from simulator.directory.first_party import GRAPH, graph_permissions, services
from simulator.directory.links import link
from simulator.directory.roles import GLOBAL_ADMINISTRATOR
from simulator.directory.secrets import new_secret, password_entry

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

AGE = timedelta(days=400)  # how long ago the tenant was made
OPERATOR_NAME = "Rehearsal operator"
OPERATOR_ROLES = (
    "AdministrativeUnit.Read.All",
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "AuditLog.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Domain.Read.All",
    "Group.ReadWrite.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "RoleManagement.ReadWrite.Directory",
    "User-PasswordProfile.ReadWrite.All",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
)


def found(tenant: "Tenant") -> None:
    """Fills an empty tenant; everything is known to all replicas."""
    tenant.collection("organization").put(_organization(tenant), at_once=True)
    principals = tenant.collection("servicePrincipals")
    for service in services(tenant.cloud):
        principals.put(blanks.service_principal(tenant, service), at_once=True)
    _policies(tenant)
    tenant.seed({"vendorApplications": foreign.examples(tenant)})
    admin = _administrator(tenant)
    _operator(tenant, admin)


def _policies(tenant: "Tenant") -> None:
    tenant.seed(
        {
            "defaultAppManagementPolicy": [policy_blanks.default_app_management()],
            "authorizationPolicy": [policy_blanks.authorization()],
            "identitySecurityDefaultsEnforcementPolicy": [policy_blanks.security_defaults()],
            "authenticationStrengthPolicies": policy_blanks.authentication_strengths(),
            "conditionalAccessPolicies": policy_blanks.example_conditional_access(tenant, tenant.now() - AGE),
        }
    )


def _organization(tenant: "Tenant") -> JSON:
    domain = {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": True,
        "isInitial": True,
        "name": tenant.domain,
        "type": "Managed",
    }
    return {
        "id": tenant.id,
        "deletedDateTime": None,
        "businessPhones": [],
        "city": "Stockholm",
        "country": None,
        "countryLetterCode": "SE",
        "createdDateTime": tenant.stamp(tenant.now() - AGE),
        "defaultUsageLocation": None,
        "displayName": "Contoso" if not tenant.index else f"Contoso {tenant.index}",
        "marketingNotificationEmails": [],
        "mobileDeviceManagementAuthority": "unknown",
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "partnerTenantType": None,
        "postalCode": None,
        "preferredLanguage": "sv",
        "privacyProfile": None,
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": None,
        "technicalNotificationMails": [f"admin@{tenant.domain}"],
        "tenantType": "AAD",
        "assignedPlans": [],
        "provisionedPlans": [],
        "verifiedDomains": [domain],
    }


def _administrator(tenant: "Tenant") -> JSON:
    upn = f"admin@{tenant.domain}"
    given: JSON = {
        "displayName": "Åsa Admin",
        "givenName": "Åsa",
        "surname": "Admin",
        "mailNickname": "admin",
        "preferredLanguage": "sv-SE",
        "usageLocation": "SE",
        "userPrincipalName": upn,
    }
    password = f"Pw-{tenant.new_id()}"
    given["passwordProfile"] = {"password": password, "forceChangePasswordNextSignIn": False}
    admin = blanks.user(tenant, given, tenant.now() - AGE)
    tenant.collection("users").put(admin, at_once=True)
    tenant.seed({"roleAssignments": [{"principalId": admin["id"], "roleDefinitionId": GLOBAL_ADMINISTRATOR}]})
    tenant.operator |= {"userPrincipalName": upn, "password": password}
    return admin


def _operator(tenant: "Tenant", admin: JSON) -> None:
    born = tenant.now() - timedelta(days=30)
    value = new_secret(tenant)
    table = graph_permissions(tenant.cloud)
    access = [{"id": table[name]["application"], "type": "Role"} for name in OPERATOR_ROLES]
    given = {
        "displayName": OPERATOR_NAME,
        "passwordCredentials": [password_entry(tenant, value, "operator", born, born + timedelta(days=730))],
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": access}],
    }
    app = tenant.collection("applications").put(blanks.application(tenant, given, born), at_once=True)
    principal = blanks.service_principal(tenant, {"appId": app["appId"], "displayName": OPERATOR_NAME}, born)
    tenant.collection("servicePrincipals").put(principal, at_once=True)
    for owned in (app, principal):
        link(tenant, "owners", owned["id"], admin["id"], at_once=True)
    graph = tenant.collection("servicePrincipals").first("appId", GRAPH)
    assert graph is not None
    ends = {"principalId": principal["id"], "resourceId": graph["id"], "createdDateTime": tenant.stamp(born)}
    tenant.seed({"appRoleAssignments": [ends | {"appRoleId": entry["id"]} for entry in access]})
    tenant.operator |= {"clientId": app["appId"], "clientSecret": value}
