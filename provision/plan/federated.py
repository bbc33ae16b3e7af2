"""The federated credential: the app trusts the tokens of one subject of one issuer; nothing is stored.

Ours is known by its name, our key. Its issuer and subject follow tenantry.toml; those of others are drift.
Source: learn.microsoft.com/graph/api/resources/federatedidentitycredential.
"""

from collections.abc import Iterator
from typing import Any

from provision.model.actual import Actual, Application, Federated
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.rights import APPLICATION
from tenantry.errors import Problem

KIND = "federatedIdentityCredential"


def ours(desired: Desired, application: Application | None) -> Federated | None:
    """Our own on the app."""
    held = application.federated if application else ()
    return next((one for one in held if one.name.lower() == desired.unique_name.lower()), None)


def body(desired: Desired) -> dict[str, Any] | None:
    """What it shall say; None where no federated credential is wished."""
    trust = desired.credential.trust if desired.credential else None
    if trust is None:
        return None
    return {"issuer": trust.issuer, "subject": trust.subject, "audiences": [trust.audience]}


def plan_federated(desired: Desired, actual: Actual) -> Iterator[Change | Drift | Problem]:
    """Makes or mends ours; tells of the others, and of ours where another kind is wished now."""
    wanted, held = body(desired), ours(desired, actual.application)
    others = [one for one in (actual.application.federated if actual.application else ()) if one is not held]
    if wanted is None:
        others += [held] if held else []
    elif held is None:
        yield from _create(desired, wanted, others)
    elif _said(held) != wanted:
        yield change(
            "update",
            KIND,
            held.name,
            right=APPLICATION,
            before={"id": held.id, **_said(held)},
            after=wanted,
            reason="it trusts other tokens than tenantry.toml says; those are refused from then on",
            risk="high",
        )
    for one in sorted(others):
        yield _other(desired, one)


def _create(desired: Desired, wanted: dict[str, Any], others: list[Federated]) -> Iterator[Change | Problem]:
    same = next((o for o in others if (o.issuer, o.subject) == (wanted["issuer"], wanted["subject"])), None)
    if same is not None and not desired.prune:
        what = f"the app trusts these tokens already, by the federated credential {same.name}, which we did not make."
        fix = "Remove that one, or let `tenantry provision apply --prune` do it; an app cannot have two of a kind."
        yield Problem(what, where=desired.target, field="credential", fix=fix)
        return
    reason = "the app shall trust its issuer's tokens, so that there is no secret"
    yield change("create", KIND, desired.unique_name, right=APPLICATION, after=wanted, reason=reason, risk="medium")


def _said(one: Federated) -> dict[str, Any]:
    return {"issuer": one.issuer, "subject": one.subject, "audiences": list(one.audiences)}


def _other(desired: Desired, one: Federated) -> Change | Drift:
    fact = f"lets {one.subject} of {one.issuer} sign in as the app, and nobody asked for it"
    if not desired.prune:
        return Drift(object=KIND, name=one.name, fact=fact)
    before = {"id": one.id, **_said(one)}
    return change("delete", KIND, one.name, right=APPLICATION, before=before, reason=fact, risk="high")
