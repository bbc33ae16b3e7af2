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
    """The whole chain of one integration: each link by its judge, then by what more calls proved of it."""
    return Chain(
        tenant=seen.desired.tenant,
        integration=seen.desired.integration,
        links=tuple(_with_calls(link(seen), seen) for link in LINKS),
    )


def _with_calls(link: Link, seen: Seen) -> Link:
    """A call that failed breaks its link too; `judge_state` has counted its own already."""
    bad = next((c for c in seen.called if c.link == link.link and c.ok is False), None)
    if link.ok is False or bad is None or link.link == "state":
        return link
    return Link(link=link.link, ok=False, fact=bad.fact, fix=bad.fix)
