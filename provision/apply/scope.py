"""The mailbox scope is an Exchange administrator's to set: we say what to run."""

from provision.apply.work import Work
from provision.model.change import Change


async def apply_scope(work: Work, change: Change) -> None:
    """Names the next step; `provision verify` proves it later."""
    target, command = work.desired.target, change.after["command"]
    work.say(
        f"{target}: next, an Exchange administrator narrows the app to {change.name}: `{command}` writes the script."
    )
