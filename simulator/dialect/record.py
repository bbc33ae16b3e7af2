"""A run as a record in the form of the recordings: typed values, the error that ended it, the streams."""

import uuid
from decimal import Decimal
from typing import Any

from simulator.dialect.convert import text
from simulator.dialect.dates import Moment
from simulator.dialect.engine import Engine, Outcome
from simulator.dialect.faults import ENGINE, INVOCATION, Thrown
from simulator.dialect.proven import class_of, shown, use
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import from_units, has_lone
from simulator.dialect.values import CUSTOM, Char, ErrorRecord, Int64, Obj, Value

JSON = dict[str, Any]


def typed(value: Value) -> JSON:  # noqa: PLR0911 (one line a type)
    """One value as `{"t": type, …}`.

    Raises:
        Refused: A value whose form in the recordings is not known.
    """
    use("out", class_of(value))
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": value}
    if isinstance(value, str):
        return {"t": "char" if isinstance(value, Char) else "string", "v": words(str(value))}
    if isinstance(value, Int64):
        return {"t": "Int64", "v": text(value)}
    if type(value) is int:
        return {"t": "Int32", "v": text(value)}
    if isinstance(value, float):
        return {"t": "Double", "v": text(value)}
    if isinstance(value, Decimal):
        return {"t": "Decimal", "v": text(value)}
    if isinstance(value, uuid.UUID):
        return {"t": "Guid", "v": str(value)}
    if isinstance(value, Moment) and value.kind == "Unspecified":
        return {"t": "DateTime", "v": value.written("o")}
    if isinstance(value, Obj) and value.type == CUSTOM and value.host is None and value.rows and not value.loose:
        props: list[Any] = [[words(name), simple(v)] for name, v in value.items()]
        return {"t": "PSCustomObject", "props": props[0] if len(props) == 1 else props}
    raise Refused("")


def simple(value: Value) -> JSON:
    """A property's value; one that holds others has a form that is not known."""
    made = typed(value)
    if "props" in made:
        raise Refused("")
    return made


def words(value: str) -> str:
    """Text as it is written outside."""
    if has_lone(value):
        raise Refused("")
    return from_units(value)


def listed_error(record: ErrorRecord) -> JSON:
    """An error of the error stream."""
    if record.category is None or record.exception.message is None:
        raise Refused("")
    shown(record)
    return fault(record, record.exception.type)


def fault(record: ErrorRecord, type_: str) -> JSON:
    """An error as recorded."""
    made: JSON = {"id": words(record.id), "type": type_, "message": words(record.exception.message or "")}
    if record.category is not None:
        made["category"] = record.category
    if record.target is not None:
        try:
            made["target"] = words(text(record.target))
        except Refused:
            made["target"] = ""
    return made


def ended(thrown: Thrown) -> JSON:
    """The error that ended a run, as its outermost layer shows it."""
    record, outer = thrown.record, thrown.outer
    if outer.type == INVOCATION and outer.inner is not None:
        use("ended", outer.inner.type)
        return {"id": "", "type": outer.inner.type, "message": words(outer.inner.message or "")}
    shown(record)
    if record.category is None:
        raise Refused("", record.line)
    made = fault(record, record.exception.type if record.own else ENGINE)
    if not record.own:
        made["message"] = words(outer.message or "")
    return made


def record(case: str, engine: Engine, outcome: Outcome) -> JSON:
    """The whole record."""
    return {
        "id": case,
        "parseErrors": [],
        "output": [typed(value) for value in outcome.output],
        "error": ended(outcome.error) if outcome.error else None,
        "errors": [listed_error(e) for e in engine.errors],
        "warnings": [words(w) for w in engine.warnings],
        "verbose": [words(v) for v in engine.verbose_lines],
    }
