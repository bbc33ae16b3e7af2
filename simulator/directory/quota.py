"""How many objects who is no administrator may make; deleted ones count as long as they lie in the bin."""

from typing import Any

from simulator.core import Call, GraphFault

JSON = dict[str, Any]

MOST = 250
COUNTED = ("applications", "servicePrincipals", "groups", "deletedItems")


def mark_creator(call: Call, value: JSON) -> JSON:
    """The object with its maker, who is refused where the quota is used up."""
    who = call.token.object_id
    roles = call.tenant.collection("roleAssignments")
    if next(roles.find("principalId", who), None) is None:
        made = sum(row.get("@creator") == who for name in COUNTED for row in call.tenant.collection(name).iterate())
        if made >= MOST:
            raise GraphFault(
                403,
                "Directory_QuotaExceeded",
                "The directory object quota limit for the Principal has been exceeded. Please ask your administrator "
                "to increase the quota limit or delete objects to reduce the used quota.",
            )
    return {**value, "@creator": who}
