"""The line that `tenantry simulate` prints when it is ready, as types: for its schema."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Operator(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Who may do everything in the tenant: an app with its secret, and a person with a password."""

    client_id: str
    client_secret: str
    user_principal_name: str
    password: str


class Ready(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Where one simulated tenant can be reached."""

    login: Annotated[str, Meta(description="The sign-in service, https.")]
    graph: Annotated[str, Meta(description="Microsoft Graph, https; /v1.0 is below it.")]
    ca: Annotated[str, Meta(description="File with the authority that both certificates come from.")]
    tenant_id: str
    domain: str
    operator: Operator
    door: Annotated[str, Meta(description="The door, plain http on loopback.")]


class ReadyTenants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The line with several tenants."""

    tenants: list[Ready]
