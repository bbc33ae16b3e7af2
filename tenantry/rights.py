"""What each step of the work needs, as data, and whether a token's rights suffice for it.

Source: learn.microsoft.com/graph/api (the permissions table of each call) and learn.microsoft.com/entra/identity/
role-based-access-control/permissions-reference for the roles.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tenantry.profiles.model import Profile

# Template ids of directory roles, the same in every tenant (`wids` of a person's token).
ROLES: Mapping[str, str] = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "cf1c38e5-3621-4004-a7cb-879624dced7c": "Application Developer",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
}
_APP_ADMINS = ("Application Administrator", "Cloud Application Administrator")
_READERS = (*_APP_ADMINS, "Global Reader", "Security Reader", "Directory Readers")


class Step(NamedTuple):
    """One step: any of the permissions, and for a person also any of the roles (none: every member may)."""

    name: str
    permissions: tuple[str, ...]
    roles: tuple[str, ...] = ()
    app_only: tuple[str, ...] = ()  # further permissions that do for an app


READ = Step(
    "read apps and grants",
    ("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
)
REGISTER = Step(
    "create the app and its secret",
    ("Application.ReadWrite.All",),
    (*_APP_ADMINS, "Application Developer"),
    ("Application.ReadWrite.OwnedBy",),
)
GRANT = Step(
    "consent to application permissions", ("AppRoleAssignment.ReadWrite.All",), ("Privileged Role Administrator",)
)
CONSENT = Step(
    "consent to delegated permissions, or withdraw it",
    ("DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"),
    (*_APP_ADMINS, "Privileged Role Administrator"),
)
USERS = Step("make integration users", ("User.ReadWrite.All", "Directory.ReadWrite.All"), ("User Administrator",))
GROUP = Step(
    "make the group that policies exclude",
    ("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    ("Groups Administrator", "User Administrator"),
)
EXCLUDE = Step(
    "exclude the group from Conditional Access policies",
    ("Policy.ReadWrite.ConditionalAccess",),
    ("Conditional Access Administrator", "Security Administrator"),
)
_LOST_PASSWORD = "User-PasswordProfile.ReadWrite.All"  # noqa: S105 (a permission: only a lost password takes it)
AUDIT = Step("audit", ("Directory.Read.All", "Directory.ReadWrite.All"), _READERS)


class Sufficiency(NamedTuple):
    """Whether a token suffices for a step; `missing` says what to add, in words."""

    step: str
    ok: bool
    missing: str


def steps(profile: Profile) -> list[Step]:
    """What provisioning and auditing an integration of this profile takes."""
    kinds = {needed.type for needed in profile.permissions}
    wanted = [READ, REGISTER]
    if "application" in kinds:
        wanted.append(GRANT)
    if "delegated" in kinds or any(needed.type == "delegated" for needed in profile.forbidden):
        wanted.append(CONSENT)
    if profile.integration_users is not None:
        wanted += [USERS, GROUP, EXCLUDE]
    return [*wanted, AUDIT]


def operator(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """The delegated permissions that a person signs in with to provision these: `signin.OPERATOR` and what they add."""
    from tenantry.signin import OPERATOR

    more = [step.permissions[0] for profile in profiles for step in steps(profile) if step in (USERS, GROUP, EXCLUDE)]
    more += [_LOST_PASSWORD] if USERS.permissions[0] in more else []
    return tuple(dict.fromkeys([*OPERATOR, *more]))


def permissions(claims: Mapping[str, Any]) -> list[str]:
    """The permissions that a token carries: `roles` of an app, `scp` of a person."""
    return sorted(claims.get("roles") or str(claims.get("scp") or "").split())


def directory_roles(claims: Mapping[str, Any]) -> list[str]:
    """Names of the directory roles in a person's token; ids where we know no name."""
    return sorted(ROLES.get(role, role) for role in claims.get("wids") or () if role in ROLES)


def is_app(claims: Mapping[str, Any]) -> bool:
    """True where an app signed in and no person."""
    return claims.get("idtyp") == "app" or ("scp" not in claims and "roles" in claims)


def suffices(claims: Mapping[str, Any], wanted: Sequence[Step]) -> list[Sufficiency]:
    """Each step with whether the token's rights are enough for it."""
    held, roles, app = set(permissions(claims)), set(directory_roles(claims)), is_app(claims)
    found = []
    for step in wanted:
        enough = (*step.permissions, *step.app_only) if app else step.permissions
        missing = [] if held & set(enough) else [f"permission {enough[0]}"]
        if not app and step.roles and not roles & {"Global Administrator", *step.roles}:
            missing.append(f"role {step.roles[0]}")
        found.append(Sufficiency(step.name, not missing, " and ".join(missing)))
    return found
