"""Which answers mean "not replicated yet", per step, as data. The directory has no deadline for replication.

A step is the word that callers pass as `settle`. Sources: learn.microsoft.com/graph (errors, and the pages of each
call); the 400s and the 403 are what provisioning tools have met in the field.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Miss(NamedTuple):
    """An answer that may mean so. Empty `code` or `fragment` match anything; `fragment` is compared in lower case.

    `budget` is how many seconds this one is believed: a refusal that only sometimes is a miss is believed briefly.
    """

    status: int
    code: str = ""
    fragment: str = ""
    budget: float = 600.0


_ABSENT = (Miss(404, "Request_ResourceNotFound"), Miss(404, "Directory_ObjectNotFound"), Miss(404, "ResourceNotFound"))
_BUSY = (Miss(409, "Directory_ConcurrencyViolation"), Miss(409, "ConcurrencyViolation"))

MISSES: Mapping[str, tuple[Miss, ...]] = {
    "read": _ABSENT,
    "application": (*_ABSENT, *_BUSY, Miss(409, "Request_ResourceConflict", budget=60.0)),
    "service-principal": (
        *_ABSENT,
        Miss(400, "NoBackingApplicationObject"),
        Miss(400, "", "does not reference a valid application object"),
        Miss(403, "Authorization_RequestDenied", "backing application", budget=120.0),
    ),
    "app-role-grant": (*_ABSENT, Miss(400, "", "not a valid reference update")),
    "delegated-grant": (*_ABSENT, Miss(400, "", "reference-property objects")),
    "owner": (*_ABSENT, Miss(400, "", "reference-property objects")),
    "credential": (*_ABSENT, *_BUSY),
    "conditional-access": _BUSY,
    "group-member": (*_ABSENT, Miss(400, "", "reference-property objects")),
}


def miss(step: str, status: int, code: str, message: str) -> Miss | None:
    """The entry of `step` that the answer matches, or None: then it means what it says."""
    lower = message.lower()
    for entry in MISSES[step]:
        if entry.status == status and entry.code in ("", code) and entry.fragment in lower:
            return entry
    return None
