"""Methods of custom objects, script blocks and enumerations."""

from typing import Any

from simulator.dialect.faults import Thrown, no_method
from simulator.dialect.members.properties import run_with_this
from simulator.dialect.members.texts import Method
from simulator.dialect.operators.compare import full_name
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Given
from simulator.dialect.run.blocks import invoked
from simulator.dialect.run.scope import Scope
from simulator.dialect.values import (
    COLLECTION,
    CUSTOM,
    Enum,
    NetList,
    NetType,
    Obj,
    Opaque,
    ScriptBlock,
    Value,
)

CULTURE = "System.Globalization.CultureInfo"
ALWAYS = ("tostring", "equals", "gethashcode", "gettype")


def type_of(target: Value) -> NetType:
    """GetType()."""
    return NetType(full_name(target))


def is_invariant(value: Value) -> bool:
    """The invariant culture, as an argument."""
    return isinstance(value, Opaque) and value.type == CULTURE


def of_object(target: Obj, low: str, word: str, arguments: list[Value], frame: Any) -> Value:
    """A script method of a custom object; .NET has few others."""
    block = target.methods.get(low)
    if isinstance(block, ScriptBlock):
        return run_with_this(block, target, arguments, frame)
    if low in ALWAYS or low in ("where", "foreach") or target.host is not None:
        raise Refused("")
    raise no_method(CUSTOM, word)


def invoke(target: ScriptBlock, arguments: list[Value], frame: Any) -> Value:
    """Invoke(arguments…): a collection of what it gives."""
    try:
        return NetList(invoked(frame, target, [Given("", a) for a in arguments]), COLLECTION)
    except Thrown as thrown:
        raise Refused("") from thrown


def closure(target: ScriptBlock, arguments: list[Value], frame: Any) -> Value:
    """GetNewClosure(): keeps the variables of this scope as they are now."""
    if arguments:
        raise Refused("")
    home = Scope(frame.scope.top)
    home.names.update({k: v for k, v in frame.scope.names.items() if not k.endswith("preference")})
    return ScriptBlock(target.body, target.text, home)


def block_text(target: ScriptBlock, arguments: list[Value], _: Any) -> Value:
    """ToString()."""
    if arguments:
        raise Refused("")
    return target.text


def enum_text(target: Enum, arguments: list[Value], _: Any) -> Value:
    """ToString()."""
    if arguments:
        raise Refused("")
    return target.name


BLOCK: dict[str, Method] = {"invoke": invoke, "getnewclosure": closure, "tostring": block_text}
ENUM: dict[str, Method] = {"tostring": enum_text}
