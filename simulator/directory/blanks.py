"""Objects as the directory makes them before anybody filled them in: every property, empty."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]


def application(tenant: "Tenant", given: JSON, created: datetime | None = None) -> JSON:
    """An application; `given` wins over the empty values."""
    blank: JSON = {
        "id": "",
        "deletedDateTime": None,
        "appId": "",
        "applicationTemplateId": None,
        "createdByAppId": None,
        "isDisabled": None,
        "disabledByMicrosoftStatus": None,
        "createdDateTime": tenant.stamp(created),
        "displayName": None,
        "description": None,
        "groupMembershipClaims": None,
        "identifierUris": [],
        "isDeviceOnlyAuthSupported": None,
        "isFallbackPublicClient": None,
        "nativeAuthenticationApisEnabled": None,
        "notes": None,
        "publisherDomain": tenant.domain,
        "serviceManagementReference": None,
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "tokenEncryptionKeyId": None,
        "uniqueName": None,
        "samlMetadataUrl": None,
        "defaultRedirectUri": None,
        "certification": None,
        "optionalClaims": None,
        "servicePrincipalLockConfiguration": None,
        "requestSignatureVerification": None,
        "addIns": [],
        "api": _api(),
        "appRoles": [],
        "info": _info(),
        "keyCredentials": [],
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": [],
        "publicClient": {"redirectUris": []},
        "requiredResourceAccess": [],
        "verifiedPublisher": _publisher(),
        "web": _web(),
        "spa": {"redirectUris": []},
    }
    return _named(tenant, blank | given, "appId")


def service_principal(tenant: "Tenant", given: JSON, created: datetime | None = None) -> JSON:
    """A service principal; `given` wins over the empty values."""
    name = given.get("displayName") or given.get("appDisplayName")
    blank: JSON = {
        "id": "",
        "deletedDateTime": None,
        "accountEnabled": True,
        "alternativeNames": [],
        "appDisplayName": name,
        "appDescription": None,
        "appId": "",
        "applicationTemplateId": None,
        "appOwnerOrganizationId": tenant.id,
        "appRoleAssignmentRequired": False,
        "@createdDateTime": tenant.stamp(created),  # not in v1.0, but policies ask for it
        "description": None,
        "disabledByMicrosoftStatus": None,
        "displayName": name,
        "homepage": None,
        "loginUrl": None,
        "logoutUrl": None,
        "notes": None,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": None,
        "preferredTokenSigningKeyThumbprint": None,
        "replyUrls": [],
        "servicePrincipalNames": [given["appId"]] if given.get("appId") else [],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "tokenEncryptionKeyId": None,
        "samlSingleSignOnSettings": None,
        "addIns": [],
        "appRoles": [],
        "info": _info(),
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": _publisher(),
    }
    return _named(tenant, blank | given)


def user(tenant: "Tenant", given: JSON, created: datetime | None = None) -> JSON:
    """A person's account; `given` wins over the empty values."""
    blank: JSON = {
        "id": "",
        "deletedDateTime": None,
        "accountEnabled": True,
        "assignedLicenses": [],
        "assignedPlans": [],
        "businessPhones": [],
        "createdDateTime": tenant.stamp(created),
        "creationType": None,
        "displayName": None,
        "givenName": None,
        "identities": [],
        "imAddresses": [],
        "jobTitle": None,
        "mail": None,
        "mailNickname": None,
        "mobilePhone": None,
        "officeLocation": None,
        "otherMails": [],
        "preferredLanguage": None,
        "proxyAddresses": [],
        "showInAddressList": None,
        "surname": None,
        "usageLocation": None,
        "userPrincipalName": "",
        "userType": "Member",
    }
    return _named(tenant, blank | given)


def group(tenant: "Tenant", given: JSON, created: datetime | None = None) -> JSON:
    """A group; `given` wins over the empty values."""
    moment = tenant.stamp(created)
    blank: JSON = {
        "id": "",
        "deletedDateTime": None,
        "classification": None,
        "createdDateTime": moment,
        "description": None,
        "displayName": None,
        "expirationDateTime": None,
        "groupTypes": [],
        "isAssignableToRole": None,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": None,
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "onPremisesDomainName": None,
        "onPremisesLastSyncDateTime": None,
        "onPremisesNetBiosName": None,
        "onPremisesSamAccountName": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": [],
        "renewedDateTime": moment,
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": True,
        "securityIdentifier": None,
        "theme": None,
        "uniqueName": None,
        "visibility": None,
        "onPremisesProvisioningErrors": [],
        "serviceProvisioningErrors": [],
    }
    return _named(tenant, blank | given)


def _named(tenant: "Tenant", value: JSON, *more: str) -> JSON:
    for key in ("id", *more):
        if not value[key]:
            value[key] = tenant.new_id()
    return value


def _api() -> JSON:
    return {
        "acceptMappedClaims": None,
        "knownClientApplications": [],
        "requestedAccessTokenVersion": None,
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
    }


def _info() -> JSON:
    urls = ("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl")
    return dict.fromkeys(urls)


def _publisher() -> JSON:
    return {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None}


def _web() -> JSON:
    grants = {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False}
    return {
        "homePageUrl": None,
        "logoutUrl": None,
        "redirectUris": [],
        "implicitGrantSettings": grants,
        "redirectUriSettings": [],
    }
