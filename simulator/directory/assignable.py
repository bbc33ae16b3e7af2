"""Groups that can be assigned to roles: made so, never changed, and guarded by a permission of their own.

learn.microsoft.com/entra/identity/role-based-access-control/groups-concept
"""

from typing import Any

from simulator.core import Call
from simulator.directory.common import denied, refused
from simulator.directory.roles import ROLES

JSON = dict[str, Any]

PERMISSION = "RoleManagement.ReadWrite.Directory"
MAKERS = frozenset({ROLES["Global Administrator"], ROLES["Privileged Role Administrator"]})


def check_new(call: Call, body: JSON) -> None:
    """Refuses a new role-assignable group that is not a plain security group, or made without the permission."""
    if not body.get("isAssignableToRole"):
        return
    if not body.get("securityEnabled") or "DynamicMembership" in (body.get("groupTypes") or ()):
        raise refused("A group that can be assigned to a role must be security-enabled with assigned membership.")
    if body.get("visibility") not in (None, "Private"):
        raise refused("A group that can be assigned to a role must be private.")
    _check_permission(call)


def check_change(call: Call, known: JSON, body: JSON) -> None:
    """The property is for good; changing such a group needs the permission."""
    if "isAssignableToRole" in body and bool(body["isAssignableToRole"]) != bool(known.get("isAssignableToRole")):
        raise refused("Property 'isAssignableToRole' cannot be changed after the group is created.")
    check_guarded(call, known)


def check_guarded(call: Call, group: JSON) -> None:
    """Members of such a group are changed with the permission only."""
    if group.get("isAssignableToRole"):
        _check_permission(call)


def _check_permission(call: Call) -> None:
    held = call.token.roles if call.token.app_only else call.token.scopes
    if PERMISSION not in held or not (call.token.app_only or call.token.wids & MAKERS):
        raise denied()
