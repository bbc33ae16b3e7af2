"""The sign-in service's errors: AADSTS numbers with the HTTP status, `error` and `suberror` that clients react to.

Sources: learn.microsoft.com/entra/identity-platform/reference-error-codes, v2-oauth2-client-creds-grant-flow,
v2-oauth2-device-code; status and suberror of some from answers shown in public issue threads.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What stays the same of one AADSTS number; `text` takes the fields of `SignInError`."""

    status: int
    error: str
    text: str
    suberror: str = ""


_WRONG_TENANT = (
    "This can happen if the application has not been installed by the administrator of the tenant or consented to "
    "by any user in the tenant. You may have sent your authentication request to the wrong tenant."
)

ERRORS: dict[int, Kind] = {
    7000215: Kind(
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
        "not the client secret ID, for a secret added to app '{app}'.",
    ),
    7000222: Kind(
        401,
        "invalid_client",
        "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for "
        "your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "
        "https://aka.ms/certCreds.",
    ),
    7000216: Kind(
        401,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
    7000218: Kind(
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    700027: Kind(
        401,
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        "[Reason - {reason}]",
    ),
    700023: Kind(401, "invalid_client", "Client assertion audience claim does not match Realm issuer."),
    700024: Kind(401, "invalid_client", "Client assertion is not within its valid time range."),
    70021: Kind(
        400,
        "invalid_request",
        "No matching federated identity record found for presented assertion. Assertion Issuer: '{name}'. Assertion "
        "Subject: '{reason}'. Assertion Audience: '{tenant}'.",
    ),
    5000811: Kind(
        401,
        "invalid_client",
        "Unable to verify token signature. The signing key identifier does not match any valid registered keys.",
    ),
    650052: Kind(
        400,
        "invalid_client",
        "The app is trying to access a service '{name}' that your organization '{tenant}' lacks a service principal "
        "for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the "
        "application in order to create the required service principal.",
    ),
    50027: Kind(401, "invalid_client", "JWT token is invalid or malformed."),
    7000229: Kind(
        401,
        "invalid_client",
        "The client application {app} is missing service principal in the tenant {tenant}. See instructions here: "
        "https://go.microsoft.com/fwlink/?linkid=2225119",
    ),
    7000112: Kind(400, "unauthorized_client", "Application '{app}'({name}) is disabled."),
    700016: Kind(
        400,
        "unauthorized_client",
        "Application with identifier '{app}' was not found in the directory '{tenant}'. " + _WRONG_TENANT,
    ),
    90002: Kind(
        400,
        "invalid_request",
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant.",
    ),
    9001023: Kind(
        400,
        "invalid_request",
        "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or "
        "tenant-specific endpoint.",
    ),
    900144: Kind(400, "invalid_request", "The request body must contain the following parameter: '{name}'."),
    900023: Kind(
        400,
        "invalid_request",
        "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
    ),
    70003: Kind(400, "unsupported_grant_type", "The app requested an unsupported grant type '{name}'."),
    70011: Kind(
        400,
        "invalid_scope",
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter "
        "'scope' is not valid. The scope {name} is not valid.",
    ),
    1002012: Kind(
        400,
        "invalid_scope",
        "The provided value for scope {name} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI).",
    ),
    500011: Kind(
        400,
        "invalid_resource",
        "The resource principal named {name} was not found in the tenant named {tenant}. " + _WRONG_TENANT,
    ),
    65001: Kind(
        400,
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{app}' named '{name}'. Send an "
        "interactive authorization request for this user and resource.",
        "consent_required",
    ),
    65004: Kind(400, "authorization_declined", "User declined to consent to access the app."),
    90094: Kind(400, "access_denied", "Admin consent is required for the permissions requested by this application."),
    50034: Kind(
        400,
        "invalid_grant",
        "The user account {{EUII Hidden}} does not exist in the {tenant} directory. To sign into this application, "
        "the account must be added to the directory.",
    ),
    50126: Kind(400, "invalid_grant", "Error validating credentials due to invalid username or password."),
    50057: Kind(400, "invalid_grant", "The user account is disabled."),
    50076: Kind(
        400,
        "invalid_grant",
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        "use multi-factor authentication to access '{name}'.",
        "basic_action",
    ),
    50079: Kind(
        400,
        "invalid_grant",
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        "enroll in multi-factor authentication to access '{name}'.",
        "basic_action",
    ),
    53003: Kind(
        400,
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        "message_only",
    ),
    53000: Kind(
        400,
        "invalid_grant",
        "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, "
        "and the device is not compliant.",
        "message_only",
    ),
    53001: Kind(
        400,
        "invalid_grant",
        "Device is not in required device state: domain_joined. Conditional Access policy requires a domain joined "
        "device, and the device is not domain joined.",
        "message_only",
    ),
    53002: Kind(
        400,
        "invalid_grant",
        "The app used isn't an approved app for Conditional Access.",
        "message_only",
    ),
    53009: Kind(
        400,
        "invalid_grant",
        "Application needs to enforce Intune protection policies.",
        "message_only",
    ),
    50055: Kind(400, "invalid_grant", "The password is expired.", "user_password_expired"),
    50142: Kind(
        400, "interaction_required", "Password change is required due to a conditional access policy.", "basic_action"
    ),
    50158: Kind(
        400,
        "interaction_required",
        "External security challenge not satisfied. User will be redirected to another page or authentication "
        "provider to satisfy additional authentication challenges.",
        "basic_action",
    ),
    50011: Kind(
        400,
        "invalid_request",
        "The redirect URI '{name}' specified in the request does not match the redirect URIs configured for the "
        "application '{app}'.",
    ),
    9002313: Kind(400, "invalid_grant", "Invalid request. Request is malformed or invalid."),
    70000: Kind(400, "invalid_grant", "Provided grant is invalid or malformed."),
    70008: Kind(
        400, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity."
    ),
    54005: Kind(
        400, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code."
    ),
    501481: Kind(
        400,
        "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    70016: Kind(
        400,
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    70018: Kind(400, "bad_verification_code", "Invalid verification code due to User typing in wrong user code."),
    70019: Kind(400, "expired_token", "Verification code expired."),
}


class SignInError(Exception):
    """The sign-in service refuses. `code` is a key of ERRORS; the rest fills its text."""

    def __init__(
        self, code: int, *, app: str = "", tenant: str = "", name: str = "", reason: str = "", claims: str = ""
    ) -> None:
        kind = ERRORS[code]
        self.text = kind.text.format(app=app, tenant=tenant, name=name, reason=reason)
        super().__init__(f"AADSTS{code}: {self.text}")
        self.code = code
        self.kind = kind
        self.claims = claims

    def told(self, now: datetime, correlation: str = "", *, error: str = "") -> dict[str, Any]:
        """The JSON body. `error` overrides the name where an endpoint has its own for the number."""
        trace, correlation = str(uuid.uuid4()), correlation or str(uuid.uuid4())
        moment = f"{now:%Y-%m-%d %H:%M:%SZ}"
        body: dict[str, Any] = {
            "error": error or self.kind.error,
            "error_description": f"{self} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}",
            "error_codes": [self.code],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.code}",
        }
        if self.kind.suberror:
            body["suberror"] = self.kind.suberror
        if self.claims:
            body["claims"] = self.claims
        return body
