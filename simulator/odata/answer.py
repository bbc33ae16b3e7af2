"""Answers to reads: lists with everything OData promises of them, single objects, bare counts."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

from simulator.core import Call, GraphFault, Reply
from simulator.odata import options as reading
from simulator.odata.pages import Listed, Rows, Token, count, cut, digest, odd_size, read_token, skipped, write_token
from simulator.odata.shape import Shape, names_of, projector
from simulator.store import Collection

JSON = dict[str, Any]
EVERYTHING = 2**31


def respond(
    call: Call,
    rows: Collection | Rows | Iterable[JSON],
    *,
    shape: Shape,
    context: str,
    default_top: int | None = 100,
    max_top: int = 999,
    exchange: bool = False,
) -> Reply:
    """A list as the service answers it: filtered, sorted, cut to a page, projected.

    `rows` may be a collection (the replica is chosen here), a view, or any iterable of raw objects in a stable
    order. `context` is the part of `@odata.context` after `#`, e.g. `users`. `default_top` None: the list does not
    page. `exchange`: the rules of mailboxes instead of the directory's (`$skip` paging, `contains`, free `$count`).
    """
    asked = reading.read(call, shape.entity, exchange=exchange, max_top=max_top)
    source = _rows(rows, stale=call.stale or (asked.advanced and bool(call.tenant.lag)))
    show = projector(call, shape)
    question = digest(call.path, asked.query)
    token = Token(after=asked.skip) if exchange else read_token(asked.query.get("$skiptoken"), question)
    size = asked.top or default_top or EVERYTHING
    if exchange:
        page = skipped(source, asked, size)
    else:
        loose = call.tenant.awkward and asked.top is None and default_top is not None and not asked.order
        page = cut(source, asked, token, odd_size(question, token.number, size) if loose else size, lazy=loose)
    body: JSON = {"@odata.context": _context(call, context, shape)}
    if asked.counted and token.number == 0:
        body["@odata.count"] = count(source, asked)
    if page.following is not None:
        body["@odata.nextLink"] = _next(call, asked, page.following, question, exchange=exchange)
    body["value"] = [show(row) for row in page.rows]
    return Reply(body=body)


def _rows(rows: Collection | Rows | Iterable[JSON], *, stale: bool) -> Rows:
    if isinstance(rows, Collection):
        return rows.view(stale)
    return rows if isinstance(rows, Rows) else Listed(rows)


def one(call: Call, row: JSON, *, shape: Shape, context: str, status: int = 200) -> Reply:
    """A single object with its context; `$select` and `$expand` are honoured."""
    made = projector(call, shape)(row)
    return Reply(status, {"@odata.context": f"{_context(call, context, shape)}/$entity", **made})


def number(call: Call, rows: Collection | Rows | Iterable[JSON], *, entity: str) -> Reply:
    """The bare number of `/$count`, which the directory gives only with `ConsistencyLevel: eventual`."""
    if call.headers.get("consistencylevel", "").lower() != "eventual":
        raise GraphFault(400, "Request_BadRequest", "$count is not currently supported.")
    asked = reading.read(_counting(call), entity)
    source = _rows(rows, stale=call.stale or bool(call.tenant.lag))
    return Reply(200, str(count(source, asked)).encode(), content_type="text/plain")


def _counting(call: Call) -> Call:
    """The call as if it said `$count=true`: the segment says so."""
    query = {**call.query, "$count": "true"}
    return Call(call.tenant, call.token, call.method, call.path, query, call.headers, origin=call.origin)


def _context(call: Call, context: str, shape: Shape) -> str:
    selected = names_of(reading.normal(call.query).get("$select"), shape)
    columns = f"({','.join(name for name in selected if name[0] != '@')})" if selected else ""
    return f"{call.origin}/v1.0/$metadata#{context}{columns}"


def _next(call: Call, asked: reading.Options, token: Token, question: int, *, exchange: bool) -> str:
    query = {name: value for name, value in asked.query.items() if name not in ("$skiptoken", "$skip")}
    if exchange:
        query["$skip"] = str(token.after)
    else:
        query["$skiptoken"] = write_token(token, question)
    path = quote(call.path, safe="/()',=$@:!*")
    return f"{call.origin}/v1.0{path}?{urlencode(query, safe='$', quote_via=quote)}"
