"""What the directory demands of an application before it is written."""

from typing import Any

from simulator.core import Call
from simulator.directory.common import checked, conflict, needs, refused
from simulator.directory.holders import APPLICATION
from simulator.directory.keys import replaced
from simulator.odata import types

JSON = dict[str, Any]

AUDIENCES = frozenset(
    {"AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"}
)
READ_ONLY = ("id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain", "createdByAppId")
BINDINGS = ("owners@odata.bind",)
MOST_PERMISSIONS = 400
MOST_APIS = 50
LONGEST = {"displayName": 256, "description": 1024, "notes": 1024}


def changes(call: Call, known: JSON | None) -> JSON:
    """The properties that a request sets, checked. `known` is the application as it is; None: it will be made."""
    body = checked(call, "application", actions=BINDINGS)
    body.pop("owners@odata.bind", None)
    for name in READ_ONLY:
        if name in body:
            raise refused(f"Property '{name}' is read-only and cannot be set.")
    if known is None or "displayName" in body:
        needs(body, "application", "displayName")
    _check_values(body)
    _check_access(body.get("requiredResourceAccess") or [])
    _check_unique(call, body, known)
    before = known or {"id": "", "keyCredentials": [], "passwordCredentials": []}
    if "passwordCredentials" in body and not (known is None and wishes_password(body["passwordCredentials"])):
        body["passwordCredentials"] = kept_passwords(before, body["passwordCredentials"] or [])
    if "keyCredentials" in body:
        body["keyCredentials"] = replaced(call, APPLICATION, before, body["keyCredentials"] or [])
    return {name: types.empty("application", name) if value is None else value for name, value in body.items()}


def merged(known: JSON, body: JSON) -> JSON:
    """The application after a PATCH: complex properties take what is given and keep the rest."""
    made = dict(known)
    for name, value in body.items():
        before = known.get(name)
        made[name] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return made


def kept_passwords(known: JSON, asked: list[JSON]) -> list[JSON]:
    """The secrets that a write keeps, by `keyId`: new ones come only out of addPassword."""
    held = {one["keyId"].lower(): one for one in known["passwordCredentials"]}
    made = []
    for entry in asked:
        found = held.get(str(entry.get("keyId")).lower())
        if found is None or entry.get("secretText"):
            raise refused("New password credentials must be generated with service actions.")
        made.append(found)
    return made


def wishes_password(asked: list[JSON] | None) -> bool:
    """Whether a new application asks for its first secret: one entry that names no value and no key."""
    return asked is not None and len(asked) == 1 and not asked[0].get("secretText") and not asked[0].get("keyId")


def _check_values(body: JSON) -> None:
    audience = body.get("signInAudience")
    wrong = [name for name, most in LONGEST.items() if len(body.get(name) or "") > most]
    if audience is not None and audience not in AUDIENCES:
        wrong.append("signInAudience")
    if any(len(tag) > 256 for tag in body.get("tags") or ()):
        wrong.append("tags")
    if wrong:
        raise refused(f"Invalid value specified for property '{wrong[0]}' of resource 'Application'.")


def _check_access(access: list[JSON]) -> None:
    """The shape of `requiredResourceAccess`: what it names is looked up at consent, not here."""
    named = [str(one.get("resourceAppId")).lower() for one in access]
    entries = [entry for one in access for entry in one.get("resourceAccess") or ()]
    well = all(one.get("resourceAppId") for one in access) and len(set(named)) == len(named)
    if not well or any(entry.get("type") not in ("Role", "Scope") or not entry.get("id") for entry in entries):
        raise refused("Invalid value specified for property 'requiredResourceAccess' of resource 'Application'.")
    if len(entries) > MOST_PERMISSIONS or len(access) > MOST_APIS:
        message = "The size of the property 'requiredResourceAccess' has exceeded its limit."
        raise refused(message, "Directory_ResourceSizeExceeded")


def _check_unique(call: Call, body: JSON, known: JSON | None) -> None:
    name = body.get("uniqueName")
    if "uniqueName" in body and known is not None:
        if known["uniqueName"] is not None and name != known["uniqueName"]:
            raise refused("Property 'uniqueName' is read-only and cannot be set.")
        if known["uniqueName"] is not None:
            name = None
    if name is not None:
        check_free(call, name)
    for uri in body.get("identifierUris") or ():
        other = call.tenant.collection("applications").first("identifierUris", uri)
        if other is not None and (known is None or other["id"] != known["id"]):
            raise conflict("identifierUris")


def check_free(call: Call, unique_name: str) -> None:
    """Refuses a `uniqueName` that another application has, one in the bin included."""
    for collection in ("applications", "deletedItems"):
        if call.tenant.collection(collection).first("uniqueName", unique_name) is not None:
            raise conflict("uniqueName")
