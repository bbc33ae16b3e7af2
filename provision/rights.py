"""Which right each kind of change takes, and whether the operator's own token carries it.

Sources: the permission tables of learn.microsoft.com/graph/api/<operation>; role template ids of
learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provision.model.actual import Actual

ROLES = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "Application Developer": "cf1c38e5-3621-4004-a7cb-879624dced7c",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "Conditional Access Administrator": "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
}
"""Directory roles by name, with their template ids (the `wids` claim)."""


@dataclass(frozen=True)
class Right:
    """One right: the permission to name, others that do as well, and the role a person needs."""

    permission: str
    role: str
    instead: tuple[str, ...] = ()  # application permissions that suffice too
    roles: tuple[str, ...] = ()  # other directory roles that suffice
    as_owner: tuple[str, ...] = ()  # application permissions and roles that suffice for one's own app

    def missing(self, claims: Mapping[str, Any], *, owned: bool = True) -> str:
        """What the token lacks for this right, in words; empty when it has it, or when the token does not tell.

        `owned`: the app is the operator's own, or about to be, since they make it.
        """
        if not self.permission:
            return ""
        enough = {self.permission, *self.instead, *(self.as_owner if owned else ())}
        if "scp" in claims:
            return self._missing_for_person(claims, enough, owned=owned)
        if "roles" in claims or claims.get("idtyp") == "app":
            held = set(claims.get("roles") or ())
            return "" if held & enough else f"the application permission {self.permission}"
        return ""

    def _missing_for_person(self, claims: Mapping[str, Any], enough: set[str], *, owned: bool) -> str:
        lacks = []
        if not set(str(claims["scp"]).split()) & enough:
            lacks.append(f"the delegated permission {self.permission}")
        wids = claims.get("wids")
        fitting = (self.role, *self.roles, *(self.as_owner if owned else ()), "Global Administrator")
        able = {ROLES[role] for role in fitting if role in ROLES}
        if wids is not None and not set(wids) & able:
            lacks.append(f"the role {self.role}")
        return " and ".join(lacks)


APPLICATION = Right(
    "Application.ReadWrite.All",
    "Cloud Application Administrator",
    instead=("Directory.ReadWrite.All",),
    roles=("Application Administrator",),
    as_owner=("Application.ReadWrite.OwnedBy", "Application Developer"),
)
APP_ROLE = Right("AppRoleAssignment.ReadWrite.All", "Privileged Role Administrator")
DELEGATED = Right(
    "DelegatedPermissionGrant.ReadWrite.All",
    "Cloud Application Administrator",
    instead=("Directory.ReadWrite.All",),
    roles=("Application Administrator", "Privileged Role Administrator"),
)
USER = Right("User.ReadWrite.All", "User Administrator", instead=("Directory.ReadWrite.All",))
PASSWORD = Right("User-PasswordProfile.ReadWrite.All", "User Administrator")
GROUP = Right(
    "Group.ReadWrite.All",
    "Groups Administrator",
    instead=("Directory.ReadWrite.All",),
    roles=("User Administrator",),
)
MEMBER = Right(
    "GroupMember.ReadWrite.All",
    "Groups Administrator",
    instead=("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    roles=("User Administrator",),
)
EXCLUSION = Right(
    "Policy.ReadWrite.ConditionalAccess",
    "Conditional Access Administrator",
    roles=("Security Administrator",),
)
EXCHANGE = Right("", "Exchange Administrator")
LOCAL = Right("", "")

RIGHTS = (APPLICATION, APP_ROLE, DELEGATED, USER, PASSWORD, GROUP, MEMBER, EXCLUSION)


def of(permission: str, role: str) -> Right | None:
    """The right that a change names; None where it takes none in the tenant."""
    return next((right for right in RIGHTS if (right.permission, right.role) == (permission, role)), None)


def missing(
    needed: Iterable[tuple[str, str]], claims: Mapping[str, Any], *, owned: bool = True
) -> dict[tuple[str, str], str]:
    """For each (permission, role) of a plan that the token cannot do: what it lacks."""
    known = {key: right for key in needed if (right := of(*key))}
    lacking = {key: right.missing(claims, owned=owned) for key, right in known.items()}
    return {key: lack for key, lack in lacking.items() if lack}


def owned(actual: "Actual", claims: Mapping[str, Any]) -> bool:
    """True where the operator owns the app, or will, since they are about to make it."""
    return actual.application is None or claims.get("oid") in actual.application.owners


def operator_of(claims: Mapping[str, Any]) -> str:
    """Who writes, for the journal: a person's sign-in name, else the app's id."""
    return str(claims.get("upn") or claims.get("preferred_username") or claims.get("appid") or claims.get("oid") or "")
