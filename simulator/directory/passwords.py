"""addPassword and removePassword of applications and service principals."""

from datetime import datetime
from functools import partial
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import body_of, fits, refused
from simulator.directory.credentials_view import public
from simulator.directory.enforcement import check_password
from simulator.directory.holders import APPLICATION, HOLDERS, Holder
from simulator.directory.secrets import new_secret, password_entry
from simulator.odata.syntax import moment

JSON = dict[str, Any]

MOST_CREDENTIALS = 600  # beyond it the object is too big for the directory
MOST_FOR_PERSONAL = 2  # secrets of an application that personal accounts may use


def add(holder: Holder, call: Call) -> Reply:
    """A new secret. Its value is in this answer and nowhere else."""
    owner = holder.claimed(call)
    entry, value = new_password(call, holder, owner, body_of(call).get("passwordCredential") or {})
    held = owner["passwordCredentials"]
    call.tenant.collection(holder.collection).put({**owner, "passwordCredentials": [entry, *held]})
    context = f"{call.origin}/v1.0/$metadata#microsoft.graph.passwordCredential"
    return Reply(200, {"@odata.context": context, **public(entry), "secretText": value})


def new_password(call: Call, holder: Holder, owner: JSON, asked: JSON) -> tuple[JSON, str]:
    """(the credential as it is kept, its value) for a wish of name and dates, held to the policy in force."""
    if not fits(asked, "passwordCredential"):
        raise refused("Invalid value specified for property 'passwordCredential' of resource 'PasswordCredential'.")
    start = _time(asked, "startDateTime") or call.tenant.now()
    end = _time(asked, "endDateTime") or _two_years_after(start)
    if end <= start:
        raise refused("The end date of the credential must be later than its start date.")
    check_password(call, holder, owner, start, end)
    _check_number(holder, owner)
    value = new_secret(call.tenant)
    entry = password_entry(call.tenant, value, asked.get("displayName"), start, end)
    return entry | {"@created": call.tenant.stamp(), "customKeyIdentifier": asked.get("customKeyIdentifier")}, value


def remove(holder: Holder, call: Call) -> Reply:
    """Takes a secret away at once."""
    owner = holder.claimed(call)
    key = body_of(call).get("keyId")
    held = owner["passwordCredentials"]
    kept = [one for one in held if str(one["keyId"]).lower() != str(key).lower()]
    if len(kept) == len(held):
        raise refused("No credentials found to be removed.")
    call.tenant.collection(holder.collection).put({**owner, "passwordCredentials": kept})
    return Reply(204)


def _time(asked: JSON, name: str) -> datetime | None:
    text = asked.get(name)
    try:
        return moment(text) if text else None
    except ValueError:
        raise refused(f"Invalid value specified for property '{name}' of resource 'PasswordCredential'.") from None


def _check_number(holder: Holder, owner: JSON) -> None:
    held = owner["passwordCredentials"]
    personal = holder is APPLICATION and "Personal" in (owner.get("signInAudience") or "")
    if personal and len(held) >= MOST_FOR_PERSONAL:
        raise refused("The credential limit has been reached for this application.")
    if len(held) + len(owner["keyCredentials"]) >= MOST_CREDENTIALS:
        message = "The size of the object has exceeded its limit. Please reduce the number of values and retry."
        raise refused(message, "Directory_ResourceSizeExceeded")


def _two_years_after(start: datetime) -> datetime:
    try:
        return start.replace(year=start.year + 2)
    except ValueError:  # 29 February
        return start.replace(year=start.year + 2, day=28)


ROUTES = [
    route
    for holder in HOLDERS
    for route in (
        Route("POST", f"{holder.item}/addPassword", partial(add, holder)),
        Route("POST", f"{holder.item}/removePassword", partial(remove, holder)),
    )
]
