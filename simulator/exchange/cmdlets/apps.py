"""RBAC for Applications: pointers, management scopes, role assignments, and Exchange's answer about one app."""

from collections.abc import Iterator
from typing import Any

from simulator.exchange import opath, rbac, recipients, scopes
from simulator.exchange.cmdlets.common import one, row_named, short, shown
from simulator.exchange.errors import ExchangeError, exists, not_found, refused
from simulator.exchange.identity import is_guid
from simulator.exchange.session import Cmdlet, Use
from simulator.exchange.tables import words

JSON = dict[str, Any]
POINTERS, SCOPES, ASSIGNMENTS = "exchangeServicePrincipals", "managementScopes", "managementRoleAssignments"


def get_pointers(use: Use) -> Iterator[JSON]:
    """Get-ServicePrincipal; -Identity $null gives all."""
    if use.text("Identity"):
        yield _pointer_row(_pointer(use, use.text("Identity")))
        return
    for row in rbac.pointers(use.tenant):
        yield _pointer_row(row)


def _pointer_row(row: JSON) -> JSON:
    made = shown(row)
    name = str(made.get("Name") or made.get("ObjectId") or row["id"])
    return {"DisplayName": "", "Identity": name, "Name": name, "Guid": row["id"], "Id": name} | made


def _pointer(use: Use, identity: str) -> JSON:
    low, keys = identity.lower(), ("ObjectId", "AppId", "DisplayName", "Name", "id")
    for row in rbac.pointers(use.tenant):
        if low in {str(row[key]).lower() for key in keys if row.get(key)}:
            return row
    raise not_found(identity)


def new_pointer(use: Use) -> Iterator[JSON]:
    """New-ServicePrincipal: Exchange's pointer to an enterprise application, by both of its ids."""
    app, object_id = use.text("AppId").lower(), use.text("ObjectId").lower()
    principals = use.tenant.collection("servicePrincipals")
    principal = principals.get(object_id) if len(principals) else {"appId": app}  # evidence tells nothing of Entra
    if principal is None or str(principal.get("appId")).lower() != app:
        text = f"The service principal with application id '{app}' and object id '{object_id}' can't be found in Entra."
        raise refused(text, object_id, "ServicePrincipalNotFoundException")
    if any(str(row.get("AppId")).lower() == app for row in rbac.pointers(use.tenant)):
        raise exists(app)
    row: JSON = {"id": use.tenant.new_id(), "AppId": app, "ObjectId": object_id, "Name": object_id}
    row["DisplayName"] = use.text("DisplayName") or str(principal.get("displayName") or app)
    row |= {} if len(principals) else {"@unchecked": True}
    if use.change(app, None, f"pointer to {object_id}", lambda: _put(use, POINTERS, row)):
        yield _pointer_row(row)


def _put(use: Use, collection: str, row: JSON) -> None:
    use.tenant.collection(collection).put(row, at_once=True)


def remove_pointer(use: Use) -> Iterator[JSON]:
    """Remove-ServicePrincipal; its assignments end with it."""
    row = _pointer(use, use.text("Identity"))
    do = lambda: use.tenant.collection(POINTERS).remove(row["id"])  # noqa: E731
    use.change(str(row["AppId"]), f"pointer to {row['ObjectId']}", None, do)
    return iter(())


def get_scopes(use: Use) -> Iterator[JSON]:
    """Get-ManagementScope; -Identity $null gives all."""
    if use.text("Identity"):
        yield _scope_row(row_named(use, SCOPES, use.text("Identity")))
        return
    for row in use.tenant.collection(SCOPES).iterate():
        yield _scope_row(row)


def _scope_row(row: JSON) -> JSON:
    blank = {"ScopeRestrictionType": "RecipientScope", "Exclusive": False, "RecipientRoot": "", "RecipientFilter": ""}
    return blank | {"Identity": row["Name"], "Guid": row["id"]} | shown(row)


def new_scope(use: Use) -> Iterator[JSON]:
    """New-ManagementScope: refuses a name in use, a filter it cannot read, and one that another scope has."""
    name = short("Name", use.text("Name"))
    made = opath.read(use.text("RecipientRestrictionFilter"))
    for row in use.tenant.collection(SCOPES).iterate():
        if str(row["Name"]).lower() == name.lower():
            raise exists(name)
        if opath.read(str(row["RecipientFilter"])).words.lower() == made.words.lower():
            raise refused(f"The scope '{row['Name']}' has an equivalent filter.", name, "ScopeAlreadyExistsException")
    row = {"id": use.tenant.new_id(), "Name": name, "RecipientFilter": made.words}
    if use.change(name, None, made.words, lambda: _put(use, SCOPES, row)):
        yield _scope_row(row)


def remove_scope(use: Use) -> Iterator[JSON]:
    """Remove-ManagementScope: fails while an assignment uses the scope."""
    row = row_named(use, SCOPES, use.text("Identity"))
    name = str(row["Name"])
    if any(str(a.get("CustomResourceScope")).lower() == name.lower() for a in rbac.assignments(use.tenant)):
        raise refused(f"The management scope '{name}' is in use by a role assignment.", name)
    use.change(name, str(row["RecipientFilter"]), None, lambda: use.tenant.collection(SCOPES).remove(row["id"]))
    return iter(())


def get_assignments(use: Use) -> Iterator[JSON]:
    """Get-ManagementRoleAssignment: all, by -Identity, or by -Role; -Role and -Identity exclude each other."""
    rows = list(rbac.assignments(use.tenant))
    if use.text("Identity"):
        if use.has("Role"):
            raise ExchangeError("ParameterBindingException", "Parameter set cannot be resolved.", use.text("Identity"))
        yield _assignment_row(row_named(use, ASSIGNMENTS, use.text("Identity")))
        return
    for row in rows:
        if not use.text("Role") or str(row["Role"]).lower() == use.text("Role").lower():
            yield _assignment_row(row)


