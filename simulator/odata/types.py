"""What Microsoft's metadata says of the types: property names, their types, relationships."""

import json
from functools import cache
from importlib import resources
from typing import Any

_UNKNOWN: dict[str, dict[str, str]] = {"props": {"id": "Edm.String", "displayName": "Edm.String?"}, "nav": {}}


@cache
def table() -> dict[str, dict[str, Any]]:
    """Type name -> {props: name -> type, nav: name -> type, open?}."""
    text = resources.files("simulator").joinpath("tables/types.json").read_text(encoding="utf-8")
    made: dict[str, dict[str, Any]] = json.loads(text)
    return made


@cache
def enums() -> dict[str, frozenset[str]]:
    """Enumeration name -> members in lower case: requests may write them in any case."""
    text = resources.files("simulator").joinpath("tables/enums.json").read_text(encoding="utf-8")
    return {name: frozenset(member.lower() for member in members) for name, members in json.loads(text).items()}


@cache
def properties(entity: str) -> dict[str, str]:
    """Property name -> type as in the metadata (`Edm.String?`, `Collection(appRole)`); relationships left out."""
    props: dict[str, str] = table().get(entity, _UNKNOWN)["props"]
    return props


@cache
def relationships(entity: str) -> dict[str, str]:
    """Relationship name -> type of what it leads to."""
    nav: dict[str, str] = table().get(entity, _UNKNOWN)["nav"]
    return nav


@cache
def empty(entity: str, name: str) -> Any:
    """What stands in an answer for a property nobody set: an empty list, or null."""
    kind = properties(entity).get(name, "")
    return [] if kind.startswith("Collection(") and not kind.endswith("?") else None


def is_collection(kind: str) -> bool:
    """Whether a type of the metadata is a list."""
    return kind.startswith("Collection(")


def item(kind: str) -> str:
    """A type without `Collection(…)` and `?`."""
    return kind.rstrip("?").removeprefix("Collection(").rstrip(")").rstrip("?")


@cache
def canonical(entity: str) -> dict[str, str]:
    """Lower-case name -> name: the service takes property names in any case."""
    return {name.lower(): name for name in (*properties(entity), *relationships(entity))}
