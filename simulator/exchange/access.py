"""Whether an app may enter a mailbox: Entra's grants narrowed by application access policies, and Exchange's own added.

The union rule (learn.microsoft.com/exchange/permissions-exo/application-rbac): a grant in Entra and a role assignment
in Exchange add up; policies narrow the first only, and only for the permissions that they know.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from simulator.exchange import rbac
from simulator.exchange.policies import allows
from simulator.exchange.tables import words

if TYPE_CHECKING:
    from simulator.core import Token
    from simulator.tenant import Tenant

JSON = dict[str, Any]
Sets = Iterable[list[str]]


def through_exchange(tenant: "Tenant", token: "Token", wanted: Sets) -> bool:
    """Whether an app without the grant in Entra has to be let as far as the mailbox, which then decides."""
    if not token.app_only or not rbac.holds_any(tenant, token.app_id, token.object_id):
        return False
    known = {name for given in words()["application_roles"].values() for name in given}
    known |= {name.replace(".ReadWrite", ".Read") for name in known}
    return any(len(needed) == 1 and needed[0] in known for needed in wanted)


def may_enter(tenant: "Tenant", token: "Token", wanted: Sets, account: JSON) -> bool:
    """Whether an app-only token may do what needs one of these sets of permissions in the account's mailbox."""
    sets = [set(needed) for needed in wanted]
    met = [needed for needed in sets if needed <= token.roles]
    narrow = set(words()["policy_permissions"])
    if any(not needed & narrow for needed in met):
        return True
    in_exchange = rbac.holds_any(tenant, token.app_id, token.object_id)
    if (met or not in_exchange) and allows(tenant, token.app_id, account):  # without either, authorize has judged
        return True
    single = {name for needed in sets if len(needed) == 1 for name in needed}
    return in_exchange and rbac.grants(tenant, token.app_id, token.object_id, single, account)
