"""State flows: one real read of a calendar that is to be synced, with the app's own token."""

from provision.verify.link import Link, Seen


def judge_state(seen: Seen) -> Link:
    """True as soon as one mailbox in scope could be read."""
    if seen.claims is None:
        return Link(link="state", ok=None, fact="There is no token to read calendars with.")
    tried = [t for t in seen.inside if not t.no_mailbox]
    read = next((t for t in tried if t.error is None), None)
    if read is not None:
        return Link(link="state", ok=True, fact=f"The calendar of {read.mailbox} could be read.")
    if not tried:
        why = seen.no_group or "no mailbox to try is known."
        return Link(link="state", ok=None, fact=f"No calendar in scope was tried: {why}")
    last = tried[-1]
    assert last.error is not None
    if last.denied:
        fact = f"Exchange denies the app the calendar of {last.mailbox} ({last.error.code})."
        fix = "Check consent and the app's scope in Exchange; a new scope or consent takes up to two hours to act."
        return Link(link="state", ok=False, fact=fact, fix=fix)
    fact = f"The calendar of {last.mailbox} could not be read: {last.error.what}"
    return Link(link="state", ok=None if last.error.status == 0 else False, fact=fact, fix=last.error.fix)
