"""The exclusion group and its members: upserted by its key, one reference at a time."""

from provision.apply import repeat
from provision.apply.application import UPSERT
from provision.apply.users.account import wanted_users
from provision.apply.work import Work
from provision.model.change import Change


async def apply_group(work: Work, change: Change) -> None:
    """Makes the group, or deletes ours."""
    if change.action == "delete":
        async with work.write(change, known=change.before["id"]):
            await repeat.delete(work, f"/groups/{change.before['id']}")
        work.group = ""
        return
    wanted = wanted_users(work)
    path = f"/groups(uniqueName='{wanted.key}')"
    body = {
        "displayName": change.after["displayName"],
        "description": change.after["description"],
        "mailEnabled": False,
        "mailNickname": wanted.key,
        "securityEnabled": True,
    }
    async with work.write(change) as writing:
        made = await work.graph.patch(path, body, UPSERT, settle="read")
        if made is None:  # 204: it is there, from a try whose answer was lost
            made = await work.graph.get(path, {"$select": "id"}, settle="read")
        writing.id = work.group = made["id"]


async def apply_member(work: Work, change: Change) -> None:
    """Puts one of the users into the group (one that is in is fine), or takes a member out."""
    members = f"/groups/{work.group}/members"
    if change.action == "delete":
        async with work.write(change, known=change.before["id"]):
            await repeat.delete(work, f"{members}/{change.before['id']}/$ref")
        return
    account = work.users[change.name]
    reference = f"{work.desired.cloud.base_url}/directoryObjects/{account}"
    async with work.write(change, known=account):
        await repeat.post(work, f"{members}/$ref", {"@odata.id": reference}, settle="group-member")
