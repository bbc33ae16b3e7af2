"""Applications of other organisations: what vendors offer to every tenant (`signInAudience` of several tenants).

They are the other tenants' of the same simulator, and what stands in the door's collection `vendorApplications`:
applications as Graph has them, with `@home`, the id of the tenant they live in.
"""

from typing import TYPE_CHECKING, Any

from simulator.directory import blanks
from simulator.directory.first_party import GRAPH, graph_permissions
from simulator.directory.followers import copied

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

SEVERAL = frozenset({"AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount"})
VENDOR_TENANT = "7e1ec0de-0000-4000-8000-000000000001"
VENDOR_APP = "7e1ec0de-0000-4000-8000-0000000000aa"
VENDOR_REDIRECT = "https://switchboard.example/consented"


def find(tenant: "Tenant", app_id: str) -> JSON | None:
    """The application of another organisation that may be used here, with `@home`; None: no such one."""
    found = tenant.collection("vendorApplications").first("appId", app_id)
    if found is not None:
        return found
    for other in tenant.neighbours:
        app = other.collection("applications").first("appId", app_id)
        if app is not None and app.get("signInAudience") in SEVERAL:
            return {**app, "@home": other.id}
    return None


def install(tenant: "Tenant", app: JSON) -> JSON:
    """The application's service principal here, made now where there is none."""
    principals = tenant.collection("servicePrincipals")
    known = principals.first("appId", app["appId"])
    return known or principals.put(blanks.service_principal(tenant, offered(app)), at_once=True)


def offered(app: JSON) -> JSON:
    """What a service principal takes from such an application."""
    return {**copied(app), "appId": app["appId"], "appOwnerOrganizationId": app.get("@home") or VENDOR_TENANT}


def complete(tenant: "Tenant", given: JSON) -> JSON:
    """A vendor's application with every property."""
    made = blanks.application(tenant, {"signInAudience": "AzureADMultipleOrgs", **given})
    return {"@home": VENDOR_TENANT, "publisherDomain": "switchboard.example", **made}


def examples(tenant: "Tenant") -> list[JSON]:
    """The vendor's application of a rehearsal: it reads Teams presence with delegated permissions, where that is."""
    table = graph_permissions(tenant.cloud)
    if "Presence.Read.All" not in table:
        return []
    wanted = [
        {"id": table["Presence.Read.All"]["delegated"], "type": "Scope"},
        {"id": table["User.Read"]["delegated"], "type": "Scope"},
        {"id": table["User.Read.All"]["application"], "type": "Role"},
    ]
    given = {
        "id": "7e1ec0de-0000-4000-8000-0000000000bb",
        "appId": VENDOR_APP,
        "displayName": "Switchboard Presence",
        "web": {"redirectUris": [VENDOR_REDIRECT]},
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": wanted}],
    }
    return [complete(tenant, given)]
