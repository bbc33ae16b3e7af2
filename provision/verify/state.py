"""State flows: one real call for each thing that is to be synced, with the app's own token, and somewhere to put it."""

from provision.verify.link import Called, Link, Seen

_UNTOLD = (
    "Each user signs in with their own account, so nothing can be read for them from here; the first sign-in in the "
    "client is the proof."
)


def judge_state(seen: Seen) -> Link:
    """False where one call fails, null where one told nothing, true where all went through."""
    found = [c for c in (_token(seen), _listed(seen), _calendars(seen)) if c is not None]
    found += [called for called in seen.called if called.link == "state"]
    if not found:
        return Link(link="state", ok=None, fact=_UNTOLD)
    worst = next((c for ok in (False, None) for c in found if c.ok is ok), None)
    if worst is not None:
        return Link(link="state", ok=worst.ok, fact=worst.fact, fix=worst.fix)
    fix = next((called.fix for called in found if called.fix), "")
    return Link(link="state", ok=True, fact=" ".join(called.fact for called in found), fix=fix)


def _token(seen: Seen) -> Called | None:
    if seen.claims is not None or seen.desired.credential is None:
        return None
    return Called("state", None, "There is no token to make a call with.")


def _listed(seen: Seen) -> Called | None:
    """The list of users, where the app itself reads it."""
    if seen.claims is None or seen.users is None or not seen.users.by_app or not seen.users.total:
        return None
    return Called("state", True, f"The app lists {seen.users.total} users.")


def _calendars(seen: Seen) -> Called | None:
    """True as soon as one mailbox in scope could be read."""
    if not seen.calendars or seen.claims is None:
        return None
    tried = [t for t in seen.inside if not t.no_mailbox and (t.direct or not t.denied)]
    read = next((t for t in tried if t.error is None), None)
    if read is not None:
        return Called("state", True, f"The calendar of {read.mailbox} could be read.")
    if not tried:
        why = seen.scope.why or "no mailbox to try is known."
        return Called("state", None, f"No calendar in scope was tried: {why}")
    last = tried[-1]
    assert last.error is not None
    if last.denied:
        fact = f"Exchange denies the app the calendar of {last.mailbox} ({last.error.code})."
        fix = "Check consent and the app's scope in Exchange; a new scope or consent takes up to two hours to act."
        return Called("state", False, fact, fix)
    fact = f"The calendar of {last.mailbox} could not be read: {last.error.what}"
    passing = last.error.status in (0, 429) or last.error.status >= 500
    return Called("state", None if passing else False, fact, last.error.fix)
