"""Granted: the permissions are consented to, and a fresh token carries them."""

from provision.verify.link import Link, Seen


def judge_granted(seen: Seen) -> Link:
    """Compares the roles of the token (the truth), else the grants in the directory, with what is required."""
    wanted = {p.name for p in seen.desired.permissions("application")}
    granted = _in_directory(seen)
    if seen.claims is not None:
        return _by_token(seen, wanted, set(seen.claims.get("roles") or ()), granted)
    if granted is None:
        return Link(link="granted", ok=None, fact="Neither a token nor the directory could be asked.")
    if wanted - granted:
        return Link(link="granted", ok=False, fact=f"Not granted: {_names(wanted - granted)}.", fix=_fix(seen))
    return Link(link="granted", ok=True, fact="Granted in the directory; no token could be had to prove it.")


def _by_token(seen: Seen, wanted: set[str], carried: set[str], granted: set[str] | None) -> Link:
    lacking = wanted - carried
    if not lacking:
        return Link(link="granted", ok=True, fact=f"A fresh token carries {_names(wanted)}.")
    fact = f"A fresh token lacks {_names(lacking)}."
    if granted is not None and lacking <= granted:
        fact += " The grant is there; tokens learn of it late."
        return Link(link="granted", ok=False, fact=fact, fix="Wait a few minutes, then verify again.")
    return Link(link="granted", ok=False, fact=fact, fix=_fix(seen))


def _fix(seen: Seen) -> str:
    return f"Run `tenantry provision apply {seen.desired.target}` (consent takes a Privileged Role Administrator)."


def _names(permissions: set[str]) -> str:
    return ", ".join(sorted(permissions)) or "no application permission, and none is asked for"


def _in_directory(seen: Seen) -> set[str] | None:
    """The names of the granted application permissions; None where they could not be read."""
    if seen.actual is None:
        return None
    names = set()
    for grant in seen.actual.grants:
        resource = seen.actual.resource_of(grant.resource_id)
        name = resource.permission_name(grant.role_id, "Role") if resource else None
        if name:
            names.add(name)
    return names
