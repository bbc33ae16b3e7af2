"""Required: the app is there, and its manifest declares what the profile needs and nothing forbidden."""

from provision.model.actual import Actual, Application
from provision.plan.manifest_entry import declare, describe
from provision.verify.link import Link, Seen

_CODES = ("AADSTS700016", "AADSTS7000112", "AADSTS7000229", "AADSTS90002", "AADSTS500011", "AADSTS500014")
"""What the sign-in service says of the app itself (learn.microsoft.com, reference-error-codes)."""

_ENABLE = 'Enable it: Entra admin center, Enterprise applications, Properties, "Enabled for users to sign in".'


def judge_required(seen: Seen) -> Link:
    """Looks at the app registration with the operator's eyes; without them, by what the sign-in service says of it."""
    broken = _other_tenant(seen)
    if broken is not None:
        return broken
    if seen.actual is None:
        if seen.refused in _CODES and seen.no_token is not None:
            return _no(seen.no_token.what, seen.no_token.fix or seen.apply)
        return Link(link="required", ok=None, fact=f"The app could not be looked at: {seen.no_actual}")
    if seen.desired.vendor_app:
        return _vendors(seen, seen.actual)
    if seen.actual.application is None:
        return _no(_gone(seen, seen.actual), seen.apply)
    return _app(seen, seen.actual, seen.actual.application) or _manifest(seen, seen.actual, seen.actual.application)


def _other_tenant(seen: Seen) -> Link | None:
    wished = (seen.desired.tenant_id or "").lower()
    fix = "Correct the tenant's id in tenantry.toml; for a move to that tenant, run `tenantry provision apply` there."
    if seen.file is not None and wished and seen.file.tenant.id.lower() != wished:
        return _no(f"The integration file is about tenant {seen.file.tenant.id}, tenantry.toml names {wished}.", fix)
    if seen.actual is not None and wished and seen.actual.tenant_id.lower() != wished:
        return _no(f"The operator is signed in to tenant {seen.actual.tenant_id}, tenantry.toml names {wished}.", fix)
    return None


def _vendors(seen: Seen, actual: Actual) -> Link:
    """The vendor's own app, which is registered elsewhere: only its service principal is here."""
    app, target = seen.desired.vendor_app, seen.desired.target
    if actual.service_principal is None:
        fix = f"Run `tenantry provision consent-link {target}` and open the link as an administrator."
        return _no(f"The vendor's app {app} is not in the tenant: nobody has consented to it.", fix)
    if seen.enabled is False:
        return _no(f"The vendor's app {app} is disabled, so it gets no token.", _ENABLE)
    if seen.file is None:
        return _no("There is no integration file.", seen.apply)
    fact = f"The vendor's app {app} is in the tenant; its manifest is the vendor's."
    return Link(link="required", ok=True, fact=fact)


def _gone(seen: Seen, actual: Actual) -> str:
    if actual.deleted is not None:
        return f"The app {seen.desired.unique_name} was deleted; it lies in the tenant's bin, where it can be restored."
    return f"There is no app {seen.desired.unique_name}."


def _app(seen: Seen, actual: Actual, application: Application) -> Link | None:
    """What is wrong with the app itself, apart from its manifest."""
    return _other_app(seen, application) or _asleep(seen, actual, application)


def _other_app(seen: Seen, application: Application) -> Link | None:
    """The integration file is missing, or about another app."""
    if seen.file is None:
        return _no("There is no integration file.", seen.apply)
    if seen.file.app.app_id != application.app_id:
        return _no(
            f"The integration file names app {seen.file.app.app_id}, the tenant has {application.app_id}.", seen.apply
        )
    return None


def _asleep(seen: Seen, actual: Actual, application: Application) -> Link | None:
    """Nobody can sign in as it, or to it."""
    if actual.service_principal is None:
        return _no("The app has no service principal, so it gets no token and no consent.", seen.apply)
    if seen.enabled is False:
        return _no("The app's service principal is disabled, so it gets no token.", _ENABLE)
    lost = [uri for uri in seen.desired.redirects if uri not in application.redirects]
    if lost:
        return _no(f"Sign-ins may not answer at {', '.join(lost)} (AADSTS50011).", seen.apply)
    return None


def _manifest(seen: Seen, actual: Actual, application: Application) -> Link:
    declared = set(application.declared)
    lacking = [str(p) for p in seen.desired.in_entra if declare(p, actual) not in declared]
    forbidden = [describe(e, actual) for p in seen.desired.forbidden if (e := declare(p, actual)) in declared and e]
    parts = [f"lacks {', '.join(lacking)}"] if lacking else []
    parts += [f"has {', '.join(forbidden)}, which is forbidden"] if forbidden else []
    if parts:
        return _no(f"The manifest {' and '.join(parts)}.", seen.apply)
    names = ", ".join(str(p) for p in seen.desired.in_entra) or "no permission, and none is asked for"
    return Link(link="required", ok=True, fact=f"The manifest declares {names}.")


def _no(fact: str, fix: str) -> Link:
    return Link(link="required", ok=False, fact=fact, fix=fix)
