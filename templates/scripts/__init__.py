"""The Exchange scripts: which kinds there are, what each needs, and their bytes. Nothing here touches a network.

A script does what only Exchange can do, for one integration or tenant. It is read, signed and run by a person; `write`
puts it into a folder with a list of SHA-256 beside it. Each builder takes a `Target` and what the script is about, and
gives a `Script`; each refuses values that cannot stand in a script with a RenderRefused.
"""

from templates.scripts.calendars import ROLES, reviewer, rooms, service_user
from templates.scripts.kinds import KINDS, Kind
from templates.scripts.narrow import (
    NO_SAMPLES,
    AccessRight,
    Samples,
    access_policy,
    narrowed_by_policy,
    rbac,
    rbac_migrate,
    roles_for,
)
from templates.scripts.script import ENVIRONMENTS, NAME_LIMIT, PRODUCTS, SUMS, Product, Script, Target, write
from templates.scripts.tenant import evidence, ews_allow, teardown

__all__ = [
    "ENVIRONMENTS",
    "KINDS",
    "NAME_LIMIT",
    "NO_SAMPLES",
    "PRODUCTS",
    "ROLES",
    "SUMS",
    "AccessRight",
    "Kind",
    "Product",
    "Samples",
    "Script",
    "Target",
    "access_policy",
    "evidence",
    "ews_allow",
    "narrowed_by_policy",
    "rbac",
    "rbac_migrate",
    "reviewer",
    "roles_for",
    "rooms",
    "service_user",
    "teardown",
    "write",
]
