"""Policies as a tenant has them before anybody touched them, and the gaps of seeded ones."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

NO_POLICY = "00000000-0000-0000-0000-000000000000"


def conditional_access(tenant: "Tenant", given: JSON, created: datetime | None = None) -> JSON:
    """A Conditional Access policy; what `given` leaves out is empty, also within its conditions."""
    blank: JSON = {
        "id": "",
        "deletedDateTime": None,
        "createdDateTime": tenant.stamp(created),
        "description": None,
        "displayName": "",
        "grantControls": None,
        "modifiedDateTime": None,
        "sessionControls": None,
        "state": "disabled",
        "templateId": None,
    }
    made = {**blank, **given, "conditions": _conditions(given.get("conditions") or {})}
    if made["grantControls"]:
        lists = ("builtInControls", "customAuthenticationFactors", "termsOfUse")
        controls: JSON = {"operator": "OR", "authenticationStrength": None, **{name: [] for name in lists}}
        made["grantControls"] = controls | made["grantControls"]
    made["id"] = made["id"] or tenant.new_id()
    return made


def _conditions(given: JSON) -> JSON:
    nothing = ("authenticationFlows", "clientApplications", "devices", "insiderRiskLevels", "locations", "platforms")
    lists = ("servicePrincipalRiskLevels", "signInRiskLevels", "userRiskLevels")
    blank: JSON = {**dict.fromkeys(nothing), **{name: [] for name in lists}, "clientAppTypes": ["all"]}
    sides = ("Users", "Groups", "Roles")
    users: JSON = {f"{way}{side}": [] for way in ("include", "exclude") for side in sides}
    guests = dict.fromkeys(("includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers"))
    names = ("Applications", "AuthenticationContextClassReferences", "UserActions")
    apps: JSON = {"applicationFilter": None, "excludeApplications": [], **{f"include{name}": [] for name in names}}
    return {
        **blank,
        **given,
        "users": {**users, **guests, **(given.get("users") or {})},
        "applications": {**apps, **(given.get("applications") or {})},
    }


def default_app_management() -> JSON:
    """The tenant's rules for new credentials: there, but switched off."""
    return {
        "id": NO_POLICY,
        "deletedDateTime": None,
        "displayName": "Default app management tenant policy",
        "description": "Default tenant policy that enforces restrictions on credentials of apps.",
        "isEnabled": False,
        "applicationRestrictions": {"passwordCredentials": [], "keyCredentials": [], "identifierUris": None},
        "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []},
    }


def authorization() -> JSON:
    """What ordinary users and guests may do."""
    return {
        "id": "authorizationPolicy",
        "deletedDateTime": None,
        "displayName": "Authorization Policy",
        "description": "Used to manage authorization related settings across the company.",
        "allowInvitesFrom": "adminsGuestInvitersAndAllMembers",
        "allowedToSignUpEmailBasedSubscriptions": True,
        "allowedToUseSSPR": True,
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "allowUserConsentForRiskyApps": None,
        "blockMsolPowerShell": False,
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": True,
            "allowedToCreateSecurityGroups": True,
            "allowedToCreateTenants": True,
            "allowedToReadBitlockerKeysForOwnedDevice": True,
            "allowedToReadOtherUsers": True,
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-recommended"],
        },
    }


def security_defaults() -> JSON:
    """Microsoft's basic protection; off, since the tenant has Conditional Access."""
    return {
        "id": "00000000-0000-0000-0000-000000000005",
        "deletedDateTime": None,
        "displayName": "Security Defaults",
        "description": "Security defaults is a set of basic identity security mechanisms recommended by Microsoft.",
        "isEnabled": False,
    }


_STRONG = "windowsHelloForBusiness fido2 x509CertificateMultiFactor deviceBasedPush"
_WITH_PASSWORD = " ".join(
    f"password,{second}" for second in ("microsoftAuthenticatorPush", "softwareOath", "hardwareOath", "sms", "voice")
)
_STRENGTHS = (
    (
        2,
        "Multifactor authentication",
        f"{_STRONG} temporaryAccessPassOneTime temporaryAccessPassMultiUse federatedMultiFactor {_WITH_PASSWORD}",
    ),
    (3, "Passwordless MFA", _STRONG),
    (4, "Phishing resistant MFA", "windowsHelloForBusiness fido2 x509CertificateMultiFactor"),
)


def authentication_strengths() -> list[JSON]:
    """The three that Microsoft built in."""
    moment = "2021-12-01T00:00:00Z"
    return [
        {
            "id": f"00000000-0000-0000-0000-{number:012d}",
            "createdDateTime": moment,
            "modifiedDateTime": moment,
            "displayName": name,
            "description": f"{name}: combinations of methods that satisfy strong authentication.",
            "policyType": "builtIn",
            "requirementsSatisfied": "mfa",
            "allowedCombinations": combinations.split(),
        }
        for number, name, combinations in _STRENGTHS
    ]


def example_conditional_access(tenant: "Tenant", created: datetime) -> list[JSON]:
    """Two policies that hinder nobody: one reports only, one is off and holds an enum member few readers know."""
    everyone = {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}}
    report = {
        "displayName": "Require MFA for all users",
        "state": "enabledForReportingButNotEnforced",
        "conditions": everyone,
        "grantControls": {"builtInControls": ["mfa"]},
    }
    risky = {
        "displayName": "Remediate risky users",
        "state": "disabled",
        "conditions": {**everyone, "userRiskLevels": ["high"]},
        "grantControls": {"operator": "AND", "builtInControls": ["mfa", "riskRemediation"]},
    }
    return [conditional_access(tenant, given, created) for given in (report, risky)]
