"""The accounts and their passwords: made where they are missing, never taken over, never reset in silence."""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.model.users import NEW, RESET, Account, Held, UsersWanted
from provision.plan.credential import describe_store
from provision.plan.users.slots import Slot, known, ours, slots_of
from provision.rights import LOCAL, PASSWORD, USER
from tenantry.errors import Problem
from tenantry.stores.beside import beside

Found = Change | Drift | Problem

_FIELD = "options.existing_users"


def plan_accounts(desired: Desired, actual: Actual) -> Iterator[Found]:
    """One line an account that is missing, one a password that the store lacks; what nobody needs any more is drift."""
    wanted, users = desired.users, known(actual)
    if wanted is None:
        return
    wished = slots_of(wanted, users)
    yield from _nobody(desired, wanted, actual)
    yield from _enough(desired, wanted, len(wished), len(users.people))
    for slot in wished:
        account, held = users.accounts.get(slot.upn), users.passwords.get(slot.upn)
        if account is None:
            yield _missing(desired, wanted, slot)
        elif slot.existing or ours(wanted, account):
            yield from _there(desired, wanted, slot, account, held)
        else:
            what = f"the account {slot.upn} is there already, and Tenantry did not make it for {desired.target}."
            fix = "Name it in options.existing_users to use it, or rename it."
            yield Problem(what, where=desired.target, field="profile", fix=fix)
    yield from _surplus(desired, wanted, actual, {slot.upn for slot in wished})


def _nobody(desired: Desired, wanted: UsersWanted, actual: Actual) -> Iterator[Problem]:
    """A tenant that suddenly shows no people at all: not believed, since it would take everybody from their user."""
    before = sum(len(one.get("people") or ()) for one in actual.emitted.integration_users) if actual.emitted else 0
    if wanted.wanted and desired.people.all and before and not known(actual).people:
        what = f"the tenant shows nobody to watch, where there were {before} people; an empty answer is not believed."
        yield Problem(what, where=desired.target, field="people", fix="Try again later.")


def _enough(desired: Desired, wanted: UsersWanted, users: int, people: int) -> Iterator[Problem]:
    if wanted.wanted and people > users * wanted.each:
        least = -(-people // wanted.each)
        who = "user can" if users == 1 else "users can"
        what = f"{users} integration {who} watch {users * wanted.each} people, but there are {people}."
        fix = f"Write integration_users = {least}, or leave it out."
        yield Problem(what, where=desired.target, field="options.integration_users", fix=fix)


def _missing(desired: Desired, wanted: UsersWanted, slot: Slot) -> Change | Problem:
    if slot.existing:
        fix = "Correct the name or make the account first."
        return Problem(f"the tenant has no account {slot.upn}.", where=desired.target, field=_FIELD, fix=fix)
    if wanted.store.kind == "environment":
        return _read_only(desired, wanted, slot)
    return change(
        "create",
        "integrationUser",
        slot.upn,
        right=USER,
        after={
            "displayName": slot.display_name,
            "passwordPolicies": "DisablePasswordExpiration",
            "store": describe_store(beside(wanted.store, slot.upn)),
        },
        reason=f"{desired.profile} subscribes as an account of its own, at most {wanted.each} people each; "
        "its password is made here and goes to the store only",
        risk="medium",
    )


def _there(desired: Desired, wanted: UsersWanted, slot: Slot, account: Account, held: Held | None) -> Iterator[Found]:
    if account.marker.startswith("tenantry:") and not ours(wanted, account):
        what = f"the account {slot.upn} was made for another integration ({account.marker}); each is used once only."
        yield Problem(what, where=desired.target, field=_FIELD, fix="Name another account.")
        return
    if not account.enabled:
        yield Drift(object="integrationUser", name=slot.upn, fact="is disabled, so nobody can sign in with it")
    if ours(wanted, account):
        if held is None or held.id not in ("", NEW, account.id):
            yield _reset(desired, wanted, slot, account, "the store does not hold its password")
    elif held is not None and held.id == RESET:
        yield _reset(desired, wanted, slot, account, "an earlier run stopped while setting it")
    elif held is None and wanted.reset:
        yield _reset(desired, wanted, slot, account, "the store does not hold it, and options.reset_passwords is on")


def _reset(desired: Desired, wanted: UsersWanted, slot: Slot, account: Account, why: str) -> Change | Problem:
    if wanted.store.kind == "environment":
        return _read_only(desired, wanted, slot)
    return change(
        "update",
        "integrationPassword",
        slot.upn,
        right=PASSWORD,
        before={"id": account.id},
        after={"store": describe_store(beside(wanted.store, slot.upn))},
        reason=f"{why}: a new password is set, and whoever works with the old one (the vendor's form) must be told",
        risk="high",
    )


def _read_only(desired: Desired, wanted: UsersWanted, slot: Slot) -> Problem:
    place = describe_store(beside(wanted.store, slot.upn))
    what = f"a new password for {slot.upn} is needed, and the {place} cannot be written."
    fix = "Choose a store of kind file, keyring or keyvault, or put a working password into the variable."
    return Problem(what, where=desired.target, field="credential.store", fix=fix)


def _surplus(desired: Desired, wanted: UsersWanted, actual: Actual, wished: set[str]) -> Iterator[Change | Drift]:
    """Accounts of ours that nobody asks for any more, with their stored passwords."""
    for upn, account in sorted(known(actual).accounts.items()):
        if upn in wished or account is None or not ours(wanted, account):
            continue
        if not desired.prune:
            fact = "was made for this integration and is not needed any more"
            yield Drift(object="integrationUser", name=upn, fact=fact)
            continue
        yield from take_away(wanted, actual, upn, account, "it is not needed any more")


def take_away(wanted: UsersWanted, actual: Actual, upn: str, account: Account, reason: str) -> Iterator[Change]:
    """The changes that remove an account of ours and its stored password."""
    yield change("delete", "integrationUser", upn, right=USER, before={"id": account.id}, reason=reason, risk="high")
    if known(actual).passwords.get(upn) is not None and wanted.store.kind != "environment":
        yield change("delete", "storedPassword", upn, right=LOCAL, reason="it opens nothing any more", risk="medium")
