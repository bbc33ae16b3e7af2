"""The app registration itself: there, single-tenant, marked as ours."""

from collections.abc import Iterator

from provision import naming
from provision.model.actual import Actual, Application
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.plan.properties import properties
from provision.rights import APPLICATION

SINGLE, MANY = "AzureADMyOrg", "AzureADMultipleOrgs"


def audience(desired: Desired) -> str:
    """The `signInAudience` that the profile asks for."""
    return SINGLE if desired.single_tenant else MANY


def plan_application(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """Creates the app, or mends its audience and marker; names whoever has the same display name."""
    if actual.application is None:
        yield from _create(desired, actual)
    else:
        yield from _mend(desired, actual.application)
    for other in actual.namesakes:
        fact = f"has the same display name and {other.credentials} credentials; it is not ours and is left alone"
        yield Drift(object="application", name=f"{other.display_name} ({other.app_id})", fact=fact)


def _create(desired: Desired, actual: Actual) -> Iterator[Change]:
    if actual.deleted is not None:
        yield change(
            "delete",
            "deletedApplication",
            desired.unique_name,
            right=APPLICATION,
            before={"id": actual.deleted.id, "appId": actual.deleted.app_id},
            reason="our own app of this key lies in the tenant's bin and keeps the key taken; it is purged for good",
            risk="high",
        )
    yield change(
        "create",
        "application",
        desired.unique_name,
        right=APPLICATION,
        after={
            "displayName": desired.display_name,
            "signInAudience": audience(desired),
            "tags": [naming.TAG, desired.owner_tag],
            "permissions": [str(permission) for permission in desired.in_entra],
            **properties(desired),
        },
        reason=f"{desired.profile} needs an app registration; it is known by this key, never by its display name",
    )


def _mend(desired: Desired, application: Application) -> Iterator[Change | Drift]:
    wanted = audience(desired)
    if application.audience != wanted:
        yield change(
            "update",
            "application",
            f"{desired.unique_name} signInAudience",
            right=APPLICATION,
            before={"signInAudience": application.audience},
            after={"signInAudience": wanted},
            reason="the app serves this organisation only" if desired.single_tenant else "the profile is multi-tenant",
            risk="medium",
        )
    marker = [tag for tag in (naming.TAG, desired.owner_tag) if tag not in application.tags]
    if marker:
        yield change(
            "update",
            "application",
            f"{desired.unique_name} tags",
            right=APPLICATION,
            before={"tags": list(application.tags)},
            after={"tags": [*application.tags, *marker]},
            reason="the marker that says whose the app is was taken away",
        )
    if application.display_name != desired.display_name:
        fact = f"is called {application.display_name!r}, the profile suggests {desired.display_name!r}; left as it is"
        yield Drift(object="application", name=desired.unique_name, fact=fact)
