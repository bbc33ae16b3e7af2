"""A change is a value, a plan is a list of them. Rendering and doing are somebody else's job.

The JSON shape is that of `provision plan -o json`; `docs/reference/schemas` holds its schema.
"""

from typing import Any, Literal

import msgspec

from provision.rights import Right

Action = Literal["create", "update", "delete", "grant", "revoke", "script"]
Risk = Literal["low", "medium", "high"]

OBJECTS = (
    "deletedApplication",
    "application",
    "adoption",
    "requiredResourceAccess",
    "servicePrincipal",
    "owner",
    "storedPassword",
    "integrationUser",
    "integrationPassword",
    "exclusionGroup",
    "exclusionGroupMember",
    "conditionalAccessPolicy",
    "oauth2PermissionGrant",
    "appRoleAssignment",
    "credential",
    "federatedIdentityCredential",
    "storedCredential",
    "adoptionNote",
    "mailboxScope",
    "integrationFile",
)
"""Kinds of object a plan speaks of, in the order in which they are applied."""

_ACTIONS = ("create", "update", "grant", "script", "revoke", "delete")
_LOCAL = ("adoptionNote", "integrationFile", "mailboxScope", "storedCredential", "storedPassword")
_HANGING = (OBJECTS.index("storedPassword"), OBJECTS.index("conditionalAccessPolicy"))
"""First and last of the kinds that hang on each other: made in this order, taken away in the opposite one."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do: what to which object, from what to what, why, how risky, and the right it takes.

    `permission` is a Graph permission name, `role` a directory role, both empty for what is not done in the tenant.
    """

    action: Action
    object: str
    name: str
    before: Any
    after: Any
    reason: str
    risk: Risk
    permission: str
    role: str

    @property
    def order(self) -> tuple[int, int, str]:
        """Sorts changes as they are applied: by kind of object, makers before removers, then by name."""
        rank = OBJECTS.index(self.object)
        if self.removes and _HANGING[0] <= rank <= _HANGING[1]:
            rank = sum(_HANGING) - rank
        return rank, _ACTIONS.index(self.action), self.name

    @property
    def key(self) -> tuple[str, str, str]:
        """What the journal knows the change by: action, object and name."""
        return self.action, self.object, self.name

    @property
    def removes(self) -> bool:
        """True where something is taken away from the tenant."""
        return self.action in ("delete", "revoke")

    @property
    def local(self) -> bool:
        """True where nothing is written to the tenant by us (our own files, a script for an Exchange admin)."""
        return self.object in _LOCAL


class Drift(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something we did not make and the profile does not ask for; reported, and removed only when told to."""

    object: str
    name: str
    fact: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What apply would do to one integration, with a checksum over the state it was made from.

    `notes` are things to know that are not ours to change: what stands in the way, a better way.
    """

    tenant: str
    integration: str
    checksum: str
    changes: tuple[Change, ...]
    drift: tuple[Drift, ...]
    notes: tuple[Drift, ...] = ()

    @property
    def target(self) -> str:
        """`tenant/integration`, as the command line names it."""
        return f"{self.tenant}/{self.integration}"


def change(
    action: Action,
    kind: str,
    name: str,
    *,
    right: Right,
    reason: str,
    before: Any = None,
    after: Any = None,
    risk: Risk = "low",
) -> Change:
    """A change whose permission and role come from the table of rights."""
    return Change(
        action=action,
        object=kind,
        name=name,
        before=before,
        after=after,
        reason=reason,
        risk=risk,
        permission=right.permission,
        role=right.role,
    )
