"""The organisation, its domains, its licences."""

from typing import TYPE_CHECKING, Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import checked, not_found, seen
from simulator.directory.users import user_of
from simulator.odata import Shape, one, respond

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

SHAPE = Shape("organization")
DOMAINS = Shape("domain")
SKUS = Shape("subscribedSku")
LICENCES = Shape("licenseDetails")
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
PLANS = (
    ("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
    ("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1"),
)


def list_all(call: Call) -> Reply:
    """The one organisation of the tenant, as a list."""
    return respond(call, call.tenant.collection("organization"), shape=SHAPE, context="organization")


def get(call: Call) -> Reply:
    """The same by the tenant's id."""
    return one(call, seen(call, "organization", call.params["organization-id"]), shape=SHAPE, context="organization")


def update(call: Call) -> Reply:
    """PATCH of the contacts."""
    known = seen(call, "organization", call.params["organization-id"])
    call.tenant.collection("organization").put({**known, **checked(call, "organization")})
    return Reply(204)


def domains(tenant: "Tenant") -> list[JSON]:
    """The verified domains as objects of their own."""
    return [
        {
            "id": row["name"],
            "authenticationType": row["type"],
            "availabilityStatus": None,
            "isAdminManaged": True,
            "isDefault": row["isDefault"],
            "isInitial": row["isInitial"],
            "isRoot": True,
            "isVerified": True,
            "manufacturer": None,
            "model": None,
            "passwordNotificationWindowInDays": 14,
            "passwordValidityPeriodInDays": 2147483647,
            "state": None,
            "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        }
        for row in tenant.organization.get("verifiedDomains") or ()
    ]


def list_domains(call: Call) -> Reply:
    """Domains."""
    return respond(call, domains(call.tenant), shape=DOMAINS, context="domains")


def skus(tenant: "Tenant") -> list[JSON]:
    """What the tenant bought: one product, a licence for everybody."""
    units = len(tenant.collection("users"))
    return [
        {
            "id": f"{tenant.id}_{E3}",
            "accountId": tenant.id,
            "accountName": tenant.domain.partition(".")[0],
            "appliesTo": "User",
            "capabilityStatus": "Enabled",
            "consumedUnits": units,
            "prepaidUnits": {"enabled": units, "suspended": 0, "warning": 0, "lockedOut": 0},
            "servicePlans": _plans(),
            "skuId": E3,
            "skuPartNumber": "ENTERPRISEPACK",
            "subscriptionIds": [],
        }
    ]


def list_skus(call: Call) -> Reply:
    """Subscriptions."""
    return respond(call, skus(call.tenant), shape=SKUS, context="subscribedSkus")


def get_sku(call: Call) -> Reply:
    """One."""
    for row in skus(call.tenant):
        if row["id"] == call.params["subscribedSku-id"]:
            return one(call, row, shape=SKUS, context="subscribedSkus")
    raise not_found(call.params["subscribedSku-id"])


def licences(call: Call) -> list[JSON]:
    """What a user has of it."""
    return [
        {
            "id": f"{call.tenant.id}_{held['skuId']}",
            "servicePlans": _plans(),
            "skuId": held["skuId"],
            "skuPartNumber": "ENTERPRISEPACK" if held["skuId"] == E3 else None,
        }
        for held in user_of(call).get("assignedLicenses") or ()
    ]


def list_licences(call: Call) -> Reply:
    """A user's licences."""
    context = f"users('{call.params['user-id']}')/licenseDetails"
    return respond(call, licences(call), shape=LICENCES, context=context)


def get_licence(call: Call) -> Reply:
    """One of them."""
    for row in licences(call):
        if row["id"] == call.params["licenseDetails-id"]:
            return one(call, row, shape=LICENCES, context=f"users('{call.params['user-id']}')/licenseDetails")
    raise not_found(call.params["licenseDetails-id"])


def _plans() -> list[JSON]:
    more = {"appliesTo": "User", "provisioningStatus": "Success"}
    return [{"servicePlanId": key, "servicePlanName": name, **more} for key, name in PLANS]


ROUTES = [
    Route("GET", "/organization", list_all),
    Route("GET", "/organization/{organization-id}", get),
    Route("PATCH", "/organization/{organization-id}", update),
    Route("GET", "/domains", list_domains),
    Route("GET", "/subscribedSkus", list_skus),
    Route("GET", "/subscribedSkus/{subscribedSku-id}", get_sku),
    Route("GET", "/users/{user-id}/licenseDetails", list_licences),
    Route("GET", "/users/{user-id}/licenseDetails/{licenseDetails-id}", get_licence),
]
