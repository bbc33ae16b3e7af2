"""Is the app under our key ours? Its tag says so; a notes text of ours stands in where the tag was taken away."""

from provision import naming
from provision.model.actual import Actual, Application
from provision.model.desired import Desired
from tenantry.errors import GuardRefused


def is_ours(desired: Desired, application: Application) -> bool:
    """True where the app carries this integration's marker."""
    return desired.owner_tag in application.tags or (not owner_of(application) and application.notes == desired.notes)


def refuse_foreign(desired: Desired, actual: Actual) -> None:
    """Raises GuardRefused where the app under our uniqueName is not ours, or the tenant is another one."""
    _refuse_other_tenant(desired, actual)
    application = actual.application
    if application is not None and not is_ours(desired, application):
        raise _foreign(desired, application)
    if actual.deleted is not None and not actual.deleted.ours:
        raise GuardRefused(
            f"{desired.target}: a deleted app that Tenantry did not make holds the key {desired.unique_name} "
            f"(app id {actual.deleted.app_id}).",
            fix="Have an administrator remove it for good, or name the integration differently.",
        )


def owner_of(application: Application) -> str:
    """Whom the marker names, empty without a marker."""
    prefix = f"{naming.TAG}:"
    return next((tag.removeprefix(prefix) for tag in application.tags if tag.startswith(prefix)), "")


def _foreign(desired: Desired, application: Application) -> GuardRefused:
    owner = owner_of(application)
    if owner:
        return GuardRefused(
            f"{desired.target}: the app {application.app_id} ({desired.unique_name}) belongs to {owner}.",
            fix=f"Name tenant and integration {owner} in tenantry.toml as they were, or choose another name.",
        )
    return GuardRefused(
        f"{desired.target}: the app {application.app_id} holds the key {desired.unique_name} but not our marker, "
        "so it is not ours to change.",
        fix="Choose another name for the integration, remove that app, or take it over: "
        f"`tenantry provision adopt {desired.target} --app-id {application.app_id}`.",
    )


def _refuse_other_tenant(desired: Desired, actual: Actual) -> None:
    if desired.tenant_id and desired.tenant_id.lower() != actual.tenant_id.lower():
        raise GuardRefused(
            f"{desired.target}: signed in to tenant {actual.tenant_id}, but tenantry.toml names {desired.tenant_id}.",
            fix="Sign in to the right tenant or correct its id.",
        )
    if (
        not desired.tenant_id
        and desired.domain
        and actual.domains
        and desired.domain.lower() not in map(str.lower, actual.domains)
    ):
        raise GuardRefused(
            f"{desired.target}: tenant {actual.tenant_id} does not own the domain {desired.domain}.",
            fix="Sign in to the right tenant or correct its domain.",
        )
