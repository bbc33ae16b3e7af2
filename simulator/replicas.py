"""How long a write takes to reach every replica, by kind of object.

`--lag` is the time for an application. Others differ, as they do in the service, where no time is promised
(provisioning tools have seen seconds to more than five minutes).
"""

FACTORS = {
    "appRoleAssignments": 0.75,
    "oauth2PermissionGrants": 1.5,
    "servicePrincipals": 1.25,
    "owners": 0.75,
    "users": 0.5,
    "groupMembers": 1.25,
}


def lag_of(collection: str, lag: float) -> float:
    """The replication time of one collection, in seconds, from that of applications."""
    return lag * FACTORS.get(collection, 1.0)
