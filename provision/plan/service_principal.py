"""The app's face in the tenant. The portal makes it, the API does not; without it there are no grants, no tokens."""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.rights import APPLICATION


def plan_service_principal(desired: Desired, actual: Actual) -> Iterator[Change]:
    """Creates it where it is missing."""
    if actual.service_principal is None:
        yield change(
            "create",
            "servicePrincipal",
            desired.unique_name,
            right=APPLICATION,
            reason="permissions are granted to the app's service principal",
        )
