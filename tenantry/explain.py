"""What Microsoft's error codes mean and what to do, as data. Callers never react to message texts, only to codes.

Sources: learn.microsoft.com/entra/identity-platform/reference-error-codes and learn.microsoft.com/graph/errors.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_CODE = re.compile(r"AADSTS(\d+)")
_TRACE = re.compile(r"Trace ID:\s*([0-9a-fA-F-]{36})")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Explanation(NamedTuple):
    """What happened and what to do next, a sentence each. `transient`: the same request may succeed later."""

    what: str
    fix: str
    transient: bool = False


SIGN_IN: Mapping[str, Explanation] = {
    "AADSTS50034": Explanation("This account does not exist in the tenant.", "Check the user name and the tenant."),
    "AADSTS50053": Explanation("The account is locked after too many wrong passwords.", "Wait, or have it unlocked."),
    "AADSTS50055": Explanation("The password has expired.", "Set a new password for this account."),
    "AADSTS50057": Explanation("The account is disabled.", "Enable it in the tenant, or take another."),
    "AADSTS50058": Explanation("Nobody is signed in.", "Sign in again."),
    "AADSTS50076": Explanation(
        "The tenant asks for a second factor.",
        "Sign in with a browser or device code; an unattended account must be excluded from the policy that asks.",
    ),
    "AADSTS50079": Explanation(
        "The account must first register a second factor.", "Sign in once with a browser and register it."
    ),
    "AADSTS50105": Explanation(
        "The account is not assigned to this app, which requires it.", "Assign it under enterprise applications."
    ),
    "AADSTS50126": Explanation("The user name or the password is wrong.", "Check both and try again."),
    "AADSTS50173": Explanation("The saved sign-in is no longer valid.", "Sign in again."),
    "AADSTS50196": Explanation("The app asked for tokens in a loop.", "Wait a minute and try again.", True),
    "AADSTS53000": Explanation("The tenant asks for a managed device.", "Sign in from one, or adjust the policy."),
    "AADSTS53003": Explanation(
        "A Conditional Access policy blocks this sign-in.",
        "Look up the sign-in log for the policy, and exclude this account or place.",
    ),
    "AADSTS65001": Explanation(
        "Nobody has consented to what the app asks for, or the consent has not reached everywhere yet.",
        "Grant admin consent; if it was granted just now, wait a minute.",
    ),
    "AADSTS65004": Explanation("The consent was declined.", "Sign in again and accept."),
    "AADSTS650052": Explanation(
        "The service the app asks for has no service principal in this tenant.",
        "Create the service principal of that service in the tenant.",
    ),
    "AADSTS650057": Explanation("The app does not list the service it asks for.", "Add it to the app's permissions."),
    "AADSTS70000": Explanation("The grant is not valid, or was revoked.", "Sign in again."),
    "AADSTS70008": Explanation("The saved sign-in has expired.", "Sign in again."),
    "AADSTS70011": Explanation("The scope is not well-formed.", "Check the cloud: its Graph address makes the scope."),
    "AADSTS70016": Explanation("The device code waits for somebody to sign in.", "Finish in the browser.", True),
    "AADSTS70018": Explanation("The device code is not known.", "Start again for a new code."),
    "AADSTS70019": Explanation("The device code has expired.", "Start again for a new code."),
    "AADSTS70043": Explanation("The saved sign-in ended by a sign-in frequency policy.", "Sign in again."),
    "AADSTS700003": Explanation(
        "The device that signed in is not registered any more.", "Register it, or sign in anew."
    ),
    "AADSTS700016": Explanation(
        "The app does not exist in this tenant, or has not reached every server yet.",
        "Check client id, tenant and cloud; right after creating the app, wait a minute.",
    ),
    "AADSTS700024": Explanation(
        "The client assertion is outside its time.", "Set this machine's clock; a certificate sign-in needs it right."
    ),
    "AADSTS700027": Explanation(
        "The app does not know this certificate, or the signature is wrong.",
        "Add the certificate to the app registration, or use the one that is there.",
    ),
    "AADSTS7000112": Explanation("The app is disabled.", "Enable it under enterprise applications."),
    "AADSTS7000215": Explanation(
        "The client secret is wrong, or too new to work everywhere.",
        "Use the secret's value, not its id; a new secret can take a minute or two.",
    ),
    "AADSTS7000222": Explanation("The client secret has expired.", "Make a new one: tenantry provision apply."),
    "AADSTS7000218": Explanation(
        "The request lacked the client's secret or assertion.",
        "Set the secret, or allow public client flows for the app if a person signs in.",
    ),
    "AADSTS7000229": Explanation(
        "The app has no service principal in this tenant.", "Create it: tenantry provision apply."
    ),
    "AADSTS90002": Explanation("There is no such tenant.", "Check the tenant's id or domain, and its cloud."),
    "AADSTS90013": Explanation("The sign-in request was malformed.", "Try again; else update tenantry."),
    "AADSTS90019": Explanation("The request names no tenant.", "Give the tenant's id or domain."),
    "AADSTS90033": Explanation("The sign-in service has a passing fault.", "Try again in a minute.", True),
    "AADSTS90072": Explanation(
        "The account does not belong to this tenant.", "Sign in with an account of the tenant, or invite it as guest."
    ),
    "AADSTS900382": Explanation("This cloud does not take this request.", "Check the tenant's cloud."),
    "AADSTS900384": Explanation("The app belongs to another cloud.", "Check the tenant's cloud."),
    "AADSTS9001023": Explanation(
        "User name and password do not work for this kind of account or address.", "Name the tenant by id."
    ),
    "AADSTS500011": Explanation(
        "The service the token is for has no service principal in this tenant.",
        "Check the cloud, and that the service is licensed in the tenant.",
    ),
    "AADSTS500014": Explanation("The service is disabled in this tenant.", "Enable its service principal."),
    "AADSTS500133": Explanation("The assertion is outside its time.", "Set this machine's clock."),
    "AADSTS530003": Explanation("The tenant asks for a managed device.", "Sign in from one, or adjust the policy."),
    "AADSTS700082": Explanation("The saved sign-in was not used for too long.", "Sign in again."),
}

# (status, code) or (0, code) for any status; "" as code: any code of that status.
GRAPH: Mapping[tuple[int, str], str] = {
    (400, "Request_UnsupportedQuery"): "The query needs `ConsistencyLevel: eventual` and $count=true.",
    (0, "CredentialTypeNotAllowedAsPerAppPolicy"): (
        "A policy of the tenant forbids this kind of credential; use a certificate, or ask a Security Administrator"
        " for an exemption (app management policy)."
    ),
    (0, "CredentialInvalidLifetimeAsPerAppPolicy"): (
        "A policy of the tenant limits the lifetime; choose a shorter one under [tenant.integration.credential]."
    ),
    (401, ""): "The token was not taken: check tenant and cloud, then sign in again.",
    (403, "Authorization_RequestDenied"): (
        "A permission, its admin consent or a directory role is missing; `tenantry whoami` shows what is there."
    ),
    (403, "ErrorAccessDenied"): (
        "The calendar permission is missing, or this mailbox lies outside the app's scope in Exchange."
    ),
    (403, ""): "A permission or a role is missing; `tenantry whoami` shows what is there.",
    (404, "MailboxNotEnabledForRESTAPI"): "This account has no mailbox in Exchange Online.",
    (404, "Request_ResourceNotFound"): "It does not exist, or was made so recently that it is not everywhere yet.",
    (404, "Directory_ObjectNotFound"): "It does not exist, or was made so recently that it is not everywhere yet.",
    (0, "Directory_QuotaExceeded"): (
        "This account has made too many directory objects; deleted ones count for 30 days. Purge deleted apps of yours."
    ),
    (0, "Directory_ResourceSizeExceeded"): "The app holds too many credentials; remove expired ones.",
    (0, "Directory_ConcurrencyViolation"): "Something else changed it at the same time; try again.",
    (302, ""): "Something between here and Microsoft wants a sign-in of its own; check the proxy (HTTPS_PROXY).",
    (429, ""): "Microsoft throttles this app or tenant; wait and run it again.",
    (500, ""): "Microsoft Graph has a passing fault; try again later.",
    (502, ""): "Microsoft Graph has a passing fault; try again later.",
    (503, ""): "Microsoft Graph is busy; try again later.",
    (504, ""): "Microsoft Graph did not finish in time; try again later.",
}


def sign_in(text: str, *, secret: str | None = None) -> tuple[str, str, Explanation | None]:
    """Code, trace id and explanation of a sign-in error text.

    Args:
        text: Microsoft's `error_description`.
        secret: The client secret that was used: a GUID is the secret's id pasted by mistake, and is said so.

    Returns:
        `("AADSTS7000215", trace id, explanation or None)`; "" where the text has no code or trace id.
    """
    found = _CODE.search(text)
    trace = _TRACE.search(text)
    code = f"AADSTS{found[1]}" if found else ""
    explained = SIGN_IN.get(code)
    if code == "AADSTS7000215" and secret is not None and _GUID.fullmatch(secret.strip()):
        explained = Explanation(
            "What is stored as the client secret looks like the secret's id, not its value.",
            "Enter the value; it is shown only once, so make a new secret if it is lost.",
        )
    return code, trace[1] if trace else "", explained


def graph(status: int, code: str) -> str:
    """What to do about an answer of Graph; empty where nothing useful is known."""
    for key in ((status, code), (0, code), (status, "")):
        if key in GRAPH:
            return GRAPH[key]
    return ""
