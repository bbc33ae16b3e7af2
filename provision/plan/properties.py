"""Properties of the app besides its name and permissions: the public client's platform, and the lock.

The lock keeps people from adding secrets and certificates to the service principal, where few look.
Source: learn.microsoft.com/graph/api/resources/serviceprincipallockconfiguration and .../publicclientapplication.
"""

from collections.abc import Iterator
from typing import Any

from provision.model.actual import Actual, Application
from provision.model.change import Change, Drift, change
from provision.model.desired import Desired
from provision.rights import APPLICATION

LOCK = "servicePrincipalLockConfiguration"
LOCKED = {"isEnabled": True, "allProperties": True}


def properties(desired: Desired) -> dict[str, Any]:
    """What a new app is made with."""
    made: dict[str, Any] = {LOCK: LOCKED} if desired.lock else {}
    return made | ({"publicClient": {"redirectUris": list(desired.redirects)}} if desired.redirects else {})


def plan_properties(desired: Desired, actual: Actual) -> Iterator[Change | Drift]:
    """Brings lock and platform to what the profile asks for; redirects that nobody asked for are drift."""
    application = actual.application
    if application is None or desired.vendor_app:
        return
    yield from _lock(desired, application)
    yield from _platform(desired, application)


def _lock(desired: Desired, application: Application) -> Iterator[Change | Drift]:
    held = application.lock or {}
    locked = all(held.get(key) is True for key in LOCKED)
    if desired.lock and not locked:
        yield change(
            "update",
            "application",
            f"{desired.unique_name} lock",
            right=APPLICATION,
            before={LOCK: application.lock},
            after={LOCK: LOCKED},
            reason="nobody shall add secrets or certificates to the service principal behind the app's back",
        )
    elif not desired.lock and held.get("isEnabled"):
        fact = "locks its service principal's sensitive properties, and the profile does not ask for it; left as it is"
        yield Drift(object="application", name=desired.unique_name, fact=fact)


def _platform(desired: Desired, application: Application) -> Iterator[Change | Drift]:
    unasked = [uri for uri in application.redirects if uri not in desired.redirects]
    kept = [] if desired.prune else unasked
    after = [*kept, *desired.redirects]
    if set(after) != set(application.redirects):
        yield change(
            "update",
            "application",
            f"{desired.unique_name} publicClient",
            right=APPLICATION,
            before={"publicClient": {"redirectUris": list(application.redirects)}},
            after={"publicClient": {"redirectUris": after}},
            reason="people sign in from a desktop client, which is answered at these addresses only",
            risk="medium",
        )
    for uri in kept:
        fact = "takes the answers of sign-ins (mobile and desktop applications), and the profile does not ask for it"
        yield Drift(object="application", name=uri, fact=fact)
