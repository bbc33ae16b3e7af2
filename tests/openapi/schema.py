"""Schemas of Microsoft's description as checks, compiled once: fast enough for every body of every run.

Stricter than the schemas in one point: an object may hold no property that its type does not have, but for OData's
own (`@odata.*`) and `extension_*` of open types. Looser in one: the service matches enumeration members of requests
without case.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.openapi.spec import document, resolve

JSON = dict[str, Any]
Check = Callable[[Any, str, list[str]], None]
KNOWN = frozenset(
    {
        "type",
        "format",
        "pattern",
        "enum",
        "nullable",
        "minimum",
        "maximum",
        "properties",
        "items",
        "required",
        "additionalProperties",
        "anyOf",
        "allOf",
        "$ref",
        "title",
        "maxItems",
        "uniqueItems",
    }
)
_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def compiled(schema: JSON, *, request: bool) -> Check:
    """The check of a schema: it appends one sentence a problem to a list."""
    if "$ref" in schema:
        return _named(schema["$ref"], request)
    if "anyOf" in schema:
        return _any([compiled(one, request=request) for one in schema["anyOf"]])
    if "allOf" in schema or "properties" in schema or schema.get("type") == "object":
        return _object(schema, request)
    if schema.get("type") == "array":
        return _array(schema, request)
    return _scalar(schema, request)


@cache
def _named(reference: str, request: bool) -> Check:
    """A referenced schema, compiled at its first use: types refer to each other in circles."""
    made: list[Check] = []

    def run(value: Any, at: str, problems: list[str]) -> None:
        if not made:
            made.append(compiled(resolve({"$ref": reference}), request=request))
        derived = _derived(value, reference)
        if derived is not None:
            _named(derived, request)(value, at, problems)
        else:
            made[0](value, at, problems)

    return run


def _derived(value: Any, reference: str) -> str | None:
    """The schema of the type that an object names in `@odata.type`, where it is another one that is described."""
    tag = value.get("@odata.type") if isinstance(value, dict) else None
    if not isinstance(tag, str):
        return None
    own = f"#/components/schemas/{tag.lstrip('#')}"
    return own if own != reference and tag.lstrip("#") in document()["components"]["schemas"] else None


def members(schema: JSON) -> tuple[dict[str, JSON], set[str], bool]:
    """(properties, required ones, open type?) of an object schema with all it is composed of."""
    properties: dict[str, JSON] = {}
    required: set[str] = set()
    is_open = bool(schema.get("x-open"))
    for part in schema.get("allOf", ()):
        inner, needed, opened = members(resolve(part))
        properties |= inner
        required |= needed
        is_open = is_open or opened
    return properties | schema.get("properties", {}), required | set(schema.get("required", ())), is_open


def _object(schema: JSON, request: bool) -> Check:
    properties, required, is_open = members(schema)
    checks = {name: compiled(inner, request=request) for name, inner in properties.items()}
    rest = schema.get("additionalProperties")
    others = compiled(rest, request=request) if isinstance(rest, dict) and rest else None
    free = not properties and others is None  # an object of which nothing is described
    name = schema.get("title") or "object"

    def run(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            problems.append(f"{at}: {_short(value)} is no object ({name})")
            return
        for key, inner in value.items():
            check = checks.get(key) or others
            if check is not None:
                check(inner, f"{at}.{key}", problems)
            elif not (
                free
                or "@odata." in key
                or key == "@removed"
                or key.endswith("@delta")
                or (is_open and key.startswith("extension_"))
            ):
                problems.append(f"{at}.{key}: {name} has no such property")
        problems.extend(f"{at}: {name} lacks {key}" for key in sorted(required - value.keys()))

    return _or_null(run, schema)


def _array(schema: JSON, request: bool) -> Check:
    item = compiled(schema.get("items", {}), request=request)
    most = schema.get("maxItems")

    def run(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            problems.append(f"{at}: {_short(value)} is no array")
            return
        if most is not None and len(value) > most:
            problems.append(f"{at}: {len(value)} items, at most {most}")
        for place, inner in enumerate(value):
            item(inner, f"{at}[{place}]", problems)

    return _or_null(run, schema)


def _scalar(schema: JSON, request: bool) -> Check:
    kinds = _TYPES.get(schema.get("type", ""))
    pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
    choices = schema.get("enum")
    flags = schema.get("x-enum-members") if schema.get("x-ms-enum-flags") else None
    allowed = None if choices is None and flags is None else [_folded(one, request) for one in choices or flags or ()]
    least, most = schema.get("minimum"), schema.get("maximum")

    def run(value: Any, at: str, problems: list[str]) -> None:
        if kinds is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            problems.append(f"{at}: {_short(value)} is no {schema['type']}")
        elif pattern is not None and not pattern.search(value):
            problems.append(f"{at}: {_short(value)} is no {schema.get('format', schema['pattern'])}")
        elif allowed is not None and not all(_folded(one, request) in allowed for one in _split(value, flags)):
            problems.append(f"{at}: {_short(value)} is no member of the enumeration")
        elif (least is not None and value < least) or (most is not None and value > most):
            problems.append(f"{at}: {_short(value)} is out of range")

    return _or_null(run, schema)


def _split(value: Any, flags: Any) -> list[Any]:
    return [part.strip() for part in value.split(",")] if flags and isinstance(value, str) else [value]


def _folded(value: Any, request: bool) -> Any:
    return value.lower() if request and isinstance(value, str) else value


def _or_null(check: Check, schema: JSON) -> Check:
    if not schema.get("nullable"):
        return check

    def run(value: Any, at: str, problems: list[str]) -> None:
        if value is not None:
            check(value, at, problems)

    return run


def _any(checks: list[Check]) -> Check:
    def run(value: Any, at: str, problems: list[str]) -> None:
        tried: list[list[str]] = []
        for check in checks:
            found: list[str] = []
            check(value, at, found)
            if not found:
                return
            tried.append(found)
        problems.extend(tried[0])

    return run


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