def _assignment_row(row: JSON) -> JSON:
    blank = {
        "Identity": row["Name"],
        "AssignmentMethod": "Direct",
        "CustomResourceScope": "",
        "CustomRecipientWriteScope": "",
        "RecipientWriteScope": "Organization",
        "RecipientAdministrativeUnitScope": "",
        "RecipientGroupScope": "",
        "Enabled": True,
        "Guid": row["id"],
    }
    return blank | shown(row)


def new_assignment(use: Use) -> Iterator[JSON]:
    """New-ManagementRoleAssignment -App: one role of an application within a scope, a unit, a group, or everywhere."""
    role = next((r for r in words()["application_roles"] if r.lower() == use.text("Role").lower()), "")
    if not role:
        raise not_found(use.text("Role"))
    pointer = _pointer(use, use.text("App"))
    name = short("Name", use.text("Name") or f"{role}-{pointer['ObjectId']}"[:64])
    if any(str(row["Name"]).lower() == name.lower() for row in rbac.assignments(use.tenant)):
        raise exists(name)
    given = [
        key
        for key in ("CustomResourceScope", "RecipientAdministrativeUnitScope", "RecipientGroupScope")
        if use.text(key)
    ]
    if len(given) > 1:
        raise ExchangeError("ParameterBindingException", "Only one scope can be given.", name)
    row = {"id": use.tenant.new_id(), "Name": name, "Role": role, "RoleAssignee": str(pointer["ObjectId"])}
    row |= {"RoleAssigneeName": str(pointer["ObjectId"]), "RoleAssigneeType": "ServicePrincipal"}
    row |= {"@pointer": pointer["id"], "@created": use.tenant.now().isoformat(), **_scope_of(use, given)}
    where = next((str(row[key]) for key in given if row.get(key)), "whole organization")
    if use.change(f"{role} for {pointer['AppId']}", None, where, lambda: _put(use, ASSIGNMENTS, row)):
        yield _assignment_row(row)


def _scope_of(use: Use, given: list[str]) -> JSON:
    """What is kept of a scope. Raises ExchangeError where it does not exist."""
    if not given:
        return {"RecipientWriteScope": "Organization"}
    value = use.text(given[0])
    if given[0] == "CustomResourceScope":
        scope = scopes.scope_named(use.tenant, value)
        if scope is None:
            raise not_found(value)
        return {"CustomResourceScope": scope["Name"], "RecipientWriteScope": "CustomRecipientScope"}
    if given[0] == "RecipientGroupScope":
        return {"RecipientGroupScope": one(use, value, recipients.GROUPS).guid, "RecipientWriteScope": "Group"}
    if not is_guid(value):
        raise not_found(value)
    return {"RecipientAdministrativeUnitScope": value.lower(), "RecipientWriteScope": "AdministrativeUnit"}


def remove_assignment(use: Use) -> Iterator[JSON]:
    """Remove-ManagementRoleAssignment: Exchange's front doors forget it as slowly as they learn."""
    row = row_named(use, ASSIGNMENTS, use.text("Identity"))
    gone = {**row, "@removed": use.tenant.now().isoformat()}
    use.change(str(row["Name"]), str(row["Role"]), None, lambda: _put(use, ASSIGNMENTS, gone))
    return iter(())


def test(use: Use) -> Iterator[JSON]:
    """Test-ServicePrincipalAuthorization: past the caches, and blind to what Entra grants."""
    pointer = _pointer(use, use.text("Identity"))
    found = one(use, use.text("Resource"), recipients.MAILBOXES) if use.text("Resource") else None
    for row in rbac.assignments(use.tenant):
        if row.get("@pointer") != pointer["id"]:
            continue
        scope = (
            row.get("CustomResourceScope")
            or row.get("RecipientAdministrativeUnitScope")
            or row.get("RecipientGroupScope")
        )
        kind = {"CustomResourceScope": "CustomRecipientScope", "RecipientAdministrativeUnitScope": "AdministrativeUnit"}
        yield {
            "RoleName": row["Role"],
            "GrantedPermissions": ", ".join(words()["application_roles"][row["Role"]]),
            "AllowedResourceScope": scope or "Organization",
            "ScopeType": next(
                (kind.get(k, "Group") for k in (*kind, "RecipientGroupScope") if row.get(k)), "Organization"
            ),
            "InScope": "Not Run" if found is None else str(scopes.holds(use.tenant, row, found)),
        }


_WHERE = ("CustomResourceScope", "RecipientAdministrativeUnitScope", "RecipientGroupScope")
CMDLETS = [
    Cmdlet("Get-ServicePrincipal", ("Identity",), get_pointers),
    Cmdlet("New-ServicePrincipal", ("AppId", "ObjectId", "DisplayName"), new_pointer),
    Cmdlet("Remove-ServicePrincipal", ("Identity",), remove_pointer, asks=True),
    Cmdlet("Get-ManagementScope", ("Identity",), get_scopes),
    Cmdlet("New-ManagementScope", ("Name", "RecipientRestrictionFilter"), new_scope),
    Cmdlet("Remove-ManagementScope", ("Identity",), remove_scope, asks=True),
    Cmdlet("Get-ManagementRoleAssignment", ("Identity", "Role"), get_assignments),
    Cmdlet("New-ManagementRoleAssignment", ("Name", "Role", "App", *_WHERE), new_assignment),
    Cmdlet("Remove-ManagementRoleAssignment", ("Identity",), remove_assignment, asks=True),
    Cmdlet("Test-ServicePrincipalAuthorization", ("Identity", "Resource"), test),
]
