"""Scripts about a whole tenant or organization, and the one that takes back what the others made."""

from templates import quoting
from templates.scripts.calendars import ROLES
from templates.scripts.script import Script, Target, make

JOURNALED = ("service-user", "rooms", "access-policy", "rbac", "rbac-migrate", "reviewer", "ews-allow")


def evidence(target: Target) -> Script:
    """The script that writes `exchange/<Cmdlet>.json` for a snapshot of the tenant."""
    return make("evidence", target)


def ews_allow(target: Target, *, app_id: str) -> Script:
    """The script that puts an app on the list of those that may still use EWS in Exchange Online.

    Raises:
        RenderRefused: The app's id is no GUID.
    """
    return make("ews-allow", target, app_id=quoting.guid(app_id, "app id"))


def teardown(target: Target, *, role: str = "Reviewer") -> Script:
    """The script that undoes what the other scripts of the integration made, by the journals they kept.

    Args:
        target: Where it works; the journals are those of its integration.
        role: What the reviewer script gave; another right is left alone.

    Raises:
        RenderRefused: It is no role.
    """
    journals = [target.file_name(kind).removesuffix(".ps1") + ".result.json.journal" for kind in JOURNALED]
    return make("teardown", target, journals=journals, role=quoting.word(role, "role", ROLES))
