"""Makes the small tables that the shipped program needs out of the reference data (`python dev.py tables`).

One function a table, registered in TABLES; `tests/house/test_tables.py` makes them anew and compares.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from dev_reference import ROOT, SHARED, reference
from dev_tables_exchange import (
    exchange_cmdlets,
    exchange_rights,
    exchange_words,
    script_cmdlets,
    script_cmdlets_2007,
)


def graph_permissions() -> dict[str, Any]:
    """Permission names of Microsoft Graph with their ids by type: name -> {application?, delegated?, consent?}.

    `consent` is who may consent to the delegated permission: admin or user.
    """
    table: dict[str, Any] = {}
    for entry in reference("graph/permissions.json")["permissions"]:
        row = {kind: entry[kind]["id"] for kind in ("application", "delegated") if (entry.get(kind) or {}).get("id")}
        if "delegated" in row:
            row["consent"] = "admin" if entry["delegated"].get("adminConsentRequired", True) else "user"
        if row:
            table[entry["name"]] = row
    return table


SERVED = [
    "application",
    "servicePrincipal",
    "user",
    "group",
    "organization",
    "domain",
    "subscribedSku",
    "appRoleAssignment",
    "oAuth2PermissionGrant",
    "directoryObject",
    "directoryRole",
    "directoryRoleTemplate",
    "unifiedRoleDefinition",
    "unifiedRoleAssignment",
    "conditionalAccessPolicy",
    "namedLocation",
    "ipNamedLocation",
    "countryNamedLocation",
    "authenticationStrengthPolicy",
    "tenantAppManagementPolicy",
    "appManagementPolicy",
    "authorizationPolicy",
    "identitySecurityDefaultsEnforcementPolicy",
    "signIn",
    "directoryAudit",
    "event",
    "calendar",
    "place",
    "room",
    "roomList",
    "presence",
    "federatedIdentityCredential",
    "licenseDetails",
    "mailboxSettings",
    "whatIfAnalysisResult",
    "userSignIn",
    "servicePrincipalSignIn",
    "applicationContext",
    "userActionContext",
    "authContext",
    "signInConditions",
    "iPv4CidrRange",
    "iPv6CidrRange",
    "conditionalAccessAllExternalTenants",
    "conditionalAccessEnumeratedExternalTenants",
    "authenticationContextClassReference",
    "authenticationStrengthUsage",
    "updateAllowedCombinationsResult",
    "fido2CombinationConfiguration",
    "x509CertificateCombinationConfiguration",
    "userRegistrationDetails",
    "passwordAuthenticationMethod",
    "phoneAuthenticationMethod",
    "microsoftAuthenticatorAuthenticationMethod",
]


# Absent from the reference metadata: learn.microsoft.com/graph/api/resources/administrativeunit
DOCUMENTED_TYPES: dict[str, Any] = {
    "administrativeUnit": {
        "props": {
            "id": "Edm.String",
            "deletedDateTime": "Edm.DateTimeOffset?",
            "description": "Edm.String?",
            "displayName": "Edm.String?",
            "isMemberManagementRestricted": "Edm.Boolean?",
            "membershipRule": "Edm.String?",
            "membershipRuleProcessingState": "Edm.String?",
            "membershipType": "Edm.String?",
            "visibility": "Edm.String?",
        },
        "nav": {"members": "Collection(directoryObject)"},
    }
}


def graph_types() -> dict[str, Any]:
    """Property names and types of what the simulator serves: type -> {props, nav, open?}, inherited ones included."""
    types = reference("graph/csdl-types.json")["types"]
    table: dict[str, Any] = {}
    todo = list(SERVED)
    while todo:
        name = todo.pop(0)
        if name in table or name not in types:
            continue
        row: dict[str, Any] = {"props": {}, "nav": {}}
        at: str | None = name
        while at:
            row = {kind: {**types[at].get(kind, {}), **row[kind]} for kind in ("props", "nav")}
            at = types[at].get("base")
        table[name] = row | ({"open": True} if types[name].get("open") else {})
        todo += [kind.rstrip("?").removeprefix("Collection(").rstrip(")") for kind in row["props"].values()]
    table |= DOCUMENTED_TYPES
    return {name: table[name] for name in sorted(table)}


def graph_enums() -> dict[str, Any]:
    """Members of the enumerations that the served types use: name -> members."""
    enums = reference("graph/csdl-types.json")["enums"]
    used = {
        kind.rstrip("?").removeprefix("Collection(").rstrip(")?")
        for t in graph_types().values()
        for kind in t["props"].values()
    }
    return {name: enums[name]["members"] for name in sorted(used & set(enums))}


def permission_levels() -> dict[str, Any]:
    """What the audit knows of Graph permissions: name -> {application?: [id, level], delegated?: [id, level]}.

    The level is Microsoft's privilege rating, 1 (low) to 5 (high); null where it gives none.
    """
    table: dict[str, Any] = {}
    for entry in reference("graph/permissions.json")["permissions"]:
        kinds = {kind: entry.get(kind) or {} for kind in ("application", "delegated")}
        row = {kind: [of["id"], of.get("privilegeLevel")] for kind, of in kinds.items() if of.get("id")}
        if row:
            table[entry["name"]] = row
    return table


def permission_paths() -> dict[str, Any]:
    """Who may call what: operation -> {Application, DelegatedWork}, each alternatives of names needed together.

    Deleted items differ by what was deleted: {perType: {application: {...}}}. What the model leaves out is
    protected as the resource it belongs to.
    """
    given = reference("graph/permission-paths.json")
    alias = given["appRoleAlias"]
    table = {
        operation: _allowed(operation, entry, given["operations"], alias)
        for operation, entry in given["operations"].items()
        if operation != "POST /$batch"  # each part is authorised on its own
    }
    # The same policies hang on service principals too (documentation: appManagementPolicy, appliesTo).
    ends = ("/applications/{application-id}", "/servicePrincipals/{servicePrincipal-id}")
    table |= {key.replace(*ends): row for key, row in table.items() if f"{ends[0]}/appManagementPolicies" in key}
    # A group is reached by its alternate key like by its id (documentation: group upsert).
    item = ("/groups/{group-id}", "/groups(uniqueName='{uniqueName}')")
    table |= {key.replace(*item): row for key, row in table.items() if key.endswith(f" {item[0]}")}
    return table | {key: _both_schemes(names) for key, names in DOCUMENTED_PATHS.items()}


_UNITS = "/directory/administrativeUnits"
_UNIT = f"{_UNITS}/{{administrativeUnit-id}}"
_READ_UNITS = ["AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All"]
_READ_UNITS += ["Directory.Read.All", "Directory.ReadWrite.All"]
_WRITE_UNITS = ["AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All"]
# Absent from the permissions model: the pages of administrativeUnit.
DOCUMENTED_PATHS = {
    f"GET {_UNITS}": _READ_UNITS,
    f"GET {_UNIT}": _READ_UNITS,
    f"GET {_UNIT}/members": _READ_UNITS,
    f"GET {_UNIT}/members/$ref": _READ_UNITS,
    f"POST {_UNITS}": _WRITE_UNITS,
    f"DELETE {_UNIT}": _WRITE_UNITS,
    f"POST {_UNIT}/members/$ref": _WRITE_UNITS,
    f"DELETE {_UNIT}/members/{{directoryObject-id}}/$ref": _WRITE_UNITS,
}


def _both_schemes(names: list[str]) -> dict[str, Any]:
    return {scheme: [[name] for name in names] for scheme in ("Application", "DelegatedWork")}


def _allowed(operation: str, entry: dict[str, Any], every: dict[str, Any], alias: dict[str, str]) -> dict[str, Any]:
    if "perType" in entry:
        return {
            "perType": {
                kind: {s: _widened(names) for s, names in row.items()} for kind, row in entry["perType"].items()
            }
        }
    if "perSubscribedResource" in entry:
        listed = entry["perSubscribedResource"]
        return {
            s: [[name] for name in sorted({n for names in row.values() for n in names})] for s, row in listed.items()
        }
    while "Application" not in entry and "override" not in entry:
        operation = operation.rpartition("/")[0]
        entry = every.get(operation, {})
    kept = entry.get("override", {}).get("requires", {})
    table: dict[str, Any] = {}
    for scheme in ("Application", "DelegatedWork"):
        sets = kept.get(scheme) or (entry.get(scheme) or {}).get("requires") or []
        names = alias if scheme == "Application" else {}
        table[scheme] = [[names.get(name, name) for name in needed] for needed in sets]
    return table


def _widened(names: list[str]) -> list[list[str]]:
    """The pages on deleted items name the least permission only; writing includes reading, as everywhere."""
    wider = [name.replace(".Read.", ".ReadWrite.") for name in names if ".Read." in name]
    return [[name] for name in [*names, *wider]]


def permission_calls() -> dict[str, Any]:
    """What `profiles check` knows: call -> {application, delegated}: [least, ways], ways as alternatives of names.

    A subscription differs by what it is about: "POST /subscriptions of communications/presences/{id}".
    """
    given = reference("graph/permission-paths.json")
    alias = given["appRoleAlias"]
    table: dict[str, Any] = {}
    for operation, entry in given["operations"].items():
        kept = entry.get("override", {}).get("requires", {})
        row: dict[str, Any] = {}
        for scheme, kind in (("Application", "application"), ("DelegatedWork", "delegated")):
            of = entry.get(scheme) or {}
            names = alias if kind == "application" else {}
            ways = kept.get(scheme) or of.get("requires") or []
            if ways:
                least = [names.get(name, name) for name in of.get("least") or []]
                row[kind] = [least, [[names.get(name, name) for name in way] for way in ways]]
        if row:
            table[operation] = row
        for scheme, listed in entry.get("perSubscribedResource", {}).items():
            kind = "application" if scheme == "Application" else "delegated"
            for resource, wanted in listed.items():
                if wanted:
                    about = f"{operation} of {resource.lstrip('/')}"
                    table.setdefault(about, {})[kind] = [wanted, [[name] for name in wanted]]
    return table


TABLES: list[tuple[str, Callable[[], Any]]] = [
    ("simulator/tables/permissions.json", graph_permissions),
    ("simulator/tables/permission_paths.json", permission_paths),
    ("simulator/tables/types.json", graph_types),
    ("simulator/tables/enums.json", graph_enums),
    ("simulator/tables/exchange_cmdlets.json", exchange_cmdlets),
    ("simulator/tables/exchange_words.json", exchange_words),
    ("tenantry/tables/permission_calls.json", permission_calls),
    ("audit/tables/permission_levels.json", permission_levels),
    ("templates/tables/cmdlets.json", script_cmdlets),
    ("templates/tables/cmdlets_2007.json", script_cmdlets_2007),
    ("templates/tables/exchange.json", exchange_rights),
]


def render(make: Callable[[], Any]) -> str:
    """The table as it is committed: one line an entry, sorted by nothing but its maker."""
    made = make()
    if isinstance(made, dict):
        rows = [f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}" for k, v in made.items()]
        return "{\n" + ",\n".join(rows) + "\n}\n"
    return "[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in made) + "\n]\n"


def main() -> int:
    """Writes every table; 1 where the reference data is not there."""
    if not SHARED.is_dir():
        print(f"no reference data in {SHARED}; set TENANTRY_SHARED", file=sys.stderr)  # noqa: T201
        return 1
    for name, make in TABLES:
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(make), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
