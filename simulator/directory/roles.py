"""Directory roles that Microsoft defines: name -> template id, the same in every tenant."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"

ROLES = {
    "Global Administrator": GLOBAL_ADMINISTRATOR,
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "Application Developer": "cf1c38e5-3621-4004-a7cb-879624dced7c",
    "Conditional Access Administrator": "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Teams Administrator": "69091246-20e8-4a56-aa4d-066075b2a7a8",
    "Teams Communications Administrator": "baf37b3a-610e-45da-9e62-d9d1e5e8914b",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
    "Directory Writers": "9360feb5-f418-4baa-8175-e2a00bac4301",
}


def description(name: str) -> str:
    """What the directory says of a role."""
    return f"Can do what Microsoft documents for {name}."


def directory_role(tenant: "Tenant", template: str) -> dict[str, Any]:
    """An activated role, made from its template; a template that Microsoft has not gets its id as name."""
    name = next((name for name, known in ROLES.items() if known == template), template)
    texts = {"deletedDateTime": None, "description": description(name), "displayName": name}
    return {"id": tenant.new_id(), **texts, "roleTemplateId": template}
