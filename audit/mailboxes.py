"""Which mailboxes Exchange lets an app reach: application access policies and RBAC for Applications.

The two mechanisms differ in kind. A policy narrows what Entra granted; an RBAC assignment adds to it. So a scope by
RBAC is worth nothing while the same permission is granted in Entra without a policy.
Sources: learn.microsoft.com/exchange/permissions-exo/application-access-policies and .../application-rbac.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from audit.exchange import Export, Item

POLICY_CMDLET = "Get-ApplicationAccessPolicy"
ASSIGNMENT_CMDLET = "Get-ManagementRoleAssignment"
POINTER_CMDLET = "Get-ServicePrincipal"
TEST_CMDLET = "Test-ServicePrincipalAuthorization"

# Permissions that an application access policy narrows (the page's list).
NARROWED = frozenset(
    {
        "Mail.Read",
        "Mail.ReadBasic",
        "Mail.ReadBasic.All",
        "Mail.ReadWrite",
        "Mail.Send",
        "MailboxSettings.Read",
        "MailboxSettings.ReadWrite",
        "Calendars.Read",
        "Calendars.ReadWrite",
        "Contacts.Read",
        "Contacts.ReadWrite",
        "full_access_as_app",
    }
)
# RBAC roles that reach calendars, with the Graph permission each equals (the page's table).
CALENDAR_ROLES = {
    "application calendars.read": "Calendars.Read",
    "application calendars.readwrite": "Calendars.ReadWrite",
    "application exchange full access": "Calendars.ReadWrite",
    "application ews.accessasapp": "full_access_as_app",
}


class Right(Enum):
    """What a policy does with its group."""

    RESTRICT = auto()
    DENY = auto()
    UNREADABLE = auto()


@dataclass(frozen=True)
class Policy:
    """One application access policy that applies to the app (by its id or by `*`)."""

    identity: str
    file: str
    right: Right
    valid: bool
    group_name: str
    group_keys: frozenset[str]  # everything that names the group, casefolded: id, address, name
    group_id: str
    changed: str
    raw_right: str = ""


@dataclass(frozen=True)
class Assignment:
    """One RBAC for Applications assignment: which permission, and the scope's name (empty: the whole organisation)."""

    identity: str
    file: str
    role: str
    permission: str
    scope: str
    certain: bool  # False: the assignee could not be matched to an app


class Reach(Enum):
    """What the policies leave of a permission that Entra granted."""

    ALL = auto()
    ALL_BUT_DENIED = auto()
    ONLY_GROUPS = auto()
    UNREADABLE = auto()


def policies_for(app_id: str, exports: Iterable[Export]) -> list[Policy]:
    """The policies that apply to the app."""
    wanted = {app_id.casefold(), "*"}
    return [
        _policy(export, item)
        for export in exports
        for item in export.items
        if wanted & {text.casefold() for text in item.texts("AppId")}
    ]


def reach(policies: Sequence[Policy]) -> Reach:
    """Microsoft's order: a matching Deny denies; a Restrict admits its members and shuts out the rest; none admits all.

    An invalid policy (its group is gone) is not counted on.
    """
    valid = [policy for policy in policies if policy.valid]
    rights = {policy.right for policy in valid}
    if Right.UNREADABLE in rights:
        return Reach.UNREADABLE
    if Right.RESTRICT in rights:
        return Reach.ONLY_GROUPS
    return Reach.ALL_BUT_DENIED if Right.DENY in rights else Reach.ALL


def assignments_for(
    ids: frozenset[str], exports: Iterable[Export], pointers: Iterable[Export] | None
) -> list[Assignment]:
    """The RBAC assignments of calendar roles to the app that `ids` (app id, service principal id) name.

    Exchange names the assignee by its own pointer object. Without an export of these pointers an assignee that is
    no id of ours cannot be told from ours; such an assignment comes back with `certain` False.
    """
    known = _pointer_names(ids, pointers or ())
    found = []
    for export in exports:
        for item in export.items:
            role = item.text("Role", "RoleName").rsplit("\\", 1)[-1].casefold()
            if role not in CALENDAR_ROLES or not _of_an_app(item) or item.text("Enabled").casefold() == "false":
                continue
            names = _folded(item.texts("App", "AppId", "RoleAssignee", "RoleAssigneeName", "EffectiveUserName"))
            if names & known or pointers is None:
                found.append(_assignment(export, item, role, certain=bool(names & known)))
    return found


def _of_an_app(item: Item) -> bool:
    return item.text("RoleAssigneeType").casefold() in ("serviceprincipal", "")


def _pointer_names(ids: frozenset[str], exports: Iterable[Export]) -> frozenset[str]:
    """Every name Exchange may use for the app."""
    names = set(_folded(ids))
    for export in exports:
        for item in export.items:
            own = _folded(item.texts("AppId", "ObjectId", "ServiceId"))
            if own & names:
                names |= own | _folded(item.texts("Identity", "Name", "DisplayName", "Guid", "Id", "Sid"))
    return frozenset(names)


def _assignment(export: Export, item: Item, role: str, *, certain: bool) -> Assignment:
    scope = item.text(
        "CustomResourceScope", "CustomRecipientWriteScope", "RecipientAdministrativeUnitScope", "RecipientGroupScope"
    )
    kind = item.text("RecipientWriteScope", "ScopeType")
    if not scope and kind.casefold() in ("customrecipientscope", "administrativeunit", "group"):
        scope = item.text("AllowedResourceScope") or kind
    return Assignment(
        identity=item.text("Identity", "Name", "Guid"),
        file=export.file,
        role=item.text("Role", "RoleName").rsplit("\\", 1)[-1],
        permission=CALENDAR_ROLES[role],
        scope=scope,
        certain=certain,
    )


def _policy(export: Export, item: Item) -> Policy:
    right = item.text("AccessRight")
    rights = {"restrictaccess": Right.RESTRICT, "denyaccess": Right.DENY}
    raw = item.text("ScopeIdentityRaw") or item.text("Identity").rpartition(":")[2]
    group_id = raw.rpartition(";")[2].casefold()
    names = item.texts("ScopeName", "ScopeIdentity", "PolicyScopeGroupId")
    return Policy(
        identity=item.text("Identity", "Id"),
        file=export.file,
        right=rights.get(right.casefold(), Right.UNREADABLE),
        valid=item.text("IsValid").casefold() != "false",
        group_name=next(iter(names), group_id) or "an unnamed group",
        group_keys=_folded(names) | ({group_id} if group_id else set()),
        group_id=group_id if group_id.count("-") == 4 else "",
        changed=item.text("WhenChangedUTC", "WhenChanged", "WhenCreatedUTC", "WhenCreated"),
        raw_right=right,
    )


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text.casefold() for text in texts if text)
