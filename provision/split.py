"""What of a plan the operator may do, by the rights in their own token, and who does the rest, and how."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from provision import fleet, rights
from provision.fleet import Chosen, Result
from provision.model.actual import Actual
from provision.model.change import Change, Plan
from provision.model.desired import Desired
from provision.plan import consent
from provision.plan.consent import ConsentLink
from provision.prepare import Prepared, Site, prepare
from provision.read.tenant import TenantReader
from provision.rights import operator_of, owned
from tenantry.workspace.model import Integration, Tenant

How = Literal["consent-link", "script", "command"]

NEEDS: Mapping[str, tuple[str, ...]] = {
    "requiredResourceAccess": ("application",),
    "servicePrincipal": ("application",),
    "owner": ("application",),
    "credential": ("application", "servicePrincipal"),
    "oauth2PermissionGrant": ("application", "servicePrincipal", "integrationUser"),
    "appRoleAssignment": ("application", "servicePrincipal"),
    "integrationPassword": ("integrationUser",),
    "exclusionGroupMember": ("integrationUser", "exclusionGroup"),
    "conditionalAccessPolicy": ("exclusionGroup",),
    "mailboxScope": ("application", "servicePrincipal"),
    "integrationFile": ("application", "servicePrincipal"),
}
"""What has to be made before: where that is left to somebody else, this is too."""


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """One change that is somebody else's: what this operator lacks, who may do it, and with what."""

    change: Change
    lacking: str
    person: str
    how: How
    text: str


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One integration's plan in two parts. `consent` is the link, once there is an app to consent to."""

    tenant: str
    integration: str
    checksum: str
    operator: str
    mine: tuple[Change, ...]
    others: tuple[Left, ...]
    consent: ConsentLink | None = None

    @property
    def target(self) -> str:
        """`tenant/integration`."""
        return f"{self.tenant}/{self.integration}"


Key = tuple[str, str, str]


def divide(plan: Plan, claims: Mapping[str, Any], *, owns: bool) -> dict[Key, str]:
    """The changes (by key) that this token may not make, each with what it lacks; and those that hang on them."""
    lacking: dict[Key, str] = {}
    made: dict[str, list[Change]] = {}
    for change in plan.changes:
        right = rights.of(change.permission, change.role)
        why = right.missing(claims, owned=owns) if right else ""
        if change.action == "script":
            why = f"the role {change.role}"
        blocked = [
            first for kind in NEEDS.get(change.object, ()) for first in made.get(kind, ()) if first.key in lacking
        ]
        if why:
            lacking[change.key] = why
        elif blocked:
            lacking[change.key] = f"{blocked[0].object} {blocked[0].name} first"
        if change.action in ("create", "script"):
            made.setdefault(change.object, []).append(change)
    return lacking


def split(prepared: Prepared, claims: Mapping[str, Any]) -> Split:
    """The two parts of one integration's plan. Pure."""
    made, actual, desired = prepared.plan, prepared.actual, prepared.desired
    lacking = divide(made, claims, owns=owned(actual, claims))
    left = [change for change in made.changes if change.key in lacking]
    link = _link(desired, actual)
    return Split(
        tenant=made.tenant,
        integration=made.integration,
        checksum=made.checksum,
        operator=operator_of(claims),
        mine=tuple(change for change in made.changes if change.key not in lacking),
        others=tuple(_left(desired, change, lacking[change.key], link) for change in left),
        consent=link if any(by_consent(change) for change in left) else None,
    )


async def split_all(site: Site, chosen: Sequence[Chosen]) -> list[Result[Split]]:
    """The same for each; nothing is written."""

    async def one(reader: TenantReader, tenant: Tenant, integration: Integration) -> Split:
        return split(await prepare(site, reader, tenant, integration), await reader.graph.claims())

    return await fleet.each(chosen, one, root=site.root, clock=site.clock)


def by_consent(change: Change) -> bool:
    """True for what an administrator's consent gives: grants for everybody, a vendor's service principal."""
    if (change.action, change.object) == ("script", "servicePrincipal"):
        return True
    if change.action != "grant":
        return False
    before, after = change.before or {}, change.after or {}
    return change.object == "appRoleAssignment" or not (before.get("principalId") or after.get("user"))


def _link(desired: Desired, actual: Actual) -> ConsentLink | None:
    """The link as it works now; None while there is no app, or no address where it could land."""
    if desired.vendor_app:
        return consent.link(desired, actual, desired.vendor_redirect)
    application = actual.application
    known = consent.redirect(desired, application) if application else ""
    return consent.link(desired, actual, known) if known else None


def _left(desired: Desired, change: Change, lacking: str, link: ConsentLink | None) -> Left:
    person = change.role or "whoever does what it waits for"
    if by_consent(change):
        first = f"tenantry provision consent-link {desired.target}"
        how, text = ("consent-link", link.url) if link else ("command", first)
    elif change.action == "script":
        how, text = "script", change.after["command"]
    else:
        how, text = "command", f"tenantry provision apply {desired.target} --mine"
    return Left(change=change, lacking=lacking, person=person, how=how, text=text)  # type: ignore[arg-type]
