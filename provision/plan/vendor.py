"""The vendor's own multi-tenant app: nothing is registered here; an administrator consents to it by a link.

Its registration is the vendor's and never touched. What the tenant holds of it is a service principal and its grants.
"""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.plan.consent import address, role
from provision.rights import Right


def plan_vendor(desired: Desired, actual: Actual) -> Iterator[Change]:
    """The link to open, while the vendor's app is not in the tenant."""
    if not desired.vendor_app or actual.service_principal is not None:
        return
    yield change(
        "script",
        "servicePrincipal",
        desired.vendor_app,
        right=Right("", role(desired)),
        after={
            "link": address(desired, actual.tenant_id, desired.vendor_app, desired.vendor_redirect),
            "command": f"tenantry provision consent-link {desired.target}",
        },
        reason="the vendor's app is not in this tenant yet: an administrator opens the link and accepts, then apply "
        "takes its service principal on",
        risk="high",
    )
