"""Credential alive: the store has it, the app knows it, and the token endpoint takes it."""

from datetime import datetime

from provision.plan.credential import describe_store
from provision.verify.link import Link, Seen
from provision.verify.required import judge_required
from tenantry.errors import GraphError, SignInError, TenantryError

_SOON = 30
_ROTATE = ("AADSTS7000215", "AADSTS700027")
"""The store's credential is wrong though the app has one of that id, so `apply` would see nothing to do."""


def judge_credential(seen: Seen) -> Link:
    """A token is the proof; without one, says where it fails."""
    wish = seen.desired.credential
    if wish is None:
        whose = "is the vendor's own" if seen.desired.vendor_app else "needs none: people sign in themselves"
        return _link(True, f"The app {whose}.")
    if seen.stored is None and wish.kind != "federated":
        fix = _fill(seen) if wish.store.kind == "environment" else seen.apply
        return _link(False, seen.no_store or f"The {describe_store(wish.store)} holds no credential.", fix)
    if seen.claims is not None:
        return _link(True, f"The token endpoint accepts it; {_until(seen)}.", _soon(seen))
    return _refused(seen, seen.no_token)


def _refused(seen: Seen, error: TenantryError | None) -> Link:
    """No token was given: whose fault that is."""
    if error is None:
        return _link(None, "No token was asked for, since there is no integration file.")
    if judge_required(seen).ok is False and not _not_on_app(seen):
        return _link(None, f"Whether it works cannot be told while the app itself does not: {error.what}")
    if _passing(error):
        return _link(None, f"The sign-in service could not be asked: {error.what}", error.fix)
    if _not_on_app(seen):
        kind = seen.stored.kind if seen.stored else "credential"
        return _link(False, f"The stored {kind} is not on the app any more.", seen.apply)
    return _link(False, error.what, _mend(seen, error))


def _mend(seen: Seen, error: TenantryError) -> str:
    """Microsoft's advice, and the command that does it."""
    target = seen.desired.target
    command = f"`tenantry provision apply {target}` makes a new one."
    if seen.refused in _ROTATE:
        command = f"`tenantry provision rotate {target}` makes a new one."
    elif seen.desired.credential is not None and seen.desired.credential.kind == "federated":
        command = f"`tenantry provision apply {target}` brings the app's trust to what tenantry.toml says."
    elif isinstance(error, SignInError) and seen.refused not in ("AADSTS7000222", "AADSTS700016"):
        command = ""
    return f"{error.fix} {command}".strip() or seen.apply


def _passing(error: TenantryError) -> bool:
    if isinstance(error, SignInError):
        return error.transient
    return isinstance(error, GraphError) and (error.status == 0 or error.status >= 500)


def _not_on_app(seen: Seen) -> bool:
    application = seen.actual.application if seen.actual else None
    if application is None or seen.stored is None or not seen.stored.id:
        return False
    return all(credential.id != seen.stored.id for credential in application.credentials)


def _fill(seen: Seen) -> str:
    wish = seen.desired.credential
    return f"Put the secret's value into the {describe_store(wish.store)}." if wish else seen.apply


def _end(seen: Seen) -> datetime | None:
    text = seen.stored.expires if seen.stored else None
    return datetime.fromisoformat(text) if text else None


def _until(seen: Seen) -> str:
    if seen.desired.credential is not None and seen.desired.credential.kind == "federated":
        return "it is its issuer's token, and the trust in it does not end"
    end = _end(seen)
    return f"it ends on {end:%Y-%m-%d}, in {(end - seen.now).days} days" if end else "its end is not known"


def _soon(seen: Seen) -> str:
    end = _end(seen)
    if end is None or (end - seen.now).days >= _SOON:
        return ""
    return f"Run `tenantry provision rotate {seen.desired.target}` before it ends."


def _link(ok: bool | None, fact: str, fix: str = "") -> Link:
    return Link(link="credential", ok=ok, fact=fact, fix=fix)
