"""How Exchange keeps an app to its mailboxes, and what that means for the grants in Entra.

An access policy narrows a grant made in Entra. RBAC for Applications gives the right itself, and the two add up: an
Entra grant of the same permission voids its scope. So in that mode Entra's grant is withheld.
Source: learn.microsoft.com/exchange/permissions-exo/application-rbac and .../application-access-policies.
"""

import msgspec

from tenantry.integration import Mailboxes, Permission
from tenantry.workspace.model import ScopingKind

BY_POLICY = frozenset(
    f"{family}.{verb}"
    for family, verbs in {
        "Mail": ("Read", "ReadBasic", "ReadBasic.All", "ReadWrite", "Send"),
        "MailboxSettings": ("Read", "ReadWrite"),
        "Calendars": ("Read", "ReadWrite"),
        "Contacts": ("Read", "ReadWrite"),
    }.items()
    for verb in verbs
)
"""Application permissions that an access policy narrows."""

BY_ROLE = frozenset(BY_POLICY - {"Mail.ReadBasic.All"})
"""Those of them that an application role of Exchange gives; the role is named `Application <permission>`."""

_OF_MAILBOXES = ("Calendars.", "Mail.", "MailboxSettings.", "Contacts.")


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen way: the kind of script that does it, empty where there is nothing to narrow.

    `in_exchange` are the permissions that Exchange gives and Entra must not; `unable` those that reach mailboxes and
    cannot be narrowed in the chosen way.
    """

    script: ScopingKind | None = None
    in_exchange: tuple[Permission, ...] = ()
    unable: tuple[Permission, ...] = ()

    @property
    def rbac(self) -> bool:
        """True where Exchange gives the right itself."""
        return self.script == "rbac"


def narrowing(
    mailboxes: Mailboxes, required: tuple[Permission, ...], wish: ScopingKind | None, ways: tuple[str, ...]
) -> Narrowing:
    """The way of one integration.

    Args:
        mailboxes: What it is narrowed to.
        required: The profile's permissions.
        wish: The workspace's choice, None where it leaves it open.
        ways: The profile's `scoping`.
    """
    reaching = tuple(p for p in required if p.type == "application" and p.name.startswith(_OF_MAILBOXES))
    if mailboxes.all or not reaching:
        return Narrowing()
    script = wish or ("rbac" if ways == ("rbac",) else "access-policy")
    able = BY_ROLE if script == "rbac" else BY_POLICY
    return Narrowing(
        script=script,
        in_exchange=tuple(p for p in reaching if p.name in able) if script == "rbac" else (),
        unable=tuple(p for p in reaching if p.name not in able),
    )
