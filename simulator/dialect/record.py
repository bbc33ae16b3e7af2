"""A run as a record in the form of the recordings: typed values, the error that ended it, the streams."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulator.dialect.convert import text
from simulator.dialect.engine import Engine, Outcome
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    Array,
    Char,
    Enum,
    ErrorRecord,
    Hash,
    HashSet,
    Int64,
    NetList,
    Obj,
    Value,
    type_name,
)

JSON = dict[str, Any]


def typed(value: Value) -> JSON:  # noqa: C901, PLR0911, PLR0912 (one line a type)
    """One value as `{"t": type, …}`."""
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": value}
    if isinstance(value, Char):
        return {"t": "char", "v": str(value)}
    if isinstance(value, str):
        return {"t": "string", "v": str(value)}
    if isinstance(value, Int64):
        return {"t": "Int64", "v": text(value)}
    if isinstance(value, int):
        return {"t": "Int32", "v": text(value)}
    if isinstance(value, float):
        return {"t": "Double", "v": text(value)}
    if isinstance(value, Decimal):
        return {"t": "Decimal", "v": text(value)}
    if isinstance(value, uuid.UUID):
        return {"t": "Guid", "v": str(value)}
    if isinstance(value, datetime):
        raise Refused("a DateTime as output")
    if isinstance(value, Array | NetList):
        return {"t": short(value), "items": [typed(item) for item in value]}
    if isinstance(value, Hash):
        rows = [(text(k), v) for k, v in value.items()]
        if not value.ordered:
            rows.sort()
        return {"t": short(value), "entries": [[k, typed(v)] for k, v in rows]}
    if isinstance(value, Obj):
        return {"t": "PSCustomObject", "props": [[n, typed(v)] for n, v in value.items()]}
    if isinstance(value, Enum | ErrorRecord):
        return {"t": type_name(value), "v": text(value)}
    if isinstance(value, HashSet):
        raise Refused("a HashSet as output")
    return {"t": type_name(value), "v": text(value)}


def short(value: Value) -> str:
    """The type name as the recordings write it for collections."""
    return type_name(value).rsplit(".", 1)[-1]


def fault(record: ErrorRecord) -> JSON:
    """An error as recorded."""
    made: JSON = {
        "id": record.id,
        "type": record.shown or record.exception.type,
        "message": record.exception.message,
        "category": record.category,
        "target": text(record.target) if record.target is not None else "",
    }
    return made


def record(case: str, engine: Engine, outcome: Outcome) -> JSON:
    """The whole record."""
    return {
        "id": case,
        "parseErrors": [],
        "output": [typed(value) for value in outcome.output],
        "error": fault(outcome.error) if outcome.error else None,
        "errors": [fault(e) for e in engine.errors],
        "warnings": list(engine.warnings),
        "verbose": list(engine.verbose_lines),
    }
