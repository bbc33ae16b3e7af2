"""Scoped: the app reaches the wished mailboxes and no others.

A live read of a mailbox outside is the strongest proof either way; an export from Exchange stands in where none can
be tried. Consent alone reaches every mailbox, so silence never counts as scoped.
"""

from provision.exchange import ASSIGNMENTS, POLICIES, AppIds, Row
from provision.model.narrowing import Narrowing
from provision.plan.scope import describe, render_command
from provision.plan.withheld import entra_grants, waiting
from provision.verify.link import Link, Seen, Tried

_SHOWN = 3


def judge_scoped(seen: Seen) -> Link:
    """True, false, or not to be told."""
    wish = describe(seen.desired.mailboxes)
    if seen.desired.mailboxes.all:
        return _link(True, "tenantry.toml asks for all mailboxes.")
    if seen.desired.narrowing.script is None:
        return _link(True, "No permission of the app itself reaches mailboxes, so there is nothing to narrow.")
    if seen.scope.missing:
        fix = "Correct mailboxes in tenantry.toml; a group must be a mail-enabled security group."
        return _link(False, f"The tenant has no {wish}.", fix)
    if seen.scope.empty:
        return _link(
            False, f"Nobody is in {wish}, so the app reaches no mailbox.", "Put the people to be synced into it."
        )
    exported = _by_role(seen) if seen.desired.narrowing.rbac else _by_policy(seen)
    return _tried(seen, wish, exported) or _by_export(seen, wish, exported)


def _by_export(seen: Seen, wish: str, exported: bool | None) -> Link:
    """What Exchange's own export says, where no mailbox told anything."""
    if exported is None:
        fact = f"There is no export from Exchange to go by, and the scope could not be tried: {_untried(seen)}"
        return _link(None, fact, _render(seen))
    export = f"Exchange's export of {_day(seen)}"
    if exported:
        return _link(True, f"{export} narrows the app to {wish}.")
    return _link(False, f"{export} shows nothing that narrows the app to {wish}.", _render(seen))


def _tried(seen: Seen, wish: str, exported: bool | None) -> Link | None:
    """What real reads on both sides prove; None where they told nothing."""
    leaks = [t for t in seen.outside if t.error is None]
    if leaks:
        return _too_wide(seen, leaks, wish, exported)
    shut_out = [t for t in seen.inside if t.denied and t.direct]
    if shut_out and _may_read(seen):
        return _too_narrow(seen, shut_out, wish)
    kept_out = next((t for t in seen.outside if t.denied), None)
    reads = next((t for t in seen.inside if t.error is None), None)
    if kept_out is None or reads is None:
        return None
    fact = f"The app reads {reads.mailbox} inside {wish} and is kept out of {kept_out.mailbox} outside it."
    return _noted(seen, fact, wish)


def _noted(seen: Seen, fact: str, wish: str) -> Link:
    """The scope holds; what to do about it all the same."""
    if _carried(seen):
        note = f"Entra still grants {', '.join(_carried(seen))} beside Exchange's right; apply withdraws it."
        return _link(True, f"{fact} {note}", _withdraw(seen))
    nested = [t for t in seen.inside if t.denied and not t.direct]
    if nested:
        note = f"It is kept out of {_some(nested)} too, in groups inside it: Exchange counts direct members only."
        return _link(True, f"{fact} {note}", f"If they are meant, make them direct members of {wish}.")
    beyond = seen.users.beyond if seen.users else []
    if beyond:
        note = f"Of the people to be synced {_few(beyond)} are outside, so their calendars are not read."
        return _link(True, f"{fact} {note}", f"Put them into {wish}, or take them off the list.")
    return _link(True, fact)


def _too_wide(seen: Seen, leaks: list[Tried], wish: str, exported: bool | None) -> Link:
    fact = f"The app reads {_some(leaks)}, which {_are(leaks)} outside {wish}."
    if _carried(seen):
        return _link(
            False, f"{fact} Entra grants {', '.join(_carried(seen))}, which no scope holds back.", _withdraw(seen)
        )
    if exported:
        fix = f"A change in Exchange can take two hours to act: verify again later. If it is older: {_render(seen)}"
        return _link(False, f"{fact} Exchange's export has the right scope.", fix)
    return _link(False, fact, _render(seen))


