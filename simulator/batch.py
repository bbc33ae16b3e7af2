"""`$batch`: up to twenty requests in one, each authorised, answered and faulted on its own.

Source: learn.microsoft.com/graph/json-batching. Answers come in another order than the questions, on purpose.
"""

import random
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from simulator import failures
from simulator.app import Caller, GraphService, Ids, Part, parsed
from simulator.core import GraphFault, Reply
from simulator.faults import Fault
from simulator.world import Asked

LIMIT = 20
JSON = dict[str, Any]
_TEXT = "text/plain"


def run(service: GraphService, who: Caller, asked: Asked) -> tuple[Reply, list[JSON]]:
    """Answers a batch: the reply, and what the log tells of its parts. GraphFault 400 where it is no batch."""
    if asked.method != "POST":
        raise GraphFault(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    done: dict[str, JSON] = {}
    told: list[JSON] = []
    for row in _ordered(_rows(parsed(asked))):
        name = str(row["id"])
        answer, fault = _answer(service, who, asked, row, done)
        done[name.lower()] = {"id": name, **answer}
        told.append({key: row[key] for key in ("id", "method", "url")} | {"status": answer["status"], "fault": fault})
    responses = list(done.values())
    random.Random(len(asked.body) + service.world.seed).shuffle(responses)
    return Reply(200, {"responses": responses}, {}, "application/json"), told


def _rows(body: Any) -> dict[str, JSON]:
    """The requests of a batch by id (ids do not differ by case), checked before any is done."""
    rows = body.get("requests") if isinstance(body, dict) else None
    rows = [_named(row) for row in rows] if isinstance(rows, list) else rows
    if not isinstance(rows, list) or not rows or not all(_whole(row) for row in rows):
        raise _wrong("Invalid batch payload format.")
    if len(rows) > LIMIT:
        raise _wrong(f"Number of batch request steps exceeds the maximum value of {LIMIT}.")
    known: dict[str, JSON] = {}
    for row in rows:
        if row["id"].lower() in known:
            raise _wrong(f"Request Id '{row['id']}' is not unique. Please specify a unique Id.")
        known[row["id"].lower()] = row
    return known


def _named(row: Any) -> Any:
    """The request with its id as text: the service takes a number too, as CLI for Microsoft 365 sends it."""
    if isinstance(row, dict) and type(row.get("id")) is int:
        return row | {"id": str(row["id"])}
    return row


def _whole(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(key), str) and row[key] for key in ("id", "method", "url"))


def _ordered(rows: dict[str, JSON]) -> list[JSON]:
    """Every request after those it depends on; GraphFault 400 for an unknown id or a circle."""
    ordered: dict[str, JSON] = {}
    while len(ordered) < len(rows):
        ready = {name: row for name, row in rows.items() if name not in ordered and _needs(row) <= ordered.keys()}
        if not ready:
            stuck = next(row["id"] for name, row in rows.items() if name not in ordered)
            raise _wrong(f"The dependsOn of request step '{stuck}' cannot be met.")
        ordered |= ready
    return list(ordered.values())


def _needs(row: JSON) -> set[str]:
    return {str(wanted).lower() for wanted in row.get("dependsOn") or []}


def _answer(
    service: GraphService, who: Caller, asked: Asked, row: JSON, done: Mapping[str, JSON]
) -> tuple[JSON, str | None]:
    """Status, headers and body of one part, and the kind of its fault."""
    if any(done[wanted]["status"] >= 400 for wanted in _needs(row)):
        refusal = GraphFault(424, "FailedDependency", "Failed Dependency")
        return _shown(service.refusal(refusal, Ids())), None
    ids = Ids()
    try:
        part = _part(asked, row)
        fault = service.part_fault(who, part)
        if fault is not None:
            return _shown(service.refusal(_refusal(service, who, part, fault), ids)), fault.kind
        reply, _ = service.one(who, part)
    except GraphFault as refusal:
        return _shown(service.refusal(refusal, ids)), None
    return _shown(reply), None


def _refusal(service: GraphService, who: Caller, part: Part, fault: Fault) -> GraphFault:
    if fault.kind == "lag-miss":
        missed = service.part_missed(who, part)
        assert missed is not None
        return missed
    return failures.graph(fault, part.path, who.token.app_id, who.tenant.id)


def _part(asked: Asked, row: JSON) -> Part:
    url = row["url"] if row["url"].startswith("/") else f"/{row['url']}"
    split = urlsplit(url)
    headers = {str(key).lower(): str(value) for key, value in (row.get("headers") or {}).items()}
    body = row.get("body")
    if body is not None and "content-type" not in headers:
        raise _wrong("Write request does not contain Content-Type header.")
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    return Part(row["method"].upper(), split.path, query, headers, body, asked.origin, f"{asked.origin}{url}")


def _shown(reply: Reply) -> JSON:
    """A reply as a part of a batch: JSON stays JSON, text is text; rendered bytes go in as they are."""
    headers = dict(reply.headers)
    shown: JSON = {"status": reply.status, "headers": headers}
    if reply.body is not None:
        headers["Content-Type"] = reply.content_type
        shown["body"] = _embedded(reply)
    return shown


def _embedded(reply: Reply) -> Any:
    if not isinstance(reply.body, bytes):
        return reply.body
    return reply.body.decode() if reply.content_type.startswith(_TEXT) else msgspec.Raw(reply.body)


def _wrong(text: str) -> GraphFault:
    return GraphFault(400, "BadRequest", text)
