"""What a service principal shows of its application, and keeps in step with it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]


def copied(app: JSON) -> JSON:
    """The properties that a service principal takes from its application."""
    web = app.get("web") or {}
    redirects = (web, app.get("publicClient") or {}, app.get("spa") or {})
    return {
        "appDescription": app.get("description"),
        "appDisplayName": app["displayName"],
        "appRoles": app.get("appRoles") or [],
        "displayName": app["displayName"],
        "homepage": web.get("homePageUrl"),
        "info": app.get("info"),
        "logoutUrl": web.get("logoutUrl"),
        "oauth2PermissionScopes": (app.get("api") or {}).get("oauth2PermissionScopes") or [],
        "replyUrls": [uri for part in redirects for uri in part.get("redirectUris") or ()],
        "servicePrincipalNames": [*(app.get("identifierUris") or ()), app["appId"]],
        "signInAudience": app.get("signInAudience"),
        "verifiedPublisher": app.get("verifiedPublisher"),
    }


def follow(tenant: "Tenant", app: JSON) -> None:
    """Brings the service principal of a changed application in step, where there is one."""
    principals = tenant.collection("servicePrincipals")
    found = principals.first("appId", app["appId"])
    taken = copied(app)
    if found is not None and any(found.get(name) != value for name, value in taken.items()):
        principals.put({**found, **taken})