def _too_narrow(seen: Seen, shut_out: list[Tried], wish: str) -> Link:
    fact = f"The app is kept out of {_some(shut_out)}, which {_are(shut_out)} inside {wish}."
    fix = f"A change in Exchange can take two hours to act; if it is older than that: {_render(seen)}"
    return _link(False, fact, fix)


def _may_read(seen: Seen) -> bool:
    """True where a denial can only come from Exchange: the token allows calendars, or Exchange itself has to."""
    if seen.desired.narrowing.rbac:
        return True
    return any(str(role).startswith("Calendars.") for role in (seen.claims or {}).get("roles") or ())


def _carried(seen: Seen) -> list[str]:
    """Permissions in the token that Exchange gives and Entra must not."""
    roles = set((seen.claims or {}).get("roles") or ())
    return sorted(roles & {p.name for p in seen.desired.narrowing.in_exchange})


def _withdraw(seen: Seen) -> str:
    """How Entra's grant goes: by apply, once Exchange's right is proven."""
    why = waiting(seen.desired, seen.actual) if seen.actual and entra_grants(seen.desired, seen.actual) else ""
    return f"First prove Exchange's right ({why}). {seen.apply}" if why else seen.apply


def _render(seen: Seen) -> str:
    return f"Run `{render_command(seen.desired, seen.actual)}` and have an Exchange administrator run the script."


def _untried(seen: Seen) -> str:
    if seen.scope.why:
        return seen.scope.why
    if seen.claims is None:
        return "there is no token to read calendars with."
    if seen.users is None:
        return "the users could not be read."
    return "no mailbox outside the scope is known." if not seen.outside else "no mailbox told anything."


def _by_policy(seen: Seen) -> bool | None:
    """What the exported policies say of our app and group; None without an export, or a group to look for."""
    if seen.file is None or not seen.scope.id:
        return None
    ours = seen.evidence.policies_of(seen.file.app.app_id)
    if ours is None:
        return None
    restricting = [p for p in ours if p.get("AccessRight") == "RestrictAccess"]
    return bool(restricting) and all(seen.scope.id.lower() in _scope(p) for p in restricting)


def _by_role(seen: Seen) -> bool | None:
    """What the exported role assignments say; None without an export."""
    if seen.file is None or ASSIGNMENTS not in seen.evidence.exports:
        return None
    ids = AppIds(app_id=seen.file.app.app_id, principal=seen.file.app.service_principal_id)
    narrowing: Narrowing = seen.desired.narrowing
    return not seen.evidence.lacking(ids, narrowing, seen.desired.mailboxes, seen.scope.id)


def _day(seen: Seen) -> str:
    cmdlet = ASSIGNMENTS if seen.desired.narrowing.rbac else POLICIES
    return seen.evidence.exports[cmdlet].collected or "an unknown day"


def _scope(policy: Row) -> str:
    """Everything in a policy that names its group: `<SID>;<object id>` in the raw identity."""
    return " ".join(str(policy.get(key, "")) for key in ("ScopeIdentityRaw", "Identity", "ScopeIdentity")).lower()


def _some(tried: list[Tried]) -> str:
    more = f" and {len(tried) - _SHOWN} more" if len(tried) > _SHOWN else ""
    return f"{', '.join(t.mailbox for t in tried[:_SHOWN])}{more}"


def _are(tried: list[Tried]) -> str:
    return "is" if len(tried) == 1 else "are"


def _few(texts: list[str]) -> str:
    return f"{', '.join(texts[:_SHOWN])}{' and more' if len(texts) > _SHOWN else ''}"


def _link(ok: bool | None, fact: str, fix: str = "") -> Link:
    return Link(link="scoped", ok=ok, fact=fact, fix=fix)
