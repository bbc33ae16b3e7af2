"""What of an object an answer shows: `$select`, `$expand`, and the properties the service sends by itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from simulator.core import Call
from simulator.odata import types
from simulator.odata.options import bad, normal, unsupported

JSON = dict[str, Any]
Expander = Callable[[Call, JSON], Any]  # -> a list of objects, one object, or None
MOST_EXPANDED = 20


@dataclass(frozen=True)
class Expansion:
    """A relationship that `$expand` can follow: the raw objects behind it, and how they are shown."""

    find: Expander
    shape: "Shape"


@dataclass(frozen=True)
class Shape:
    """How objects of one kind are shown.

    `entity` is their type in the metadata; `kind` tells it for each object where a list is mixed. `defaults` are
    the properties sent without `$select`, by type; a type that is not there is sent as it is stored. `always` are
    sent in any case. `prepare` turns a stored object into the one that may be shown.
    """

    entity: str
    defaults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Callable[[JSON], str] | None = None
    always: tuple[str, ...] = ()
    expand: Mapping[str, Expansion] = field(default_factory=dict)
    prepare: Callable[[JSON], JSON] | None = None


def projector(call: Call, shape: Shape) -> Callable[[JSON], JSON]:
    """The function that makes what is sent out of what is stored. Raises GraphFault for unknown properties."""
    query = normal(call.query)
    selected = names_of(query.get("$select"), shape)
    expansions = _expansions(query.get("$expand"), shape)
    show = _selector(shape, selected)

    def run(row: JSON) -> JSON:
        made = show(row)
        for name, inner in expansions:
            made[name] = inner(call, row)
        return made

    return run if expansions else show


_FURTHER = ("@odata.", "extension_")  # what an object may show beside the properties of its type
_EXTENSION = re.compile(r"extension_|ext[a-z0-9]{8}_")


def names_of(text: str | None, shape: Shape) -> tuple[str, ...] | None:
    """The properties of `$select`, spelled as the metadata does; None: no choice was made."""
    if text is None or text.strip() in ("", "*"):
        return None
    known = types.canonical(shape.entity)
    names = []
    for part in text.split(","):
        first = part.strip().partition("/")[0]
        name = known.get(first.lower())
        if name is None and (shape.kind is not None or _EXTENSION.match(first)):
            name = first  # a property of a derived type, or of an extension
        if name is None:
            raise bad(
                "Parsing OData Select and Expand failed: "
                f"Could not find a property named '{first}' on type 'microsoft.graph.{shape.entity}'."
            )
        names.append(name)
    return tuple(dict.fromkeys((*shape.always, *names)))


def _selector(shape: Shape, selected: tuple[str, ...] | None) -> Callable[[JSON], JSON]:
    """The projection of one object without its relationships, one compiled for each type."""
    compiled: dict[str, Callable[[JSON], JSON]] = {}

    def run(row: JSON) -> JSON:
        entity = shape.kind(row) if shape.kind is not None else shape.entity
        if entity not in compiled:
            compiled[entity] = _columns(entity, selected or shape.defaults.get(entity), mixed=shape.kind is not None)
        return compiled[entity](shape.prepare(row) if shape.prepare is not None else row)

    return run


def _columns(entity: str, names: tuple[str, ...] | None, *, mixed: bool) -> Callable[[JSON], JSON]:
    props = types.properties(entity)
    if names is None:
        return lambda row: {k: v for k, v in row.items() if k in props or k.startswith(_FURTHER)}
    fixed = [(name, types.empty(entity, name)) for name in names if name in props or name[0] == "@"]
    if mixed:
        tag = {"@odata.type": f"#microsoft.graph.{entity}"}
        return lambda row: tag | {name: row.get(name, value) for name, value in fixed}
    return lambda row: {name: row.get(name, value) for name, value in fixed}


_EXPAND = re.compile(r"\s*([\w.]+)\s*(?:\(([^()]*)\))?\s*(?:,|$)")


def _expansions(text: str | None, shape: Shape) -> list[tuple[str, Expander]]:
    """The relationships that `$expand` asks for, each with the function that fills it."""
    made: list[tuple[str, Expander]] = []
    at = 0
    while text is not None and at < len(text):
        found = _EXPAND.match(text, at)
        name = types.canonical(shape.entity).get(found.group(1).lower()) if found else None
        if found is None or name not in types.relationships(shape.entity):
            raise bad(
                "Parsing OData Select and Expand failed: "
                f"Could not find a property named '{text}' on type 'microsoft.graph.{shape.entity}'."
            )
        if name not in shape.expand:
            raise unsupported(f"Expanding the relationship '{name}' is not supported.")
        made.append((name, _inner(shape.expand[name], found.group(2))))
        at = found.end()
    if len(made) > 1:
        raise unsupported("Only one relationship can be expanded in a request.")
    return made


def _inner(expansion: Expansion, text: str | None) -> Expander:
    """The function that fills a relationship, with the `$select` in its brackets."""
    chosen = None
    for part in (text or "").split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower().removeprefix("$") == "select":
            chosen = value
    show = _selector(expansion.shape, names_of(chosen, expansion.shape))

    def run(call: Call, row: JSON) -> Any:
        found = expansion.find(call, row)
        if found is None or isinstance(found, dict):
            return found and show(found)
        return [show(one) for one in islice(found, MOST_EXPANDED)]

    return run
