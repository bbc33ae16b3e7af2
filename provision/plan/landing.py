"""The address where an admin consent lands is on the app only until the consent is there."""

from collections.abc import Iterator

from provision.model.actual import Actual
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.plan.consent import landing, missing
from provision.rights import APPLICATION


def plan_landing(desired: Desired, actual: Actual) -> Iterator[Change]:
    """Takes it off again; not off an adopted app that had it before, or may have."""
    application, page = actual.application, landing(desired.cloud)
    if application is None or page not in application.web_redirects or missing(desired, actual):
        return
    if actual.adopted and (actual.adopted.before is None or page in actual.adopted.before.web_redirects):
        return
    kept = [uri for uri in application.web_redirects if uri != page]
    yield change(
        "update",
        "application",
        f"{desired.unique_name} web.redirectUris",
        right=APPLICATION,
        before={"web": {"redirectUris": list(application.web_redirects)}},
        after={"web": {"redirectUris": kept}},
        reason="consent is there, so the address where its link landed has served",
    )
