"""Fills the gaps of objects that a rehearsal seeds, so that it may name only what matters."""

import base64
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.directory import blanks, policy_blanks
from simulator.directory.links import ENDS, link_id
from simulator.directory.roles import directory_role
from simulator.directory.secrets import password_entry

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]


OF_A_PERSON = frozenset({"perUserMfaStates", "userRegistrationDetails"})
"""Collections with one object a user, which a seed may name in `@owner`."""


def person_named(tenant: "Tenant", name: str) -> JSON:
    """The user with an id, principal name or address; ValueError where nobody is so called."""
    users = tenant.collection("users")
    found = users.get(name) or users.first("userPrincipalName", name) or users.first("mail", name)
    if found is None:
        raise ValueError(f"there is no user '{name}'")
    return found


def complete(tenant: "Tenant", collection: str, given: JSON) -> JSON:
    """The object as the collection keeps it: known object changed, or a new one with every property."""
    if collection == "events":  # a calendar completes its own, and replaces as a whole
        return given
    if collection == "presences":
        from simulator.presence.store import complete as presence

        return presence(tenant, given)
    if collection == "mailboxFolderPermissions":
        from simulator.exchange.rights import complete as folder_right

        return folder_right(tenant, given)
    if collection in OF_A_PERSON and "@owner" in given:
        given = {**given, "id": person_named(tenant, given["@owner"])["id"]}
    if collection == "federatedIssuers":
        given = {**given, "id": given["issuer"]}
    known = tenant.collection(collection).get(given["id"]) if "id" in given else None
    value = {**(known or {}), **given}
    makers = {
        "applications": blanks.application,
        "servicePrincipals": blanks.service_principal,
        "users": blanks.user,
        "groups": blanks.group,
        "conditionalAccessPolicies": policy_blanks.conditional_access,
        "administrativeUnits": _unit,
        "vendorApplications": _vendor_application,
        "authenticationStrengthPolicies": _strength,
    }
    if collection in makers:
        value = makers[collection](tenant, value)
    elif collection == "appRoleAssignments":
        value = assignment(tenant, value)
    elif collection == "oauth2PermissionGrants":
        value = grant(value)
    elif collection == "roleAssignments":
        value = role_assignment(tenant, value)
    elif collection in ENDS and "id" not in value:
        first, second = ENDS[collection]
        value["id"] = link_id(value[first], value[second])
    value.setdefault("id", tenant.new_id())
    return _without_secrets(tenant, value)


def _unit(tenant: "Tenant", given: JSON) -> JSON:
    from simulator.directory.administrative_units import complete as unit

    return unit({"id": tenant.new_id(), **given})


def _vendor_application(tenant: "Tenant", given: JSON) -> JSON:
    from simulator.directory.foreign import complete as vendor

    return vendor(tenant, given)


def _strength(tenant: "Tenant", given: JSON) -> JSON:
    from simulator.directory.strengths import complete as strength

    return strength({"id": tenant.new_id(), **given}, tenant.stamp())


def assignment(tenant: "Tenant", given: JSON) -> JSON:
    """An app role assignment with the names that the directory copies into it."""
    principal, kind = principal_of(tenant, given.get("principalId", ""))
    resource = tenant.collection("servicePrincipals").get(given.get("resourceId", "")) or {}
    blank = {
        "id": compact(given.get("principalId", "")) + compact(given.get("appRoleId", ""))[:21],
        "deletedDateTime": None,
        "appRoleId": None,
        "createdDateTime": tenant.stamp(),
        "principalDisplayName": (principal or {}).get("displayName"),
        "principalId": None,
        "principalType": kind,
        "resourceDisplayName": resource.get("displayName"),
        "resourceId": None,
    }
    return blank | given


def grant(given: JSON) -> JSON:
    """A delegated grant with the id that follows from its ends, as in the directory."""
    ends = "".join(compact(given.get(key) or "") for key in ("clientId", "resourceId", "principalId"))
    return {"id": ends, "consentType": "AllPrincipals", "principalId": None, "scope": ""} | given


def role_assignment(tenant: "Tenant", given: JSON) -> JSON:
    """An assignment of a directory role; the role is activated with its first one."""
    template = given["roleDefinitionId"]
    roles = tenant.collection("directoryRoles")
    if roles.first("roleTemplateId", template) is None:
        roles.put(directory_role(tenant, template), at_once=True)
    blank = {"directoryScopeId": "/", "appScopeId": None, "condition": None, "principalOrganizationId": tenant.id}
    return {"id": compact(given["principalId"]) + compact(template)[:21]} | blank | given


def principal_of(tenant: "Tenant", id: str, stale: bool = False) -> tuple[JSON | None, str]:  # noqa: A002 - the property's own name
    """The person, group or service principal with an id, and what it is in the word of `principalType`."""
    for collection, kind in (("servicePrincipals", "ServicePrincipal"), ("users", "User"), ("groups", "Group")):
        found = tenant.collection(collection).get(id, stale)
        if found is not None:
            return found, kind
    return None, "ServicePrincipal"


def compact(text: str) -> str:
    """22 characters for a uuid, as ids of grants and assignments are made in the directory; other text as it is."""
    try:
        raw = uuid.UUID(text).bytes_le
    except ValueError:
        return text
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _without_secrets(tenant: "Tenant", value: JSON) -> JSON:
    """Puts the hash of a seeded secret where its value was."""
    if not value.get("passwordCredentials"):
        return value
    kept = []
    for entry in value["passwordCredentials"]:
        text, name = entry.get("secretText"), entry.get("displayName")
        made = password_entry(tenant, text or "", name, tenant.now(), tenant.now() + timedelta(days=730))
        made["@created"] = "2000-01-01T00:00:00Z"  # the sign-in service has known it for long
        made["keyId"] = entry.get("keyId") or made["keyId"]
        if not text:
            made |= dict.fromkeys(("hint", "@sha256", "@created"))
        kept.append(made | {key: part for key, part in entry.items() if key != "secretText" and part is not None})
    return {**value, "passwordCredentials": kept}
