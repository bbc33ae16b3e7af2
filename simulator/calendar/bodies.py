"""Request bodies held to the metadata: unknown properties and wrong enum members are 400, cases are put right."""

import json
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Any

from simulator.core import Call, GraphFault
from simulator.odata import types

JSON = dict[str, Any]
_SCALARS: dict[str, tuple[type, ...]] = {
    "Edm.String": (str,),
    "Edm.Boolean": (bool,),
    "Edm.Int32": (int,),
    "Edm.DateTimeOffset": (str,),
    "Edm.Date": (str,),
    "Edm.TimeOfDay": (str,),
    "Edm.Double": (int, float),
}


@cache
def members(enum: str) -> dict[str, str] | None:
    """Members of an enumeration by their lower-case names; None where the type is no enumeration."""
    text = resources.files("simulator").joinpath("tables/enums.json").read_text(encoding="utf-8")
    found = json.loads(text).get(enum)
    return None if found is None else {member.lower(): member for member in found}


def body_of(call: Call, entity: str, *, without: Collection[str] = ()) -> JSON:
    """The request's body as the type `entity`: names and members spelled as in the metadata. Raises GraphFault 400.

    `without` are properties that only the service sets: whatever is said of them is overlooked.
    """
    if not isinstance(call.body, dict):
        raise GraphFault(400, "BadRequest", "Empty Payload. JSON content expected.")
    return _object({key: value for key, value in call.body.items() if key not in without}, entity)


def _object(given: JSON, entity: str) -> JSON:
    tag = str(given.get("@odata.type") or f"#microsoft.graph.{entity}")
    name = tag.rpartition(".")[2]
    if name not in types.table():  # a derived type that nothing here looks into
        return given
    made: JSON = {} if name == entity else {"@odata.type": tag}
    known, entity = types.canonical(name), name
    for key, value in given.items():
        if key.startswith("@odata."):
            continue
        spelled = known.get(key.lower())
        if spelled is None:
            raise unreadable(
                f"The property '{key}' does not exist on type 'microsoft.graph.{entity}'. "
                "Make sure to only use property names that are defined by the type."
            )
        kind = types.properties(entity).get(spelled)
        if kind is not None:  # relationships are no part of a body
            made[spelled] = _value(value, kind, spelled)
    return made


def _value(value: Any, kind: str, name: str) -> Any:
    if value is None:
        return None
    item = types.item(kind)
    if types.is_collection(kind):
        if not isinstance(value, list):
            raise unreadable(f"The property '{name}' is a collection; an array was expected.")
        return [_value(each, item, name) for each in value]
    choices = members(item)
    if choices is not None:
        member = choices.get(str(value).lower())
        if member is None:
            raise unreadable(f"The value '{value}' of property '{name}' is not of type 'microsoft.graph.{item}'.")
        return member
    return _plain(value, item, name)


def _plain(value: Any, item: str, name: str) -> Any:
    if item in _SCALARS:
        if not isinstance(value, _SCALARS[item]) or (isinstance(value, bool) and item != "Edm.Boolean"):
            raise unreadable(f"Cannot convert the value of property '{name}' to the expected type '{item}'.")
        return value
    if item in types.table():
        if not isinstance(value, dict):
            raise unreadable(f"The property '{name}' is of type 'microsoft.graph.{item}'; an object was expected.")
        return _object(value, item)
    return value


def unreadable(message: str) -> GraphFault:
    """400: the body cannot be read as the type."""
    return GraphFault(400, "RequestBodyRead", message)
