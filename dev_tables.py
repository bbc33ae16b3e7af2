"""Makes the small tables that the shipped program needs out of the reference data (`python dev.py tables`).

One function a table, registered in TABLES; `tests/house/test_tables.py` makes them anew and compares.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("TENANTRY_SHARED") or ROOT.parent / "shared")


def reference(name: str) -> Any:
    """One JSON file of the reference data."""
    return json.loads((SHARED / name).read_text(encoding="utf-8"))


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
]


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
    return {name: table[name] for name in sorted(table)}


TABLES: list[tuple[str, Callable[[], Any]]] = [
    ("simulator/tables/permissions.json", graph_permissions),
    ("simulator/tables/types.json", graph_types),
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
