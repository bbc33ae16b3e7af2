"""Writing named locations: learn.microsoft.com/graph/api/resources/namedlocation"""

from ipaddress import ip_network
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import fits, latest, seen
from simulator.directory.conditional_access import LOCATIONS
from simulator.directory.conditional_rules import wrong
from simulator.directory.pace import take_turn
from simulator.odata import one, types

JSON = dict[str, Any]

PATH = "/identity/conditionalAccess/namedLocations"
ITEM = f"{PATH}/{{namedLocation-id}}"
CONTEXT = "identity/conditionalAccess/namedLocations"
KINDS = {"ipNamedLocation": ("ipRanges",), "countryNamedLocation": ("countriesAndRegions",)}
BLANKS: dict[str, JSON] = {
    "ipNamedLocation": {"isTrusted": False, "ipRanges": []},
    "countryNamedLocation": {
        "countriesAndRegions": [],
        "includeUnknownCountriesAndRegions": False,
        "countryLookupMethod": "clientIpAddress",
    },
}
MOST_RANGES = 2000


def create(call: Call) -> Reply:
    """A new location: ranges of addresses, or countries; `@odata.type` says which."""
    take_turn(call)
    body = _body(call, None)
    kind = _kind(body)
    moment = call.tenant.stamp()
    times = {"deletedDateTime": None, "createdDateTime": moment, "modifiedDateTime": moment}
    made = {"id": call.tenant.new_id(), "displayName": "", **times, **BLANKS[kind], **body}
    _check(made)
    call.tenant.collection("namedLocations").put(made)
    return one(call, made, shape=LOCATIONS, context=CONTEXT, status=201)


def update(call: Call) -> Reply:
    """PATCH: lists are replaced whole."""
    take_turn(call)
    known = latest(call, "namedLocations", seen(call, "namedLocations", call.params["namedLocation-id"]))
    made = {**known, **_body(call, known), "modifiedDateTime": call.tenant.stamp()}
    _check(made)
    call.tenant.collection("namedLocations").put(made)
    return Reply(204)


def delete(call: Call) -> Reply:
    """DELETE; refused while the location is trusted, or a policy names it."""
    take_turn(call)
    known = latest(call, "namedLocations", seen(call, "namedLocations", call.params["namedLocation-id"]))
    if known.get("isTrusted"):
        raise wrong("A trusted named location cannot be deleted. Set isTrusted to false first.")
    for policy in call.tenant.collection("conditionalAccessPolicies").iterate():
        places = (policy.get("conditions") or {}).get("locations") or {}
        if known["id"] in (*(places.get("includeLocations") or ()), *(places.get("excludeLocations") or ())):
            raise wrong(f"The named location is used by the policy '{policy.get('displayName')}'.")
    call.tenant.collection("namedLocations").remove(known["id"])
    return Reply(204)


def _body(call: Call, known: JSON | None) -> JSON:
    if not isinstance(call.body, dict):
        raise wrong("The request has no body.")
    body: JSON = dict(call.body)
    body.setdefault("@odata.type", (known or {}).get("@odata.type"))
    kind = _kind(body)
    if known is not None and body["@odata.type"] != known.get("@odata.type"):
        raise wrong("The kind of a named location cannot be changed.")
    for name, value in body.items():
        if "@odata." not in name and (
            name not in types.properties(kind) or not fits(value, types.properties(kind)[name])
        ):
            raise wrong(f"Invalid value for '{name}' of a named location.")
    return body


def _kind(body: JSON) -> str:
    kind = str(body.get("@odata.type")).rpartition(".")[2]
    if kind not in KINDS:
        raise wrong(
            "The @odata.type must be #microsoft.graph.ipNamedLocation or #microsoft.graph.countryNamedLocation."
        )
    return kind


def _check(made: JSON) -> None:
    if not made.get("displayName"):
        raise wrong("A named location needs a displayName.")
    for name in KINDS[_kind(made)]:
        if not made.get(name):
            raise wrong(f"A named location needs {name}.")
    if len(made.get("ipRanges") or ()) > MOST_RANGES:
        raise wrong(f"A named location holds {MOST_RANGES} ranges at most.")
    for row in made.get("ipRanges") or ():
        _check_range(row)
    for country in made.get("countriesAndRegions") or ():
        if len(country) != 2 or not country.isalpha():
            raise wrong(f"'{country}' is no two-letter country code.")


def _check_range(row: JSON) -> None:
    address = str(row.get("cidrAddress"))
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        raise wrong(f"'{address}' is no range of addresses.") from None
    kind = "iPv4CidrRange" if network.version == 4 else "iPv6CidrRange"
    if "/" not in address or str(row.get("@odata.type")).rpartition(".")[2] != kind:
        raise wrong(f"'{address}' must be written as a {kind} with its length.")


ROUTES = [Route("POST", PATH, create), Route("PATCH", ITEM, update), Route("DELETE", ITEM, delete)]
