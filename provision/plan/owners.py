"""Owners of the app: those of the workspace are added; others are told, since an owner may add credentials."""

from collections.abc import Iterator

from provision.model.actual import UNTOLD, Actual
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.rights import APPLICATION
from tenantry.errors import Problem


def plan_owners(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """Adds missing owners; an owner nobody listed is drift, taken off when pruning."""
    present = actual.application.owners if actual.application else ()
    for name in desired.owners:
        user = actual.people.get(name)
        if user is None:
            what = f"the tenant has no user {name!r}."
            yield Problem(what, where=desired.target, field="owners", fix="Correct the address or make the user first.")
        elif user == UNTOLD:
            fact = "could not be looked up with these rights, so whether they own the app is not known"
            yield Drift(object="owner", name=name, fact=fact)
        elif user not in present:
            yield change(
                "create",
                "owner",
                name,
                right=APPLICATION,
                after={"id": user},
                reason="an app without an owner is nobody's to renew",
                risk="medium",
            )
    listed = {actual.people.get(name) for name in desired.owners}
    for owner in sorted(set(present) - listed):
        if desired.prune and UNTOLD not in listed:
            reason = "tenantry.toml does not list this owner"
            yield change(
                "delete", "owner", owner, right=APPLICATION, before={"id": owner}, reason=reason, risk="medium"
            )
        else:
            yield Drift(object="owner", name=owner, fact="owns the app (may add credentials) and is not in owners")
