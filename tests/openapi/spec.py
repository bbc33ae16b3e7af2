"""Microsoft's description of Graph as an index: which operation is a request, and what does it say of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from tests import shared

JSON = dict[str, Any]
METHODS = ("get", "post", "patch", "put", "delete")
_CAST = re.compile(r"graph\.[A-Za-z]+")
_ALTERNATE = re.compile(r"^(\w+)\((\w+)='(.*)'\)$", re.DOTALL)
_KEY = re.compile(r"^(\w+)\('(.*)'\)$", re.DOTALL)


@dataclass(frozen=True)
class Operation:
    """One operation of the description. `name` is `METHOD template`."""

    method: str
    template: str
    described: JSON

    @property
    def name(self) -> str:
        """What exceptions and reports call it."""
        return f"{self.method} {self.template}"

    def parameters(self, where: str) -> dict[str, JSON]:
        """Parameters in the query, path or header, by name."""
        found = (resolve(given) for given in self.described.get("parameters", ()))
        return {one["name"]: one for one in found if one["in"] == where}

    def body(self) -> tuple[JSON | None, bool]:
        """The schema of the JSON body and whether it must be there; None: no body is described."""
        given = resolve(self.described.get("requestBody") or {})
        content = given.get("content", {}).get("application/json", {})
        return content.get("schema"), bool(given.get("required"))

    def reply(self, status: int) -> JSON | None:
        """The described answer with this status, with its `content`; None where no such status is described."""
        responses = self.described["responses"]
        for key in (str(status), f"{status // 100}XX"):
            if key in responses:
                return resolve(responses[key])
        return resolve(responses["default"]) if status >= 400 else None

    def entity(self) -> str | None:
        """The type (without prefix) of what a successful answer holds, singly or in `value`; None where it is none."""
        content = (self.reply(200) or {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        inner = resolve(schema).get("properties", {}).get("value", {}).get("items", schema)
        if "anyOf" in inner:
            inner = inner["anyOf"][0]
        reference = str(inner.get("$ref", ""))
        return reference.rpartition("microsoft.graph.")[2] if "microsoft.graph." in reference else None


def document() -> JSON:
    """The whole description."""
    whole: JSON = shared.load("graph/openapi-v1.0-subset.json")
    return whole


def resolve(given: JSON) -> JSON:
    """What a `$ref` points to; anything else is itself."""
    while "$ref" in given:
        found: Any = document()
        for step in given["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        given = found
    return given


@cache
def operations() -> dict[str, Operation]:
    """All operations by name."""
    made = {}
    for template, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                operation = Operation(method.upper(), template, item[method])
                made[operation.name] = operation
    return made


def path_of(url: str) -> str:
    """The path below the version of a full URL or a path, still percent-encoded, without query."""
    path = urlsplit(url).path if "://" in url else url.partition("?")[0]
    return re.sub(r"^/(v1\.0|beta)(?=/|$)", "", path if path.startswith("/") else f"/{path}") or "/"


@cache
def find(method: str, url: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation of a request and the values of its path; literal segments win over values."""
    segments = [unquote(part) for part in path_of(url).strip("/").split("/")]
    if segments[0] == "me":
        segments[0:1] = ["users", "me"]
    best: tuple[int, Operation, dict[str, str]] | None = None
    for operation in operations().values():
        if operation.method != method:
            continue
        values = _values(operation.template.strip("/").split("/"), list(_plain(segments)))
        if values is not None and (best is None or len(values) < best[0]):
            best = (len(values), operation, values)
    return None if best is None else best[1:]


def _plain(segments: list[str]) -> Iterator[str]:
    """Key segments become two; `()` after a function goes; the namespace may be written by its alias."""
    for given in segments:
        segment = f"microsoft.{given}" if _CAST.fullmatch(given) else given
        keyed = _KEY.match(segment)
        if keyed is not None:
            yield keyed.group(1)
            yield keyed.group(2).replace("''", "'")
        else:
            yield segment.removesuffix("()")


def _values(template: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for wanted, given in zip(template, segments, strict=True):
        alternate = _ALTERNATE.match(given)
        if wanted.startswith("{"):
            if not given or alternate is not None:
                return None
            values[wanted[1:-1]] = given
        elif "='{" in wanted:
            if alternate is None or not wanted.startswith(f"{alternate.group(1)}({alternate.group(2)}="):
                return None
            values[alternate.group(2)] = alternate.group(3).replace("''", "'")
        elif given not in (wanted, f"microsoft.graph.{wanted}"):
            return None
    return values
