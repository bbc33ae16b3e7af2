"""Holds one request or one answer to Microsoft's description. Every function gives a list of problems, empty if fine.

check_request("GET", "/v1.0/users/x/calendarView", "startDateTime=…&endDateTime=…", {}, None)
check_reply("GET /users/{user-id}/calendarView", 200, {"value": […]})
"""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests import shared
from tests.openapi.schema import Check, compiled
from tests.openapi.spec import Operation, find, operations

_NAMES = ("$select", "$orderby", "$expand")


def check_request(
    method: str, path: str, query: str | Mapping[str, str], headers: Mapping[str, str], body: Any
) -> list[str]:
    """Problems of a request: is it an operation, are its parameters, query names and body as described.

    `path` may be a whole URL; its own query counts where `query` is empty.
    """
    found = find(method, path)
    if found is None:
        return [f"{method} {path.partition('?')[0]}: no such operation"]
    operation = found[0]
    asked = query if isinstance(query, Mapping) else dict(parse_qsl(query or urlsplit(path).query, True))
    return [*_query(operation, asked), *_headers(operation, headers), *_body(operation, body)]


def _query(operation: Operation, asked: Mapping[str, str]) -> list[str]:
    known = operation.parameters("query")
    problems = [f"query {name}: missing" for name, one in known.items() if one.get("required") and name not in asked]
    for name, value in asked.items():
        if name not in known:
            problems.append(f"query {name}: {operation.name} has no such parameter")
            continue
        kind = known[name]["schema"].get("type")
        if kind == "integer" and not value.isdecimal():
            problems.append(f"query {name}: '{value}' is no number")
        if kind == "boolean" and value not in ("true", "false"):
            problems.append(f"query {name}: '{value}' is neither true nor false")
        if name in _NAMES:
            problems += _named_in(operation, name, value)
    return problems


def _named_in(operation: Operation, option: str, value: str) -> list[str]:
    entity = operation.entity()
    if entity is None:
        return []
    known = property_names(entity)
    problems = []
    for part in _outside_brackets(value):
        first = part.split()[0].partition("/")[0].partition("(")[0] if part.split() else ""
        if first not in known and not first.startswith(("extension_", "microsoft.graph.")):
            problems.append(f"query {option}: {entity} has no property '{first}'")
    return problems


def _outside_brackets(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


@cache
def property_names(entity: str) -> frozenset[str]:
    """Names of properties and relationships of a type and of those derived from it (Microsoft's metadata)."""
    types = shared.load("graph/csdl-types.json")["types"]
    made: set[str] = {"id"}
    at: str | None = entity
    while at:
        made |= set(types[at].get("props", {})) | set(types[at].get("nav", {}))
        at = types[at].get("base")
    for name, one in types.items():
        if one.get("base") == entity:
            made |= property_names(name)
    return frozenset(made)


def _headers(operation: Operation, headers: Mapping[str, str]) -> list[str]:
    """Only what the description requires; clients may send any other header."""
    given = {name.lower() for name in headers}
    wanted = operation.parameters("header")
    return [
        f"header {name}: missing" for name, one in wanted.items() if one.get("required") and name.lower() not in given
    ]


def _body(operation: Operation, body: Any) -> list[str]:
    schema, required = operation.body()
    if body is None:
        return [f"{operation.name} needs a body"] if required else []
    if schema is None:
        return [] if body == {} else [f"{operation.name} takes no body"]
    problems: list[str] = []
    _compiled(operation.name, 0)(body, "body", problems)
    return problems


def check_reply(operation: str, status: int, body: Any) -> list[str]:
    """Problems of an answer to an operation (`METHOD template`): is its status described, and its body as it says."""
    described = operations()[operation].reply(status)
    if described is None:
        return [f"{operation} does not answer {status}"]
    if not described.get("content"):
        return [] if body in (None, "") else [f"{operation} answers {status} without a body"]
    if body in (None, ""):
        return [] if status in (202, 204) else [f"{operation} answers {status} with a body"]
    problems: list[str] = []
    _compiled(operation, status)(body, "body", problems)
    return problems


@cache
def _compiled(operation: str, status: int) -> Check:
    """The check of an operation's request (status 0) or answer, made once."""
    found = operations()[operation]
    if not status:
        return compiled(found.body()[0] or {}, request=True)
    content = (found.reply(status) or {})["content"]
    return compiled(next(iter(content.values()))["schema"], request=False)
