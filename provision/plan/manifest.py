"""What the manifest declares (requiredResourceAccess): merged, since Graph replaces the list whole."""

from collections.abc import Iterator

from provision.model.actual import RESOURCES, Actual, Declared
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.plan.manifest_entry import declare, describe
from provision.plan.withheld import unwanted
from provision.rights import APPLICATION
from tenantry.errors import Problem


def wanted(desired: Desired, actual: Actual) -> tuple[Declared, ...]:
    """The whole list as it shall be: what is there, less the forbidden (pruning: the unasked), plus the required."""
    required = [entry for p in desired.in_entra if (entry := declare(p, actual))]
    forbidden = {entry for p in desired.forbidden if (entry := declare(p, actual))} | unwanted(desired, actual)
    present = actual.application.declared if actual.application else ()
    staying = {declare(p, actual) for p in desired.narrowing.in_exchange} - forbidden
    kept = [e for e in present if e in required or e in staying or not (desired.prune or e in forbidden)]
    return (*kept, *(entry for entry in required if entry not in kept))


def plan_manifest(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """One update where the list differs; entries nobody asked for are drift."""
    yield from _not_offered(desired, actual)
    if actual.application is None:
        return
    before, after = actual.application.declared, wanted(desired, actual)
    if set(before) != set(after):
        yield change(
            "update",
            "requiredResourceAccess",
            desired.unique_name,
            right=APPLICATION,
            before=sorted(describe(entry, actual) for entry in before),
            after=sorted(describe(entry, actual) for entry in after),
            reason=_reason(desired, actual, before, after),
        )
    required = {declare(p, actual) for p in desired.required}  # Exchange's too: app_roles tells of them
    for entry in sorted(set(after) - required):
        fact = "is declared in the manifest, and the profile does not ask for it"
        yield Drift(object="requiredResourceAccess", name=describe(entry, actual), fact=fact)


def _not_offered(desired: Desired, actual: Actual) -> Iterator[Problem]:
    """One problem for each API: what of it this cloud or this tenant does not have."""
    lacking: dict[str, list[str]] = {}
    for permission in desired.required:
        if declare(permission, actual) is None:
            lacking.setdefault(permission.resource, []).append(str(permission))
    for resource, names in lacking.items():
        what = f"{resource} in the cloud {desired.cloud.name!r} does not offer {', '.join(names)}."
        fix = "Use a profile without it, or options that leave it out."
        if resource not in RESOURCES:
            what = f"the profile asks for {', '.join(names)} of {resource!r}, an API that Tenantry does not know."
            fix = f"It knows {', '.join(RESOURCES)}."
        elif resource not in actual.resources:
            what = f"the tenant has no service principal of {resource}, so {', '.join(names)} cannot be granted."
            fix = "Check tenant and cloud."
        yield Problem(what, where=desired.target, field="permissions", fix=fix)


def _reason(desired: Desired, actual: Actual, before: tuple[Declared, ...], after: tuple[Declared, ...]) -> str:
    reasons = []
    if set(after) - set(before):
        reasons.append(f"{desired.profile} needs what is missing")
    gone = set(before) - set(after)
    if gone & unwanted(desired, actual):
        reasons.append("what Exchange gives is not asked for in Entra, where a new consent would reach every mailbox")
    if gone - unwanted(desired, actual):
        reasons.append("what is taken away is not asked for (a default User.Read among it is the portal's)")
    return "; ".join(reasons)
