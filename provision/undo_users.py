"""The way back of what a run did to integration users, their group and the policies."""

from collections.abc import Iterator

from provision.apply import repeat
from provision.apply.users import exclusion
from provision.apply.users.account import apply_account, apply_stored_password
from provision.apply.users.group import apply_group, apply_member
from provision.apply.work import Work
from provision.journal import Entry
from provision.model.actual import Actual
from provision.model.change import Change
from provision.plan.users.group import strangers
from provision.plan.users.slots import known
from provision.rights import EXCLUSION, GROUP, LOCAL, MEMBER, USER

KINDS = ("integrationUser", "storedPassword", "exclusionGroup", "exclusionGroupMember", "conditionalAccessPolicy")
"""What outlives the app, so that undoing takes it away by itself."""
RIGHTS = {
    "integrationUser": USER,
    "storedPassword": LOCAL,
    "exclusionGroup": GROUP,
    "exclusionGroupMember": MEMBER,
    "conditionalAccessPolicy": EXCLUSION,
}
_SET = "integrationPassword"


def found(entry: Entry, actual: Actual) -> str:
    """The id of what a write of unknown outcome made; empty where nothing shows of it."""
    users = known(actual)
    if entry.object == "integrationUser":
        account = users.accounts.get(entry.name)
        return account.id if account else ""
    if entry.object == "exclusionGroup":
        return users.group.id if users.group else ""
    return entry.id or entry.name


def for_good(entry: Entry) -> bool:
    """True for what no undo brings back: an account, a group or a password that was removed, a password set anew."""
    if entry.object == _SET or (entry.object, entry.action) == ("storedPassword", "update"):
        return True
    return entry.action == "delete" and entry.object in ("integrationUser", "exclusionGroup", "storedPassword")


def losses(entry: Entry) -> Iterator[str]:
    """What to say about it."""
    if entry.object == _SET:
        yield f"the password of {entry.name} was set anew; the one before is gone, the new one stays in the store"
    elif entry.object == "integrationUser":
        yield f"integration user {entry.name} was deleted; an administrator can restore it for 30 days"
    elif entry.action == "delete":
        yield f"{entry.object} {entry.name} was removed for good"


async def undo_account(work: Work, step: Change) -> None:
    """The account that the run made goes."""
    await apply_account(work, step)


async def undo_group(work: Work, step: Change) -> None:
    """The group that the run made goes, after it was taken off every policy that excludes it by now."""
    users, wanted = work.actual.users, work.desired.users
    others = strangers(wanted, users.group) if wanted and users and users.group else []
    if others:
        work.say(f"{work.desired.target}: the group stays, since others put {', '.join(others)} into it.")
        return
    for policy in (users.policies or ()) if users else ():
        if step.before["id"] in policy.exclude_groups:
            async with work.writing("revoke", "conditionalAccessPolicy", policy.name, known=policy.id):
                await exclusion.take_off(work, policy.id, step.before["id"])
    await apply_group(work, step)


async def undo_member(work: Work, step: Change) -> None:
    """Who was put in goes out, who was taken out comes back; nothing where the group is gone."""
    if not work.group:
        return
    if step.action == "delete":
        await apply_member(work, step)
        return
    reference = f"{work.desired.cloud.base_url}/directoryObjects/{step.before['id']}"
    async with work.write(step, known=step.before["id"]):
        path = f"/groups/{work.group}/members/$ref"
        await repeat.post(work, path, {"@odata.id": reference}, settle="group-member")


async def undo_exclusion(work: Work, step: Change) -> None:
    """Our group, and only it, off the list, or on it again."""
    policy, group = step.before["id"], (step.after or {}).get("group", "")
    async with work.write(step, known=policy):
        if step.action == "update":
            await exclusion.take_off(work, policy, group)
        elif work.group:
            await exclusion.add(work, policy, work.group)


STEPS = {
    "integrationUser": undo_account,
    "storedPassword": apply_stored_password,
    "exclusionGroup": undo_group,
    "exclusionGroupMember": undo_member,
    "conditionalAccessPolicy": undo_exclusion,
}
"""One line a kind of object."""
