"""What is known of the app's scope in Exchange: exported role assignments, and the administrative unit it names."""

import re
from pathlib import Path

from provision.exchange import ASSIGNMENTS, FOLDER, AppIds, read_evidence
from provision.model.actual import Application, InExchange
from provision.model.desired import Desired
from tenantry.errors import GraphError
from tenantry.graph import Graph, literal, segment

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


async def read_exchange(
    desired: Desired, graph: Graph, root: Path, application: Application | None, principal: str | None
) -> InExchange:
    """Nothing is read where no right in Exchange is wished.

    Raises:
        UsageError: A file of the evidence is none.
    """
    unit = desired.mailboxes.administrative_unit
    found = await find_unit(graph, unit) if unit else ""
    if not desired.narrowing.rbac:
        return InExchange(unit=found or "", unit_missing=found is None)
    evidence = read_evidence(root / FOLDER)
    ids = AppIds(app_id=application.app_id if application else "", principal=principal or "")
    policies = evidence.policies_of(ids.app_id) if ids.app_id else None
    return InExchange(
        lacking=evidence.lacking(ids, desired.narrowing, desired.mailboxes, found or ""),
        since=evidence.since(ASSIGNMENTS),
        policies=None if policies is None else bool(policies),
        unit=found or "",
        unit_missing=found is None,
    )


async def find_unit(graph: Graph, name: str) -> str | None:
    """The id of the administrative unit with that name or id; None where there is none, empty where nobody may look.

    Source: learn.microsoft.com/graph/api/directory-list-administrativeunits.
    """
    try:
        if _GUID.fullmatch(name):
            found = await graph.find(f"/directory/administrativeUnits/{segment(name)}", {"$select": "id"})
            return str(found["id"]) if found else None
        query = {"$filter": f"displayName eq {literal(name)}", "$select": "id,displayName"}
        ids = [unit["id"] async for unit in graph.items("/directory/administrativeUnits", query, type=dict)]
    except GraphError as error:
        if error.status != 403:
            raise
        return ""
    return str(ids[0]) if len(ids) == 1 else None
