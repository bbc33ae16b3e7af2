"""Validates a whole run: the lines of the door's `GET /requests?bodies=1`, parts of `$batch` too.

problems, tally = check_log(tenant.requests(bodies=True))
assert not problems, report(problems)
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.openapi.check import check_reply, check_request
from tests.openapi.sdk import leftovers
from tests.openapi.spec import find, path_of

JSON = dict[str, Any]
EXCEPTIONS = Path(__file__).parent / "exceptions.json"
_CUT = ("cut", "cut-after", "timeout", "hang")  # faults after which no whole answer came


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold: which request, in which half of it, what."""

    operation: str
    half: str  # request | reply | sdk
    text: str


@dataclass(frozen=True)
class Exchanged:
    """One request to Graph with its answer; a part of a `$batch` is one too."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    status: int
    answer: Any
    fault: str | None


@cache
def exceptions() -> tuple[JSON, ...]:
    """The committed list of what may differ: `request` and `problem` are patterns, `why` and `source` say why."""
    return tuple(json.loads(EXCEPTIONS.read_text(encoding="utf-8")))


def check_log(lines: Iterable[JSON], *, models: int = 1) -> tuple[list[Problem], Counter[str]]:
    """(problems that stand on no list, how often each operation was seen).

    `models`: so many answers of each operation, status and shape are parsed into the models of Microsoft's own SDK.
    """
    links: set[str] = set()
    shapes: Counter[Any] = Counter()
    tally: Counter[str] = Counter()
    problems: dict[Problem, None] = {}
    for one in exchanges(lines):
        found = find(one.method, one.url)
        name = found[0].name if found is not None else f"{one.method} {path_of(one.url)}"
        tally[name] += 1
        for half, text in _problems(one, name, links, shapes, models):
            if not excepted(name, half, text):
                problems[Problem(name, half, text)] = None
        _remember_links(one.answer, links)
    return list(problems), tally


def excepted(operation: str, half: str, text: str) -> bool:
    """Whether a problem stands on the committed list."""
    return any(
        re.fullmatch(rule["request"], operation) and re.search(rule["problem"], f"{half}: {text}")
        for rule in exceptions()
    )


def exchanges(lines: Iterable[JSON]) -> Iterator[Exchanged]:
    """Requests to Graph, with batches opened; requests to the sign-in service are left out."""
    for line in lines:
        if not urlsplit(line["url"]).path.startswith(("/v1.0/", "/beta/")):
            continue
        headers = line.get("requestHeaders") or {}
        body, answer = line.get("requestBody"), line.get("responseBody")
        yield Exchanged(line["method"], line["url"], headers, body, line["status"], answer, line["fault"])
        if path_of(line["url"]).lower() == "/$batch" and isinstance(body, dict):
            yield from _parts(body, answer if isinstance(answer, dict) else {}, line)


def _parts(body: JSON, answer: JSON, line: JSON) -> Iterator[Exchanged]:
    replies = {str(one.get("id")): one for one in answer.get("responses", ())}
    faults = {str(part.get("id")): part.get("fault") for part in line.get("parts") or ()}
    for part in body.get("requests", ()):
        identity = str(part.get("id"))
        reply = replies.get(identity, {})
        fault = faults.get(identity) or line["fault"]
        url = "/v1.0/" + str(part.get("url", "")).lstrip("/").removeprefix("v1.0/")
        answered = reply.get("status", 0), reply.get("body")
        yield Exchanged(str(part.get("method")), url, part.get("headers") or {}, part.get("body"), *answered, fault)


def _problems(
    one: Exchanged, name: str, links: set[str], shapes: Counter[Any], models: int
) -> Iterator[tuple[str, str]]:
    follows = _bare(one.url) in links
    for text in check_request(one.method, one.url, {} if follows else "", one.headers, one.body):
        if not (follows and text.startswith("query ")):  # a link is opaque
            yield "request", text
    if find(one.method, one.url) is None or not one.status or one.fault in _CUT or isinstance(one.answer, str):
        return
    for text in check_reply(name, one.status, one.answer):
        yield "reply", text
    key = (name, one.status, _shape(one.answer))
    shapes[key] += 1
    if one.answer and shapes[key] <= models and isinstance(one.answer, dict):
        for text in leftovers(name, one.status, one.answer):
            yield "sdk", text


def _shape(value: Any) -> Any:
    """What two answers share that differ only in values."""
    if isinstance(value, dict):
        tag = value.get("@odata.type")
        return (tag, *sorted((key, _shape(inner)) for key, inner in value.items() if "@odata." not in key))
    if isinstance(value, list):
        return tuple(sorted({_shape(inner) for inner in value}, key=repr))
    return type(value).__name__


def _remember_links(answer: Any, links: set[str]) -> None:
    if not isinstance(answer, dict):
        return
    for key in ("@odata.nextLink", "@odata.deltaLink"):
        if isinstance(answer.get(key), str):
            links.add(_bare(answer[key]))


def _bare(url: str) -> str:
    """A URL without its host, decoded: a link may be asked through a proxy, or in a batch."""
    parts = urlsplit(url)
    return unquote(f"{parts.path}?{parts.query}")


def report(problems: Iterable[Problem], most: int = 40) -> str:
    """Problems as lines, for a failing test's message."""
    lines = [f"{one.operation}: {one.half}: {one.text}" for one in problems]
    return "\n".join([f"{len(lines)} problems", *lines[:most]])
