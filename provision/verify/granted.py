"""Granted: the permissions are consented to, and a fresh token carries them."""

from provision.verify.link import Link, Seen

_ADMIN = "consent takes a Privileged Role Administrator"
_CLOUD = "consent takes a Cloud Application Administrator"


def judge_granted(seen: Seen) -> Link:
    """Application permissions by the token (the truth), else by the directory; delegated ones by the directory."""
    found = [judge(seen) for judge in (_applications, _delegated)]
    parts = [link for link in found if link is not None]
    if not parts:
        return Link(link="granted", ok=True, fact=f"No permission needs consent in Entra.{_exchange(seen)}")
    worst = next((p for p in parts if p.ok is False), None) or next((p for p in parts if p.ok is None), None)
    if worst is not None:
        return worst
    return Link(link="granted", ok=True, fact=" ".join(p.fact for p in parts))


def _applications(seen: Seen) -> Link | None:
    """What the app itself may do; None where it asks for nothing in Entra."""
    wanted = {p.name for p in seen.desired.permissions("application")}
    if not wanted:
        return None
    granted = _in_directory(seen)
    if seen.claims is not None:
        return _by_token(seen, wanted, set(seen.claims.get("roles") or ()), granted)
    if granted is None:
        return Link(link="granted", ok=None, fact="Neither a token nor the directory could be asked.")
    if wanted - granted:
        return _no(f"Not granted: {_names(wanted - granted)}.", _fix(seen, _ADMIN))
    return Link(link="granted", ok=True, fact="Granted in the directory; no token could be had to prove it.")


def _by_token(seen: Seen, wanted: set[str], carried: set[str], granted: set[str] | None) -> Link:
    lacking = wanted - carried
    if not lacking:
        return Link(link="granted", ok=True, fact=f"A fresh token carries {_names(wanted)}.{_exchange(seen)}")
    fact = f"A fresh token lacks {_names(lacking)}."
    if granted is not None and lacking <= granted:
        return _no(f"{fact} The grant is there; tokens learn of it late.", "Wait a few minutes, then verify again.")
    return _no(fact, _fix(seen, _ADMIN))


def _delegated(seen: Seen) -> Link | None:
    """What the app may do for signed-in users; None where it asks for nothing."""
    wanted = {p.name for p in seen.desired.permissions("delegated")}
    if not wanted:
        return None
    if seen.desired.consent == "user":
        fact = f"Each user consents to {_names(wanted)} at the first sign-in; whether they did, their client tells."
        return Link(link="granted", ok=True, fact=fact)
    if seen.actual is None:
        return Link(link="granted", ok=None, fact="Delegated consent shows in the directory only, which was not read.")
    everybody = seen.desired.consent == "AllPrincipals"
    grants = [g for g in seen.actual.delegated if everybody == (g.principal_id is None) or g.principal_id is None]
    lacking = wanted - {scope for grant in grants for scope in grant.scopes}
    if lacking:
        whom = "everybody" if everybody else "the integration users"
        return _no(f"Not consented to for {whom}: {_names(lacking)}.", _fix(seen, _CLOUD))
    return Link(link="granted", ok=True, fact=f"Consented to in the directory: {_names(wanted)}.")


def _fix(seen: Seen, who: str) -> str:
    return f"Run `tenantry provision apply {seen.desired.target}` ({who})."


def _no(fact: str, fix: str) -> Link:
    return Link(link="granted", ok=False, fact=fact, fix=fix)


def _names(permissions: set[str]) -> str:
    return ", ".join(sorted(permissions))


def _exchange(seen: Seen) -> str:
    given = {p.name for p in seen.desired.narrowing.in_exchange}
    return f" {_names(given)} Exchange gives, and Entra must not." if given else ""


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
