"""What the manifest declares (requiredResourceAccess): merged, since Graph replaces the list whole."""

from collections.abc import Iterator

from provision.model.actual import Actual, Declared
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
    for permission in desired.required:
        if declare(permission, actual) is None:
            what = f"{permission.resource} in the cloud {desired.cloud.name!r} does not offer {permission}."
            yield Problem(what, where=desired.target, field="permissions", fix="Use a profile without it.")


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
