"""The credential: exactly one that works and that our store knows.

What is left of crashed runs is removed; what others made is reported. A credential that some earlier run stored is
never removed unasked, even where the store has lost it: the vendor's form may still live on it.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from provision import naming
from provision.model.actual import Actual, Credential, Stored
from provision.model.change import Change, Drift, Risk, change
from provision.model.desired import CredentialWanted, Desired
from provision.plan.federated import ours
from provision.plan.policy import allowed_days, refusal
from provision.rights import APPLICATION
from tenantry.errors import Problem
from tenantry.integration import StoreRef

SOON = 30
"""Days before its end from which a credential's end is mentioned."""


def current(desired: Desired, actual: Actual) -> Credential | None:
    """The credential that the store knows, where it is still good: on the app, of the wished kind, not expired."""
    stored, application = actual.stored, actual.application
    if desired.credential is not None and desired.credential.kind == "federated":
        one = ours(desired, actual.application)
        return Credential(id=one.id, kind="federated", name=one.name) if one else None
    if desired.credential is None or desired.renew or stored is None or application is None:
        return None
    if stored.kind != desired.credential.kind or stored.names_itself:
        return None
    found = next((c for c in application.credentials if c.id == stored.id), None)
    return None if found is None or found.expired(desired.now) else found


def plan_credential(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """Makes the credential where there is no good one, and clears up after crashed runs."""
    kept = current(desired, actual)
    if kept is None and desired.credential is not None and desired.credential.kind != "federated":
        yield from _create(desired, desired.credential, actual)
    elif kept is not None and kept.end is not None and (kept.end - desired.now).days < SOON:
        days = (kept.end - desired.now).days
        yield Drift(object="credential", name=_name(kept), fact=f"ends in {days} days, on {kept.end:%Y-%m-%d}")
    replaced = _replaced(desired, actual)
    for found in sorted(actual.application.credentials if actual.application else ()):
        if found.id not in (kept.id if kept else "", replaced):
            yield _other(desired, actual, found)


def _create(desired: Desired, wish: CredentialWanted, actual: Actual) -> Iterator[Change | Problem]:
    refused = refusal(wish.kind, actual.policy) or _read_only(wish.store, actual.stored)
    if refused:
        yield Problem(refused[0], where=desired.target, field="credential", fix=refused[1])
        return
    days = allowed_days(wish.kind, wish.lifetime, actual.policy)
    reason = _why(desired, wish, actual)
    if days < wish.lifetime:
        reason += f"; {actual.policy.source} allows {days} days at most, so it lives shorter than {wish.lifetime} days"
    yield change(
        "create",
        "credential",
        wish.kind,
        right=APPLICATION,
        after={"kind": wish.kind, "lifetime": f"{days}d", "store": describe_store(wish.store)},
        reason=reason,
        risk="medium",
    )


def _replaced(desired: Desired, actual: Actual) -> str:
    """The id of the good credential that `renew` replaces; it works on, so it is left out of this plan."""
    if not desired.renew:
        return ""
    found = current(msgspec.structs.replace(desired, renew=False), actual)
    return found.id if found else ""


def _read_only(store: StoreRef, stored: Stored | None) -> tuple[str, str] | None:
    if store.kind != "environment":
        return None
    if stored is not None and stored.names_itself:
        what = f"the {describe_store(store)} holds what looks like the id of a secret, not its value."
        return what, "Put the value there; it is shown once, when the secret is made."
    what = f"a new credential is needed, and the {describe_store(store)} cannot be written."
    return what, "Choose a store of kind file or keyring, or put a working credential into the variable."


def _why(desired: Desired, wish: CredentialWanted, actual: Actual) -> str:
    stored, application = actual.stored, actual.application
    if stored is None:
        return "the store holds no credential"
    if stored.names_itself:
        return "the store holds what looks like the id of a secret, not its value"
    if stored.kind != wish.kind:
        return f"the store holds a {stored.kind}, wished is a {wish.kind}"
    known = next((c for c in application.credentials if c.id == stored.id), None) if application else None
    if desired.renew and known is not None and not known.expired(desired.now):
        return f"a new one is asked for; the one in the store works on until {_day(known.end)}"
    return "the stored credential is not on the app" if known is None else f"the stored one ended on {_day(known.end)}"


def _other(desired: Desired, actual: Actual, found: Credential) -> Change | Drift:
    run = naming.run_of(found.name)
    expired = found.expired(desired.now)
    if found.name in actual.orphans:
        return _delete(found, f"run {run} was cut short and nobody knows its value", "low")
    if run and expired:
        return _delete(found, f"it ended on {_day(found.end)}", "low")
    by = f"made by run {run}" if run else "not made by Tenantry"
    state = f"ended on {_day(found.end)}" if expired else "still works"
    if desired.prune:
        return _delete(found, f"{by}, {state}, and not the one in the store", "low" if expired else "high")
    return Drift(object="credential", name=_name(found), fact=f"{by}, {state}, and is not the one in the store")


def _delete(found: Credential, reason: str, risk: Risk) -> Change:
    before = {"id": found.id, "kind": found.kind, "name": found.name, "expires": found.end}
    return change("delete", "credential", _name(found), right=APPLICATION, before=before, reason=reason, risk=risk)


def describe_store(store: StoreRef) -> str:
    """The store in words; never what is in it."""
    return " ".join(part for part in (store.kind, store.path or store.name, store.vault) if part)


def _name(credential: Credential) -> str:
    return credential.name or f"{credential.kind} {credential.id}"


def _day(end: datetime | None) -> str:
    return f"{end:%Y-%m-%d}" if end else "an unknown day"
