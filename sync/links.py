"""Which link of the chain an error breaks, in the chain's own words.

The chain: required, granted, scoped, credential, addresses, state. One table of data for sign-in codes, one function
for Graph's answers; `status`, `check` and the log all speak through it.
"""

from collections.abc import Collection
from typing import NamedTuple

from sync.model import Link
from tenantry.errors import GraphError, SignInError, TenantryError
from tenantry.integration import IntegrationFile

USERS = ("User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All", "Directory.Read.All")
CALENDARS = ("Calendars.Read", "Calendars.ReadBasic.All", "Calendars.ReadWrite")
NEEDED = {"the users": USERS, "the calendars": CALENDARS}
"""What the runner reads, and the application permissions that allow it: any one of each."""

# Sign-in errors that are not about the credential itself (learn.microsoft.com: reference-error-codes).
_CODES: dict[str, Link] = {
    "AADSTS700016": "required",  # the app registration is not in the tenant
    "AADSTS90002": "required",  # no such tenant
    "AADSTS7000112": "required",  # the app is disabled
    "AADSTS500011": "required",  # Graph's own principal is missing
    "AADSTS65001": "granted",  # no consent
}


class Fault(NamedTuple):
    """A broken link: `fact` says what is so, `fix` what to do."""

    link: Link
    fact: str
    fix: str = ""

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.fact} {self.fix}".strip()


def needed(file: IntegrationFile) -> list[str]:
    """The application permissions that the runner's calls need and the file asks for, by name."""
    asked = {permission.name for permission in file.permissions.required if permission.type == "application"}
    return [name for names in NEEDED.values() for name in names if name in asked]


def unserved(file: IntegrationFile) -> list[str]:
    """What the runner would read and the file asks no application permission for: `the users`, `the calendars`."""
    asked = set(needed(file))
    return [what for what, names in NEEDED.items() if not asked & set(names)]


def missing(file: IntegrationFile, roles: Collection[str]) -> list[str]:
    """Of the application permissions that Entra shall grant, those that the token does not carry.

    What Exchange gives (RBAC for Applications) is not in the token.
    """
    given = {each.name for each in file.permissions.in_exchange}
    required = {each.name for each in file.permissions.required if each.type == "application"} - given
    required |= {NEEDED[what][0] for what in unserved(file)}
    return sorted(name for name in required if name not in roles)


def not_granted(names: Collection[str]) -> Fault:
    """The fault of a token without these permissions."""
    fact = f"The token lacks {', '.join(sorted(names))}: consent was not granted, or was withdrawn."
    return Fault("granted", fact, "Run `tenantry provision apply`, or grant admin consent in the portal.")


def fault(error: TenantryError, lacking: Collection[str] = ()) -> Fault:
    """The link that this error breaks.

    Args:
        error: What a round ended with.
        lacking: The permissions that a fresh token was found to lack, where that is known.
    """
    if isinstance(error, SignInError):
        return Fault(_CODES.get(error.code, "credential"), error.what, error.fix)
    if not isinstance(error, GraphError):
        return Fault("state", error.what, error.fix)
    if error.status == 401:
        return Fault("credential", error.what, error.fix)
    if error.status == 403:
        return not_granted(lacking) if lacking else _forbidden(error)
    return Fault("state", error.what, error.fix)


def short(error: TenantryError | None) -> str:
    """The error in a few words without ids, so that equal failures count as one."""
    if isinstance(error, GraphError):
        return f"HTTP {error.status} {error.code}".strip() if error.status else f"no answer ({error.code})"
    return error.code if isinstance(error, SignInError) else "failed"


def _forbidden(error: GraphError) -> Fault:
    """403 with every permission in the token: Exchange keeps the mailbox out, or the directory says no."""
    if error.path.startswith("/users") and "/calendar" in error.path:
        fix = "See whether an application access policy or an RBAC scope keeps these mailboxes out."
        return Fault("scoped", error.what, error.fix or fix)
    return Fault("granted", error.what, error.fix)
