"""Directory roles, their templates, and the same through role management."""

from collections.abc import Iterable
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import things
from simulator.directory.common import body_of, checked, needs, not_found, referenced, refused, seen
from simulator.directory.owners import already, references
from simulator.directory.roles import ROLES, description, directory_role
from simulator.directory.seeding import role_assignment
from simulator.odata import Expansion, Shape, one, respond

JSON = dict[str, Any]

DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
CONFLICT = "A conflicting object with one or more of the specified property values is present in the directory."
ROLE = "/directoryRoles/{directoryRole-id}"
MANAGEMENT = "/roleManagement/directory"


def _members(call: Call, row: JSON) -> Iterable[JSON]:
    return _holders(call, row)


def _principal(call: Call, row: JSON) -> JSON | None:
    return things.find(call.tenant, row["principalId"], call.stale)


def _definition_of(call: Call, row: JSON) -> JSON | None:
    return next((made for made in definitions(call) if made["id"] == row["roleDefinitionId"]), None)


def _inherited(call: Call, row: JSON) -> list[JSON]:
    del call, row
    return [{"id": DIRECTORY_READERS}]


SHAPE = Shape("directoryRole", expand={"members": Expansion(_members, things.MIXED)})
TEMPLATES = Shape("directoryRoleTemplate")
DEFINITION = Shape("unifiedRoleDefinition")
DEFINITIONS = Shape("unifiedRoleDefinition", expand={"inheritsPermissionsFrom": Expansion(_inherited, DEFINITION)})
EXPAND = {
    "principal": Expansion(_principal, things.MIXED),
    "roleDefinition": Expansion(_definition_of, DEFINITION),
}
ASSIGNMENTS = Shape("unifiedRoleAssignment", expand=EXPAND)


def list_all(call: Call) -> Reply:
    """Activated roles; the list does not page."""
    rows = call.tenant.collection("directoryRoles")
    return respond(call, rows, shape=SHAPE, context="directoryRoles", default_top=None)


def get(call: Call) -> Reply:
    """One, by id or template."""
    return one(call, _role(call), shape=SHAPE, context="directoryRoles")


def activate(call: Call) -> Reply:
    """Makes a role out of its template, once."""
    template = str(body_of(call).get("roleTemplateId")).lower()
    roles = call.tenant.collection("directoryRoles")
    if template not in ROLES.values():
        raise refused("Invalid value specified for property 'roleTemplateId' of resource 'DirectoryRole'.")
    if roles.first("roleTemplateId", template) is not None:
        raise refused(CONFLICT)
    made = roles.put(directory_role(call.tenant, template))
    return one(call, made, shape=SHAPE, context="directoryRoles", status=201)


def list_members(call: Call) -> Reply:
    """Who has the role; the list does not page."""
    return respond(call, _holders(call, _role(call)), shape=things.MIXED, context="directoryObjects", default_top=None)


def list_links(call: Call) -> Reply:
    """The same as references."""
    return references(call, (row["id"] for row in _holders(call, _role(call))))


def add_member(call: Call) -> Reply:
    """Gives somebody the role."""
    role, who = _role(call), referenced(call)
    if things.find(call.tenant, who, call.stale) is None:
        raise not_found(who)
    if _assigned(call, role, who) is not None:
        raise already("members")
    given = {"principalId": who, "roleDefinitionId": role["roleTemplateId"]}
    call.tenant.collection("roleAssignments").put(role_assignment(call.tenant, given))
    return Reply(204)


def remove_member(call: Call) -> Reply:
    """Takes it away."""
    who = call.params["directoryObject-id"].lower()
    found = _assigned(call, _role(call), who)
    if found is None:
        raise not_found(who)
    call.tenant.collection("roleAssignments").remove(found["id"])
    return Reply(204)


def templates() -> list[JSON]:
    """Every role there is."""
    blank = {"deletedDateTime": None}
    return [{"id": key, **blank, "description": description(name), "displayName": name} for name, key in ROLES.items()]


def list_templates(call: Call) -> Reply:
    """Roles, activated or not."""
    return respond(call, templates(), shape=TEMPLATES, context="directoryRoleTemplates", default_top=None)


def get_template(call: Call) -> Reply:
    """One."""
    return one(
        call,
        _by_id(templates(), call.params["directoryRoleTemplate-id"]),
        shape=TEMPLATES,
        context="directoryRoleTemplates",
    )


def definitions(call: Call) -> list[JSON]:
    """Roles as role management has them, built-in ones (their ids equal the template ids) and the tenant's own."""
    return [*built_in(), *call.tenant.collection("roleDefinitions").iterate(call.stale)]


def built_in() -> list[JSON]:
    """The roles that Microsoft defines."""
    return [
        {
            "id": key,
            "description": description(name),
            "displayName": name,
            "isBuiltIn": True,
            "isEnabled": True,
            "resourceScopes": ["/"],
            "rolePermissions": [{"allowedResourceActions": [], "condition": None, "excludedResourceActions": []}],
            "templateId": key,
            "version": "1",
        }
        for name, key in ROLES.items()
    ]


