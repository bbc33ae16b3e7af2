"""The link by which an administrator consents for the whole organisation, for operators who may not grant.

`https://{login}/{tenant}/v2.0/adminconsent`, learn.microsoft.com/entra/identity-platform/v2-admin-consent: it needs a
redirect URI that the app has registered. Apps of ours have none, so the link lands on Microsoft's own empty page, which
is registered for as long as consent is missing.
"""

from urllib.parse import urlencode

import msgspec

from provision.model.actual import Actual, Application
from provision.model.desired import Desired
from provision.plan.manifest_entry import describe
from tenantry.cloud import Cloud
from tenantry.integration import Permission

_LANDING = "/common/oauth2/nativeclient"
_FOR_ROLES = "Privileged Role Administrator"
_FOR_SCOPES = "Cloud Application Administrator"


class ConsentLink(msgspec.Struct, frozen=True, kw_only=True):
    """One link: who opens it (`role`, or a Global Administrator), what they will see, and what is still missing."""

    tenant: str
    integration: str
    url: str
    client_id: str
    redirect_uri: str
    role: str
    sees: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def target(self) -> str:
        """`tenant/integration`."""
        return f"{self.tenant}/{self.integration}"


def landing(cloud: Cloud) -> str:
    """Microsoft's empty page in that cloud, where a consent may end that no page of ours waits for."""
    return f"{cloud.login}{_LANDING}"


def redirect(desired: Desired, application: Application) -> str:
    """A redirect URI of the app's where the link may land; empty where it has none."""
    known = (*application.web_redirects, *application.redirects)
    return landing(desired.cloud) if landing(desired.cloud) in known else next(iter(known), "")


def role(desired: Desired) -> str:
    """The least directory role that may accept: application permissions of Graph take more than delegated ones."""
    return _FOR_ROLES if desired.permissions("application") else _FOR_SCOPES


def address(desired: Desired, tenant_id: str, client_id: str, redirect_uri: str) -> str:
    """The link itself; without a redirect URI it goes to the one that the app registered."""
    query = {"client_id": client_id, "scope": desired.cloud.scope}
    if redirect_uri:
        query["redirect_uri"] = redirect_uri
    query["state"] = desired.target
    return f"{desired.cloud.login}/{tenant_id}/v2.0/adminconsent?{urlencode(query)}"


def link(desired: Desired, actual: Actual, redirect_uri: str) -> ConsentLink:
    """The link of one integration whose app is known; who opens it sees what its manifest declares."""
    application = actual.application
    client_id = desired.vendor_app or (application.app_id if application else "")
    made = of_app(desired, actual.tenant_id, client_id, redirect_uri, missing(desired, actual))
    if not redirect_uri and not desired.vendor_app:
        made = msgspec.structs.replace(made, url="")  # it would end in AADSTS500113
    declared = tuple(sorted(describe(entry, actual) for entry in application.declared)) if application else ()
    return msgspec.structs.replace(made, sees=declared or made.sees)


def of_app(desired: Desired, tenant_id: str, client_id: str, redirect_uri: str, open_: tuple[str, ...]) -> ConsentLink:
    """The same from the ids alone, for an app that was made a moment ago."""
    return ConsentLink(
        tenant=desired.tenant,
        integration=desired.integration,
        url=address(desired, tenant_id, client_id, redirect_uri),
        client_id=client_id,
        redirect_uri=redirect_uri,
        role=role(desired),
        sees=tuple(sorted(str(permission) for permission in desired.in_entra)),
        missing=open_,
    )


def missing(desired: Desired, actual: Actual) -> tuple[str, ...]:
    """What is required of Entra and not granted, in words."""
    return tuple(str(permission) for permission in lacking(desired, actual))


def lacking(desired: Desired, actual: Actual) -> tuple[Permission, ...]:
    """The permissions that Entra shall grant and does not; delegated ones where the profile wants them granted."""
    held: set[tuple[str, str, str]] = set()
    for grant in actual.grants:
        resource = actual.resource_of(grant.resource_id)
        name = resource.permission_name(grant.role_id, "Role") if resource else None
        if resource and name:
            held.add((resource.name, name, "application"))
    for delegated in actual.delegated:
        resource = actual.resource_of(delegated.resource_id)
        if resource and (delegated.principal_id is None or desired.consent != "AllPrincipals"):
            held |= {(resource.name, scope, "delegated") for scope in delegated.scopes}
    wanted = [p for p in desired.in_entra if p.type == "application" or desired.consent != "user"]
    return tuple(p for p in wanted if (p.resource, p.name, p.type) not in held)
