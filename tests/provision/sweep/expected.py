"""The end state that a variant asks for, worked out from the profile's file and the documents alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.provision.sweep.variants import Variant, holds, profile, values

NARROWED = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
"""Permissions of our profiles that Exchange gives by RBAC for Applications; Entra's grant of them would void it."""
FEDERATED = {"issuer": "https://issuer.example", "subject": "runner:one", "audience": "api://AzureADTokenExchange"}
EVERYBODY = ""


@dataclass(frozen=True)
class Expected:
    """What there shall be. Permissions are (type, name); `delegated` maps whom (a user name, or everybody) to scopes.

    `made` are accounts that did not exist, `members` everybody in the exclusion group, `group` its name (None: none);
    `reset` says that those that existed get new passwords.
    """

    display_name: str
    permissions: frozenset[tuple[str, str]]
    delegated: Mapping[str, frozenset[str]]
    credential: str
    description: str
    days: int
    redirects: frozenset[str]
    lock: bool
    made: tuple[str, ...]
    members: tuple[str, ...]
    group: str | None
    excluded_from: tuple[str, ...]
    vendor_app: str
    reset: bool


def expected(variant: Variant, *, name: str, domain: str, login: str, people: int) -> Expected:
    """The end state of an integration called `name` in a tenant with that domain, where so many people are watched."""
    data, given = profile(variant.profile), values(variant)
    made, members = _users(data, given, name, domain, people)
    credential = data.get("credential", {}) if variant.kind else {}
    return Expected(
        display_name=data["display_name"],
        permissions=_permissions(variant, data, given),
        delegated=_delegated(data, given, members),
        credential=variant.kind,
        description=credential.get("description", ""),
        days=credential.get("lifetime", 0),
        redirects=frozenset(uri.replace("{login}", login) for uri in data.get("platform", {}).get("redirect_uris", ())),
        lock=data.get("lock", True),
        made=made,
        members=members,
        group=(given.get("exclusion_group") or data["integration_users"]["group"]) if members else None,
        excluded_from=tuple(given.get("exclude_from", ())),
        vendor_app=str(given.get("vendor_app", "")),
        reset=bool(given.get("reset_passwords")),
    )


def _permissions(variant: Variant, data: Mapping[str, Any], given: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """What Entra declares; with RBAC for Applications without what Exchange gives."""
    asked = {
        (needed.get("type", "application"), needed["name"])
        for needed in data["permissions"]
        if holds(needed.get("when", ""), given)
    }
    rbac = variant.scoping == "rbac" or (variant.scope == "administrative_unit" and not variant.scoping)
    if not rbac or variant.scope == "all":
        return frozenset(asked)
    return frozenset(one for one in asked if one[0] != "application" or one[1] not in NARROWED)


def _delegated(
    data: Mapping[str, Any], given: Mapping[str, Any], members: tuple[str, ...]
) -> dict[str, frozenset[str]]:
    scopes = frozenset(
        needed["name"]
        for needed in data["permissions"]
        if needed.get("type") == "delegated" and holds(needed.get("when", ""), given)
    )
    consents = [one["kind"] for one in data.get("consent", ()) if holds(one.get("when", ""), given)]
    kind = (consents or ["AllPrincipals"])[0]
    if not scopes or kind == "user":
        return {}
    return {EVERYBODY: scopes} if kind == "AllPrincipals" else dict.fromkeys(members, scopes)


def _users(
    data: Mapping[str, Any], given: Mapping[str, Any], name: str, domain: str, people: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The accounts to make, and all that work: those that exist take the first places."""
    users = data.get("integration_users")
    if users is None or not holds(users.get("when", ""), given):
        return (), ()
    there = tuple(given.get("existing_users", ()))
    count = max(given.get("integration_users") or max(1, -(-people // users.get("each", 650))), len(there))
    local = users["name"].replace("{integration}", name)
    made = tuple(f"{local.replace('{number}', str(n))}@{domain}" for n in range(1, count - len(there) + 1))
    return made, (*there, *made)