def list_definitions(call: Call) -> Reply:
    """Built-in roles."""
    return respond(call, definitions(call), shape=DEFINITIONS, context="roleManagement/directory/roleDefinitions")


def get_definition(call: Call) -> Reply:
    """One."""
    found = _by_id(definitions(call), call.params["unifiedRoleDefinition-id"])
    return one(call, found, shape=DEFINITIONS, context="roleManagement/directory/roleDefinitions")


def list_assignments(call: Call) -> Reply:
    """Who has which role where."""
    rows = call.tenant.collection("roleAssignments")
    return respond(call, rows, shape=ASSIGNMENTS, context="roleManagement/directory/roleAssignments")


def get_assignment(call: Call) -> Reply:
    """One."""
    found = seen(call, "roleAssignments", call.params["unifiedRoleAssignment-id"], guid=False)
    return one(call, found, shape=ASSIGNMENTS, context="roleManagement/directory/roleAssignments")


def assign(call: Call) -> Reply:
    """Gives a role through role management."""
    body = checked(call, "unifiedRoleAssignment")
    needs(body, "unifiedRoleAssignment", "principalId", "roleDefinitionId", "directoryScopeId")
    holder = things.find(call.tenant, body["principalId"], call.stale)
    if holder is None:
        raise not_found(body["principalId"])
    if things.entity_of(holder) == "group" and not holder.get("isAssignableToRole"):
        raise refused("The group cannot be assigned to a role: isAssignableToRole is not set.")
    if _definition_of(call, body) is None:
        raise not_found(str(body["roleDefinitionId"]))
    made = role_assignment(call.tenant, body)
    if call.tenant.collection("roleAssignments").get(made["id"]) is not None:
        raise refused(
            "A conflicting object with one or more of the specified property values is present in the directory."
        )
    call.tenant.collection("roleAssignments").put(made)
    return one(call, made, shape=ASSIGNMENTS, context="roleManagement/directory/roleAssignments", status=201)


def unassign(call: Call) -> Reply:
    """Takes it away."""
    found = seen(call, "roleAssignments", call.params["unifiedRoleAssignment-id"], guid=False)
    call.tenant.collection("roleAssignments").remove(found["id"])
    return Reply(204)


def _role(call: Call) -> JSON:
    """The role of the path, by id or template; pages write the template as `roleTemplateId=…` too."""
    by_id = call.params.get("directoryRole-id", "")
    wanted = call.params.get("roleTemplateId") or by_id.partition("roleTemplateId=")[2]
    if wanted:
        found = call.tenant.collection("directoryRoles").first("roleTemplateId", wanted, call.stale)
        if found is None:
            raise not_found(wanted)
        return found
    return seen(call, "directoryRoles", by_id)


def _holders(call: Call, role: JSON) -> Iterable[JSON]:
    rows = call.tenant.collection("roleAssignments").find("roleDefinitionId", role["roleTemplateId"], call.stale)
    return things.find_all(call, (row["principalId"] for row in rows if row.get("directoryScopeId") == "/"))


def _assigned(call: Call, role: JSON, who: str) -> JSON | None:
    rows = call.tenant.collection("roleAssignments").find("principalId", who)
    return next((row for row in rows if row["roleDefinitionId"] == role["roleTemplateId"]), None)


def _by_id(rows: list[JSON], wanted: str) -> JSON:
    for row in rows:
        if row["id"] == wanted.lower():
            return row
    raise not_found(wanted)


ROUTES = [
    Route("GET", "/directoryRoles", list_all),
    Route("POST", "/directoryRoles", activate),
    Route("GET", ROLE, get),
    Route("GET", "/directoryRoles(roleTemplateId='{roleTemplateId}')", get),
    Route("GET", f"{ROLE}/members", list_members),
    Route("GET", f"{ROLE}/members/$ref", list_links),
    Route("POST", f"{ROLE}/members/$ref", add_member),
    Route("DELETE", f"{ROLE}/members/{{directoryObject-id}}/$ref", remove_member),
    Route("GET", "/directoryRoleTemplates", list_templates),
    Route("GET", "/directoryRoleTemplates/{directoryRoleTemplate-id}", get_template),
    Route("GET", f"{MANAGEMENT}/roleDefinitions", list_definitions),
    Route("GET", f"{MANAGEMENT}/roleDefinitions/{{unifiedRoleDefinition-id}}", get_definition),
    Route("GET", f"{MANAGEMENT}/roleAssignments", list_assignments),
    Route("POST", f"{MANAGEMENT}/roleAssignments", assign),
    Route("GET", f"{MANAGEMENT}/roleAssignments/{{unifiedRoleAssignment-id}}", get_assignment),
    Route("DELETE", f"{MANAGEMENT}/roleAssignments/{{unifiedRoleAssignment-id}}", unassign),
]
