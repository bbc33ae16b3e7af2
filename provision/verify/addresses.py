"""Addresses match: the people to sync are users with exactly that address (aliases do not count)."""

from provision.verify.link import Link, Seen

_SHOWN = 5


def judge_addresses(seen: Seen) -> Link:
    """Compares the list of people with the users that the app itself reads."""
    users = seen.users
    if users is None:
        why = seen.no_users.what if seen.no_users else "there is no token to read users with."
        fix = seen.no_users.fix if seen.no_users else ""
        return Link(link="addresses", ok=None, fact=f"Users could not be read: {why}", fix=fix)
    if users.total == 0:
        return Link(link="addresses", ok=None, fact="Graph answered with no users at all, which is not believed.")
    people = seen.desired.people
    if people.all:
        ok = users.addresses > 0
        fix = "" if ok else "Give the users an e-mail address."
        return Link(link="addresses", ok=ok, fact=f"{users.addresses} active users have an address.", fix=fix)
    keys = {person.key for person in people.listed}
    found = {person.key for person in people.listed if users.met.get(person.address.lower())}
    lost = [p.address for p in people.listed if p.key not in found]
    if lost:
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        fact = f"{len(found)} of {len(keys)} people match; no active user has {', '.join(lost[:_SHOWN])}{more}."
        fix = "Write the address exactly as the user's e-mail address in Microsoft 365, not an alias."
        return Link(link="addresses", ok=False, fact=fact, fix=fix)
    twice = sorted(address for address, n in users.met.items() if n > 1)
    note = f" {', '.join(twice[:_SHOWN])} belongs to several users; one is chosen." if twice else ""
    return Link(link="addresses", ok=True, fact=f"All {len(keys)} people match.{note}")
