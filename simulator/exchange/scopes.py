"""Who a recipient filter, a group or an administrative unit holds."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.directory.links import linked, wholes
from simulator.exchange import opath, recipients
from simulator.exchange.recipients import Recipient

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
_OF_DIRECTORY = {
    "Department": "department",
    "Title": "jobTitle",
    "Office": "officeLocation",
    "Company": "companyName",
    "City": "city",
    "CountryOrRegion": "country",
    "UserPrincipalName": "userPrincipalName",
}


def reader(one: Recipient) -> Callable[[str], list[str]]:
    """The values of a recipient's properties, for a filter."""

    def ask(name: str) -> list[str]:
        if name == "MemberOfGroup":
            return [group.distinguished_name for group in groups_of(one)]
        if name in _OF_DIRECTORY:
            value = one.raw.get(_OF_DIRECTORY[name])
            return [str(value)] if value else []
        if name == "WindowsEmailAddress":
            return [one.address]
        value = recipients.row(one).get(name)
        if isinstance(value, list):
            return [str(item).partition(":")[2] or str(item) for item in value]
        return [str(value)] if value else []

    return ask


def groups_of(one: Recipient) -> list[Recipient]:
    """The mail-enabled groups that a recipient is a direct member of."""
    found = (recipients.of_id(one.tenant, group) for group in wholes(one.tenant, "groupMembers", one.id))
    return [group for group in found if group is not None]


def filtered(words: str, one: Recipient) -> bool:
    """Whether a recipient passes a filter."""
    return opath.read(words).matches(reader(one))


def holds(tenant: "Tenant", assignment: JSON, one: Recipient) -> bool:
    """Whether a recipient is in the scope of a role assignment."""
    if assignment.get("RecipientAdministrativeUnitScope"):
        unit = str(assignment["RecipientAdministrativeUnitScope"])
        return tenant.collection("administrativeUnitMembers").get(f"{unit}_{one.id}") is not None
    if assignment.get("RecipientGroupScope"):
        return any(
            linked(tenant, "groupMembers", group.id, one.id)
            for group in recipients.find(tenant, str(assignment["RecipientGroupScope"]))
        )
    name = str(assignment.get("CustomResourceScope") or "")
    if not name:
        return True
    scope = scope_named(tenant, name)
    return scope is not None and filtered(str(scope["RecipientFilter"]), one)


def scope_named(tenant: "Tenant", name: str) -> JSON | None:
    """The management scope with a name or Guid."""
    low = name.lower()
    rows = tenant.collection("managementScopes").iterate()
    return next((r for r in rows if low in (str(r.get("Name")).lower(), str(r.get("Guid")).lower())), None)
