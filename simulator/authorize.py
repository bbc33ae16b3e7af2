"""Whether a token may do what it asks: permissions per operation, ownership for `*.OwnedBy`, roles of people.

The table is made from Microsoft's permissions model (`dev.py tables`).
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from simulator import workloads
from simulator.core import Call, GraphFault, Token
from simulator.directory.roles import ROLES
from simulator.exchange.access import through_exchange
from simulator.tenant import Tenant

Sets = list[list[str]]
_OWNED = ".OwnedBy"


def _ids(*names: str) -> frozenset[str]:
    return frozenset(ROLES[f"{name} Administrator" if "Reader" not in name else name] for name in names)


# Directory roles that a signed-in person needs for administrator's work, by the beginning of the operation or its
# template; the first that fits decides. Source: learn.microsoft.com/entra/identity/role-based-access-control.
_GRANTERS = _ids("Global", "Privileged Role")
_APPLICATIONS = _ids("Global", "Application", "Cloud Application")
_DEVELOPERS = _APPLICATIONS | {ROLES["Application Developer"]}
_POLICY_READERS = _ids("Global", "Conditional Access", "Security", "Security Reader", "Global Reader")
WRITERS: list[tuple[str, frozenset[str]]] = [
    ("POST /applications/{application-id}", _APPLICATIONS),
    ("POST /applications", _DEVELOPERS),
    ("/applications", _APPLICATIONS),
    ("/servicePrincipals/{servicePrincipal-id}/appRole", _GRANTERS),
    ("/users/{user-id}/appRole", _GRANTERS | _APPLICATIONS),
    ("POST /servicePrincipals", _DEVELOPERS),
    ("/servicePrincipals", _APPLICATIONS),
    ("/oauth2PermissionGrants", _GRANTERS | _APPLICATIONS),
    ("/directory/deletedItems", _APPLICATIONS | _ids("User", "Groups")),
    ("/identity", _ids("Global", "Conditional Access", "Security")),
    ("/policies", _ids("Global", "Conditional Access", "Security")),
    ("/roleManagement", _GRANTERS),
    ("/directoryRoles", _GRANTERS),
    ("/organization", _ids("Global")),
    ("/groups", _ids("Global", "Groups", "User")),
]
READERS: list[tuple[str, frozenset[str]]] = [
    ("/identity/conditionalAccess", _POLICY_READERS),
    ("/auditLogs", _POLICY_READERS - _ids("Conditional Access")),
]
_QUERIES = ("getByIds", "getMemberGroups", "checkMemberGroups", "getUserOwnedObjects", "getSchedule", "evaluate")


@cache
def table() -> dict[str, dict[str, Any]]:
    """Operation → {Application, DelegatedWork}: alternatives, each a set of permissions needed together."""
    text = resources.files("simulator").joinpath("tables/permission_paths.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def authorize(call: Call) -> None:
    """Lets the call through, or raises the 403 of the service it is for."""
    refused = _denied(call.operation)
    met = [needed for needed in alternatives(call) if _met(needed, call)]
    if not met:
        mailbox = "user-id" in call.params and workloads.of(call.operation.partition(" ")[2]) is workloads.EXCHANGE
        if mailbox and through_exchange(call.tenant, call.token, alternatives(call)):
            return  # Exchange may have given what Entra has not: the mailbox decides
        raise refused
    if call.token.app_only:
        if all(any(name.endswith(_OWNED) for name in needed) for needed in met) and not _owned(call):
            raise refused
    elif not _has_role(call):
        raise refused


def _denied(operation: str) -> GraphFault:
    load = workloads.of(operation.partition(" ")[2])
    return GraphFault(403, load.denied_code, load.denied_text)


def alternatives(call: Call) -> Sets:
    """What the operation asks for, in the scheme of the token."""
    entry = table().get(call.operation, {})
    scheme = "Application" if call.token.app_only else "DelegatedWork"
    if "perType" not in entry:
        return list(entry.get(scheme, ()))
    kinds: dict[str, dict[str, Sets]] = entry["perType"]
    kind = _deleted_kind(call)
    rows: Iterable[dict[str, Sets]] = [kinds[kind]] if kind in kinds else kinds.values()
    return [needed for row in rows for needed in row.get(scheme, ())]


def _deleted_kind(call: Call) -> str:
    """What the deleted object of this call is: `application`, `user`…; empty where the call names none."""
    found = call.tenant.collection("deletedItems").get(call.params.get("directoryObject-id", "")) or {}
    return str(found.get("@odata.type", "")).rpartition(".")[2]


def _met(needed: list[str], call: Call) -> bool:
    """Every name is in the token; permissions over one's own things count for one's own things only."""
    held = call.token.roles if call.token.app_only else call.token.scopes
    if not held.issuperset(needed):
        return False
    if call.token.app_only or "user-id" not in call.params or _is_me(call):
        return True
    return all(_reaches_others(name) for name in needed)


def _reaches_others(name: str) -> bool:
    return name.endswith((".All", ".Shared", ".AccessAsUser")) or ".All." in name or name.startswith("Directory.")


def _is_me(call: Call) -> bool:
    named = call.params["user-id"].lower()
    if named == call.token.object_id:
        return True
    me = call.tenant.collection("users").get(call.token.object_id) or {}
    return named == str(me.get("userPrincipalName", "")).lower()


def _owned(call: Call) -> bool:
    """With `*.OwnedBy` an app reads all, makes new, and changes what it owns."""
    if call.method == "GET":
        return True
    caller = call.token.object_id
    target = _target(call)
    if target is not None:
        return call.tenant.owns(caller, target)
    if call.operation.endswith(("/servicePrincipals", "/servicePrincipals(appId='{appId}')")):
        app_id = str((call.body or {}).get("appId") or call.params.get("appId", ""))
        app = call.tenant.collection("applications").first("appId", app_id)
        return app is None or call.tenant.owns(caller, app["id"])
    return True


def _target(call: Call) -> str | None:
    """The id of the application, service principal or deleted object that the call is about."""
    for name in ("application-id", "servicePrincipal-id", "directoryObject-id"):
        if name in call.params:
            return call.params[name]
    kind = "applications" if "/applications(" in call.operation else "servicePrincipals"
    for key in ("appId", "uniqueName"):
        if key in call.params:
            found = call.tenant.collection(kind).first(key, call.params[key])
            return None if found is None else str(found["id"])
    return None


def _has_role(call: Call) -> bool:
    """A person needs a directory role for administrator's work, unless the object is their own."""
    roles = _wanted_roles(call.operation)
    if not roles or call.token.wids & roles:
        return True
    return _owns_as_person(call.tenant, call.token, _target(call)) or _develops(call)


def _develops(call: Call) -> bool:
    """An upsert that makes an app, or the service principal of one's own: an Application Developer may.

    learn.microsoft.com/graph/api/application-upsert and .../serviceprincipal-upsert.
    """
    if not call.token.wids & _DEVELOPERS or _target(call) is not None:
        return False
    if call.operation == "PATCH /applications(uniqueName='{uniqueName}')":
        return True
    if call.operation != "PATCH /servicePrincipals(appId='{appId}')":
        return False
    app = call.tenant.collection("applications").first("appId", call.params["appId"].lower())
    return app is not None and call.tenant.owns(call.token.object_id, app["id"])


def _owns_as_person(tenant: Tenant, token: Token, target: str | None) -> bool:
    return target is not None and tenant.owns(token.object_id, target)


@cache
def _wanted_roles(operation: str) -> frozenset[str]:
    method, _, template = operation.partition(" ")
    query = method == "GET" or template.endswith(_QUERIES)
    for beginning, roles in READERS if query else WRITERS:
        if operation.startswith(beginning) or template.startswith(beginning):
            return roles
    if not query and template in ("/users", "/users/{user-id}"):
        return _ids("Global", "User")
    return frozenset()
