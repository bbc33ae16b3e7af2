"""An app that was there before us: what it was like when it was taken over, so that it can be given back."""

from typing import Any

import msgspec

from provision.model.parts import Declared, DelegatedGrant, RoleGrant

VERSION = 1


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """The app as it was found; credentials, owners and grants by id, never a value."""

    tags: tuple[str, ...] = ()
    notes: str | None = None
    audience: str = ""
    declared: tuple[Declared, ...] = ()
    owners: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    service_principal: str | None = None
    grants: tuple[RoleGrant, ...] = ()
    delegated: tuple[DelegatedGrant, ...] = ()
    lock: dict[str, Any] | None = None
    redirects: tuple[str, ...] = ()
    web_redirects: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """Which app was adopted, when and by which run. `before` is None where another workspace adopted it."""

    version: int = VERSION
    app_id: str
    object_id: str
    adopted: str = ""
    run: str = ""
    before: Before | None = None
