"""Scripts as the goldens have them: one of each kind, variety and product, with values that show the quoting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from templates import scripts
from templates.scripts import Product, Samples, Script, Target

APP = "0a1b2c3d-1111-4222-8333-444455556666"
PRINCIPAL = "7c6b5a49-1111-4222-8333-444455556666"
TENANT = "8f0c7e3a-1111-4222-8333-444455556666"
TARGET = Target(tenant_id=TENANT, cloud="global", tenant="contoso", integration="telia")
SAMPLES = Samples(inside=("åsa@contoso.com",), outside=("ceo@contoso.com",))
GROUP = "switchboard@contoso.com"
MEMBERS = ("o’brien@contoso.com", "room-1@contoso.com")
USER = "monitor@contoso.com"
ON_PREMISES: tuple[Product, ...] = ("2010", "2013", "2016", "2019", "se")
NO_TEXT = {"app_id", "service_principal_id", "permissions", "right", "role"}  # words and ids, not free text


@dataclass
class Example:
    """One script: its builder, where it works, and its values."""

    make: Callable[..., Script]
    target: Target = TARGET
    values: dict[str, Any] = field(default_factory=dict)

    def __call__(self, **changes: Any) -> Script:
        """The script, with some values changed."""
        return self.make(self.target, **(self.values | changes))

    @property
    def product(self) -> Product:
        """The Exchange it is for."""
        return self.target.product

    @property
    def engine(self) -> str:
        """The oldest Windows PowerShell it must run on."""
        return "5.1" if self.product == "online" else "2.0"

    def places(self) -> list[str]:
        """The values that take free text, samples by their half."""
        fields = [name for name in self.values if name not in NO_TEXT | {"samples"}]
        return fields + (["inside", "outside"] if "samples" in self.values else [])

    def with_text(self, place: str, text: str) -> Script:
        """The script with this text at a place."""
        if place in ("inside", "outside"):
            return self(samples=Samples(**{place: (text,)}))
        listed = not isinstance(self.values[place], str)
        return self(**{place: [text] if listed else text})


def for_products(
    kind: str, make: Callable[..., Script], products: Sequence[Product], integration: str = "bredband2", **values: Any
) -> dict[str, Example]:
    """One example of a kind for each product: `kind` for Exchange Online, `kind-2016` and so on."""
    return {
        kind if product == "online" else f"{kind}-{product}": Example(
            make,
            Target(tenant_id=TENANT, cloud="global", tenant="contoso", integration=integration, product=product),
            values,
        )
        for product in products
    }


RBAC = {"app_id": APP, "service_principal_id": PRINCIPAL}

EXAMPLES: dict[str, Example] = {
    "access-policy": Example(
        scripts.access_policy, TARGET, {"app_id": APP, "group": GROUP, "members": MEMBERS, "samples": SAMPLES}
    ),
    "access-policy-deny": Example(
        scripts.access_policy,
        TARGET,
        {"app_id": APP, "group": "board@contoso.com", "samples": SAMPLES, "right": "DenyAccess"},
    ),
    "rbac": Example(
        scripts.rbac,
        TARGET,
        RBAC
        | {
            "permissions": ["Calendars.Read", "User.Read.All"],
            "group": GROUP,
            "members": MEMBERS,
            "samples": SAMPLES,
            "name": "Tenantry contoso telia",
        },
    ),
    "rbac-unit": Example(
        scripts.rbac,
        Target(tenant_id=TENANT, cloud="usgov", tenant="contoso", integration="rooms"),
        RBAC
        | {
            "permissions": ["Calendars.ReadWrite"],
            "administrative_unit": "5d4c3b2a-1111-4222-8333-444455556666",
            "samples": SAMPLES,
        },
    ),
    **for_products("reviewer", scripts.reviewer, ("online", *ON_PREMISES, "2007"), user=USER),
    "rbac-migrate": Example(
        scripts.rbac_migrate,
        TARGET,
        RBAC
        | {
            "permissions": ["Calendars.Read", "User.Read.All"],
            "group": "switchboard-rbac@contoso.com",
            "name": "Tenantry contoso telia",
        },
    ),
    **for_products("service-user", scripts.service_user, ("online", *ON_PREMISES), user=USER, name="Övervakning"),
    **for_products(
        "service-user", scripts.service_user, ("2007",), user=USER, name="Monitor", database="Mailbox Database"
    ),
    **for_products(
        "rooms",
        scripts.rooms,
        ("online", *ON_PREMISES),
        integration="maptician",
        rooms=["fjärden@contoso.com", "room-2@contoso.com"],
        room_list="rooms@contoso.com",
    ),
    "ews-allow": Example(scripts.ews_allow, TARGET, {"app_id": APP}),
    **for_products("evidence", scripts.evidence, ("online", *ON_PREMISES), integration=""),
    **for_products("teardown", scripts.teardown, ("online", *ON_PREMISES)),
}
