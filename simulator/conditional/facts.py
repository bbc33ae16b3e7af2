"""What is known of a sign-in. A condition that is None was not told: a policy that asks for it cannot be judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

JSON = dict[str, Any]

UNKNOWN_PLATFORM = "unknown"  # told, but none that Microsoft lists: it slips past a listed set
INTERNAL_GUEST = "internalGuest"


@dataclass(frozen=True)
class Person:
    """Who signs in. `groups` with nested ones; `roles` template ids of active, tenant-wide, built-in assignments.

    `kinds` are the guest types of Graph's `guestOrExternalUserTypes`, empty for a member; `home` is the tenant that
    a guest comes from, empty where that is not known.
    """

    id: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    home: str = ""


@dataclass(frozen=True)
class Workload:
    """A service principal that signs in by itself. `own`: single-tenant and registered here; else out of reach."""

    id: str
    own: bool


@dataclass(frozen=True)
class Target:
    """What is asked for: `applications` (lower-case app ids of resources), else a user action or a context."""

    applications: frozenset[str] = frozenset()
    user_action: str = ""
    context: str = ""


@dataclass(frozen=True)
class Conditions:
    """How somebody signs in, in Graph's words; None = not told. `device` {} = one without attributes."""

    client_app: str | None = None
    platform: str | None = None
    address: str | None = None
    country: str | None = None
    sign_in_risk: str | None = None
    user_risk: str | None = None
    principal_risk: str | None = None
    insider_risk: str | None = None
    device: Mapping[str, Any] | None = None
    flow: str | None = None  # none | deviceCodeFlow | authenticationTransfer


@dataclass(frozen=True)
class Place:
    """A named location: ranges of addresses, or countries."""

    id: str
    trusted: bool = False
    ranges: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    unknown_countries: bool = False

    @classmethod
    def of(cls, row: JSON) -> "Place":
        """A named location as Graph has it."""
        ranges = tuple(str(one.get("cidrAddress")) for one in row.get("ipRanges") or ())
        countries = frozenset(str(one).upper() for one in row.get("countriesAndRegions") or ())
        unknown = bool(row.get("includeUnknownCountriesAndRegions"))
        return cls(str(row["id"]), bool(row.get("isTrusted")), ranges, countries, unknown)

    def holds(self, conditions: Conditions) -> bool | None:
        """Whether the sign-in comes from here; None where the fact that decides was not told."""
        if self.ranges:
            if conditions.address is None:
                return None
            address = ip_address(conditions.address)
            return any(address in ip_network(one, strict=False) for one in self.ranges)
        if conditions.country is None:
            return None
        return conditions.country.upper() in self.countries or (not conditions.country and self.unknown_countries)


@dataclass(frozen=True)
class SignIn:
    """One sign-in: who, to what, how, and the tenant's named locations."""

    who: Person | Workload
    target: Target
    conditions: Conditions = field(default_factory=Conditions)
    places: Mapping[str, Place] = field(default_factory=dict)
