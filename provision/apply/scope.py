"""The mailbox scope is an Exchange administrator's to set: we say what to run."""

from provision.apply.work import Work
from provision.model.change import Change


async def apply_scope(work: Work, change: Change) -> None:
    """Names the next step; `provision verify` proves it later."""
    work.say(f"{work.desired.target}: next step, {change.reason}.")
