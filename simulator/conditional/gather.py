"""The facts of a sign-in out of the tenant's directory: who somebody is, and what a token for Graph really reaches."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from simulator.conditional.facts import INTERNAL_GUEST, Person, Place, Workload
from simulator.conditional.what import EXCHANGE, TEAMS
from simulator.directory.first_party import DIRECTORY, GRAPH
from simulator.directory.membership import groups_of
from simulator.directory.roles import ROLES

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

BASELINE = frozenset(
    {
        "openid",
        "profile",
        "email",
        "offline_access",
        "User.Read",
        "User.Read.All",
        "User.ReadBasic.All",
        "People.Read",
        "People.Read.All",
        "GroupMember.Read.All",
        "Member.Read.Hidden",
    }
)
"""Scopes that are judged as access to the directory itself, whatever a policy excludes (roll-out of 2026)."""
_SERVICES = {
    EXCHANGE: ("Calendars.", "Contacts.", "Mail.", "MailboxSettings.", "MailboxFolder.", "Place.", "EWS."),
    TEAMS: ("Presence.", "Chat.", "Channel", "Team", "Calls.", "OnlineMeetings."),
}
BUILT_IN = frozenset(ROLES.values())


def person(tenant: "Tenant", user: JSON) -> Person:
    """A user with groups (nested ones too), active tenant-wide built-in roles, and guest type."""
    groups = [str(row["id"]).lower() for row in groups_of(tenant, user["id"], deep=True)]
    return Person(user["id"], frozenset(groups), _roles(tenant, user["id"], groups), guest_kinds(user), home_of(user))


def _roles(tenant: "Tenant", user_id: str, groups: Iterable[str]) -> frozenset[str]:
    """Roles of a person and of their role-assignable groups; narrowed and custom ones do not count."""
    found: set[str] = set()
    for holder in (user_id, *groups):
        for row in tenant.collection("roleAssignments").find("principalId", holder):
            if row.get("directoryScopeId") == "/" and row["roleDefinitionId"] in BUILT_IN:
                found.add(row["roleDefinitionId"])
    return frozenset(found)


def guest_kinds(user: JSON) -> frozenset[str]:
    """Which kinds of guest an account is: B2B by its name or invitation, member or guest by its type."""
    foreign = "#EXT#" in str(user.get("userPrincipalName")).upper() or user.get("creationType") == "Invitation"
    if user.get("userType") == "Guest":
        return frozenset({"b2bCollaborationGuest" if foreign else INTERNAL_GUEST})
    return frozenset({"b2bCollaborationMember"}) if foreign else frozenset()


def home_of(user: JSON) -> str:
    """The domain a guest comes from, as far as the account tells."""
    return str(user.get("mail") or "").rpartition("@")[2].lower() if guest_kinds(user) else ""


def workload(tenant: "Tenant", principal: JSON) -> Workload:
    """A service principal; own are applications of this tenant alone, no managed identities."""
    app = tenant.collection("applications").first("appId", principal["appId"])
    own = app is not None and app.get("signInAudience") == "AzureADMyOrg"
    return Workload(principal["id"], own and principal.get("servicePrincipalType") == "Application")


def places(tenant: "Tenant") -> dict[str, Place]:
    """The named locations by id in lower case."""
    return {row["id"].lower(): Place.of(row) for row in tenant.collection("namedLocations").iterate()}


def strengths(tenant: "Tenant") -> dict[str, JSON]:
    """Authentication strengths by id."""
    return {row["id"]: row for row in tenant.collection("authenticationStrengthPolicies").iterate()}


def reached(resource_app_id: str, scopes: Iterable[str]) -> frozenset[str]:
    """The resources that a token is judged for: Graph stands for the services behind its permissions."""
    if resource_app_id != GRAPH:
        return frozenset({resource_app_id})
    names = set(scopes)
    if names and names <= BASELINE:
        return frozenset({DIRECTORY})
    services = {app for app, starts in _SERVICES.items() if any(name.startswith(starts) for name in names)}
    return frozenset(services or {GRAPH})
