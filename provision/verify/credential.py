"""Credential alive: the store has it, the app knows it, and the token endpoint takes it."""

from datetime import datetime

from provision.verify.link import Link, Seen

_SOON = 30


def judge_credential(seen: Seen) -> Link:
    """A token is the proof; without one, says where it fails."""
    apply = f"Run `tenantry provision apply {seen.desired.target}`."
    if seen.desired.credential is None:
        return Link(link="credential", ok=True, fact="The app needs none: people sign in themselves.")
    if seen.stored is None:
        return Link(link="credential", ok=False, fact=seen.no_store or "The store holds no credential.", fix=apply)
    if seen.claims is not None:
        return Link(link="credential", ok=True, fact=f"The token endpoint accepts it; {_until(seen)}.", fix=_soon(seen))
    error = seen.no_token
    if error is None:
        return Link(link="credential", ok=None, fact="No token was asked for.")
    if _not_on_app(seen):
        fact = f"The stored {seen.stored.kind} is not on the app any more."
        return Link(link="credential", ok=False, fact=fact, fix=apply)
    return Link(link="credential", ok=False, fact=error.what, fix=error.fix or apply)


def _not_on_app(seen: Seen) -> bool:
    application = seen.actual.application if seen.actual else None
    if application is None or seen.stored is None or not seen.stored.id:
        return False
    return all(credential.id != seen.stored.id for credential in application.credentials)


def _end(seen: Seen) -> datetime | None:
    text = seen.stored.expires if seen.stored else None
    return datetime.fromisoformat(text) if text else None


def _until(seen: Seen) -> str:
    end = _end(seen)
    return f"it ends on {end:%Y-%m-%d}, in {(end - seen.now).days} days" if end else "its end is not known"


def _soon(seen: Seen) -> str:
    end = _end(seen)
    if end is None or (end - seen.now).days >= _SOON:
        return ""
    return f"Run `tenantry provision rotate {seen.desired.target}` before it ends."
