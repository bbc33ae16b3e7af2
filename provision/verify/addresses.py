"""Addresses match: the people to sync are users with exactly that address (aliases do not count), one user each."""

from provision.verify.link import Link, Seen, Users

_SHOWN = 5


def judge_addresses(seen: Seen) -> Link:
    """Compares the list of people (or the wished rooms) with the users, as the app or the operator reads them."""
    users = seen.users
    if users is None:
        why = seen.no_users.what if seen.no_users else "neither the app nor the operator could sign in."
        fix = seen.no_users.fix if seen.no_users else ""
        return Link(link="addresses", ok=None, fact=f"Users could not be read: {why}", fix=fix)
    if users.total == 0:
        return Link(link="addresses", ok=None, fact="Graph answered with no users at all, which is not believed.")
    return _rooms(seen, users) or _people(seen, users)


def _rooms(seen: Seen, users: Users) -> Link | None:
    """The wished rooms have a mailbox of that address; None where the scope is no list of rooms."""
    rooms = seen.desired.mailboxes.rooms
    if not rooms:
        return None
    lost = [room for room in rooms if room.lower() not in users.rooms]
    if lost:
        fact = f"The tenant has {len(rooms) - len(lost)} of {len(rooms)} rooms asked for; nothing has {_some(lost)}."
        fix = "Write the room's own address under mailboxes in tenantry.toml, not an alias."
        return Link(link="addresses", ok=False, fact=fact, fix=fix)
    return Link(link="addresses", ok=True, fact=f"The tenant has all rooms asked for: {len(rooms)}.")


def _people(seen: Seen, users: Users) -> Link:
    people = seen.desired.people
    if users.twice:
        fact = f"{_some(sorted(users.twice))} belongs to more than one active user, so it is not told whose it is."
        fix = "Take the address from all but one of them, or disable the accounts that nobody uses."
        return Link(link="addresses", ok=False, fact=fact, fix=fix)
    if people.all:
        ok = users.addresses > 0
        fix = "" if ok else "Give the users an e-mail address."
        return Link(link="addresses", ok=ok, fact=f"{users.addresses} active users have an address.", fix=fix)
    keys = {person.key for person in people.listed}
    found = {person.key for person in people.listed if users.met.get(person.address.lower())}
    lost = [p.address for p in people.listed if p.key not in found]
    if lost:
        fact = f"{len(found)} of {len(keys)} people match; no active user has {_some(lost)}."
        fix = "Write the address exactly as the user's e-mail address in Microsoft 365, not an alias."
        return Link(link="addresses", ok=False, fact=fact, fix=fix)
    return Link(link="addresses", ok=True, fact=f"All {len(keys)} people match.")


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return f"{', '.join(texts[:_SHOWN])}{more}"
