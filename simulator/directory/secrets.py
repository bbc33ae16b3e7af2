"""Application passwords: how they look, and that their value is told once only."""

import hashlib
import string
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]

_LETTERS = string.ascii_letters + string.digits + "-_.~"


def new_secret(tenant: "Tenant") -> str:
    """A secret value as the service makes them: 40 characters, the fourth to sixth always `8Q~`."""
    drawn = "".join(tenant.random.choice(_LETTERS) for _ in range(37))
    return f"{drawn[:3]}8Q~{drawn[3:]}".replace(".", "x", 1)


def password_entry(tenant: "Tenant", value: str, name: str | None, start: datetime, end: datetime) -> JSON:
    """A password credential as it is kept: the hash of the value, and since when it is there, under private keys."""
    return {
        "customKeyIdentifier": None,
        "displayName": name,
        "endDateTime": tenant.stamp(end),
        "hint": value[:3],
        "keyId": tenant.new_id(),
        "secretText": None,
        "startDateTime": tenant.stamp(start),
        "@sha256": hashlib.sha256(value.encode()).hexdigest(),
        "@created": tenant.stamp(start),
    }
