"""JSON out and in, for the values that pass through it unchanged."""

import json
import re
from typing import Any

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.convert import double_text, text, to_int
from simulator.dialect.faults import Thrown
from simulator.dialect.refuse import Refused
from simulator.dialect.values import (
    Array,
    Enum,
    ErrorRecord,
    Hash,
    Int64,
    NetException,
    NetList,
    Obj,
    Switch,
    Value,
    type_name,
)

INVALID = "System.ArgumentException,Microsoft.PowerShell.Commands.ConvertFromJsonCommand"


@cmdlet("ConvertTo-Json", "InputObject@0|", "Depth:int", "Compress:switch")
def TO_JSON(use: Use) -> Plain:  # noqa: N802
    """ConvertTo-Json: several piped objects become an array, one does not."""
    items: list[Value] = []
    depth = to_int(use.get("Depth")) if "Depth" in use.bound else 2

    def end() -> None:
        if "InputObject" in use.bound:
            value = use.get("InputObject")
        else:
            value = items[0] if len(items) == 1 else Array.of(items)
        use.emit(written(jsonable(value, depth), compress=use.flag("Compress")))

    return Plain(process=items.append, end=end)


def jsonable(value: Value, depth: int) -> Any:
    """A value as Python's JSON types; what would be cut off at the depth is refused."""
    if isinstance(value, Hash | Obj):
        if depth < 0:
            raise Refused("-Depth")
        if isinstance(value, Hash) and not value.ordered and len(value) > 1:
            raise Refused("ConvertTo-Json")
        rows = [(k, v) for k, v in value.items()]
        if not all(isinstance(k, str) for k, _ in rows):
            raise Refused("ConvertTo-Json")
        return {str(k): jsonable(v, depth - 1) for k, v in rows}
    if isinstance(value, Array | NetList):
        if depth < 0 and value:
            raise Refused("-Depth")
        return [jsonable(item, depth - 1) for item in value]
    if isinstance(value, Switch):
        return {"IsPresent": value.present}
    if isinstance(value, Enum):
        return value.number
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    raise Refused(f"ConvertTo-Json of {type_name(value)}")


def written(value: Any, *, compress: bool, indent: str = "") -> str:
    """JSON as the engine lays it out; lines end with the machine's line end, LF here."""
    if isinstance(value, dict):
        if not value:
            return "{}"
        inner = indent + "  "
        pairs = [
            f"{quoted(k)}:{'' if compress else ' '}{written(v, compress=compress, indent=inner)}"
            for k, v in value.items()
        ]
        return (
            "{" + ",".join(pairs) + "}" if compress else "{\n" + ",\n".join(inner + p for p in pairs) + f"\n{indent}}}"
        )
    if isinstance(value, list):
        if not value:
            return "[]"
        inner = indent + "  "
        items = [written(v, compress=compress, indent=inner) for v in value]
        return (
            "[" + ",".join(items) + "]" if compress else "[\n" + ",\n".join(inner + i for i in items) + f"\n{indent}]"
        )
    if isinstance(value, float):
        shown = double_text(value)
        return (
            f'"{shown}"'
            if shown in ("NaN", "Infinity", "-Infinity")
            else shown
            if re.search(r"[.E]", shown)
            else f"{shown}.0"
        )
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return quoted(value) if isinstance(value, str) else str(int(value))


ESCAPED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(words: str) -> str:
    """A JSON string with the escapes the engine writes."""
    out = []
    for char in words:
        if char in ESCAPED:
            out.append(ESCAPED[char])
        elif ord(char) < 0x20 or char in "\u0085\u2028\u2029":
            out.append(f"\\u{ord(char):04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


@cmdlet("ConvertFrom-Json", "*InputObject:string@0|", "Depth:int")
def FROM_JSON(use: Use) -> Plain:  # noqa: N802
    """ConvertFrom-Json: the piped lines are one text."""
    lines: list[str] = []

    def end() -> None:
        words = text(use.get("InputObject")) if "InputObject" in use.bound else "\n".join(lines)
        made = parsed(words)
        for item in made if isinstance(made, Array) else [made]:
            use.emit(item)

    return Plain(process=lambda line: lines.append(text(line)), end=end)


def parsed(words: str) -> Value:
    """Strict JSON; the engine accepts more, which is refused rather than guessed."""
    try:
        return value_of(json.loads(words))
    except json.JSONDecodeError:
        if re.search(r"[{,]\s*(?:[A-Za-z_]|')|,\s*[}\]]|/[*/]", words):
            raise Refused("ConvertFrom-Json") from None
        exception = NetException("System.ArgumentException", "Conversion from JSON failed.")
        raise Thrown(ErrorRecord(exception, INVALID, "NotSpecified")) from None


def value_of(made: Any) -> Value:
    """Python's JSON as values: whole numbers are Int64; text that looks like a time is refused."""
    if isinstance(made, dict):
        upper = [k.upper() for k in made]
        if "" in made or len(set(upper)) != len(upper):
            raise Refused("ConvertFrom-Json")
        return Obj({k: value_of(v) for k, v in made.items()})
    if isinstance(made, list):
        return Array.of([value_of(v) for v in made])
    if isinstance(made, bool) or made is None:
        return made
    if isinstance(made, int):
        if not -(2**63) <= made < 2**63:
            raise Refused("ConvertFrom-Json")
        return Int64(made)
    if isinstance(made, str) and re.match(r"\d{4}-\d\d-\d\dT|/Date\(", made):
        raise Refused("ConvertFrom-Json")
    return made
