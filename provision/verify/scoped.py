"""Scoped: the app reaches the wished mailboxes and no others.

A live read of a mailbox outside is the strongest proof either way; an export from Exchange stands in where none can
be tried. Consent alone reaches every mailbox, so silence never counts as scoped.
"""

from provision.plan.scope import describe
from provision.verify.link import Link, Seen


def judge_scoped(seen: Seen) -> Link:
    """True, false, or not to be told."""
    wish = describe(seen.desired.mailboxes)
    if seen.desired.mailboxes.all:
        return Link(link="scoped", ok=True, fact="tenantry.toml asks for all mailboxes.")
    if seen.group_missing:
        fix = "Make it a mail-enabled security group, or correct mailboxes in tenantry.toml."
        return Link(link="scoped", ok=False, fact=f"The tenant has no {wish}.", fix=fix)
    exported = _exported(seen)
    tried = _tried(seen, wish, exported)
    if tried is not None:
        return tried
    if exported is None:
        why = seen.no_group or _untried(seen)
        fact = f"There is no export from Exchange to go by, and the scope could not be tried: {why}"
        return Link(link="scoped", ok=None, fact=fact, fix=_render(seen))
    export = f"Exchange's export of {seen.evidence.collected}"
    if exported:
        return Link(link="scoped", ok=True, fact=f"{export} restricts the app to {wish}.")
    return Link(
        link="scoped", ok=False, fact=f"{export} has no policy that restricts the app to {wish}.", fix=_render(seen)
    )


def _tried(seen: Seen, wish: str, exported: bool | None) -> Link | None:
    """What real reads outside the scope prove; None where none told anything."""
    leak = next((t for t in seen.outside if t.error is None), None)
    if leak is not None:
        fact = f"The app reads {leak.mailbox}, which is outside {wish}."
        if exported:
            fix = "A new access policy can take more than an hour to act: verify again later."
            return Link(link="scoped", ok=False, fact=f"{fact} Exchange's export has the right policy.", fix=fix)
        return Link(link="scoped", ok=False, fact=fact, fix=_render(seen))
    shut_out = next((t for t in seen.inside if t.denied), None)
    if shut_out is not None and _may_read(seen):
        fact = f"The app is kept out of {shut_out.mailbox}, which is inside {wish}."
        fix = f"A change in Exchange can take two hours to act; if it is older than that: {_render(seen)}"
        return Link(link="scoped", ok=False, fact=fact, fix=fix)
    kept_out = next((t for t in seen.outside if t.denied), None)
    reads = next((t for t in seen.inside if t.error is None), None)
    if kept_out is None or reads is None:
        return None
    fact = f"The app reads {reads.mailbox} inside {wish} and is kept out of {kept_out.mailbox} outside it."
    return Link(link="scoped", ok=True, fact=fact)


def _may_read(seen: Seen) -> bool:
    """True where the token itself allows calendars, so that a denial can only come from Exchange's scope."""
    return any(str(role).startswith("Calendars.") for role in (seen.claims or {}).get("roles") or ())


def _render(seen: Seen) -> str:
    render = f"tenantry scripts render access-policy {seen.desired.target} --out DIR"
    return f"Run `{render}` and have an Exchange administrator run the script."


def _untried(seen: Seen) -> str:
    if seen.claims is None:
        return "there is no token to read calendars with."
    if seen.users is None:
        return "the users could not be read."
    return "no mailbox outside the scope is known." if not seen.outside else "no mailbox told anything."


def _exported(seen: Seen) -> bool | None:
    """What the exported policies say of our app and group; None without an export, or a group to look for."""
    if seen.evidence.items is None or seen.file is None or not seen.group:
        return None
    app_id = seen.file.app.app_id.lower()
    ours = [p for p in seen.evidence.items if app_id in str(p.get("AppId", "")).lower()]
    restricting = [p for p in ours if p.get("AccessRight") == "RestrictAccess"]
    return bool(restricting) and all(seen.group.lower() in _scope(p) for p in restricting)


def _scope(policy: dict[str, object]) -> str:
    """Everything in a policy that names its group: `<SID>;<object id>` in the raw identity."""
    return " ".join(str(policy.get(key, "")) for key in ("ScopeIdentityRaw", "Identity", "ScopeIdentity")).lower()
