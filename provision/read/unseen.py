"""Before something is taken away: what a run of ours made a moment ago and a lagging replica does not show yet.

A destroy that believed such a read would leave it behind for good, since nothing looks for it afterwards.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from provision.journal import Entry, History
from provision.model.actual import Actual
from provision.plan.users.slots import known
from provision.read.settled import WINDOW, Doubter, delays

_MAKES = {
    "application": "create",
    "integrationUser": "create",
    "exclusionGroup": "create",
    "conditionalAccessPolicy": "update",
}


async def until_seen(doubter: Doubter, actual: Actual, read: Callable[[], Awaitable[Actual]]) -> Actual:
    """The state, read again until it shows what our runs made a moment ago, or until every replica had its time."""
    waits, said = delays(), ""
    while why := unseen(doubter.history, doubter.target, actual, doubter.clock.now()):
        if why != said:
            doubter.wait(f"{doubter.target}: waiting for the directory: {why}.")
            said = why
        await doubter.clock.sleep(next(waits))
        actual = await read()
    return actual


def unseen(history: History, target: str, actual: Actual, now: datetime) -> str:
    """What the journal says was made less than WINDOW ago, perhaps without an answer, and does not show; else empty."""
    last: dict[tuple[str, str], Entry] = {}
    for entry in history.of(target):
        if entry.object in _MAKES and abs(now - entry.at) < WINDOW:
            last[entry.object, entry.name] = entry
    for (kind, name), entry in last.items():
        if entry.action == _MAKES[kind] and entry.outcome != "failed" and not _shows(entry, actual):
            return f"{kind} {name} was written a moment ago and does not show yet"
    return ""


def _shows(entry: Entry, actual: Actual) -> bool:
    users = known(actual)
    if entry.object == "application":
        return actual.application is not None
    if actual.users is None:
        return True  # the profile knows of none any more, so nobody looked
    if entry.object == "integrationUser":
        return users.accounts.get(entry.name) is not None
    if entry.object == "exclusionGroup":
        return users.group is not None
    group = users.group.id if users.group else ""
    policy = next((policy for policy in users.policies or () if policy.id == entry.id), None)
    return policy is None or not group or group in policy.exclude_groups
