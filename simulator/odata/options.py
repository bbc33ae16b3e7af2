"""The query options of one request, read and checked as the directory or as Exchange checks them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.core import Call, GraphFault
from simulator.odata import types
from simulator.odata.evaluate import FilterMeaningError, predicate
from simulator.odata.search import search_test
from simulator.odata.syntax import Among, Both, Compare, FilterSyntaxError, Function, Lambda, Node, Not, Path, parse

JSON = dict[str, Any]
Test = Callable[[JSON], bool]

KNOWN = frozenset(
    {"$select", "$filter", "$orderby", "$top", "$skip", "$skiptoken", "$count", "$search", "$expand", "$format"}
)
MOST_OR = 15
ADVICE = "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
PLAIN_ORDER = frozenset({"displayName", "userPrincipalName"})  # sortable without the advanced index


@dataclass(frozen=True)
class Options:
    """What a request asks of a list."""

    query: Mapping[str, str]
    entity: str
    test: Test | None
    tree: Node | None
    order: tuple[tuple[str, bool], ...]  # property path, descending
    top: int | None
    skip: int
    counted: bool
    advanced: bool  # asked with ConsistencyLevel: the answer comes from the index


def read(call: Call, entity: str, *, exchange: bool = False, max_top: int = 999) -> Options:
    """The options of a request. Raises GraphFault as the service does."""
    query = normal(call.query)
    eventual = call.headers.get("consistencylevel", "").lower() == "eventual"
    wants_count = query.get("$count", "").lower() == "true"
    tree, test = _filter(query.get("$filter"), entity)
    order = _order(query.get("$orderby"), entity)
    if not exchange:
        _check_directory(query, tree, order, eventual=eventual, full=eventual and wants_count)
    if "$search" in query:
        search = search_test(query["$search"], entity)
        earlier = test
        test = search if earlier is None else lambda row: earlier(row) and search(row)
    return Options(
        query=query,
        entity=entity,
        test=test,
        tree=tree,
        order=order,
        top=_number(query, "$top", 1, max_top),
        skip=_number(query, "$skip", 0, None) or 0,
        counted=wants_count and (eventual or exchange),
        advanced=eventual and not exchange,
    )


def normal(query: Mapping[str, str]) -> dict[str, str]:
    """Options with `$` and in lower case: the service takes them without and in any case."""
    made = {}
    for name, value in query.items():
        short = name.strip().lower().removeprefix("$")
        made[f"${short}" if f"${short}" in KNOWN else name] = value
    for name, value in made.items():
        if name.startswith("$") and value and name not in KNOWN and name != "$deltatoken":
            raise bad(f"The query parameter '{name}' is not supported.")
    return made


def bad(message: str) -> GraphFault:
    """400 BadRequest: what the service says of a query that it cannot read."""
    return GraphFault(400, "BadRequest", message)


def unsupported(message: str) -> GraphFault:
    """400 Request_UnsupportedQuery: the directory can read the query but not answer it."""
    return GraphFault(400, "Request_UnsupportedQuery", message)


def _filter(text: str | None, entity: str) -> tuple[Node | None, Test | None]:
    if text is None:
        return None, None
    try:
        tree = parse(text)
        return tree, predicate(tree, entity)
    except (FilterSyntaxError, FilterMeaningError) as error:
        raise bad(f"Invalid filter clause: {error}") from None


def _order(text: str | None, entity: str) -> tuple[tuple[str, bool], ...]:
    made = []
    for part in (text or "").split(",") if text else ():
        found = re.fullmatch(r"\s*([\w/]+)(?:\s+(asc|desc))?\s*", part, re.IGNORECASE)
        if found is None:
            raise bad(f"Syntax error at position 0 in '{text}'.")
        first, _, rest = found.group(1).partition("/")
        name = types.canonical(entity).get(first.lower())
        if name is None:
            raise bad(f"Could not find a property named '{first}' on type 'microsoft.graph.{entity}'.")
        made.append((f"{name}/{rest}" if rest else name, (found.group(2) or "").lower() == "desc"))
    return tuple(made)


def _number(query: Mapping[str, str], name: str, least: int, most: int | None) -> int | None:
    if name not in query:
        return None
    try:
        number = int(query[name])
    except ValueError:
        raise bad(f"Invalid value '{query[name]}' for {name} query option found.") from None
    if name == "$top" and most is not None and not least <= number <= most:
        message = f"Invalid page size specified: '{number}'. Must be between {least} and {most} inclusive."
        raise GraphFault(400, "Request_BadRequest", message)
    if number < least:
        raise bad(f"Invalid value '{number}' for {name} query option found.")
    return number


def _check_directory(
    query: Mapping[str, str], tree: Node | None, order: tuple[tuple[str, bool], ...], *, eventual: bool, full: bool
) -> None:
    """What the directory refuses without the advanced index, and what it never does."""
    if "$skip" in query:
        raise GraphFault(400, "Request_BadRequest", "'$skip' is not supported by the service.")
    if "$search" in query and not eventual:
        raise unsupported(
            "Request with $search query parameter only works through MSGraph with a special request header: "
            "'ConsistencyLevel: eventual'"
        )
    if tree is not None:
        _check_filter(tree, full=full)
    if order and not full and (tree is not None or any(name not in PLAIN_ORDER for name, _ in order)):
        raise unsupported("Sorting not supported for current query.")
    if "$expand" in query and full:
        raise unsupported("The query parameter '$expand' is not supported together with advanced query capabilities.")


def _check_filter(tree: Node, *, full: bool) -> None:
    for node in _nodes(tree):
        match node:
            case Function("contains"):
                raise unsupported("Unsupported Query: the function 'contains' is not supported.")
            case Function("endswith") if not full:
                raise unsupported(_missing("endsWith"))
            case Not() if not full:
                raise unsupported(_missing("Not"))
            case Compare("ne") if not full:
                raise unsupported(_missing("NotEqual"))
            case Path(steps) if steps[-1] == "$count" and not full:
                raise unsupported(_missing("$count"))
    clauses = max(_width(node) for node in _nodes(tree))
    if clauses > MOST_OR:
        raise unsupported(
            "Too many child clauses specified in search filter expression containing 'OR' operators: "
            f"{clauses}. Max allowed: {MOST_OR}."
        )


def _missing(what: str) -> str:
    return (
        f"Operator '{what}' is not supported because the required parameters might be missing. "
        f"Try adding $count=true query parameter and ConsistencyLevel:eventual header. {ADVICE}"
    )


def _nodes(node: Node) -> list[Node]:
    """The node and all below it."""
    below: tuple[Node, ...] = ()
    match node:
        case Compare(_, left, right) | Both(_, left, right):
            below = (left, right)
        case Among(left, _):
            below = (left,)
        case Function(_, arguments):
            below = arguments
        case Not(inner):
            below = (inner,)
        case Lambda(_, path, _, body):
            below = (path,) if body is None else (path, body)
    return [node, *(deep for one in below for deep in _nodes(one))]


def _width(node: Node) -> int:
    """How many alternatives stand beside each other."""
    if isinstance(node, Among):
        return len(node.values)
    if isinstance(node, Both) and node.operator == "or":
        return _width(node.left) + _width(node.right)
    return 1
