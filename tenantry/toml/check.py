"""Checks parsed TOML against msgspec types and reports everything wrong, not only the first thing.

Types carry the words: `msgspec.Meta(extra={"must": "be …"})` completes the sentence "must …".
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from msgspec import inspect

from tenantry.toml.document import Document, closest, dotted
from tenantry.toml.positions import Path

_WORDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "text"),
    (dict, "a table"),
    (list, "a list"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
)
_SECRET = re.compile(r"(?i)secret|password|passwort|lösenord|token|private_?key")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_DROP = object()


def check(document: Document, value: Any, kind: type, at: Path = ()) -> Any:
    """Reports every unknown key, missing key, wrong type and bad value below `at`.

    Returns:
        The value without what was reported, as plain dicts and lists, so that rules across fields can go on.
    """
    kept = _value(document, value, inspect.type_info(kind), at, "")
    return {} if kept is _DROP else kept


def _value(document: Document, value: Any, kind: inspect.Type, at: Path, must: str) -> Any:
    if isinstance(kind, inspect.Metadata):
        return _value(document, value, kind.type, at, (kind.extra or {}).get("must", must))
    if isinstance(kind, inspect.StructType):
        return _struct(document, value, kind, at)
    if isinstance(kind, inspect.LiteralType):
        return _literal(document, value, kind.values, at)
    if isinstance(kind, (inspect.ListType, inspect.VarTupleType)):
        return _list(document, value, kind, at, must)
    if isinstance(kind, (inspect.UnionType, inspect.DictType)):
        walk = _union if isinstance(kind, inspect.UnionType) else _dict
        return walk(document, value, kind, at, must)  # type: ignore[arg-type]
    return _scalar(document, value, kind, at, must)


def _struct(document: Document, value: Any, kind: inspect.StructType, at: Path) -> Any:
    if not isinstance(value, dict):
        return _wrong(document, value, dict, at)
    fields = {field.encode_name: field for field in kind.fields}
    kept: dict[str, Any] = {}
    for key, inner in value.items():
        if key not in fields:
            fix = _unknown(key, set(fields) - set(value))
            document.report((*at, key), "unknown key.", fix)
            meant = next((name for name in fields if fix == f'Did you mean "{name}"?'), None)
            if meant is not None:  # goes on as if it were written right, so that one slip is one problem
                kept[meant] = _value(_silent(document), inner, fields[meant].type, (*at, meant), "")
            continue
        result = _value(document, inner, fields[key].type, (*at, key), "")
        if result is not _DROP:
            kept[key] = result
    for name, field in fields.items():
        if field.required and name not in value and name not in kept:
            document.report((*at, name), "is missing.", _example(field.type))
    return {name: result for name, result in kept.items() if result is not _DROP}


def _list(document: Document, value: Any, kind: inspect.ListType | inspect.VarTupleType, at: Path, must: str) -> Any:
    if not isinstance(value, list):
        if isinstance(kind.item_type, inspect.StructType) and isinstance(value, dict):
            document.report(at, "must be a list of tables.", f"Write [[{dotted(at)}]] with double brackets.")
            return _DROP
        return _wrong(document, value, list, at)
    results = [_value(document, item, kind.item_type, (*at, i), must) for i, item in enumerate(value)]
    if len(value) < (kind.min_length or 0):
        document.report(at, "must not be empty.")
        return _DROP
    if isinstance(kind.item_type, inspect.StructType):  # keeps its place, so that indexes stay right
        return [{} if item is _DROP else item for item in results]
    return [item for item in results if item is not _DROP]


def _dict(document: Document, value: Any, kind: inspect.DictType, at: Path, must: str) -> Any:
    if not isinstance(value, dict):
        return _wrong(document, value, dict, at)
    kept: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(kind.key_type, inspect.LiteralType) and key not in kind.key_type.values:
            document.report((*at, key), "unknown key.", closest(key, map(str, kind.key_type.values)))
            continue
        result = _value(document, inner, kind.value_type, (*at, key), must)
        if result is not _DROP:
            kept[key] = result
    return kept


def _union(document: Document, value: Any, kind: inspect.UnionType, at: Path, must: str) -> Any:
    choices = [choice for choice in kind.types if not isinstance(choice, inspect.NoneType)]
    for choice in choices:
        trial = _silent(document)
        result = _value(trial, value, choice, at, must)
        if not trial.problems:
            return result
    return _value(document, value, choices[0], at, must)


def _silent(document: Document) -> Document:
    """The same document with a list of problems that nobody reads."""
    return Document(document.path, document.data, document.lines)


def _literal(document: Document, value: Any, values: Iterable[Any], at: Path) -> Any:
    known = list(values)
    if value in known and not isinstance(value, bool):
        return value
    if type(value) is not type(known[0]):
        return _wrong(document, value, type(known[0]), at)
    names = [str(name) for name in known]
    among = f"is not one of {', '.join(names)}" if len(names) > 1 else f"is not {names[0]}"
    document.report(at, f"{_quote(value)} {among}.", _near(value, names))
    return _DROP


def _scalar(document: Document, value: Any, kind: inspect.Type, at: Path, must: str) -> Any:
    wanted = {inspect.BoolType: bool, inspect.IntType: int, inspect.FloatType: float, inspect.StrType: str}
    if type(kind) not in wanted:  # Any
        return value
    if not isinstance(value, wanted[type(kind)]) or (isinstance(value, bool) and type(kind) is not inspect.BoolType):
        return _wrong(document, value, wanted[type(kind)], at)
    if isinstance(kind, inspect.StrType) and isinstance(value, str):
        return _text(document, value, kind, at, must)
    if isinstance(kind, inspect.IntType) and isinstance(value, int) and value < (kind.ge or value):
        document.report(at, f"must be at least {kind.ge}, not {value}.")
        return _DROP
    return value


def _text(document: Document, value: str, kind: inspect.StrType, at: Path, must: str) -> Any:
    if not value.strip() and (kind.min_length or kind.pattern):
        document.report(at, "must not be empty.")
        return _DROP
    if _UNSAFE.search(value):
        document.report(at, f"must not hold control or text-direction characters, as {_quote(value)} does.")
        return _DROP
    if len(value) < (kind.min_length or 0) or (kind.pattern and not re.search(kind.pattern, value)):
        document.report(at, f"must {must or 'be well-formed'}, not {_quote(value)}.")
        return _DROP
    return value


def _wrong(document: Document, value: Any, wanted: type, at: Path) -> Any:
    given = next((word for kind, word in _WORDS if isinstance(value, kind)), type(value).__name__)
    document.report(at, f"must be {dict(_WORDS)[wanted]}, not {given}.")
    return _DROP


def _unknown(key: str, known: Iterable[str]) -> str:
    """The suggestion for an unknown key: never an echo of its value, and no secret belongs here."""
    near = closest(key, sorted(known))
    if _SECRET.search(key) and "mean" not in near:
        return "A secret never stands in this file: name a store that holds it."
    return near


def _near(value: Any, names: list[str]) -> str:
    suggestion = closest(value, names)
    return suggestion if suggestion.startswith("Did") else ""


def _example(kind: inspect.Type) -> str:
    """What a missing field is for, from its description."""
    schema = kind.extra_json_schema if isinstance(kind, inspect.Metadata) else None
    return str((schema or {}).get("description", ""))


def _quote(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=isinstance(value, str) and bool(_UNSAFE.search(value)), default=str)
    return text if len(text) <= 60 else text[:57] + '…"'
