"""Proving the chain: required → granted → scoped → credential alive → addresses match → state flows.

`look` gathers, each module below judges one link, purely. `None` means that it could not be told, and says why.
"""

from collections.abc import Callable

from provision.verify.addresses import judge_addresses
from provision.verify.credential import judge_credential
from provision.verify.granted import judge_granted
from provision.verify.link import Chain, Link, Seen
from provision.verify.required import judge_required
from provision.verify.scoped import judge_scoped
from provision.verify.state import judge_state

__all__ = ["LINKS", "Chain", "Link", "Seen", "judge"]

LINKS: tuple[Callable[[Seen], Link], ...] = (
    judge_required,
    judge_granted,
    judge_scoped,
    judge_credential,
    judge_addresses,
    judge_state,
)
"""One line a link, in the order of the chain."""


def judge(seen: Seen) -> Chain:
    """The whole chain of one integration."""
    return Chain(
        tenant=seen.desired.tenant,
        integration=seen.desired.integration,
        links=tuple(link(seen) for link in LINKS),
    )
