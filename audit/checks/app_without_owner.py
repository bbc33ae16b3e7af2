"""app-without-owner: apps that no person of the organisation, able to act, owns.

An owner is who gets asked when the credential ends or the vendor changes. A disabled account cannot act, a guest is
not of the organisation and may still add credentials, another app is nobody to ask.
"""

from collections.abc import Iterator

from audit.app import APPLICATIONS, App
from audit.checks.interface import Check, Point, apply_again, listed, passed, unknown
from audit.entra import Owner
from audit.finding import Severity, Verdict
from audit.view import View


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app registration; apps of other tenants have their owners there."""
    if app.application is None:
        if app.integration is not None and (gap := view.gap(APPLICATIONS)):
            yield unknown(Severity.MEDIUM, gap, app.declared)
        elif app.integration is not None and app.principal is None:
            yield unknown(Severity.MEDIUM, "the app is not in the tenant", app.declared, fix=apply_again(app))
        return
    owners = app.application.owners
    if owners is None:
        text = f"{APPLICATIONS} does not hold the owners of the app"
        yield unknown(Severity.MEDIUM, text, app.proof)
    elif not owners:
        yield Point(Verdict.FAIL, Severity.MEDIUM, "nobody owns the app", (), (app.proof,), _fix(app))
    else:
        yield from _judge_owners(app, [_known(owner, view) for owner in owners])


def _judge_owners(app: App, owners: list[Owner]) -> Iterator[Point]:
    guests = [owner for owner in owners if _guest(owner)]
    able = [owner for owner in owners if owner not in guests and _person(owner) and owner.account_enabled is not False]
    disabled = [owner for owner in owners if owner.account_enabled is False and owner not in guests]
    if guests:
        text = f"{_names(guests)} from outside the organisation may add credentials to it as its owner"
        yield Point(Verdict.FAIL, Severity.MEDIUM, text, _items(guests), (app.proof,), _fix(app))
    if not able and disabled:
        text = f"nobody who can act owns it: {_names(disabled)} cannot sign in"
        yield Point(Verdict.FAIL, Severity.MEDIUM, text, _items(disabled), (app.proof,), _fix(app))
    elif not able and not guests:
        text = f"only another app owns it ({_names(owners)}), no person"
        yield Point(Verdict.CONDITIONAL, Severity.LOW, text, _items(owners), (app.proof,), _fix(app))
    elif able and not guests:
        unseen = all(owner.account_enabled is None for owner in able)
        told = " (whether the account can sign in was not read)" if unseen else ""
        yield passed(Severity.MEDIUM, f"{_names(able)} own{'s' if len(able) == 1 else ''} it{told}", app.proof)


def _known(owner: Owner, view: View) -> Owner:
    """The owner, with what users.jsonl adds where the row itself does not tell."""
    if owner.account_enabled is not None or not _person(owner):
        return owner
    user = view.owners.get(owner.id)
    if user is None:
        return owner
    return Owner(
        id=owner.id,
        odata_type=owner.odata_type,
        display_name=owner.display_name,
        user_principal_name=owner.user_principal_name or user.user_principal_name,
        account_enabled=user.account_enabled,
        user_type=owner.user_type or user.user_type,
    )


def _person(owner: Owner) -> bool:
    return not (owner.odata_type or "").casefold().endswith("serviceprincipal")


def _guest(owner: Owner) -> bool:
    return (owner.user_type or "").casefold() == "guest" or "#ext#" in (owner.user_principal_name or "").casefold()


def _names(owners: list[Owner]) -> str:
    return listed(owner.user_principal_name or owner.display_name or owner.id for owner in owners)


def _items(owners: list[Owner]) -> tuple[str, ...]:
    return tuple(owner.id for owner in owners)


def _fix(app: App) -> str:
    if app.integration is not None:
        return f"Name a person under `owners` in tenantry.toml. {apply_again(app)}"
    return f"Run `az ad app owner add --id {app.app_id} --owner-object-id ID` with the id of a person."


CHECK = Check(
    id="app-without-owner",
    title="Ownership of the app",
    risk="Nobody is asked when its credential ends, and nobody notices what is done with it.",
    severity=Severity.MEDIUM,
    judge=judge,
    references=("https://learn.microsoft.com/entra/identity/enterprise-apps/overview-assign-app-owners",),
)
