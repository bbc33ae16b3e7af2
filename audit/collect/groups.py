"""The groups that scopes name (in integration files, in Exchange's policies), and who is in them."""

import re
from collections.abc import AsyncIterator

from audit.collect.reader import Reader, Row, encode
from audit.exchange import decode_export
from audit.mailboxes import POLICY_CMDLET, policies_for
from tenantry.graph import literal, segment

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SELECT = "id,displayName,mail,mailNickname,mailEnabled,securityEnabled,groupTypes"


async def groups(reader: Reader) -> AsyncIterator[bytes]:
    """The named groups themselves; one that is not in the tenant has no row."""
    for row in await _named(reader):
        yield encode(row)


async def members(reader: Reader) -> AsyncIterator[bytes]:
    """Everybody in them, nested groups flattened: ids only, each with its group and whether it is in it directly."""
    for group in await _named(reader):
        path = f"/groups/{segment(group['id'])}"
        direct = {row["id"] async for row in reader.rows(f"{path}/members", {"$select": "id", "$top": 999})}
        async for row in reader.rows(f"{path}/transitiveMembers", {"$select": "id", "$top": 999}):
            kind = row.get("@odata.type")
            yield encode(
                {"@groupId": group["id"], "@direct": row.get("id") in direct, "@odata.type": kind, "id": row.get("id")}
            )


def wanted(reader: Reader) -> list[str]:
    """Ids and addresses of the groups to read."""
    named = [file.mailboxes.group for file in reader.files if file.mailboxes.group]
    exports = [decode_export(f"exchange/{name}", raw) for name, raw in reader.job.exchange.items()]
    policies = [export for export in exports if export.cmdlet.casefold() == POLICY_CMDLET.casefold()]
    for file in reader.files:
        named += [policy.group_id for policy in policies_for(file.app.app_id, policies) if policy.group_id]
    return sorted({name.casefold() for name in named})


async def _named(reader: Reader) -> list[Row]:
    found: dict[str, Row] = {}
    for name in wanted(reader):
        if _GUID.fullmatch(name):
            row = await reader.find(f"/groups/{segment(name)}", {"$select": _SELECT})
            rows = [] if row is None else [row]
        else:
            query = {"$filter": f"mail eq {literal(name)}", "$select": _SELECT}
            rows = [row async for row in reader.rows("/groups", query)]
        found |= {row["id"]: row for row in rows}
    return [found[key] for key in sorted(found)]
