"""What one person may see in another's mailbox: rights on the calendar, one's own, a group's or everybody's."""

from typing import TYPE_CHECKING, Any

from simulator.directory.links import wholes
from simulator.exchange import folders, rights
from simulator.exchange.recipients import of_account
from simulator.exchange.tables import words

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]


def may_read(tenant: "Tenant", person_id: str, account: JSON) -> bool:
    """Whether a person may read the items of an account's calendar (role Reviewer or more, or the whole mailbox)."""
    owner = of_account(tenant, account)
    if owner is None or not owner.is_mailbox:
        return True  # the mailbox itself answers that it is not here
    if tenant.collection("mailboxPermissions").get(f"{owner.id}:{person_id}") is not None:
        return True
    calendar = next(folder for folder in folders.calendars(owner) if folder.type == "Calendar")
    mine = {person_id, rights.DEFAULT, *_groups(tenant, person_id)}
    given = {right for entry in rights.entries(calendar) if entry.user in mine for right in entry.rights}
    roles = words()["folder_roles"]
    return any("ReadItems" in roles.get(right, [right]) for right in given)


def _groups(tenant: "Tenant", person_id: str) -> set[str]:
    """The groups that hold a person, through others too."""
    found: set[str] = set()
    waiting = [person_id]
    while waiting:
        for group in wholes(tenant, "groupMembers", waiting.pop()):
            if group not in found:
                found.add(group)
                waiting.append(group)
    return found
