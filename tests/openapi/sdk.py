"""Answers read by Microsoft's own SDK: its models must find a place for everything but OData's own properties."""

import dataclasses
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from tests.openapi.spec import operations

JSON = dict[str, Any]


def leftovers(operation: str, status: int, body: JSON) -> list[str]:
    """What the SDK's models do not know in an answer, as paths; a sentence where they cannot read it at all."""
    if status >= 400:
        return list(_unread("o_data_errors.o_data_error", body, ""))
    entity = operations()[operation].entity()
    if entity is None:
        return []
    rows = body.get("value") if isinstance(body.get("value"), list) else [body]
    found = [text for place, row in enumerate(rows or ()) for text in _unread(snake(entity), row, f"[{place}]")]
    if rows is not None and rows and rows[0] is not body:
        found += [f".{key}" for key in body if key != "value" and not key.startswith("@odata.")]
    return found


def _unread(module: str, row: JSON, at: str) -> Iterator[str]:
    model = _model(module)
    if model is None:
        return
    from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory

    try:
        node = JsonParseNodeFactory().get_root_parse_node("application/json", json.dumps(row).encode())
        parsed = node.get_object_value(model)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is the finding
        yield f"{at}: the SDK cannot read it: {type(error).__name__}: {error}"
        return
    yield from additional(parsed, at)
    yield from lost(parsed, row, at)


@cache
def _model(module: str) -> Any:
    """The model class of a module below msgraph's models; None where the SDK has none."""
    try:
        loaded = import_module(f"msgraph.generated.models.{module}")
    except ModuleNotFoundError:
        return None
    wanted = module.rpartition(".")[2].replace("_", "").lower()
    return next(one for name, one in vars(loaded).items() if isinstance(one, type) and name.lower() == wanted)


def additional(parsed: Any, at: str) -> Iterator[str]:
    """Paths of everything in `additional_data`, at any depth, that is not OData's."""
    if isinstance(parsed, list):
        for place, inner in enumerate(parsed):
            yield from additional(inner, f"{at}[{place}]")
    elif dataclasses.is_dataclass(parsed) and not isinstance(parsed, type):
        extra = getattr(parsed, "additional_data", None) or {}
        yield from (f"{at}.{key}" for key in extra if "@odata." not in key and not key.endswith("@delta"))
        for field in dataclasses.fields(parsed):
            if field.name not in ("additional_data", "backing_store"):
                yield from additional(getattr(parsed, field.name, None), f"{at}.{field.name}")


def lost(parsed: Any, given: Any, at: str) -> Iterator[str]:
    """Paths of what is in the answer but nothing in the model: the SDK reads a value it does not understand as None."""
    if isinstance(given, list):
        for place, inner in enumerate(given if isinstance(parsed, list) else ()):
            yield from lost(parsed[place], inner, f"{at}[{place}]")
    elif isinstance(given, dict) and dataclasses.is_dataclass(parsed):
        for key, inner in given.items():
            name = next((one for one in (snake(key), f"{snake(key)}_") if hasattr(parsed, one)), None)
            read = getattr(parsed, name) if name is not None else None
            if (
                name is not None
                and inner is not None
                and (read is None or (isinstance(inner, list) and len(read) != len(inner)))
            ):
                yield f"{at}.{key}: the SDK cannot read {inner!r}"
            elif name is not None:
                yield from lost(read, inner, f"{at}.{key}")


def snake(name: str) -> str:
    """A type's name as the SDK's generator writes it in file names."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\g<0>", name).lower()
